import Records
import Testing

@testable import Connectors

/// Lanes: what people wait for is never behind a first import.
@Suite struct RequestLaneTests {
    private static func budget(_ time: TestTime) -> APIBudget {
        let rate = BudgetRules.Rate(limit: 10, interval: .seconds(10))
        let policy = BudgetRules.Policy(name: "all", pathEnd: nil, method: nil, rates: [rate])
        let rules = BudgetRules(policies: [policy], remainingHeader: nil, intervalHeader: nil)
        return APIBudget(rules, clock: time.clock, sleeper: time.sleeper)
    }

    @Test func aFullBackfillLeavesRoomForWhatIsUrgent() async throws {
        let time = TestTime()
        let budget = Self.budget(time)
        for _ in 0..<8 { #expect(try await budget.wait(0, lane: .backfill) == nil) }
        // The ninth of the first import would wait; a change goes, then what is urgent, and nobody has slept.
        #expect(try await budget.wait(0, lane: .incremental) == nil)
        #expect(try await budget.wait(0, lane: .urgent) == nil)
        #expect(time.slept.isEmpty)
        #expect(try await budget.wait(0, lane: .backfill) == nil)
        #expect(time.slept.reduce(.zero, +) == .seconds(10))
    }

    /// A sleeping request of a first import has reserved nothing: an urgent one takes the room, and the sleeper looks again.
    @Test func nobodyReservesAMomentToCome() async throws {
        let time = TestTime()
        let rate = BudgetRules.Rate(limit: 10, interval: .seconds(10))
        let policy = BudgetRules.Policy(name: "all", pathEnd: nil, method: nil, rates: [rate])
        let rules = BudgetRules(policies: [policy], remainingHeader: nil, intervalHeader: nil)
        let other = Waits()
        let budget = APIBudget(
            rules,
            clock: time.clock,
            sleeper: Sleeper { wait in
                time.advance(by: wait)
                await other.run()
            }
        )
        for _ in 0..<8 { _ = try await budget.wait(0, lane: .backfill) }
        await other.set { for _ in 0..<10 { _ = try? await budget.wait(0, lane: .urgent) } }
        _ = try await budget.wait(0, lane: .backfill)
        // 10 s until the first window ends, then 10 s more behind ten urgent requests.
        #expect(time.now == Workbench.start.advanced(by: .seconds(20)))
    }

    private actor Waits {
        private var body: (@Sendable () async -> Void)?

        func set(_ body: @escaping @Sendable () async -> Void) { self.body = body }

        func run() async {
            let body = self.body
            self.body = nil
            await body?()
        }
    }

    @Test func mixedLanesNeverOverfillAWindow() async throws {
        let time = TestTime()
        let budget = Self.budget(time)
        var sent: [Instant] = []
        for number in 0..<120 {
            let lane = RequestLane.allCases[number * 7 % 3]
            #expect(try await budget.wait(0, lane: lane) == nil)
            sent.append(time.now)
            time.advance(by: .milliseconds(number * 137 % 900))
        }
        for (first, later) in zip(sent, sent.dropFirst(10)) { #expect(first.advanced(by: .seconds(10)) <= later) }
    }

    @Test func aTaskSaysItsLaneForEverythingInIt() async {
        #expect(RequestLane.current == .urgent)
        await RequestLane.$current.withValue(.backfill) {
            async let child = RequestLane.current
            #expect(await child == .backfill)
        }
    }

    @Test func aSmallLimitStillLetsEveryLaneThrough() {
        #expect(RequestLane.allCases.map { $0.share(of: 1) } == [1, 1, 1])
        #expect(RequestLane.allCases.map { $0.share(of: 100) } == [100, 90, 80])
    }
}
