/// Hands one finished message to a mail server; the seam at which tests and the simulation step in.
package protocol MailTransport: Sendable {
    /// Sends a message once; throws `TransportError` when it certainly was not taken, and only then.
    ///
    /// An empty sender is the null reverse-path of RFC 5321 4.5.5. The recipients stand or fall together: when the server
    /// refuses one of them the message goes to none. The message is complete, in lines of at most 998 bytes of ASCII
    /// that end in CRLF; its dots are as they are meant, since escaping them is the transport's business.
    func send(envelopeFrom: String, recipients: [String], message: [UInt8]) async throws -> SMTPReceipt
}

/// How an attempt to hand over a message ended.
package struct SMTPReceipt: Sendable, Equatable {
    /// What became of the message: a closed set.
    package enum Outcome: Sendable, Equatable {
        /// The server has taken it and answers for it.
        case accepted
        /// The server will never take it (5xx).
        case rejected(code: Int)
        /// The server does not take it now (4xx): grey-listing, a full mailbox, too many connections.
        case deferred(code: Int)
        /// The message had gone out whole when the answer failed to come; it may have been taken.
        ///
        /// Sending it again could deliver it twice, so that this is for a person to see.
        case unknown(TransportError)
    }

    /// What became of the message.
    package let outcome: Outcome
    /// What the server said last, without control characters and at most 500 bytes; often holds its queue's id.
    package let reply: String

    /// Makes a receipt.
    package init(_ outcome: Outcome, reply: String = "") {
        self.outcome = outcome
        self.reply = reply
    }
}
