import FakeCRM
import Foundation
import Logging
import ServiceLifecycle
import Testing
import Transport

@Suite(.timeLimit(.minutes(1))) struct FakeMailServerTests {
    static let quiet = Logger(label: "fakemail.test") { _ in SwiftLogNoOpLogHandler() }
    static let message = Array("Subject: hello\r\n\r\n.one\r\n..two\r\n.\r\nend\r\n".utf8)
    static let hello = "EHLO me\r\nMAIL FROM:<a@x.example>\r\nRCPT TO:<b@x.example>\r\nDATA\r\n"

    private static func client(_ port: Int) throws -> SMTPClient {
        try SMTPClient(SMTPConfiguration(host: "127.0.0.1", port: port, security: .plainOnLoopback))
    }

    @Test func takesWhatTheClientOfTheWorkerSends() async throws {
        let server = FakeMailServer(logger: Self.quiet)
        try await server.serving { port in
            let client = try Self.client(port)
            for (sender, recipients) in [("a@x.example", ["b@x.example", "c@x.example"]), ("", ["b@x.example"])] {
                let receipt = try await client.send(
                    envelopeFrom: sender,
                    recipients: recipients,
                    message: Self.message
                )
                #expect(receipt == SMTPReceipt(.accepted, reply: "250 2.0.0 Taken"))
            }
        }
        #expect(server.messages.map(\.number) == [1, 2])
        #expect(server.messages.map(\.envelopeFrom) == ["a@x.example", ""])
        #expect(server.messages.map(\.recipients) == [["b@x.example", "c@x.example"], ["b@x.example"]])
        #expect(server.messages.allSatisfy { $0.bytes == Self.message })
        server.forgetMessages()
        #expect(server.messages.isEmpty)
    }

    @Test(arguments: [
        (MailFault.rejected, SMTPReceipt.Outcome.rejected(code: 550), 0),
        (.deferred, .deferred(code: 451), 0),
        (.dropped, .unknown(.reset(sentRequest: true)), 1),
    ])
    func failsOnPurposeUntilToldNotTo(_ fault: MailFault, _ outcome: SMTPReceipt.Outcome, _ kept: Int) async throws {
        let server = FakeMailServer(logger: Self.quiet)
        server.setFault(fault, for: "B@x.example")
        try await server.serving { port in
            let client = try Self.client(port)
            func send(_ recipient: String) async throws -> SMTPReceipt.Outcome {
                try await client.send(envelopeFrom: "a@x.example", recipients: [recipient], message: Self.message)
                    .outcome
            }
            #expect(try await send("b@x.example") == outcome)
            #expect(server.messages.count == kept)
            #expect(try await send("c@x.example") == .accepted)
            server.setFault(nil, for: "b@x.example")
            #expect(try await send("b@x.example") == .accepted)
        }
        #expect(server.messages.count == kept + 2)
    }

    @Test func manyClientsAtOnceLoseNothing() async throws {
        let server = FakeMailServer(logger: Self.quiet)
        try await server.serving { port in
            let client = try SMTPClient(
                SMTPConfiguration(host: "127.0.0.1", port: port, security: .plainOnLoopback),
                lanes: 8
            )
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for number in 1...40 {
                    tasks.addTask {
                        let receipt = try await client.send(
                            envelopeFrom: "a@x.example",
                            recipients: ["b\(number)@x.example"],
                            message: Array("\(number)\r\n".utf8)
                        )
                        #expect(receipt.outcome == .accepted)
                    }
                }
                try await tasks.waitForAll()
            }
        }
        #expect(server.messages.map(\.number) == Array(1...40))
        let expected = Set((1...40).map { "b\($0)@x.example \($0)\r\n" })
        #expect(
            Set(server.messages.map { "\($0.recipients[0]) \(String(decoding: $0.bytes, as: UTF8.self))" }) == expected
        )
    }

    @Test func writesFilesAndReplacesNone() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "fakemail-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        for _ in 1...2 {
            let server = FakeMailServer(directory: directory.path(), logger: Self.quiet)
            try await server.serving { port in
                _ = await RawConnection.exchange(port: port, Self.hello + "../../x\r\n.\r\nQUIT\r\n", endsInput: false)
            }
        }
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: directory.path()).sorted() == ["001.eml", "002.eml"]
        )
        #expect(try Data(contentsOf: directory.appending(path: "002.eml")) == Data("./../x\r\n".utf8))
    }

    @Test func aMessageThatCannotBeWrittenIsNotTaken() async throws {
        let server = FakeMailServer(directory: "/dev/null/mail", logger: Self.quiet)
        try await server.serving { port in
            let outcome = try await Self.client(port)
                .send(envelopeFrom: "a@x.example", recipients: ["b@x.example"], message: Self.message).outcome
            #expect(outcome == .deferred(code: 451))
        }
        #expect(server.messages.isEmpty)
    }

    @Test(arguments: [true, false])
    func answersCommandsThatCameAllAtOnce(endsInput: Bool) async throws {
        let server = FakeMailServer(logger: Self.quiet)
        try await server.serving { port in
            let quit = endsInput ? "" : "QUIT\r\n"
            let text = Self.hello + "hello\r\n.\r\n" + quit
            let answer = await RawConnection.exchange(port: port, text, endsInput: endsInput)
            let codes = answer.split(separator: "\r\n").map { $0.prefix(4) }
            let greeting = ["220 ", "250-", "250-", "250-", "250-", "250 "]
            #expect(
                codes.map(String.init) == greeting + ["250 ", "250 ", "354 ", "250 "] + (endsInput ? [] : ["221 "])
            )
        }
        #expect(server.messages.count == 1)
    }

    @Test func endsWithoutAnAnswerWhenDropping() async throws {
        let server = FakeMailServer(logger: Self.quiet)
        server.setFault(.dropped, for: "b@x.example")
        try await server.serving { port in
            let answer = await RawConnection.exchange(
                port: port,
                Self.hello + "hello\r\n.\r\nNOOP\r\n",
                endsInput: false
            )
            #expect(answer.hasSuffix("354 End with a line of one dot\r\n"))
        }
        #expect(server.messages.count == 1)
    }

    /// Clients connect all the while, so that some are accepted in the very moment the server stops.
    @Test(arguments: 1...20)
    func stopsWhileClientsConnect(_ round: Int) async throws {
        let server = FakeMailServer(logger: Self.quiet)
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        var iterator = ports.makeAsyncIterator()
        let port = try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                try await server.serving { port in
                    continuation.yield(port)
                    try await Task.sleep(for: .milliseconds(round))
                }
            }
            let port = try #require(await iterator.next())
            for _ in 1...20 {
                tasks.addTask { _ = await RawConnection.exchange(port: port, "NOOP\r\n", endsInput: false) }
            }
            try await tasks.waitForAll()
            return port
        }
        #expect(await RawConnection.exchange(port: port, "QUIT\r\n", endsInput: false) == "not connected")
    }

    private struct Serving: Service {
        var server: FakeMailServer
        var onStart: @Sendable (Int) async -> Void

        func run() async throws { try await self.server.run(onStart: self.onStart) }
    }

    @Test func stopsGracefullyWithAConnectionOpen() async throws {
        let server = FakeMailServer(logger: Self.quiet)
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        let service = Serving(server: server) { port in continuation.yield(port) }
        let group = ServiceGroup(configuration: .init(services: [service], logger: Self.quiet))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var iterator = ports.makeAsyncIterator()
            let port = try #require(await iterator.next())
            let sent = Self.hello + "hello\r\n.\r\n"
            tasks.addTask { _ = await RawConnection.exchange(port: port, sent, endsInput: false) }
            while server.messages.isEmpty { await Task.yield() }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    @Test func saysThatThePortIsTaken() async throws {
        let server = FakeMailServer(logger: Self.quiet)
        try await server.serving { port in
            let other = FakeMailServer(port: port, logger: Self.quiet)
            await #expect(throws: (any Error).self) { try await other.serving { _ in } }
        }
    }
}
