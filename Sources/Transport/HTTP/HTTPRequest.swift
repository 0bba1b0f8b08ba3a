/// One HTTP request, complete and encoded.
package struct HTTPRequest: Sendable {
    /// What to do with the resource; the methods the CRMs' APIs use.
    package enum Method: String, Sendable, CaseIterable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"

        /// Whether sending it twice does the same as sending it once (RFC 9110 9.2.2).
        package var isIdempotent: Bool {
            switch self {
            case .get, .head, .put, .delete: true
            case .post, .patch: false
            }
        }
    }

    /// What to do with the resource.
    package var method: Method
    /// An absolute http or https URL, percent-encoded, without user name or fragment.
    package var url: String
    /// The caller's fields; length, host and connection are the transport's own.
    package var headers: HTTPHeaders
    /// The body; `nil` sends none, an empty one sends `Content-Length: 0`.
    package var body: [UInt8]?
    /// How long everything may take, waiting for a free connection included.
    package var timeout: Duration
    /// The largest answer that is accepted, in bytes after decompression.
    package var bodyLimit: Int
    /// Constant text for logs and recordings, such as `contacts: list`; never data, never a secret.
    package var label: String
    /// Whether the bodies of the exchange hold credentials, as a login's do; recordings leave them out.
    package var hidesBodies: Bool

    /// Makes a request; nothing is checked before it is sent.
    package init(
        _ method: Method = .get,
        url: String,
        headers: HTTPHeaders = [],
        body: [UInt8]? = nil,
        timeout: Duration = .seconds(30),
        bodyLimit: Int = 16 << 20,
        label: String = "",
        hidesBodies: Bool = false
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.bodyLimit = bodyLimit
        self.label = label
        self.hidesBodies = hidesBodies
    }
}
