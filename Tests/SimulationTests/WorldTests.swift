import Simulation
import Testing

/// Whole worlds, as the campaign runs them.
@Suite struct WorldTests {
    @Test(.timeLimit(.minutes(10)))
    func noWorldBreaksAnInvariant() {
        let report = Campaign(first: 1, count: 24, days: 8, jobs: 3).run()
        #expect(report.seeds == 24)
        #expect(report.failures.map { "seed \($0.seed): \($0.violation.invariant) \($0.violation.message)" } == [])
        // A campaign in which nothing goes wrong says nothing.
        #expect(report.faults.values.reduce(0, +) > 500, "\(report.faults)")
        #expect(report.lives > 24)
    }

    @Test(.timeLimit(.minutes(5)))
    func theSameSeedHasTheSameHistoryHoweverManyRunAtATime() {
        let alone = Campaign(first: 3, count: 4, days: 4, jobs: 1).run()
        let together = Campaign(first: 3, count: 4, days: 4, jobs: 4).run()
        #expect(alone.trace == together.trace)
        #expect(alone.faults == together.faults)
        let other = Campaign(first: 4, count: 4, days: 4, jobs: 4).run()
        #expect(other.trace != alone.trace)
    }

    @Test(.timeLimit(.minutes(5)))
    func eachSeedHasAtLeastThreeKindsOfFaults() {
        for seed in UInt64(1)...200 {
            let scenario = Scenario.make(seed: seed, days: 30)
            #expect((3...8).contains(scenario.faults.count))
            #expect((20...50).contains(scenario.subjects.count))
            let edits = scenario.actions.filter { $0.id < LifeMaker.firstAction }
            #expect((100...165).contains(edits.count))
        }
    }

    @Test func whatIsLeftOfAScenarioStaysAsItWas() {
        let whole = Scenario.make(seed: 9, days: 10)
        var part = whole
        part.actions.removeFirst()
        part.faults.removeAll()
        #expect(Array(whole.actions.dropFirst()) == part.actions)
        #expect(whole.polls == part.polls)
        #expect(whole.subjects == part.subjects)
    }
}
