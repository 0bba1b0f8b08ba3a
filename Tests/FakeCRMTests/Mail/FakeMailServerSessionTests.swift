import Logging
import Testing

@testable import FakeCRM

/// What the fake mail server answers, without a socket.
@Suite struct FakeMailServerSessionTests {
    private static let begun = "EHLO me\r\nMAIL FROM:<a@x.example>\r\nRCPT TO:<b@x.example>\r\n"
    private static let quiet = Logger(label: "fakemail.test") { _ in SwiftLogNoOpLogHandler() }

    private final class Desk {
        let mailbox = Mailbox(directory: nil, logger: FakeMailServerSessionTests.quiet)
        lazy var session: SMTPSession = {
            var session = SMTPSession(self.mailbox)
            _ = session.takeReplies()
            return session
        }()

        /// The first words of the last lines of the replies.
        func send(_ text: String) -> [String] { self.send(Array(text.utf8)) }

        func send(_ bytes: [UInt8]) -> [String] {
            self.session.take(bytes)
            let replies = String(decoding: self.session.takeReplies(), as: UTF8.self)
            return replies.split(separator: "\r\n").filter { !$0.dropFirst(3).hasPrefix("-") }
                .map { String($0.prefix { $0 != " " }) }
        }

        var message: String? { self.mailbox.messages.last.map { String(decoding: $0.bytes, as: UTF8.self) } }
    }

    @Test(arguments: [
        ("NOOP\r\n", ["250"]), ("noop\r\n", ["250"]), ("VRFY b\r\n", ["252"]), ("RSET\r\n", ["250"]),
        ("EHLO\r\n", ["501"]), ("HELO me\r\n", ["250"]), ("ehlo me\r\n", ["250"]), ("STARTTLS\r\n", ["502"]),
        ("AUTH PLAIN AGEAYg==\r\n", ["502"]), ("GET / HTTP/1.1\r\n", ["500"]), ("\r\n", ["500"]),
        ("NOOP\n", ["500"]), ("NO\rOP\r\n", ["500"]), ("NOOP \u{e9}\r\n", ["500"]), ("NOOP \u{0}\r\n", ["500"]),
        ("DATA\r\n", ["503"]), ("RCPT TO:<b@x.example>\r\n", ["503"]), ("MAIL FROM:<a@x.example>\r\n", ["503"]),
        ("QUIT now\r\nQUIT\r\nNOOP\r\n", ["501", "221"]),
        ("HELO me\r\nMAIL FROM:<>\r\nMAIL FROM:<>\r\nRCPT TO:<>\r\nDATA\r\n", ["250", "250", "503", "501", "554"]),
        (begun + "RSET\r\nDATA\r\n", ["250", "250", "250", "250", "503"]),
        (begun + "HELO me\r\nDATA\r\n", ["250", "250", "250", "250", "503"]),
        (begun + "DATA now\r\n", ["250", "250", "250", "501"]),
    ])
    func answersEachCommand(_ text: String, _ codes: [String]) {
        #expect(Desk().send(text) == codes)
    }

    @Test(arguments: [
        ("<a@x.example>", "250", "a@x.example"), ("<>", "250", ""),
        ("<@r.example,@s.example:a@x.example>", "250", "a@x.example"),
        (#"<"a b>\"c"@x.example>"#, "250", #""a b>\"c"@x.example"#), ("<a@[127.0.0.1]>", "250", "a@[127.0.0.1]"),
        ("<a@x.example> SIZE=1048576 BODY=8BITMIME", "250", "a@x.example"), ("<a@x.example> size=1048577", "552", ""),
        ("<a@x.example> SIZE=99999999999999999999", "552", ""), ("<a@x.example> SIZE=-1", "501", ""),
        ("<a@x.example> SMTPUTF8", "555", ""), ("<a@x.example>SIZE=1", "501", ""), (" <a@x.example>", "501", ""),
        ("a@x.example", "501", ""), ("<a@x.example", "501", ""), ("<a>", "501", ""), ("<@x.example>", "501", ""),
        ("<a@>", "501", ""), ("<a b@x.example>", "501", ""), ("<a@b@x.example>", "501", ""),
        ("<<a@x.example>>", "501", ""),
        ("<\(String(repeating: "a", count: 300))@x.example>", "501", ""),
    ])
    func readsTheSender(_ path: String, _ code: String, _ address: String) {
        let desk = Desk()
        #expect(desk.send("EHLO me\r\nMAIL FROM:\(path)\r\n") == ["250", code])
        guard code == "250" else { return }
        #expect(desk.send("RCPT TO:<b@x.example>\r\nDATA\r\nhello\r\n.\r\n") == ["250", "354", "250"])
        #expect(desk.mailbox.messages.map(\.envelopeFrom) == [address])
    }

    @Test(arguments: [
        ("hello\r\n.\r\n", "hello\r\n"), (".\r\n", ""), ("..\r\n.\r\n", ".\r\n"),
        ("...a\r\n.b\r\n.\r\n", "..a\r\nb\r\n"),
        ("a\n.\nb\r\n.\r\n", "a\n.\nb\r\n"), ("a\n.\r\nb\r\n.\r\n", "a\n.\r\nb\r\n"),
        ("a\r.\r\nb\r\n.\r\n", "a\r.\r\nb\r\n"),
        ("a\r\n.\nb\r\n.\r\n", "a\r\n\nb\r\n"), ("a\r\n.\rb\r\n.\r\n", "a\r\n\rb\r\n"),
        ("a\r\n.\r\r\n.\r\n", "a\r\n\r\r\n"), ("a\r\r\n.\r\n", "a\r\r\n"), ("\u{e9}\u{0}\r\n.\r\n", "\u{e9}\u{0}\r\n"),
    ])
    func keepsTheMessageAsItWasMeant(_ sent: String, _ message: String) {
        let (whole, byByte) = (Desk(), Desk())
        let text = Self.begun + "DATA\r\n" + sent + "NOOP\r\n"
        let codes = ["250", "250", "250", "354", "250", "250"]
        #expect(whole.send(text) == codes)
        #expect(text.utf8.flatMap { byByte.send([$0]) } == codes)
        #expect(whole.message.map { Array($0.utf8) } == Array(message.utf8))
        #expect(byByte.mailbox.messages == whole.mailbox.messages)
    }

    @Test(arguments: [(0, "250"), (1, "552")])
    func takesAMebibyteAndNoMore(excess: Int, code: String) {
        let desk = Desk()
        _ = desk.send(Self.begun + "DATA\r\n")
        let line = Array((String(repeating: "x", count: 62) + "\r\n").utf8)
        let lines = [[UInt8]](repeating: line, count: (1 << 20) / 64).flatMap { $0 }
        let message = [UInt8](repeating: 0x78, count: excess) + lines
        #expect(desk.send(message + Array(".\r\nNOOP\r\n".utf8)) == [code, "250"])
        #expect(desk.mailbox.messages.map(\.bytes) == (excess == 0 ? [message] : []))
        #expect(desk.send("DATA\r\n") == ["503"])
    }

    @Test func readsCommandsOfAThousandBytesAndNoMore() {
        let desk = Desk()
        for (length, code) in [(1000, "250"), (1001, "500"), (100_000, "500"), (6, "250")] {
            let line = "NOOP" + String(repeating: " ", count: length - 6) + "\r\n"
            #expect(desk.send(line) == [code])
        }
    }

    @Test func takesAHundredRecipientsAndNoMore() {
        let desk = Desk()
        _ = desk.send("EHLO me\r\nMAIL FROM:<a@x.example>\r\n")
        for number in 1...102 {
            #expect(desk.send("RCPT TO:<b\(number)@x.example>\r\n") == [number <= 100 ? "250" : "452"])
        }
        #expect(desk.send("DATA\r\nhello\r\n.\r\n") == ["354", "250"])
        #expect(desk.mailbox.messages.first?.recipients == (1...100).map { "b\($0)@x.example" })
    }

    @Test func refusedRecipientsLeaveTheOthers() {
        let desk = Desk()
        desk.mailbox.setFault(.rejected, for: "b@x.example")
        desk.mailbox.setFault(.deferred, for: "c@x.example")
        #expect(desk.send(Self.begun) == ["250", "250", "550"])
        #expect(desk.send("RCPT TO:<c@x.example>\r\nDATA\r\n") == ["451", "554"])
        #expect(desk.send("RCPT TO:<d@x.example>\r\nDATA\r\nhello\r\n.\r\n") == ["250", "354", "250"])
        #expect(desk.mailbox.messages.map(\.recipients) == [["d@x.example"]])
    }
}
