import Records
import Synchronization
import Testing

@testable import Connectors

/// Requests keep within the declared rates, whoever sends them, whatever the server says.
@Suite struct APIBudgetTests {
    static func budget(_ time: TestTime, _ rates: [(Int, Duration)] = [(5, .seconds(1))]) -> APIBudget {
        let policies = [
            BudgetRules.Policy(
                name: "search",
                pathEnd: "/search",
                method: nil,
                rates: rates.map { BudgetRules.Rate(limit: $0.0, interval: $0.1) }
            ),
            BudgetRules.Policy(
                name: "all",
                pathEnd: nil,
                method: nil,
                rates: [BudgetRules.Rate(limit: 100, interval: .seconds(10))]
            ),
        ]
        let rules = BudgetRules(policies: policies, remainingHeader: nil, intervalHeader: nil)
        return APIBudget(rules, clock: time.clock, sleeper: time.sleeper)
    }

    @Test func theFirstMatchingPolicyCounts() {
        let budget = Self.budget(TestTime())
        #expect(budget.policy(method: "POST", path: "/crm/contacts/search") == 0)
        #expect(budget.policy(method: "POST", path: "/crm/contacts/batch/read") == 1)
    }

    @Test func noWindowIsEverOverfull() async throws {
        let time = TestTime()
        let budget = Self.budget(time, [(5, .seconds(1)), (12, .seconds(10))])
        var sent: [Instant] = []
        for _ in 0..<40 {
            #expect(try await budget.wait(0) == nil)
            sent.append(time.now)
        }
        for (limit, interval) in [(5, Duration.seconds(1)), (12, .seconds(10))] {
            for (first, later) in zip(sent, sent.dropFirst(limit)) {
                #expect(first.advanced(by: interval) <= later)
            }
        }
        #expect(sent[39] == Workbench.start.advanced(by: .seconds(30)))
    }

    @Test func policiesDoNotWaitForEachOther() async throws {
        let time = TestTime()
        let budget = Self.budget(time)
        for _ in 0..<5 { _ = try await budget.wait(0) }
        for _ in 0..<100 { _ = try await budget.wait(1) }
        #expect(time.slept.isEmpty)
        _ = try await budget.wait(0)
        #expect(time.slept == [.seconds(1)])
    }

    @Test func theServerCanOnlyLowerTheEstimate() async throws {
        let time = TestTime()
        let budget = Self.budget(time)
        _ = try await budget.wait(0)
        budget.observe(0, remaining: 1, interval: nil)
        _ = try await budget.wait(0)
        #expect(time.slept.isEmpty)
        _ = try await budget.wait(0)
        #expect(time.slept == [.seconds(1)])
        // More than we think is left: that changes nothing.
        budget.observe(0, remaining: 1000, interval: nil)
        for _ in 0..<5 { _ = try await budget.wait(0) }
        #expect(time.slept.count == 2)
    }

    @Test func anotherWindowOfTheServerIsNotOurs() async throws {
        let time = TestTime()
        let budget = Self.budget(time)
        budget.observe(0, remaining: 0, interval: .seconds(10))
        budget.observe(0, remaining: -3, interval: nil)
        budget.observe(0, remaining: nil, interval: nil)
        budget.observe(nil, remaining: 0, interval: nil)
        _ = try await budget.wait(0)
        #expect(time.slept.isEmpty)
    }

    @Test func aBlockIsSleptThroughIfShortAndGivenBackIfLong() async throws {
        let time = TestTime()
        let budget = Self.budget(time)
        budget.block(0, for: .seconds(20))
        #expect(try await budget.wait(0) == nil)
        #expect(time.slept == [.seconds(20)])
        budget.block(0, for: .seconds(3600))
        #expect(try await budget.wait(0) == .seconds(3600))
        #expect(try await budget.wait(1) == nil)
        #expect(time.slept == [.seconds(20)])
        time.advance(by: .seconds(3600))
        #expect(try await budget.wait(0) == nil)
        #expect(time.slept == [.seconds(20)])
    }

    @Test func aClockThatIsSetBackStopsNobody() async throws {
        let time = TestTime()
        let budget = Self.budget(time)
        for _ in 0..<5 { _ = try await budget.wait(0) }
        time.advance(by: .seconds(-86_400))
        #expect(try await budget.wait(0) == nil)
        #expect(time.slept.isEmpty)
    }

    @Test func aCancelledWaitThrows() async throws {
        let time = TestTime()
        let rules = BudgetRules(
            policies: [
                .init(name: "one", pathEnd: nil, method: nil, rates: [.init(limit: 1, interval: .seconds(1))])
            ],
            remainingHeader: nil,
            intervalHeader: nil
        )
        let budget = APIBudget(rules, clock: time.clock, sleeper: Sleeper { _ in throw CancellationError() })
        _ = try await budget.wait(0)
        await #expect(throws: CancellationError.self) { try await budget.wait(0) }
    }
}
