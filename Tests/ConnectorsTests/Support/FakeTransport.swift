import FakeCRM
import Records
import Synchronization
import Transport

/// Carries requests into a fake account without a socket, and its faults out as a transport would report them.
struct FakeTransport: HTTPTransport {
    let account: FakeCRMAccount

    func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        try request.check()
        let target = Self.target(of: request.url)
        let response = self.account.handle(
            FakeRequest(request.method.rawValue, target, headers: request.headers.fields, body: request.body ?? [])
        )
        switch response.delivery {
        case .deliver: break
        case .drop, .hold: throw TransportError.reset(sentRequest: true)
        case .truncate(let count):
            return HTTPResponse(
                status: response.status,
                headers: HTTPHeaders(response.headers),
                body: PageBuffer(Array(response.body.prefix(count)))
            )
        }
        return HTTPResponse(
            status: response.status,
            headers: HTTPHeaders(response.headers),
            body: PageBuffer(response.body)
        )
    }

    static func target(of url: String) -> String {
        let rest = url.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).dropFirst(2).joined()
        return rest.firstIndex(of: "/").map { String(rest[$0...]) } ?? "/"
    }
}
