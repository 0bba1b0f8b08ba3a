import Connectors
import FakeCRM
import Logging
import Records
import Synchronization
import Testing
import Transport

/// Secrets and values never reach an error message, a reason or a log, whatever the server says.
@Suite struct SecretTests {
    static let token = "CANARY-token-4711"
    static let value = "CANARY-value-0815"

    /// Keeps every line that is logged.
    final class Lines: Sendable {
        let lines = Mutex<[String]>([])

        var logger: Logger {
            var logger = Logger(label: "test") { _ in Handler(lines: self) }
            logger.logLevel = .trace
            return logger
        }

        struct Handler: LogHandler {
            let lines: Lines
            var metadata = Logger.Metadata()
            var logLevel = Logger.Level.trace

            subscript(metadataKey key: String) -> Logger.Metadata.Value? {
                get { self.metadata[key] }
                set { self.metadata[key] = newValue }
            }

            func log(event: LogEvent) {
                self.lines.lines.withLock { $0.append("\(event.message) \(event.metadata ?? [:])") }
            }
        }
    }

    /// Answers that repeat all they were given.
    static let echoes: [ScriptedTransport.Step] = [
        .answer(400, #"{"message":"\#(token) and \#(value) are wrong","category":"VALIDATION_ERROR"}"#),
        .answer(401, #"{"message":"Bearer \#(token) expired"}"#),
        .answer(403, #"{"message":"\#(token) may not"}"#),
        .answer(409, #"{"message":"\#(value) exists"}"#),
        .answer(429, #"{"message":"\#(token) is too fast"}"#),
        .answer(500, #"{"message":"\#(value) broke it"}"#),
        .answer(200, #"{"results":[],"errors":[{"message":"\#(value)","context":{"objectWriteTraceId":["k"]}}]}"#),
        .answer(200, #"<html>\#(token) \#(value)</html>"#),
        .answer(200, #"{"results":[{"id":"\#(value)","updatedAt":"\#(token)"}]}"#),
        .failure(.other(code: 56, sentRequest: true)),
    ]

    static func holdsCanary(_ text: String) -> Bool { text.contains("CANARY") }

    @Test(arguments: Self.echoes.indices) func writesKeepThem(index: Int) async throws {
        let lines = Lines()
        let transport = ScriptedTransport([Self.echoes[index]])
        let account = try Workbench.account(transport, credentials: ["token": Secret(Self.token)], logger: lines.logger)
        let property = RemotePropertyWrite(name: "firstname", value: .text(Self.value))
        let write = RemoteWrite(id: "7", basedOn: nil, key: "k", properties: [property])
        let results = await account.update("contacts", [write])
        #expect(transport.requests[0].headers["Authorization"] == "Bearer \(Self.token)")
        switch results[0].outcome {
        case .remapped: break
        case let outcome: #expect(!Self.holdsCanary("\(outcome)"))
        }
        #expect(!Self.holdsCanary(account.denial?.message ?? ""))
        #expect(!lines.lines.withLock { $0 }.contains(where: Self.holdsCanary))
    }

    @Test(arguments: Self.echoes.indices) func readsKeepThem(index: Int) async throws {
        let lines = Lines()
        let step = Self.echoes[index]
        let account = try Workbench.account(
            ScriptedTransport([step, step, step]),
            credentials: ["token": Secret(Self.token)],
            logger: lines.logger
        )
        let selection = RemoteSelection(properties: ["firstname"])
        do {
            _ = try await account.read("contacts", keys: [Text(Self.value)], by: "email", selecting: selection)
        } catch {
            #expect(!Self.holdsCanary("\(error)"))
        }
        do {
            let page = try await account.page(of: "contacts", selecting: selection, at: nil)
            #expect(page.unreadable.allSatisfy { !Self.holdsCanary($0.reason) })
        } catch {
            #expect(!Self.holdsCanary("\(error)".replacing(Self.value, with: "")))
        }
        #expect(!lines.lines.withLock { $0 }.contains { $0.contains(Self.token) })
    }

    @Test func aSecretMasksItself() {
        let secret = Secret(Self.token)
        var dumped = ""
        dump(secret, to: &dumped)
        let settings = AccountSettings(credentials: ["token": secret])
        dump(settings, to: &dumped)
        for text in ["\(secret)", secret.debugDescription, String(reflecting: secret), "\(settings)", dumped] {
            #expect(!Self.holdsCanary(text))
        }
        #expect(secret.reveal() == Self.token)
    }

    @Test func aSessionIsASecretToo() async throws {
        let transport = ScriptedTransport([
            .answer(200, #"{"id":1,"result":[1,"CANARY-session",null]}"#),
            // base64 of admin:1:CANARY-session
            .answer(200, #"{"error":["CANARY-session CANARY-password YWRtaW46MTpDQU5BUlktc2Vzc2lvbg== failed",""]}"#),
        ])
        let account = try Workbench.account(
            transport,
            manifest: Workbench.manifest("tryton"),
            credentials: ["login": Secret("admin"), "password": Secret("CANARY-password")]
        )
        let failure = await #expect(throws: RemoteFailure.self) { try await account.accountID() }
        #expect(failure?.message == "… … … failed")
    }
}
