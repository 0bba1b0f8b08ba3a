/// Sends one HTTP request and gives its answer; the seam at which tests, recordings and the simulation step in.
///
/// Any status is an answer. No redirect is followed and nothing is tried again: the caller decides.
package protocol HTTPTransport: Sendable {
    /// Sends a request; throws `TransportError` when no whole answer came back.
    func send(_ request: HTTPRequest) async throws -> HTTPResponse

    /// Takes back the memory of a body that has been read, for the next answer.
    ///
    /// Optional: a body that is not given back is freed as anything else.
    func recycle(_ body: consuming PageBuffer)
}

extension HTTPTransport {
    /// Does nothing; a transport that keeps no memory has no use for it.
    package func recycle(_ body: consuming PageBuffer) {}
}
