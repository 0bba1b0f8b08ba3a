import Logging
import Records
import Testing

@testable import Connectors

/// What may be asked in a day, with a reserve for what is urgent.
@Suite struct DailyBudgetTests {
    /// Pain 24: an import burnt the requests of the whole day, and no hand-off got through.
    @Test func pain24AnImportBurntTheRequestsOfTheDay() {
        let time = TestTime()
        let budget = DailyBudget(limit: 100, clock: time.clock)
        #expect(budget.reserve == 10)
        var made = 0
        while budget.spend(.backfill) == nil { made += 1 }
        #expect(made == 80)
        while budget.spend(.incremental) == nil { made += 1 }
        #expect(made == 90)
        while budget.spend(.urgent) == nil { made += 1 }
        #expect(made == 100 && budget.left == 0)
        #expect(budget.spending.requests == [10, 10, 80])
    }

    @Test func tomorrowAllIsThereAgain() {
        let time = TestTime()
        let budget = DailyBudget(limit: 1, clock: time.clock)
        #expect(budget.spend(.urgent) == nil)
        // The test day is at 09:00.
        #expect(budget.spend(.urgent) == .seconds(15 * 3600))
        time.advance(by: .seconds(15 * 3600))
        #expect(budget.left == 1 && budget.spend(.urgent) == nil)
    }

    @Test func theServerMayOnlyLowerWhatIsLeft() {
        let budget = DailyBudget(limit: 100, clock: TestTime().clock)
        for _ in 0..<10 { _ = budget.spend(.urgent) }
        budget.observe(left: 1_000_000)
        #expect(budget.left == 90)
        budget.observe(left: 50)
        #expect(budget.left == 50)
        _ = budget.spend(.urgent)
        #expect(budget.left == 49)
        budget.observe(left: 80)
        #expect(budget.left == 49)
        budget.observe(left: -1)
        #expect(budget.left == 49)
    }

    @Test func aNewProcessGoesOnWhereTheOldOneStopped() {
        let time = TestTime()
        let first = DailyBudget(limit: 100, clock: time.clock)
        for _ in 0..<30 { _ = first.spend(.incremental) }
        first.observe(left: 40)
        let second = DailyBudget(limit: 100, clock: time.clock)
        second.resume(from: first.spending)
        #expect(second.left == 40)
        // What another day left behind is nobody's business.
        time.advance(by: .seconds(86_400))
        let third = DailyBudget(limit: 100, clock: time.clock)
        third.resume(from: first.spending)
        #expect(third.left == 100)
    }

    @Test func anExhaustedDayIsSaidInWords() async throws {
        let time = TestTime()
        let account = try ManifestAccount(
            manifest: Workbench.manifest("hubspot"),
            settings: AccountSettings(
                baseURL: "http://127.0.0.1:1",
                credentials: ["token": Secret("pat-fake-0001")],
                budget: .daily(10)
            ),
            transport: ScriptedTransport(Array(repeating: .answer(200, #"{"results":[]}"#), count: 20)),
            clock: time.clock,
            sleeper: time.sleeper,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let selection = RemoteSelection(properties: ["email"])
        for _ in 0..<9 {
            try await RequestLane.$current.withValue(.incremental) {
                _ = try await account.page(of: "contacts", selecting: selection, at: nil)
            }
        }
        let failure = await #expect(throws: RemoteFailure.self) {
            try await RequestLane.$current.withValue(.incremental) {
                _ = try await account.page(of: "contacts", selecting: selection, at: nil)
            }
        }
        #expect(failure?.code == .rateLimited && failure?.retryAfter == .seconds(15 * 3600))
        #expect(failure?.message.contains("9 of 10") ?? false, "\(failure?.message ?? "")")
        // What is urgent still goes.
        _ = try await account.page(of: "contacts", selecting: selection, at: nil)
        #expect(account.dailyBudget?.left == 0)
    }
}
