package import CEL
package import Records

/// A mail template: a subject, a plain part and, where there is one, an HTML part, all compiled.
///
/// ```text
/// subject: A guide for {{ contact.first_name }}
/// from: Camille <camille@example.com>
///
/// Hello {{ contact.first_name }}, …
/// ```
package struct Template: Sendable {
    /// The name by which workflows call it; the file's name without its ending.
    package let name: Text
    /// Who writes; nil for the workspace's sender.
    package let from: MailAddress?
    /// Where answers go; nil for the sender.
    package let replyTo: MailAddress?
    private let subject: TemplateText
    private let text: TemplateText
    private let html: TemplateText?
    private let unsubscribe: TemplateText?

    init(
        name: Text,
        from: MailAddress?,
        replyTo: MailAddress?,
        subject: TemplateText,
        text: TemplateText,
        html: TemplateText?,
        unsubscribe: TemplateText?
    ) {
        self.name = name
        self.from = from
        self.replyTo = replyTo
        self.subject = subject
        self.text = text
        self.html = html
        self.unsubscribe = unsubscribe
    }

    /// The message for one record; throws `MailError` if an expression fails for it.
    package func render(
        to: MailAddress,
        sender: MailAddress,
        _ activation: any CELActivation
    ) throws(MailError) -> OutgoingMail {
        OutgoingMail(
            from: self.from ?? sender,
            to: to,
            replyTo: self.replyTo,
            subject: Text(try self.subject.render(activation)),
            text: Text(try self.text.render(activation)),
            html: try self.html.map { html throws(MailError) in Text(try html.render(activation)) },
            unsubscribeURL: try self.unsubscribe.map { url throws(MailError) in Text(try url.render(activation)) }
        )
    }
}
