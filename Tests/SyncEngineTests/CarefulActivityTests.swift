import Mapping
import Records
import RelaisTesting
import Store
import SyncEngine
import Synchronization
import Testing

/// Careful runs write the activities that they were told to write, and leave the others for later.
@Suite struct CarefulActivityTests {
    private struct Gate: ChangeGate {
        let admit: @Sendable (PlannedChange) -> Bool

        func admits(_ changes: [PlannedChange]) -> Bool { changes.allSatisfy(self.admit) }
    }

    private final class Heard: Sendable {
        private let changes = Mutex<[PlannedChange]>([])

        var all: [PlannedChange] { self.changes.withLock { $0 } }

        func add(_ change: PlannedChange) { self.changes.withLock { $0.append(change) } }
    }

    /// Two people, to each of whom something happened.
    private func bench() async throws -> (bench: SyncBench, ada: RecordID, eve: RecordID) {
        let bench = try RuleActivityTests.bench()
        let ada = try bench.edit(nil, ["email": "ada@x.org"])
        let eve = try bench.edit(nil, ["email": "eve@x.org"])
        try await bench.sync()
        try RuleActivityTests.happen(bench, "1", to: ada, form: "ada")
        try RuleActivityTests.happen(bench, "2", to: eve, form: "eve")
        return (bench, ada, eve)
    }

    private func plan(_ bench: SyncBench) async throws -> [PlannedChange] {
        let heard = Heard()
        _ = try await bench.syncer.plan { heard.add($0) }
        return heard.all.filter { $0.action == .writeActivity }
    }

    @Test func aPlanTellsWhatWouldBeWritten() async throws {
        let (bench, ada, _) = try await self.bench()
        let changes = try await self.plan(bench)
        #expect(changes.count == 2)
        let change = try #require(changes.first { $0.record == ada })
        #expect(change.remote != nil)
        #expect(change.fields.map(\.name) == ["event", "note"])
        #expect(change.fields.last?.new == "Filled in ada")
    }

    @Test func onlyWhatIsAdmittedIsWrittenAndTheRestWaits() async throws {
        let (bench, ada, _) = try await self.bench()
        bench.clock.advance(by: .seconds(60))
        let careful = try await bench.syncer.sync(through: Gate { $0.record == ada })
        #expect(careful.counts.activitiesWritten == 1)
        #expect(RuleActivityTests.notes(bench) == ["Filled in ada"])
        #expect(try await bench.sync().counts.activitiesWritten == 1)
        #expect(RuleActivityTests.notes(bench).sorted() == ["Filled in ada", "Filled in eve"])
    }

    @Test func whatThePlanSaidIsAdmitted() async throws {
        let (bench, _, _) = try await self.bench()
        let planned = Set(try await self.plan(bench))
        bench.clock.advance(by: .seconds(60))
        _ = try await bench.syncer.sync(through: Gate { planned.contains($0) })
        #expect(RuleActivityTests.notes(bench).count == 2)
    }

    /// The contact is made by the same plan: what is written about it is known by its record.
    @Test func anActivityOfANewContactIsFoundInThePlanAgain() async throws {
        let bench = try RuleActivityTests.bench()
        try await bench.sync()
        let ada = try bench.edit(nil, ["email": "ada@x.org"])
        try RuleActivityTests.happen(bench, "1", to: ada)
        let change = try #require(try await self.plan(bench).first)
        #expect(change.remote == nil && change.record == ada)
        bench.clock.advance(by: .seconds(60))
        let asked = Heard()
        let gate = Gate { asked.add($0) == () }
        _ = try await bench.syncer.sync(through: gate)
        #expect(asked.all.contains { $0.action == .writeActivity && $0.beforeItsRecord == change })
        #expect(RuleActivityTests.notes(bench).count == 1)
    }
}
