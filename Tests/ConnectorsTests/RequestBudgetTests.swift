import Connectors
import Logging
import Records
import Testing

/// How many requests go out, as the account's settings want it.
@Suite struct RequestBudgetTests {
    private func slept(_ budget: RequestBudget) async throws -> Duration {
        let time = TestTime()
        let page = #"{"results":[]}"#
        let account = try ManifestAccount(
            manifest: Workbench.manifest("hubspot"),
            settings: AccountSettings(
                baseURL: "http://127.0.0.1:1",
                credentials: ["token": Secret("pat-fake-0001")],
                budget: budget
            ),
            transport: ScriptedTransport(Array(repeating: .answer(200, page), count: 250)),
            clock: time.clock,
            sleeper: time.sleeper,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        for _ in 0..<250 {
            _ = try await account.page(of: "contacts", selecting: RemoteSelection(properties: ["email"]), at: nil)
        }
        return time.slept.reduce(.zero, +)
    }

    @Test func theManifestsBudgetMakesRequestsWait() async throws {
        #expect(try await self.slept(.manifest) == .seconds(20))
    }

    @Test func aServerOfOnesOwnIsNotSpared() async throws {
        #expect(try await self.slept(.unlimited) == .zero)
    }
}
