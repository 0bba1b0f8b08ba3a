import Records

/// The stored form of a message that is still to be sent.
extension OutgoingMail {
    /// The message as JSON.
    var json: String {
        var members: [(key: String, value: JSON)] = [
            (key: "from", value: Self.json(self.from)), (key: "to", value: Self.json(self.to)),
        ]
        if let replyTo = self.replyTo { members.append((key: "reply_to", value: Self.json(replyTo))) }
        members.append((key: "subject", value: .string(self.subject.string)))
        members.append((key: "text", value: .string(self.text.string)))
        if let html = self.html { members.append((key: "html", value: .string(html.string))) }
        if let url = self.unsubscribeURL { members.append((key: "unsubscribe_url", value: .string(url.string))) }
        return JSON.object(members).text
    }

    /// Reads a stored message; nil if it is none.
    init?(json text: String) {
        guard let json = try? JSON(parsing: text), let from = Self.address(json["from"]),
            let to = Self.address(json["to"]),
            let subject = json["subject"]?.string, let body = json["text"]?.string
        else { return nil }
        self.init(
            from: from,
            to: to,
            replyTo: Self.address(json["reply_to"]),
            subject: Text(subject),
            text: Text(body),
            html: json["html"]?.string.map { Text($0) },
            unsubscribeURL: json["unsubscribe_url"]?.string.map { Text($0) }
        )
    }

    private static func json(_ address: MailAddress) -> JSON {
        .array([.string(address.mailbox.string)] + (address.name.map { [.string($0.string)] } ?? []))
    }

    private static func address(_ json: JSON?) -> MailAddress? {
        guard let mailbox = json?[0]?.string else { return nil }
        return MailAddress(mailbox: mailbox, name: json?[1]?.string)
    }
}
