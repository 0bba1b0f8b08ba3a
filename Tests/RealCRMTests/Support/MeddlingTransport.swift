import Records
import Synchronization
import Transport

/// Passes everything through, counts the calls by their method, and lets a test step in just before or after one.
final class MeddlingTransport: HTTPTransport {
    /// What a test does to a call.
    enum Meddling: Sendable {
        /// Something happens just before it is sent.
        case before(@Sendable () async throws -> Void)
        /// It is carried out, and its answer is lost.
        case loseAnswer
        /// It never arrives.
        case loseRequest
    }

    private struct State {
        var calls: [String] = []
        var plans: [(method: String, what: Meddling)] = []
    }

    private let transport: any HTTPTransport
    private let state = Mutex(State())

    init(_ transport: any HTTPTransport) {
        self.transport = transport
    }

    /// The methods called so far, in order.
    var calls: [String] { self.state.withLock { $0.calls } }

    /// Steps in at the next call whose method is this one.
    func meddle(with method: String, _ what: Meddling) { self.state.withLock { $0.plans.append((method, what)) } }

    func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        let method = (try? JSON(parsing: request.body ?? []))?["method"]?.string ?? request.url
        let plan = self.state.withLock { state -> Meddling? in
            state.calls.append(method)
            guard let place = state.plans.firstIndex(where: { $0.method == method }) else { return nil }
            return state.plans.remove(at: place).what
        }
        switch plan {
        case nil: break
        case .before(let act): try await act()
        case .loseAnswer:
            _ = try await self.transport.send(request)
            throw TransportError.reset(sentRequest: true)
        case .loseRequest: throw TransportError.reset(sentRequest: true)
        }
        return try await self.transport.send(request)
    }
}
