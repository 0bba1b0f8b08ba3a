import Foundation
import Synchronization
import Testing

@testable import Transport

@Suite struct SMTPOutcomeTests {
    static let outcomes: [([String: String], SMTPReceipt)] = [
        ([:], SMTPReceipt(.accepted, reply: "250 2.0.0 queued as 42")),
        (["GREETING": "421 busy"], SMTPReceipt(.deferred(code: 421), reply: "421 busy")),
        (["GREETING": "554 no service"], SMTPReceipt(.rejected(code: 554), reply: "554 no service")),
        (["MAIL": "451 4.7.1 later"], SMTPReceipt(.deferred(code: 451), reply: "451 4.7.1 later")),
        (["MAIL": "552 too large"], SMTPReceipt(.rejected(code: 552), reply: "552 too large")),
        (["RCPT": "550 5.1.1 no such user"], SMTPReceipt(.rejected(code: 550), reply: "550 5.1.1 no such user")),
        (
            ["RCPT": "450-first\r\n450 4.2.0 greylisted"],
            SMTPReceipt(.deferred(code: 450), reply: "450 4.2.0 greylisted")
        ),
        (["DATA": "452 no room"], SMTPReceipt(.deferred(code: 452), reply: "452 no room")),
        (["END": "554 5.7.1 sp\u{1}am"], SMTPReceipt(.rejected(code: 554), reply: "554 5.7.1 sp am")),
        (["END": "451 4.3.0 try again"], SMTPReceipt(.deferred(code: 451), reply: "451 4.3.0 try again")),
        (["END": SMTPScript.hangUp], SMTPReceipt(.unknown(.reset(sentRequest: true)))),
    ]

    @Test(arguments: outcomes)
    func theServersWordDecides(answers: [String: String], receipt: SMTPReceipt) async throws {
        let script = SMTPScript(answers)
        #expect(try await send(to: script) == receipt)
        #expect(script.received.count { $0 == "DATA" } <= 1)
    }

    static let errors: [([String: String], TransportError)] = [
        (["GREETING": SMTPScript.hangUp], .reset(sentRequest: false)),
        (["RCPT": SMTPScript.hangUp], .reset(sentRequest: false)),
        (["DATA": SMTPScript.hangUp], .reset(sentRequest: false)),
        (["MAIL": "530 5.7.0 authentication required"], .loginDenied),
    ]

    @Test(arguments: errors)
    func whatFailsBeforeTheMessageWasCertainlyNotSent(answers: [String: String], error: TransportError) async throws {
        let script = SMTPScript(answers)
        let thrown = await #expect(throws: TransportError.self) { try await send(to: script) }
        #expect(thrown == error && thrown?.requestMayHaveReachedServer == false)
        #expect(!script.received.contains("Hello"))
    }

    @Test func aServerThatThinksTooLongLeavesTheMessageUnknown() async throws {
        let server = try TestServer(SMTPScript(["END": SMTPScript.silence]).serve)
        var configuration = Self.configuration(server.port)
        configuration.timeout = .milliseconds(300)
        let client = try SMTPClient(configuration)
        let receipt = try await client.send(
            envelopeFrom: "a@x.example",
            recipients: ["b@x.example"],
            message: Self.message
        )
        #expect(receipt.outcome == .unknown(.timeout(sentRequest: true)))
    }

    @Test func stoppingAndCancellingTellTheTruthToo() async throws {
        for isStop in [true, false] {
            let script = SMTPScript(["END": SMTPScript.silence])
            let server = try TestServer(script.serve)
            let client = try SMTPClient(Self.configuration(server.port))
            let task = Task {
                try await client.send(envelopeFrom: "a@x.example", recipients: ["b@x.example"], message: Self.message)
            }
            while !script.received.contains(".") { try await Task.sleep(for: .milliseconds(5)) }
            if isStop { client.stop() } else { task.cancel() }
            let outcome = try await task.value.outcome
            #expect(outcome == .unknown(isStop ? .stopped(sentRequest: true) : .cancelled(sentRequest: true)))
        }
    }

    /// libcurl would end a message that is cancelled half-way with the dot, and the server would deliver the half.
    @Test func halfAMessageIsNeverEnded() async throws {
        let received = Mutex<(count: Int, end: [UInt8])?>(nil)
        let server = try TestServer { connection in
            connection.write("220 test\r\n")
            while let line = connection.readLine() {
                connection.write(line == "DATA" ? "354 go\r\n" : "250 ok\r\n")
                if line == "DATA" { break }
            }
            usleep(300_000)
            let rest = connection.drain()
            received.withLock { $0 = rest }
        }
        let client = try SMTPClient(Self.configuration(server.port))
        let message = [UInt8](
            Array(repeating: Array("a line of a very long message\r\n".utf8), count: 200_000).joined()
        )
        let task = Task {
            try await client.send(envelopeFrom: "a@x.example", recipients: ["b@x.example"], message: message)
        }
        while server.connections == 0 { try await Task.sleep(for: .milliseconds(5)) }
        try await Task.sleep(for: .milliseconds(100))
        task.cancel()
        await #expect(throws: TransportError.cancelled(sentRequest: false)) { try await task.value }
        while received.withLock({ $0 == nil }) { try await Task.sleep(for: .milliseconds(5)) }
        let rest = try #require(received.withLock { $0 })
        #expect(rest.count > 100_000 && rest.count < message.count)
        #expect(!String(decoding: rest.end, as: UTF8.self).contains("\n."))
    }

    @Test func aRefusedPortIsAnError() async throws {
        let server = try TestServer { _ in }
        server.close()
        let client = try SMTPClient(Self.configuration(server.port))
        await #expect(throws: TransportError.refused) {
            try await client.send(envelopeFrom: "a@x.example", recipients: ["b@x.example"], message: Self.message)
        }
    }

    @Test func withoutSTARTTLSNothingIsSent() async throws {
        for answers in [[:], ["STARTTLS": "454 not now"], ["EHLO": "250-x\r\n250 STARTTLS", "STARTTLS": "502 no"]] {
            let script = SMTPScript(answers)
            let server = try TestServer(script.serve)
            var configuration = Self.configuration(server.port)
            configuration.security = .startTLS
            configuration.username = "user"
            configuration.password = "canary"
            let client = try SMTPClient(configuration)
            await #expect(throws: TransportError.tls) {
                try await client.send(envelopeFrom: "a@x.example", recipients: ["b@x.example"], message: Self.message)
            }
            #expect(!script.received.contains { $0.hasPrefix("MAIL") || $0.hasPrefix("AUTH") || $0.contains("canary") })
        }
    }

    /// libcurl says QUIT after a failure too, and waits for the answer as long as for any other.
    @Test func aServerThatDoesNotAnswerTheGoodbyeHoldsNobodyUp() async throws {
        let script = SMTPScript(["MAIL": "530 5.7.0 authentication required", "QUIT": SMTPScript.silence])
        let server = try TestServer(Self.staying(script))
        let client = try SMTPClient(Self.configuration(server.port), lanes: 1)
        let start = ContinuousClock.now
        await #expect(throws: TransportError.loginDenied) {
            try await client.send(envelopeFrom: "a@x.example", recipients: ["b@x.example"], message: Self.message)
        }
        #expect(ContinuousClock.now - start < .seconds(12))
        #expect(script.received.last == "QUIT")
    }

    /// A connection that is kept is closed with QUIT when the client goes.
    @Test func stoppingDoesNotWaitForTheAnswerToTheGoodbye() async throws {
        let script = SMTPScript(["QUIT": SMTPScript.silence])
        let server = try TestServer(Self.staying(script))
        let client = try SMTPClient(Self.configuration(server.port), lanes: 1)
        let receipt = try await client.send(envelopeFrom: "", recipients: ["b@x.example"], message: Self.message)
        #expect(receipt.outcome == .accepted)
        let start = ContinuousClock.now
        client.stop()
        #expect(ContinuousClock.now - start < .seconds(12))
        while !script.received.contains("QUIT"), ContinuousClock.now - start < .seconds(12) {
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(script.received.contains("QUIT"))
    }

    @Test func connectionsAreUsedAgain() async throws {
        let script = SMTPScript()
        let server = try TestServer(script.serve)
        let client = try SMTPClient(Self.configuration(server.port), lanes: 1)
        for _ in 0..<3 {
            let receipt = try await client.send(envelopeFrom: "", recipients: ["b@x.example"], message: Self.message)
            #expect(receipt.outcome == .accepted)
        }
        #expect(server.connections == 1)
        #expect(script.received.count { $0.hasPrefix("MAIL FROM:<>") } == 3)
    }

    @Test func everyRecipientIsNamedOnceAndTheWholeStandsOrFalls() async throws {
        let script = SMTPScript()
        let server = try TestServer(script.serve)
        let client = try SMTPClient(Self.configuration(server.port))
        _ = try await client.send(
            envelopeFrom: "bounce+1=2@x.example",
            recipients: ["a@x.example", "b@y.example"],
            message: Self.message
        )
        #expect(script.received.filter { $0.hasPrefix("RCPT") } == ["RCPT TO:<a@x.example>", "RCPT TO:<b@y.example>"])
        #expect(script.received.contains { $0.hasPrefix("MAIL FROM:<bounce+1=2@x.example>") })
        #expect(script.received.first == "EHLO localhost")
    }

    private static let message = Array("Subject: x\r\n\r\nHello\r\n".utf8)

    /// Keeps the connection open when the script has ended; for twenty seconds, see `TestConnection`.
    private static func staying(_ script: SMTPScript) -> TestServer.Script {
        { connection in
            script.serve(connection)
            _ = connection.drain()
        }
    }

    private static func configuration(_ port: UInt16) -> SMTPConfiguration {
        SMTPConfiguration(host: "127.0.0.1", port: Int(port), security: .plainOnLoopback)
    }

    private func send(to script: SMTPScript) async throws -> SMTPReceipt {
        let server = try TestServer(script.serve)
        let client = try SMTPClient(Self.configuration(server.port))
        return try await client.send(envelopeFrom: "a@x.example", recipients: ["b@x.example"], message: Self.message)
    }
}
