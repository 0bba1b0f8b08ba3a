import Messaging
import Records
import Testing

@Suite struct MailAddressTests {
    @Test(arguments: [
        "ada@example.com", "a.b+c@sub.example.co.uk", "o'brien@example.com", "x@localhost", "1@2.3",
    ])
    func takesMailboxes(_ text: String) throws {
        let address = try #require(MailAddress(mailbox: text))
        #expect(address.mailbox.string.hasSameBytes(as: text))
    }

    @Test(arguments: [
        "", "ada", "@example.com", "ada@", "a@b@c", "a..b@example.com", ".a@example.com", "a b@example.com",
        "ada@exa mple.com", "ada@-example.com", "ada@example..com", "ada@example.com\r\nBcc: x@y.z",
        "ada@example.com\n",
        "ada@[127.0.0.1]", "\"a b\"@example.com", "ada@example.com\u{0}", "é@example.com", "ada@exämple.com",
        "<ada@example.com>", "ada@example.com,eve@example.com",
    ])
    func refusesWhatIsNoMailbox(_ text: String) {
        #expect(MailAddress(mailbox: text) == nil)
    }

    @Test(arguments: [
        ("Ada Lovelace <ada@example.com>", "Ada Lovelace", "ada@example.com"),
        ("\"Lovelace, Ada\" <ada@example.com>", "Lovelace, Ada", "ada@example.com"),
        ("Zoë <zoe@example.com>", "Zoë", "zoe@example.com"),
    ])
    func readsDisplayNames(_ text: String, _ name: String, _ mailbox: String) throws {
        let address = try #require(MailAddress(text))
        #expect(address.name == Text(name))
        #expect(address.mailbox == Text(mailbox))
    }

    @Test(arguments: ["Ada <ada>", "Ada\r\nBcc: x <ada@example.com>", "<a><b@example.com>", "Ada <ada@example.com> x"])
    func refusesOtherForms(_ text: String) {
        #expect(MailAddress(text) == nil)
    }

    @Test func lowersAsciiOnlyForSuppression() throws {
        #expect(try #require(MailAddress(mailbox: "Ada@Example.COM")).canonical == "ada@example.com")
    }
}
