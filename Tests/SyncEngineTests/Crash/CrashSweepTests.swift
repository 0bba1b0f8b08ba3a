import Records
import RelaisTesting
import Store
import SyncEngine
import Testing

/// S10: whatever happened on both sides, the process is killed at each of its points in turn, and all ends as if it had not been.
///
/// A point is the beginning or the end of a transaction: what the process did in the CRM since the one before has arrived,
/// and nobody remembers the answer.
@Suite(.serialized) struct CrashSweepTests {
    @Test(arguments: CrashScenario.all.indices)
    func endsAsIfItHadNotBeenKilled(index: Int) async throws {
        let scenario = CrashScenario.all[index]
        let undisturbed = try await scenario.begin()
        try scenario.meanwhile(undisturbed)
        try await scenario.command(undisturbed)
        let expected = try await scenario.finish(undisturbed)
        var steps = 0
        while steps < 500 {
            var bench = try await scenario.begin()
            let kill = KillSwitch(after: steps)
            bench.process = bench.store.handle { try kill.step() }
            try? await scenario.command(bench)
            bench.process = nil
            guard kill.hasFired else { break }
            try scenario.meanwhile(bench)
            let outcome = try await scenario.finish(bench)
            try #require(outcome == expected, "\(scenario.name): killed at point \(steps)")
            steps += 1
        }
        print("crash sweep: \(scenario.name): \(steps) points")
        #expect(steps > 10 && steps < 500)
    }
}
