import Messaging
import Records
import Testing

@Suite struct MIMETests {
    private static func mail(
        subject: String = "Hello",
        from: String = "Relais <hello@example.com>",
        text: String = "Hi",
        html: String? = nil,
        unsubscribe: String? = nil
    ) throws -> OutgoingMail {
        OutgoingMail(
            from: try #require(MailAddress(from)),
            to: try #require(MailAddress("ada@example.org")),
            subject: Text(subject),
            text: Text(text),
            html: html.map { Text($0) },
            unsubscribeURL: unsubscribe.map { Text($0) }
        )
    }

    private static func compose(_ mail: OutgoingMail) throws -> String {
        let date = try #require(Instant("2026-03-02T08:00:05Z"))
        return String(decoding: try mail.mime(key: "k1", date: date), as: UTF8.self)
    }

    @Test func composesAPlainMessage() throws {
        let message = try Self.compose(Self.mail(text: "Hello\nZoë = 1\n.\nFrom me \n"))
        #expect(
            message
                == [
                    "Date: Mon, 02 Mar 2026 08:00:05 +0000", "From: \"Relais\" <hello@example.com>",
                    "To: ada@example.org",
                    "Subject: Hello", "Message-ID: <k1@example.com>", "Auto-Submitted: auto-generated",
                    "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
                    "Content-Transfer-Encoding: quoted-printable", "", "Hello", "Zo=C3=AB =3D 1", "=2E", "=46rom me=20",
                    "",
                ].joined(separator: "\r\n")
        )
    }

    @Test func composesBothPartsUnderABoundaryNoBodyCanHold() throws {
        let message = try Self.compose(Self.mail(text: "--=_k1", html: "<p>--=_k1--</p>"))
        let boundaries = message.utf8.split(separator: 0x0D).filter { $0.starts(with: [0x0A, 0x2D, 0x2D]) }
        let startsPart = message.contains("Content-Type: multipart/alternative; boundary=\"=_k1\"\r\n\r\n--=_k1\r\n")
        #expect(startsPart)
        // Two openings, one end, and the two bodies, whose "=" is encoded.
        #expect(boundaries.count == 4)
        #expect(message.hasSuffix("\r\n--=_k1--\r\n"))
    }

    @Test func isTheSameForTheSameEffect() throws {
        #expect(try Self.compose(Self.mail(html: "<b>x</b>")) == Self.compose(Self.mail(html: "<b>x</b>")))
    }

    @Test func breaksLongLinesAndWords() throws {
        let long = String(repeating: "é", count: 200)
        let message = try Self.compose(Self.mail(subject: long, text: long))
        let longest = message.split(separator: "\r\n").max { $0.utf8.count < $1.utf8.count }
        #expect(longest.map(\.utf8.count) == 76, "\(longest ?? "")")
        let encodesSubject = message.contains("Subject: =?UTF-8?B?")
        #expect(encodesSubject)
    }

    @Test func unsubscribesWithOneClickOnlyWhereConfigured() throws {
        let with = try Self.compose(Self.mail(unsubscribe: "https://example.com/u/1"))
        let has = with.contains(
            "List-Unsubscribe: <https://example.com/u/1>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
        )
        #expect(has)
        let without = try Self.compose(Self.mail()).contains("List-Unsubscribe")
        #expect(!without)
    }

    static let injections = [
        "x\r\nBcc: eve@example.com", "x\nBcc: eve@example.com", "x\rBcc: eve@example.com", "x\u{0}y", "\r\n\r\nbody",
        "x\u{301}\r\n\u{301}Bcc: eve@example.com", "x\u{7F}", "x\ty", "\u{B}", "e\u{301}\n",
    ]

    @Test(arguments: injections)
    func refusesControlBytesInTheSubject(_ text: String) throws {
        let mail = try Self.mail(subject: text)
        #expect(throws: MailError.self) { try Self.compose(mail) }
    }

    @Test(arguments: injections)
    func refusesControlBytesInNamesAndAddresses(_ text: String) throws {
        let mailbox = "hello@example.com"
        let from = try #require(MailAddress(mailbox: mailbox, name: text))
        let to = try #require(MailAddress("ada@example.org"))
        let mail = OutgoingMail(from: from, to: to, subject: "x", text: "y")
        #expect(throws: MailError.self) { try Self.compose(mail) }
    }

    @Test(arguments: injections)
    func refusesControlBytesInStructuredHeaders(_ text: String) throws {
        let mail = try Self.mail(unsubscribe: "https://example.com/" + text)
        #expect(throws: MailError.self) { try Self.compose(mail) }
        let date = Instant(milliseconds: 0)
        #expect(throws: MailError.self) { try Self.mail().mime(key: Text(text), date: date) }
    }

    @Test(arguments: ["=?UTF-8?B?QmNj?=", "a  b", " a", "a ", "Zoë", "日本語", "\u{2028}x"])
    func encodesWhatAReaderCouldMisread(_ subject: String) throws {
        let message = try Self.compose(Self.mail(subject: subject))
        let line = try #require(message.split(separator: "\r\n").first { $0.hasPrefix("Subject:") })
        #expect(line.hasPrefix("Subject: =?UTF-8?B?"))
    }
}
