/// Makes a failing scenario smaller for as long as it still breaks the same invariant.
///
/// It takes parts out, the largest first, and keeps what can be spared away: days, kinds of faults, kills, what people do,
/// records, syncs, and then single faults.
package struct Shrinker: Sendable {
    /// The invariant that must still be broken.
    private let invariant: String
    /// How many scenarios it may try.
    private var budget: Int
    private let isBroken: @Sendable (Scenario, String) -> Verdict?

    /// Creates a shrinker that tries at most so many scenarios.
    package init(_ invariant: String, budget: Int = 400) {
        self.init(invariant, budget: budget) { scenario, invariant in
            let verdict = scenario.verdict()
            return verdict.violations.contains { $0.invariant == invariant } ? verdict : nil
        }
    }

    /// Creates a shrinker with a test of its own; for tests.
    init(_ invariant: String, budget: Int, isBroken: @escaping @Sendable (Scenario, String) -> Verdict?) {
        self.invariant = invariant
        self.budget = budget
        self.isBroken = isBroken
    }

    /// The smallest scenario found that breaks the invariant.
    package mutating func shrunk(_ scenario: Scenario) -> Scenario {
        var best = scenario
        best = self.withFewerDays(best)
        best = self.without(\.kills, in: best)
        best = self.withoutFaultKinds(best)
        best = self.without(\.actions, in: best)
        best = self.withoutSubjects(best)
        best = self.without(\.polls, in: best)
        best = self.withoutFaults(best)
        best = self.without(\.actions, in: best)
        return self.withoutHabits(best)
    }

    private mutating func fails(_ scenario: Scenario) -> Verdict? {
        guard self.budget > 0 else { return nil }
        self.budget -= 1
        return self.isBroken(scenario, self.invariant)
    }

    private mutating func withFewerDays(_ scenario: Scenario) -> Scenario {
        var best = scenario
        for days in [1, 2, 3, 5, 8, 12, 18, 24] where days < best.days {
            var shorter = scenario
            shorter.days = days
            let end = Int64(days) * ScenarioMaker.day
            shorter.actions.removeAll { $0.at > end }
            shorter.polls.removeAll { $0.at > end }
            if self.fails(shorter) != nil {
                best = shorter
                break
            }
        }
        return best
    }

    private mutating func withoutFaultKinds(_ scenario: Scenario) -> Scenario {
        var best = scenario
        for kind in FaultKind.allCases where best.faults[kind] != nil {
            var calmer = best
            calmer.faults[kind] = nil
            if self.fails(calmer) != nil { best = calmer }
        }
        return best
    }

    /// Takes elements of a list out, in pieces that become smaller.
    private mutating func without<Element>(
        _ path: any WritableKeyPath<Scenario, [Element]> & Sendable,
        in scenario: Scenario
    ) -> Scenario {
        var best = scenario
        var size = max(1, best[keyPath: path].count / 2)
        while size >= 1, !best[keyPath: path].isEmpty {
            var start = 0
            while start < best[keyPath: path].count {
                var fewer = best
                let end = min(start + size, fewer[keyPath: path].count)
                fewer[keyPath: path].removeSubrange(start..<end)
                if self.fails(fewer) != nil { best = fewer } else { start = end }
                if self.budget == 0 { return best }
            }
            if size == 1 { break }
            size /= 2
        }
        return best
    }

    /// Takes out the records that nobody needs.
    private mutating func withoutSubjects(_ scenario: Scenario) -> Scenario { self.without(\.subjects, in: scenario) }

    /// Spares the faults that have nothing to do with it.
    private mutating func withoutFaults(_ scenario: Scenario) -> Scenario {
        guard let fired = self.fails(scenario)?.fired, !fired.isEmpty else { return scenario }
        var best = scenario
        var size = max(1, fired.count / 2)
        var left = fired
        while size >= 1, !left.isEmpty {
            var start = 0
            while start < left.count {
                let end = min(start + size, left.count)
                var calmer = best
                calmer.spared.formUnion(left[start..<end])
                if self.fails(calmer) != nil {
                    best = calmer
                    left.removeSubrange(start..<end)
                } else {
                    start = end
                }
                if self.budget == 0 { return best }
            }
            if size == 1 { break }
            size /= 2
        }
        return best
    }

    private mutating func withoutHabits(_ scenario: Scenario) -> Scenario {
        var plain = scenario
        plain.habitSeed = nil
        return self.fails(plain) == nil ? scenario : plain
    }
}
