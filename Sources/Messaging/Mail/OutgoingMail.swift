package import Records

/// One message to one person, complete but for the form in which it travels.
package struct OutgoingMail: Hashable, Sendable {
    /// Who writes.
    package let from: MailAddress
    /// Who receives it.
    package let to: MailAddress
    /// Where answers go; nil for the sender.
    package let replyTo: MailAddress?
    /// What it is about.
    package let subject: Text
    /// The plain part.
    package let text: Text
    /// The HTML part, if there is one.
    package let html: Text?
    /// The https address that unsubscribes with one click (RFC 8058), if there is one.
    package let unsubscribeURL: Text?

    /// Creates a message.
    package init(
        from: MailAddress,
        to: MailAddress,
        replyTo: MailAddress? = nil,
        subject: Text,
        text: Text,
        html: Text? = nil,
        unsubscribeURL: Text? = nil
    ) {
        self.from = from
        self.to = to
        self.replyTo = replyTo
        self.subject = subject
        self.text = text
        self.html = html
        self.unsubscribeURL = unsubscribeURL
    }
}
