import Records
import Synchronization
import Transport

/// Answers requests from a script, and keeps what was asked.
final class ScriptedTransport: HTTPTransport {
    /// What happens to one request.
    enum Step: Sendable {
        case answer(Int, String, [(String, String)])
        case failure(TransportError)

        /// An answer without header fields.
        static func answer(_ status: Int, _ body: String) -> Step { .answer(status, body, []) }
    }

    private let state: Mutex<(steps: [Step], requests: [HTTPRequest])>
    /// Sees each request before it is answered.
    private let watch: @Sendable (HTTPRequest) -> Step?

    init(_ steps: [Step], watch: @escaping @Sendable (HTTPRequest) -> Step? = { _ in nil }) {
        self.state = Mutex((steps, []))
        self.watch = watch
    }

    var requests: [HTTPRequest] { self.state.withLock { $0.requests } }

    /// The bodies of the requests, as documents.
    var bodies: [JSON] {
        self.requests.compactMap { request in request.body.flatMap { try? JSON(parsing: $0) } }
    }

    func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        try request.check()
        let watched = self.watch(request)
        let step = self.state.withLock { state -> Step in
            state.requests.append(request)
            if let watched { return watched }
            return state.steps.isEmpty ? .failure(.refused) : state.steps.removeFirst()
        }
        switch step {
        case .failure(let error): throw error
        case .answer(let status, let body, let headers):
            return HTTPResponse(status: status, headers: HTTPHeaders(headers), body: PageBuffer(body))
        }
    }
}
