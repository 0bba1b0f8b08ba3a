/// Why no whole answer came back: a closed set, free of URLs, headers and bodies.
package enum TransportError: Error, Equatable {
    /// The host name has no address, or the resolver did not answer.
    case cannotResolve
    /// No connection could be made: refused, unreachable, or an address the configuration forbids.
    case refused
    /// The TLS handshake failed, or the certificate is not to be trusted.
    case tls
    /// No connection was made in time.
    case connectTimeout
    /// The time was up, or the transfer fell below the lowest speed.
    case timeout(sentRequest: Bool)
    /// The connection ended before the answer did.
    case reset(sentRequest: Bool)
    /// The answer is larger than the request allows.
    case bodyTooLarge
    /// The answer has more or larger header fields than the configuration allows.
    case headersTooLarge
    /// The answer is not HTTP, or its compression is broken.
    case malformedAnswer
    /// The server refused the user name or password (mail).
    case loginDenied
    /// The task was cancelled.
    case cancelled(sentRequest: Bool)
    /// The client was stopped.
    case stopped(sentRequest: Bool)
    /// The request was not sent because something in it must not go out; the text says what, not its value.
    case invalidRequest(String)
    /// Anything else, with libcurl's code.
    case other(code: Int32, sentRequest: Bool)

    /// Whether the server may have acted on the request; when it may, a write is unknown and must be read back.
    ///
    /// `false` only when no connection stood on which a byte of it could have been sent.
    package var requestMayHaveReachedServer: Bool {
        switch self {
        case .cannotResolve, .refused, .tls, .connectTimeout, .loginDenied, .invalidRequest: false
        case .bodyTooLarge, .headersTooLarge, .malformedAnswer: true
        case .timeout(let sent), .reset(let sent), .cancelled(let sent), .stopped(let sent), .other(_, let sent): sent
        }
    }
}

extension TransportError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .cannotResolve: "the host name cannot be resolved"
        case .refused: "no connection could be made"
        case .tls: "no secure connection could be made"
        case .connectTimeout: "no connection was made in time"
        case .timeout(let sent): "timed out" + Self.suffix(sent)
        case .reset(let sent): "the connection ended too early" + Self.suffix(sent)
        case .bodyTooLarge: "the answer is too large"
        case .headersTooLarge: "the answer's header is too large"
        case .malformedAnswer: "the answer cannot be read"
        case .loginDenied: "the server refused the login"
        case .cancelled(let sent): "cancelled" + Self.suffix(sent)
        case .stopped(let sent): "the client was stopped" + Self.suffix(sent)
        case .invalidRequest(let what): "not sent: \(what)"
        case .other(let code, let sent): "transfer failed (libcurl \(code))" + Self.suffix(sent)
        }
    }

    private static func suffix(_ sent: Bool) -> String {
        sent ? " after the request may have reached the server" : " before the request was sent"
    }
}
