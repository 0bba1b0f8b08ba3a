/// Which mail server to hand messages to, and how.
package struct SMTPConfiguration: Sendable {
    /// How the connection is protected.
    package enum Security: Sendable {
        /// TLS from the first byte, usually on port 465 (RFC 8314).
        case implicitTLS
        /// TLS after STARTTLS, usually on port 587; without it nothing is sent.
        case startTLS
        /// No TLS: for a server on this machine only, other hosts are refused.
        case plainOnLoopback
    }

    /// A host name or IP address.
    package var host: String
    /// The port.
    package var port: Int
    /// How the connection is protected.
    package var security: Security
    /// The user to log in as; `nil` sends without a login.
    package var username: String?
    /// The user's password.
    package var password: String?
    /// How we introduce ourselves in EHLO.
    package var clientName: String
    /// How long a connection may take, TLS included.
    package var connectTimeout: Duration
    /// How long everything may take; servers may think for minutes after the message (RFC 5321 4.5.3.2).
    package var timeout: Duration
    /// A file of certificate authorities in PEM form; `nil` means the system's.
    package var certificateAuthorities: String?

    /// Describes a server; `SMTPClient` checks the description.
    package init(
        host: String,
        port: Int,
        security: Security = .startTLS,
        username: String? = nil,
        password: String? = nil,
        clientName: String = "localhost",
        connectTimeout: Duration = .seconds(15),
        timeout: Duration = .seconds(300),
        certificateAuthorities: String? = nil
    ) {
        self.host = host
        self.port = port
        self.security = security
        self.username = username
        self.password = password
        self.clientName = clientName
        self.connectTimeout = connectTimeout
        self.timeout = timeout
        self.certificateAuthorities = certificateAuthorities
    }

    /// The server as libcurl's URL; what stands behind the slash goes into EHLO.
    var url: String {
        let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
        return "\(security == .implicitTLS ? "smtps" : "smtp")://\(name):\(port)/\(clientName)"
    }

    /// Throws `TransportError.invalidRequest` for what could end up as something else in a URL or a command.
    func check() throws(TransportError) {
        guard !host.isEmpty, host.utf8.allSatisfy({ SMTPSyntax.isHostByte($0) || $0 == UInt8(ascii: ":") }) else {
            throw .invalidRequest("the mail server's host name")
        }
        guard !clientName.isEmpty, clientName.utf8.allSatisfy(SMTPSyntax.isHostByte) else {
            throw .invalidRequest("the name for EHLO")
        }
        guard 1...65_535 ~= port else { throw .invalidRequest("the mail server's port") }
        for text in [username, password] {
            guard text?.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) != false else {
                throw .invalidRequest("a control character in the mail server's user or password")
            }
        }
        guard security != .plainOnLoopback || isLoopback else {
            throw .invalidRequest("mail without TLS to another machine")
        }
    }

    private var isLoopback: Bool {
        if ["localhost", "::1"].contains(host) { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
