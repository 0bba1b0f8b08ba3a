import Testing

@testable import Simulation

/// A failing scenario becomes small.
@Suite struct ShrinkerTests {
    @Test func onlyWhatIsNeededIsLeft() throws {
        let scenario = Scenario.make(seed: 5, days: 30)
        let needed = try #require(scenario.actions.first { $0.at < ScenarioMaker.day * 3 })
        let poll = try #require(scenario.polls.first { $0.at > needed.at })
        var shrinker = Shrinker("S0", budget: 2000) { scenario, name in
            let isBroken = scenario.actions.contains(needed) && scenario.polls.contains(poll)
            return isBroken ? Self.verdict(scenario, [Violation(name, nil, "")]) : nil
        }
        let small = shrinker.shrunk(scenario)
        #expect(small.actions == [needed])
        #expect(small.polls == [poll])
        #expect(small.kills.isEmpty && small.faults.isEmpty && small.subjects.isEmpty)
        #expect(small.days < 30)
    }

    @Test func faultsThatDoNotMatterAreSpared() {
        let fired = (0..<20).map { FaultID(home: .alpha, poll: $0, number: 1) }
        let scenario = Scenario.make(seed: 6, days: 5)
        var shrinker = Shrinker("S0", budget: 2000) { scenario, name in
            guard !scenario.spared.contains(fired[7]) else { return nil }
            return Self.verdict(scenario, [Violation(name, nil, "")], fired: fired)
        }
        #expect(shrinker.shrunk(scenario).spared == Set(fired).subtracting([fired[7]]))
    }

    @Test func aBudgetEndsTheSearch() {
        let tries = Counter()
        var shrinker = Shrinker("S0", budget: 10) { scenario, name in
            tries.add()
            return Self.verdict(scenario, [Violation(name, nil, "")])
        }
        _ = shrinker.shrunk(Scenario.make(seed: 5, days: 30))
        #expect(tries.count == 10)
    }

    private static func verdict(_ scenario: Scenario, _ found: [Violation], fired: [FaultID] = []) -> Verdict {
        Verdict(
            scenario: scenario,
            violations: found,
            faults: [:],
            fired: fired,
            trace: 0,
            endState: [],
            story: [],
            syncs: 0,
            lives: 0
        )
    }
}
