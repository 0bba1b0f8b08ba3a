package import Records

/// A whole answer: every byte of the body has arrived and is decompressed.
package struct HTTPResponse: Sendable {
    /// The status code, 100 to 999; a redirect is an answer like any other.
    package var status: Int
    /// The fields, with those of a trailer left out.
    package var headers: HTTPHeaders
    /// The body; empty when there is none.
    package var body: PageBuffer

    /// Makes an answer.
    package init(status: Int, headers: HTTPHeaders = [], body: PageBuffer = PageBuffer()) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The body as a small document; throws `JSONError`.
    ///
    /// Pages of records go through `PageParser` instead.
    package func json(limits: JSONLimits = JSONLimits()) throws -> JSON {
        try body.withBytes { try JSON(parsing: $0, limits: limits) }
    }
}
