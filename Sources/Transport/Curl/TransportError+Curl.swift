import CCurl

extension TransportError {
    /// What a result of libcurl means; `nil` for success.
    ///
    /// Never kinder than the truth: a failure to connect counts as sent when an earlier connection of the same transfer
    /// had come further.
    init?(_ code: CURLcode, sent: Bool) {
        switch code {
        case CURLE_OK: return nil
        // The whole time is watched by the loop; libcurl watches the connecting and the stalling.
        case CURLE_OPERATION_TIMEDOUT: self = sent ? .timeout(sentRequest: true) : .connectTimeout
        case _ where Self.connectionProblem(code) != nil && !sent: self = Self.connectionProblem(code) ?? .refused
        case _ where Self.endsConnection(code): self = .reset(sentRequest: sent)
        case CURLE_FILESIZE_EXCEEDED: self = .bodyTooLarge
        case CURLE_BAD_CONTENT_ENCODING, CURLE_WEIRD_SERVER_REPLY,
            CURLE_UNSUPPORTED_PROTOCOL where sent:
            self = .malformedAnswer
        // The callbacks note why they refuse to go on; without a note it was the decompression that failed.
        case CURLE_WRITE_ERROR: self = .malformedAnswer
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: self = .invalidRequest("the URL cannot be used")
        case CURLE_LOGIN_DENIED: self = .loginDenied
        default: self = .other(code: Int32(bitPattern: code.rawValue), sentRequest: sent)
        }
    }

    private static func connectionProblem(_ code: CURLcode) -> TransportError? {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .cannotResolve
        case CURLE_COULDNT_CONNECT, CURLE_INTERFACE_FAILED, CURLE_NO_CONNECTION_AVAILABLE: .refused
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS, CURLE_USE_SSL_FAILED:
            .tls
        default: nil
        }
    }

    private static func endsConnection(_ code: CURLcode) -> Bool {
        switch code {
        case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_SEND_FAIL_REWIND,
            CURLE_HTTP2, CURLE_HTTP2_STREAM:
            true
        default: connectionProblem(code) != nil
        }
    }
}
