package import Records

extension OutgoingMail {
    /// The message as SMTP carries it: headers and body with CRLF, without dot-stuffing.
    ///
    /// `key` is the effect's key: the same effect has the same Message-ID, so that relays and people can tell a repetition.
    /// Throws `MailError` for a value that must not stand in a header.
    package func mime(key: Text, date: Instant) throws(MailError) -> [UInt8] {
        var headers = HeaderWriter()
        try headers.structured("Date", Self.date(date))
        try headers.address("From", self.from)
        try headers.address("To", self.to)
        if let replyTo = self.replyTo { try headers.address("Reply-To", replyTo) }
        try headers.text("Subject", self.subject.string)
        try headers.structured("Message-ID", "<\(self.messageID(key: key))>")
        if let url = self.unsubscribeURL {
            try headers.structured("List-Unsubscribe", "<\(url)>")
            try headers.structured("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
        }
        // RFC 3834 §5: keeps out-of-office answers away.
        try headers.structured("Auto-Submitted", "auto-generated")
        try headers.structured("MIME-Version", "1.0")
        return try self.withBody(headers, key: key)
    }

    /// The Message-ID without its angle brackets.
    package func messageID(key: Text) -> Text { Text("\(key)@\(self.from.domain)") }

    private func withBody(_ initial: HeaderWriter, key: Text) throws(MailError) -> [UInt8] {
        var headers = initial
        guard let html = self.html else {
            try headers.structured("Content-Type", "text/plain; charset=utf-8")
            try headers.structured("Content-Transfer-Encoding", "quoted-printable")
            return headers.bytes + [0x0D, 0x0A] + QuotedPrintable.encode(self.text.string)
        }
        // "=_" never occurs in quoted-printable, so no body can hold the boundary (RFC 2045 §6.7).
        let boundary = "=_\(key.string.prefix(40))"
        try headers.structured("Content-Type", "multipart/alternative; boundary=\"\(boundary)\"")
        var bytes = headers.bytes + [0x0D, 0x0A]
        for (type, content) in [("text/plain", self.text), ("text/html", html)] {
            var part = HeaderWriter()
            try part.structured("Content-Type", "\(type); charset=utf-8")
            try part.structured("Content-Transfer-Encoding", "quoted-printable")
            bytes += Array("--\(boundary)\r\n".utf8) + part.bytes + [0x0D, 0x0A]
            bytes += QuotedPrintable.encode(content.string)
        }
        return bytes + Array("--\(boundary)--\r\n".utf8)
    }

    /// `Mon, 02 Mar 2026 09:00:00 +0000` (RFC 5322 §3.3).
    private static func date(_ instant: Instant) -> String {
        let day = instant.date
        let (year, month, dayOfMonth) = day.parts
        let seconds = Int((instant.microseconds - Int64(day.days) * 86_400_000_000) / 1_000_000)
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        // 1970-01-01 was a Thursday.
        let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let weekday = weekdays[((Int(day.days) % 7) + 7) % 7]
        let clock = [seconds / 3600, seconds / 60 % 60, seconds % 60].map(Self.twoDigits).joined(separator: ":")
        return "\(weekday), \(Self.twoDigits(dayOfMonth)) \(months[month - 1]) \(year) \(clock) +0000"
    }

    private static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : String(value) }
}
