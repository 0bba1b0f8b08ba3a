import Mapping
import Records
import RelaisTesting
import Store
import SyncEngine
import Testing

/// A list that comes to a connection at work is shown before it is written (R11).
@Suite struct ListApprovalTests {
    private static let name = "crm/memory/contact/list Warm"

    /// A connection at work, whose mapping then gets a list.
    private func bench() async throws -> SyncBench {
        var bench = try RuleMembershipTests.bench(try RuleMembershipTests.mapping(lists: []))
        for number in 0..<3 { _ = try bench.edit(nil, ["email": .text("p\(number)@x.org"), "score": .number(60)]) }
        try await bench.sync()
        bench.mappings = [try RuleMembershipTests.mapping()]
        return bench
    }

    @Test func aNewListWaitsForApproval() async throws {
        let bench = try await self.bench()
        for _ in 0..<2 {
            let report = try await bench.sync()
            #expect(report.counts.troubles[Self.name]?.contains("3 records are put on it and 0 taken off") == true)
            #expect(report.counts.needsAttention && RuleMembershipTests.members(bench).isEmpty)
        }
        #expect(try await bench.syncer.plan().counts.addedToLists == 3)
        bench.clock.advance(by: .seconds(60))
        let approved = try await bench.syncer.sync(approvedBy: "ada")
        #expect(approved.counts.addedToLists == 3 && approved.counts.troubles.isEmpty)
        // From then on it is kept like any other.
        let eve = try bench.edit(nil, ["email": "eve@x.org", "score": .number(60)])
        #expect(try await bench.sync().counts.addedToLists == 1)
        try bench.edit(eve, ["score": .number(10)])
        #expect(try await bench.sync().counts.removedFromLists == 1)
    }

    @Test func anotherSegmentWaitsForApprovalToo() async throws {
        var bench = try RuleMembershipTests.bench()
        let ada = try bench.edit(nil, ["email": "ada@x.org", "score": .number(60)])
        try await bench.sync()
        bench.mappings = [try RuleMembershipTests.mapping("contact.score < 50.0")]
        let held = try await bench.sync()
        #expect(held.counts.troubles[Self.name]?.contains("follows another segment") == true)
        #expect(try RuleMembershipTests.members(bench) == [#require(try bench.remoteID(of: ada))])
        bench.clock.advance(by: .seconds(60))
        #expect(try await bench.syncer.sync(approvedBy: "ada").counts.removedFromLists == 1)
    }

    /// Nobody is asked about a change that moves nobody.
    @Test func anotherWordingThatMovesNobodyAsksNothing() async throws {
        var bench = try RuleMembershipTests.bench()
        _ = try bench.edit(nil, ["email": "ada@x.org", "score": .number(60)])
        try await bench.sync()
        bench.mappings = [try RuleMembershipTests.mapping("contact.score > 49.0")]
        #expect(try await bench.sync().counts.troubles.isEmpty)
    }
}
