/// A request as the fake CRM sees it, whether it came over a socket or from a simulation.
package struct FakeRequest: Sendable {
    /// The HTTP method in capitals.
    package var method: String
    /// The path without its query, still percent-encoded.
    package var path: String
    /// The query without the question mark, still percent-encoded; empty when there is none.
    package var query: String
    /// Header fields in the order they came; names compare without case.
    package var headers: [(name: String, value: String)]
    /// The body; empty when there is none.
    package var body: [UInt8]

    /// Creates a request from a target such as `/crm/v3/objects/contacts?limit=100`.
    package init(
        _ method: String,
        _ target: String,
        headers: [(name: String, value: String)] = [],
        body: [UInt8] = []
    ) {
        self.method = method
        self.headers = headers
        self.body = body
        let mark = target.utf8.firstIndex(of: UInt8(ascii: "?"))
        self.path = String(target[..<(mark ?? target.endIndex)])
        self.query = mark.map { String(target[target.index(after: $0)...]) } ?? ""
    }

    /// The first value of a header, its name compared without case; nil when the header is absent.
    package func header(_ name: String) -> String? {
        self.headers.first { isSameHeaderName($0.name, name) }?.value
    }
}
