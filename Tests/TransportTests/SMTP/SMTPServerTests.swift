import Foundation
import Testing

@testable import Transport

/// Against a real server, which decides what a message was.
@Suite(
    .enabled(if: MailServer.python != nil, "RELAIS_AIOSMTPD names no Python with aiosmtpd; see `make tools`"),
    .timeLimit(.minutes(2))
)
struct SMTPServerTests {
    static let messages: [(String, String)] = [
        ("Subject: a\r\n\r\nHello\r\n", "Subject: a\r\n\r\nHello\r\n"),
        ("Subject: a\r\n\r\nno end", "Subject: a\r\n\r\nno end\r\n"),
        (".\r\n", ".\r\n"),
        ("..\r\n...\r\n.x\r\n", "..\r\n...\r\n.x\r\n"),
        ("Subject: a\r\n\r\n.\r\nRCPT TO:<evil@x>\r\n.\r\n", "Subject: a\r\n\r\n.\r\nRCPT TO:<evil@x>\r\n.\r\n"),
        ("a\r\n.", "a\r\n.\r\n"),
        ("\r\n\r\n", "\r\n\r\n"),
        ("a\r\n\r\n.\r\n\r\n..\r\n", "a\r\n\r\n.\r\n\r\n..\r\n"),
        ("a. \r\n .\r\nb", "a. \r\n .\r\nb\r\n"),
    ]

    @Test func messagesArriveAsTheyWere() async throws {
        let server = try MailServer()
        let client = try SMTPClient(Self.plain(server.port), lanes: 1)
        for (message, expected) in Self.messages {
            let receipt = try await send(client, Array(message.utf8))
            #expect(receipt == SMTPReceipt(.accepted, reply: "250 2.0.0 queued as 1"))
            let received = try server.nextMessage()
            #expect(String(decoding: received.data, as: UTF8.self) == expected)
            #expect(received.from == "from@x.example" && received.to == ["to@y.example"])
        }
    }

    /// Dots and line ends at every place relative to the buffers of libcurl.
    @Test func dotsAreRightAtEveryPlaceOfALargeMessage() async throws {
        let server = try MailServer()
        let client = try SMTPClient(Self.plain(server.port), lanes: 1)
        var random = SplitMix64(seed: 11)
        for _ in 0..<5 {
            var message: [UInt8] = []
            let lines = [
                "", ".", "..", ".a", "a.", "...", String(repeating: "x", count: 70), String(repeating: ".", count: 998),
            ]
            while message.count < 400_000 {
                message += Array(lines[Int.random(in: 0..<lines.count, using: &random)].utf8) + [13, 10]
            }
            #expect(try await send(client, message).outcome == .accepted)
            #expect(try server.nextMessage().data == message)
        }
    }

    static let verdicts: [(String, SMTPReceipt)] = [
        ("reject@y.example", SMTPReceipt(.rejected(code: 550), reply: "550 5.1.1 no such user")),
        ("later@y.example", SMTPReceipt(.deferred(code: 451), reply: "451 4.7.1 greylisted")),
        ("spam@y.example", SMTPReceipt(.rejected(code: 554), reply: "554 5.7.1 refused as spam")),
        ("busy@y.example", SMTPReceipt(.deferred(code: 452), reply: "452 4.3.1 no room")),
    ]

    @Test(arguments: verdicts)
    func refusalsAreToldApart(recipient: String, receipt: SMTPReceipt) async throws {
        let server = try MailServer()
        let client = try SMTPClient(Self.plain(server.port))
        let result = try await client.send(
            envelopeFrom: "from@x.example",
            recipients: [recipient],
            message: Array("x\r\n".utf8)
        )
        #expect(result == receipt)
    }

    @Test(arguments: [SMTPConfiguration.Security.startTLS, .implicitTLS])
    func loginAndMessageGoThroughTLS(security: SMTPConfiguration.Security) async throws {
        try await withTemporaryDirectory { directory in
            let certificate = try TestCertificate(in: directory)
            let server = try MailServer([
                "--tls", security == .startTLS ? "starttls" : "implicit", "--cert", certificate.certificate,
                "--key", certificate.key, "--user", "ada", "--password", "canary \"pass\\word\"",
            ])
            var configuration = SMTPConfiguration(host: "localhost", port: server.port, security: security)
            configuration.username = "ada"
            configuration.password = "canary \"pass\\word\""
            configuration.certificateAuthorities = certificate.certificate
            #expect(try await send(SMTPClient(configuration)).outcome == .accepted)
            let message = try server.nextMessage()
            #expect(message.isTLS && message.user == "ada")

            configuration.password = "wrong"
            await #expect(throws: TransportError.loginDenied) { try await send(SMTPClient(configuration)) }
            configuration.username = nil
            await #expect(throws: TransportError.loginDenied) { try await send(SMTPClient(configuration)) }
            configuration.certificateAuthorities = nil
            await #expect(throws: TransportError.tls) { try await send(SMTPClient(configuration)) }
        }
    }

    private static func plain(_ port: Int) -> SMTPConfiguration {
        SMTPConfiguration(host: "127.0.0.1", port: port, security: .plainOnLoopback)
    }

    private func send(_ client: SMTPClient, _ message: [UInt8] = Array("x\r\n".utf8)) async throws -> SMTPReceipt {
        try await client.send(envelopeFrom: "from@x.example", recipients: ["to@y.example"], message: message)
    }
}
