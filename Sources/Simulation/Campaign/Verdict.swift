import Records
import RelaisTesting

/// What came of one scenario.
package struct Verdict: Sendable {
    /// The scenario.
    package let scenario: Scenario
    /// Everything that was wrong.
    package let violations: [Violation]
    /// How often each fault happened.
    package let faults: [FaultKind: Int]
    /// The faults that happened.
    package let fired: [FaultID]
    /// The hash over everything that happened.
    package let trace: UInt64
    /// A line for each record of each side at the end, without times and ids, if that was asked for (S6).
    package let endState: [String]
    /// What happened, in words, if that was asked for.
    package let story: [Story.Line]
    /// How many syncs there were.
    package let syncs: Int
    /// How many processes lived.
    package let lives: Int

    /// A hash over the end state.
    package var endDigest: UInt64 {
        var trace = Trace()
        for line in self.endState { trace.add(line) }
        return trace.hash
    }
}

extension Scenario {
    /// Lives through the scenario on the calling thread.
    package func verdict(keepsStory: Bool = false, keepsEndState: Bool = false) -> Verdict {
        let executor = SeededExecutor(seed: self.seed, start: World.beginning)
        let scenario = self
        let verdict = executor.run {
            await Self.live(scenario, executor, keepsStory: keepsStory, keepsEndState: keepsEndState)
        }
        return verdict
            ?? Verdict(
                scenario: self,
                violations: [Violation("S23", nil, "the world stood still before its end")],
                faults: [:],
                fired: [],
                trace: 0,
                endState: [],
                story: [],
                syncs: 0,
                lives: 0
            )
    }

    private static func live(
        _ scenario: Scenario,
        _ executor: SeededExecutor,
        keepsStory: Bool,
        keepsEndState: Bool
    ) async -> Verdict {
        var violations: [Violation] = []
        var endState: [String] = []
        var world: World?
        do {
            let made = try World(scenario, on: executor, keepsStory: keepsStory)
            world = made
            try await made.run()
            let evidence = try await made.evidence(keepsEndState: keepsEndState)
            endState = evidence.endState
            violations = Invariants.violations(in: evidence)
            if keepsStory { evidence.tell(made.story) }
        } catch {
            violations.append(Violation("S11", nil, "the world broke: \(error)"))
        }
        return Verdict(
            scenario: scenario,
            violations: violations,
            faults: await world?.faultCounts ?? [:],
            fired: await world?.fired ?? [],
            trace: (try? await world?.traceHash()) ?? 0,
            endState: endState,
            story: (world?.story.lines ?? []).enumerated()
                .sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element),
            syncs: await world?.syncs ?? 0,
            lives: await world?.lives ?? 0
        )
    }
}
