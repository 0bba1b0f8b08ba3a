package import Records

/// What happened to a message that was handed to a mail server.
package enum MailOutcome: Hashable, Sendable {
    /// The server took responsibility for it.
    case accepted(detail: Text)
    /// The server refused it for good.
    case rejected(reason: Text)
    /// The server refused it for now, and certainly does not have it.
    case deferred(reason: Text)
    /// The connection broke when the server may already have taken it.
    case unknown(reason: Text)
    /// The server could not be reached, and certainly does not have it.
    case unreachable(reason: Text)
}

/// Hands messages to a mail server; SMTP in production, a list in tests and simulations.
package protocol Mailer: Sendable {
    /// Hands over one message, with CRLF and without dot-stuffing.
    func send(from: MailAddress, to: MailAddress, message: [UInt8]) async -> MailOutcome
}
