import Connectors
import Mapping
import Planning
import Records
import RelaisTesting
import Store
import SyncEngine
import Testing

/// Who is on a list, and by whom, is a part of a record's history.
@Suite struct ListTimelineTests {
    /// The rows about lists of a record, oldest first: kind, run, and what was said.
    private func moves(_ bench: SyncBench, _ record: RecordID) throws -> [JournalEntry] {
        try bench.store.read { transaction in
            try transaction.history(of: record).filter { $0.kind.rawValue.hasPrefix("list_") }
        }
    }

    @Test func aMoveThatASegmentMadeIsTold() async throws {
        let bench = try RuleMembershipTests.bench()
        let ada = try bench.edit(nil, ["email": "ada@x.org", "score": .number(60)])
        let first = try await bench.sync()
        try bench.edit(ada, ["score": .number(10)])
        let second = try await bench.sync()
        let moves = try self.moves(bench, ada)
        #expect(moves.map(\.kind) == [.listAdd, .listRemove])
        #expect(moves.map(\.run?.rawValue) == [first.run, second.run])
        #expect(moves.first?.changes == [PropertyChange("list Warm", old: .flag(false), new: .flag(true))])
        let remote = try #require(try bench.remoteID(of: ada))
        #expect(moves.first?.detail == "segment warm, crm/contacts/\(remote)")
        // A quiet run, and a plan, tell nothing.
        _ = try await bench.syncer.plan()
        try await bench.sync()
        #expect(try self.moves(bench, ada).count == 2)
    }

    @Test func whatPeopleInTheCRMDidIsToldOnce() async throws {
        let bench = try RuleMembershipTests.bench()
        let ada = try bench.edit(nil, ["email": "ada@x.org", "score": .number(60)])
        let eve = try bench.edit(nil, ["email": "eve@x.org", "score": .number(10)])
        try await bench.sync()
        let other = try #require(try bench.remoteID(of: eve))
        // One is taken off, and another one put on, by hand.
        bench.account.with { $0.lists[RuleMembershipTests.warm]?.members = [other] }
        for _ in 0..<3 { try await bench.sync(after: .seconds(600)) }
        #expect(try self.moves(bench, ada).map(\.kind) == [.listAdd, .listLeft])
        let joined = try self.moves(bench, eve)
        #expect(joined.map(\.kind) == [.listJoined])
        #expect(joined.first?.detail == "crm/contacts/\(other)")
        // And the other way round.
        let remote = try #require(try bench.remoteID(of: ada))
        bench.account.with { $0.lists[RuleMembershipTests.warm]?.members = [remote] }
        for _ in 0..<3 { try await bench.sync(after: .seconds(600)) }
        #expect(try self.moves(bench, ada).map(\.kind) == [.listAdd, .listLeft, .listJoined])
        #expect(try self.moves(bench, eve).map(\.kind) == [.listJoined, .listLeft])
    }

    /// Who was there when the list was read for the first time made no move that anybody saw.
    @Test func whoWasThereFromTheStartMadeNoMove() async throws {
        let bench = try RuleMembershipTests.bench()
        let eve = bench.account.edit("contacts", nil, ["email": "eve@x.org", "score": .number(10)])
        bench.account.with { $0.lists[RuleMembershipTests.warm]?.members = [eve] }
        for _ in 0..<3 { try await bench.sync(after: .seconds(600)) }
        let record = try #require(try bench.contacts().first?.id)
        #expect(try self.moves(bench, record).isEmpty)
        // Somebody takes them off: that is one.
        bench.account.with { $0.lists[RuleMembershipTests.warm]?.members = [] }
        try await bench.sync(after: .seconds(600))
        #expect(try self.moves(bench, record).map(\.kind) == [.listLeft])
    }

    /// An undo says of each move that it does not take it back; putting the segment's own values back does.
    @Test func anUndoNamesTheLists() async throws {
        let bench = try RuleMembershipTests.bench()
        let remote = bench.account.edit("contacts", nil, ["email": "ada@x.org", "score": .number(10)])
        try await bench.sync()
        let ada = try #require(try bench.contacts().first?.id)
        bench.clock.advance(by: .seconds(60))
        bench.account.edit("contacts", remote, ["score": .number(60)])
        let run = try await bench.sync().run
        #expect(RuleMembershipTests.members(bench) == [remote])
        bench.clock.advance(by: .seconds(60))
        let report = try await bench.syncer.undo(RunNumber(rawValue: run), side: .both, carryOut: true)
        let named = report.samples.filter { $0.field == "list Warm" }
        #expect(named.map(\.record) == [ada])
        #expect(report.local == 1)
        try await bench.sync()
        #expect(RuleMembershipTests.members(bench).isEmpty)
    }

    /// What tells of an erased person goes with them, and so does who was seen on a list.
    @Test func anErasureForgetsTheMoves() async throws {
        let bench = try RuleMembershipTests.bench()
        let ada = try bench.edit(nil, ["email": "ada@x.org", "score": .number(60)])
        try await bench.sync()
        try bench.store.write { transaction in
            try transaction.prepareErasure(randomness: SeededRandomness(seed: 3).randomness, matching: [:])
            let cause = Cause(actor: try transaction.actor("person:ada"), at: bench.clock.now)
            try transaction.erase(ada, reason: "asked", cause: cause)
        }
        let moves = try self.moves(bench, ada)
        #expect(moves.count == 1 && moves.allSatisfy { $0.changes.isEmpty && $0.detail == nil })
    }
}
