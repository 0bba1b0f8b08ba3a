import NIOCore
import Synchronization

/// The connections that were accepted and that no task has taken up yet.
///
/// NIO forgets such a connection when the server stops in that moment: its socket would stay open, and its writer must
/// not go away unfinished (`NIOAsyncWriter` traps).
final class MailConnections: Sendable {
    typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    private struct State {
        var waiting: [Int: Connection] = [:]
        var nextNumber = 0
        var isClosed = false
    }

    private let state = Mutex(State())

    /// Wraps a channel that was accepted, on its event loop, and returns the number it waits under.
    ///
    /// Throws once the server stops, with the channel closed: NIO does not close it when its set-up fails.
    func add(_ channel: any Channel) throws -> Int {
        do {
            return try self.state.withLock { state in
                guard !state.isClosed else { throw CancellationError() }
                state.nextNumber += 1
                state.waiting[state.nextNumber] = try Connection(wrappingChannelSynchronously: channel)
                return state.nextNumber
            }
        } catch {
            channel.close(promise: nil)
            throw error
        }
    }

    /// Hands a connection to the task that serves it; nil when it was handed out before.
    func take(_ number: Int) -> Connection? { self.state.withLock { $0.waiting.removeValue(forKey: number) } }

    /// Accepts no more, and closes what still waits.
    func close() async {
        let waiting = self.state.withLock { state in
            state.isClosed = true
            defer { state.waiting = [:] }
            return state.waiting
        }
        for (_, connection) in waiting.sorted(by: { $0.key < $1.key }) {
            // One that is closed already is as good.
            try? await connection.executeThenClose { _, _ in }
        }
    }
}
