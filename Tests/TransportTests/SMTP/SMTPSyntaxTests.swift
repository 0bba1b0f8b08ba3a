import Testing

@testable import Transport

@Suite struct SMTPSyntaxTests {
    @Test(arguments: [
        "a@b", "first.last+tag@sub.example.com", "o'neil!#$%&*/=?^_`{|}~@x-1.example", "bounce+7=x@e.org",
    ])
    func plainAddressesPass(address: String) {
        #expect(throws: Never.self) { try SMTPSyntax.check(address: address, "recipient") }
    }

    static let addresses = [
        "", "a", "@b", "a@", "a@b@c", "a b@c", "a@b c", "<a@b>", "a@b>", "a@b> SIZE=1", "a@b\r\nRCPT TO:<c@d>", "a@b\n",
        "a\r\n@b", "\r\n@b", "a@b\u{0}", "a\u{0}@b", "\"a b\"@c", "\"a\"@c", "a@[127.0.0.1]", "a@b..c", ".a@b", "a.@b",
        "a..b@c", "z\u{e9}@b", "a@b\u{e9}", "a,b@c", "a@b,c@d", "a:b@c", "a;b@c", "a(x)@b", "a@b(x)", "a\\@b", "a@b\t",
        "\u{ff41}@b", "a@.b", "a@b.", "a\u{85}@b",
    ]

    @Test(arguments: addresses)
    func addressesThatMustNotGoOut(address: String) {
        #expect {
            try SMTPSyntax.check(address: address, "recipient")
        } throws: { error in
            "\(error)" == "not sent: the recipient is no plain mail address"
        }
    }

    @Test func longPartsAreRefused() {
        let local = String(repeating: "a", count: 65)
        let label = String(repeating: "a", count: 64)
        let domain = Array(repeating: "abcdefg", count: 33).joined(separator: ".")
        for address in ["\(local)@b", "a@\(label)", "a@\(domain)"] {
            #expect(throws: TransportError.self) { try SMTPSyntax.check(address: address, "sender") }
        }
    }

    static let messages: [[UInt8]] = [
        [], Array("a\nb\r\n".utf8), Array("a\rb\r\n".utf8), Array("a\r\n\n.\r\n".utf8), Array("\n".utf8),
        Array("a\r".utf8),
        Array("a\u{0}b".utf8), Array("z\u{e9}".utf8), Array(repeating: 0x61, count: 999),
        Array(repeating: 0x61, count: 999) + [13, 10], Array("a\r\r\n".utf8),
    ]

    @Test(arguments: messages)
    func messagesThatMustNotGoOut(message: [UInt8]) {
        #expect(throws: TransportError.self) { try SMTPSyntax.check(message: message) }
    }

    @Test(arguments: ["x", "x\r\n", "\r\n", ".\r\n", "a\r\n.\r\n.", String(repeating: "a", count: 998) + "\r\n\r\nb"])
    func ordinaryMessagesPass(message: String) {
        #expect(throws: Never.self) { try SMTPSyntax.check(message: Array(message.utf8)) }
    }

    static let configurations: [SMTPConfiguration] = [
        SMTPConfiguration(host: "", port: 25), SMTPConfiguration(host: "a/b", port: 25),
        SMTPConfiguration(host: "a@b", port: 25), SMTPConfiguration(host: "a\r\nb", port: 25),
        SMTPConfiguration(host: "a", port: 0), SMTPConfiguration(host: "a", port: 65_536),
        SMTPConfiguration(host: "a", port: 25, username: "a\r\nb"),
        SMTPConfiguration(host: "a", port: 25, password: "\u{0}"),
        SMTPConfiguration(host: "a", port: 25, clientName: "a b"),
        SMTPConfiguration(host: "a", port: 25, clientName: ""),
        SMTPConfiguration(host: "mail.example", port: 25, security: .plainOnLoopback),
        SMTPConfiguration(host: "127.0.0.1.evil.example", port: 25, security: .plainOnLoopback),
        SMTPConfiguration(host: "128.0.0.1", port: 25, security: .plainOnLoopback),
    ]

    @Test(arguments: configurations.indices)
    func configurationsThatMustNotBeUsed(index: Int) {
        #expect(throws: TransportError.self) { try SMTPClient(Self.configurations[index]) }
    }

    @Test(arguments: ["localhost", "127.0.0.1", "127.1.2.3", "::1"])
    func plainMailStaysOnThisMachine(host: String) {
        let configuration = SMTPConfiguration(host: host, port: 25, security: .plainOnLoopback)
        #expect(throws: Never.self) { try configuration.check() }
    }
}
