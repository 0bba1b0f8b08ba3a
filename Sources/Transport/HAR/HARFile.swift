import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// An HTTP Archive on disk that is whole after every entry and grows without being held in memory.
///
/// The closing brackets are overwritten by the next entry together with new ones, in one write.
final class HARFile: Sendable {
    private struct State {
        var descriptor: Int32
        var end: Int
        var isEmpty = true
        var failure: HARError?
    }

    private static let tail = Array("\n]}}\n".utf8)

    private let state: Mutex<State>

    /// Creates or replaces the file, readable by its owner alone, also where it was there before: it holds people's data.
    ///
    /// A symbolic link is not followed: in a folder that others write to, it may lead anywhere.
    init(path: String, version: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw HARError.cannotOpen(path: path, errno: errno) }
        guard Self.isDevice(descriptor) || fchmod(descriptor, 0o600) == 0 else {
            let reason = errno
            Glibc.close(descriptor)
            throw HARError.cannotOpen(path: path, errno: reason)
        }
        let creator = #"{"name":"relais","version":"\#(version)"}"#
        let head = Array(#"{"log":{"version":"1.2","creator":\#(creator),"entries":["#.utf8)
        state = Mutex(State(descriptor: descriptor, end: head.count))
        guard Self.write(head + Self.tail, to: descriptor, at: 0) else {
            throw HARError.cannotWrite(errno: errno)
        }
    }

    deinit { try? close() }

    /// Adds one entry, which is JSON; a failure is kept for `close`, because the exchange itself succeeded.
    func append(_ entry: [UInt8]) {
        state.withLock { state in
            guard state.descriptor >= 0, state.failure == nil else { return }
            let piece = Array((state.isEmpty ? "\n" : ",\n").utf8) + entry
            guard Self.write(piece + Self.tail, to: state.descriptor, at: state.end) else {
                state.failure = .cannotWrite(errno: errno)
                return
            }
            state.end += piece.count
            state.isEmpty = false
        }
    }

    /// Closes the file; throws when an entry could not be written.
    ///
    /// Closing twice does nothing.
    func close() throws {
        try state.withLock { state in
            guard state.descriptor >= 0 else { return }
            Glibc.close(state.descriptor)
            state.descriptor = -1
            if let failure = state.failure { throw failure }
        }
    }

    private static func isDevice(_ descriptor: Int32) -> Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFCHR
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32, at offset: Int) -> Bool {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes {
                pwrite(descriptor, $0.baseAddress, $0.count, offset + written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            written += count
        }
        return true
    }
}
