package import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// A mail server on 127.0.0.1 that takes mail for everybody and delivers none of it.
///
/// It speaks SMTP as in RFC 5321, with the extensions SIZE, 8BITMIME, PIPELINING and ENHANCEDSTATUSCODES; there is no TLS
/// and no login. What it takes is kept in memory until `forgetMessages`.
package struct FakeMailServer: Sendable {
    /// The largest message that is taken, in bytes.
    package static let largestMessage = 1 << 20
    /// The longest command line that is read, in bytes with its CRLF.
    package static let longestCommand = 1000
    /// How many recipients a message may have; RFC 5321 4.5.3.1.8 asks for at least this many.
    package static let mostRecipients = 100

    private let port: Int
    private let mailbox: Mailbox

    /// Creates a server.
    ///
    /// - Parameters:
    ///   - port: the port to listen on; 0 takes any free one.
    ///   - directory: where each message is also written, as `001.eml` and so on; it is made if need be, and files that
    ///     are there are never replaced. nil writes nothing.
    ///   - logger: where trouble is told; no message is logged.
    package init(port: Int = 0, directory: String? = nil, logger: Logger) {
        self.port = port
        self.mailbox = Mailbox(directory: directory, logger: logger)
    }

    /// The messages that were taken, in their order.
    package var messages: [ReceivedMail] { self.mailbox.messages }

    /// Forgets the messages in memory; files and the numbering stay.
    package func forgetMessages() { self.mailbox.forget() }

    /// Says what goes wrong from now on with mail to an address; nil means nothing.
    ///
    /// The case of ASCII letters in addresses makes no difference.
    package func setFault(_ fault: MailFault?, for address: String) { self.mailbox.setFault(fault, for: address) }

    /// Serves until the task is cancelled or a graceful shutdown is asked for; both cut open connections.
    ///
    /// - Parameter onStart: called with the port once connections are accepted.
    /// - Throws: when the port cannot be had, or accepting connections fails.
    package func run(onStart: @escaping @Sendable (Int) async -> Void) async throws {
        try await cancelWhenGracefulShutdown {
            do {
                try await self.accept(onStart)
            } catch is CancellationError {
                // That is how the server is stopped.
            }
        }
    }

    /// Serves while `body` runs, which gets the port.
    ///
    /// Throws what `run` and `body` throw.
    package func serving<Result: Sendable>(
        _ body: @escaping @Sendable (Int) async throws -> Result
    ) async throws -> Result {
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { continuation.finish() }
                try await self.run { port in continuation.yield(port) }
            }
            var iterator = ports.makeAsyncIterator()
            guard let port = await iterator.next() else {
                try await tasks.waitForAll()
                throw CancellationError()
            }
            let result = try await body(port)
            tasks.cancelAll()
            return result
        }
    }

    @concurrent
    private func accept(_ onStart: @Sendable (Int) async -> Void) async throws {
        let connections = MailConnections()
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // A client may end its side and still wants its answers.
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .bind(host: "127.0.0.1", port: self.port) { channel in
                channel.eventLoop.makeCompletedFuture { try connections.add(channel) }
            }
        try await withThrowingDiscardingTaskGroup { tasks in
            // Closed inside the group: it waits for its tasks, and they for their clients.
            do {
                try await server.executeThenClose { numbers in
                    await onStart(server.channel.localAddress?.port ?? 0)
                    for try await number in numbers {
                        guard let connection = connections.take(number) else { continue }
                        tasks.addTask { await Self.talk(over: connection, self.mailbox) }
                    }
                }
            } catch {
                await connections.close()
                throw error
            }
            await connections.close()
            tasks.cancelAll()
        }
    }

    @concurrent
    private static func talk(over connection: MailConnections.Connection, _ mailbox: Mailbox) async {
        // What is thrown here says that the client has gone or that the server stops; nobody is left to be told.
        try? await connection.executeThenClose { inbound, outbound in
            var session = SMTPSession(mailbox)
            try await outbound.write(ByteBuffer(bytes: session.takeReplies()))
            for try await bytes in inbound {
                session.take(bytes.readableBytesView)
                let replies = session.takeReplies()
                if !replies.isEmpty { try await outbound.write(ByteBuffer(bytes: replies)) }
                if session.isOver { break }
            }
        }
    }
}
