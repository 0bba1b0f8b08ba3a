import HTTPTypes
import HummingbirdCore
package import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization

/// Puts accounts of the fake CRM behind a socket on 127.0.0.1.
///
/// Requests go to the account that knows their token. The control endpoints under `/__fake/` need the control token.
package struct FakeCRMServer: Sendable {
    /// The largest request body that is taken, in bytes.
    package static let largestBody = 16 << 20

    private let crm: FakeCRM
    private let port: Int
    private let logger: Logger
    private let held = HeldAnswers()

    /// Creates a server.
    ///
    /// - Parameters:
    ///   - accounts: the accounts it serves; the first one answers requests whose token nobody knows, with 401.
    ///   - port: the port to listen on; 0 takes any free one.
    ///   - controlToken: the secret of the control endpoints.
    ///   - directory: where the accounts are saved when the server stops; nil saves nothing.
    ///   - logger: where trouble is told; no request is logged.
    package init(
        accounts: [FakeCRMAccount],
        port: Int = 0,
        controlToken: String,
        directory: String? = nil,
        logger: Logger
    ) {
        self.crm = FakeCRM(accounts: accounts, controlToken: controlToken, directory: directory, held: self.held)
        self.port = port
        self.logger = logger
    }

    /// Serves until the task is cancelled or a graceful shutdown is asked for; then saves, if a directory was given.
    ///
    /// - Parameter onStart: called with the port once connections are accepted.
    /// - Throws: when the port cannot be had, or the accounts cannot be saved.
    package func run(onStart: @escaping @Sendable (Int) async -> Void) async throws {
        let (crm, held) = (self.crm, self.held)
        let server = Server(
            childChannelSetup: HTTP1Channel { request, writer, channel in
                try await Self.respond(to: request, writer, channel, crm: crm, held: held)
            },
            configuration: ServerConfiguration(address: .hostname("127.0.0.1", port: self.port)),
            onServerRunning: { channel in await onStart(channel.localAddress?.port ?? 0) },
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: self.logger
        )
        let group = ServiceGroup(
            configuration: .init(services: [server], cancellationSignals: [], logger: self.logger)
        )
        defer { held.close() }
        try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler {
                try await group.run()
            } onGracefulShutdown: {
                held.close()
            }
        } onCancel: {
            held.close()
        }
        try crm.save()
    }

    /// Serves while `body` runs, which gets the base address such as `http://127.0.0.1:40123`.
    ///
    /// Throws what `run` and `body` throw.
    package func serving<Result: Sendable>(
        _ body: @escaping @Sendable (String) async throws -> Result
    ) async throws -> Result {
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { continuation.finish() }
                try await self.run { port in continuation.yield(port) }
            }
            var port: Int?
            for await started in ports {
                port = started
                break
            }
            guard let port else {
                try await tasks.waitForAll()
                throw CancellationError()
            }
            let result = try await body("http://127.0.0.1:\(port)")
            tasks.cancelAll()
            return result
        }
    }

    @concurrent
    private static func respond(
        to request: Request,
        _ writer: consuming ResponseWriter,
        _ channel: any Channel,
        crm: FakeCRM,
        held: HeldAnswers
    ) async throws {
        let body = try await request.body.collect(upTo: Self.largestBody)
        var headers = request.headers.map { (name: $0.name.rawName, value: $0.value) }
        if let authority = request.head.authority { headers.append(("Host", authority)) }
        let fake = FakeRequest(
            request.method.rawValue,
            request.head.path ?? "/",
            headers: headers,
            body: Array(body.readableBytesView)
        )
        let response = crm.handle(fake)
        if response.delayMilliseconds > 0 { try await Task.sleep(for: .milliseconds(response.delayMilliseconds)) }
        switch response.delivery {
        case .deliver: try await Self.write(response, writer)
        case .hold:
            guard await held.wait(method: fake.method, path: fake.path) == .answer else { throw Dropped(channel) }
            try await Self.write(response, writer)
        case .drop: throw Dropped(channel)
        case .truncate(let length):
            let head = Self.head(of: response)
            var bodyWriter: any ResponseBodyWriter = try await writer.writeHead(head)
            try await bodyWriter.write(ByteBuffer(bytes: response.body.prefix(length)))
            throw Dropped(channel)
        }
    }

    @concurrent
    private static func write(_ response: FakeResponse, _ writer: consuming ResponseWriter) async throws {
        let body: ResponseBody = response.body.isEmpty ? .init() : .init(byteBuffer: ByteBuffer(bytes: response.body))
        try await writer.write(response: Self.head(of: response), body: body)
    }

    private static func head(of response: FakeResponse) -> HTTPResponse {
        var fields = HTTPFields()
        for header in response.headers {
            if let name = HTTPField.Name(header.name) { fields.append(HTTPField(name: name, value: header.value)) }
        }
        if response.status != 204 { fields[.contentLength] = String(response.body.count) }
        return HTTPResponse(status: .init(code: response.status), headerFields: fields)
    }
}

/// Thrown to end a connection without another byte; throwing makes the channel close.
private struct Dropped: Error {
    init(_ channel: any Channel) { channel.close(promise: nil) }
}
