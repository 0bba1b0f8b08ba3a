import Records
import RelaisTesting
import Store
import SyncEngine
import Testing

/// A person is not gone while something that was written about them is still in a CRM (R8).
@Suite struct ErasedActivityTests {
    /// A person with a note about them in the CRM.
    private func bench() async throws -> (bench: SyncBench, ada: RecordID) {
        let bench = try RuleActivityTests.bench()
        let ada = try bench.edit(nil, ["email": "ada@x.org"])
        try await bench.sync()
        try RuleActivityTests.happen(bench, "1", to: ada)
        try await bench.sync()
        #expect(RuleActivityTests.notes(bench).count == 1)
        return (bench, ada)
    }

    private func erase(_ record: RecordID, _ bench: SyncBench) throws {
        try bench.store.write { transaction in
            try transaction.prepareErasure(randomness: SeededRandomness(seed: 3).randomness, matching: [:])
            let cause = Cause(actor: try transaction.actor("person:ada"), at: bench.clock.now)
            try transaction.erase(record, reason: "asked", cause: cause)
        }
    }

    private func isConfirmed(_ record: RecordID, _ bench: SyncBench) throws -> Bool {
        try bench.store.read { try $0.erasure(of: record)?.confirmedAt != nil }
    }

    @Test func theErasingAloneTakesTheNotesOut() async throws {
        let (bench, ada) = try await self.bench()
        try self.erase(ada, bench)
        for _ in 0..<2 {
            bench.clock.advance(by: .seconds(60))
            _ = try await bench.syncer.eraseRemotely()
        }
        #expect(RuleActivityTests.notes(bench).isEmpty)
        #expect(try self.isConfirmed(ada, bench))
    }

    /// The contact is gone and the note is not: that is told with the CRM's reason, until somebody has seen to it.
    @Test func aNoteThatTheCRMKeepsHoldsTheErasureOpen() async throws {
        let (bench, ada) = try await self.bench()
        bench.account.with { $0.habits.cannotArchive = ["notes"] }
        try self.erase(ada, bench)
        for _ in 0..<3 { try await bench.sync() }
        #expect(try bench.store.read { try $0.erasureTargets(of: ada).map(\.state) } == [.confirmed])
        #expect(try !self.isConfirmed(ada, bench))
        let left = try bench.store.read { try $0.erasingActivities(of: ada) }
        #expect(left.map(\.detail) == ["it stays"])
        bench.account.with { $0.habits.cannotArchive = [] }
        try await bench.sync()
        #expect(try self.isConfirmed(ada, bench))
    }
}
