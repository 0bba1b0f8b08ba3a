/// A message that the fake mail server has taken.
package struct ReceivedMail: Sendable, Equatable {
    /// Which one it is, from 1 on; with a directory also the name of its file, `001.eml` and so on.
    package let number: Int
    /// The address in MAIL FROM; empty for the null reverse-path of a bounce.
    package let envelopeFrom: String
    /// The addresses that were accepted with RCPT TO, in their order and as they were written.
    package let recipients: [String]
    /// The message as it was meant: dots unescaped, every other byte as it came.
    package let bytes: [UInt8]
}

/// What goes wrong on purpose with mail to an address.
package enum MailFault: Sendable, Equatable {
    /// RCPT TO is answered with 550: no such mailbox.
    case rejected
    /// RCPT TO is answered with 451: try again later.
    case deferred
    /// The message is taken and kept, then the connection is closed without an answer.
    case dropped
}
