import Connectors
import Mapping
import Planning
import Records
import RelaisTesting
import Store
import SyncEngine
import Testing

/// Segments of ours on lists of the CRM.
@Suite struct RuleMembershipTests {
    static let warm: Text = "Warm"

    static func mapping(
        _ when: String = "contact.score >= 50.0",
        lists: [String] = ["{ segment: warm, list: Warm }"],
        more: [String] = []
    ) throws -> CompiledMapping {
        try SyncBench.mapping(
            fields: ["{ local: score, remote: score }"],
            more: ["initial: prefer_remote"] + (lists.isEmpty ? [] : ["lists:"] + lists.map { "- \($0)" }) + more,
            segments: SyncBench.warmSegment(when)
        )
    }

    /// A bench whose CRM has the list, with some people on it.
    static func bench(
        _ mapping: CompiledMapping? = nil,
        members: Set<Text> = [],
        approved: Bool = true
    ) throws -> SyncBench {
        let mapping = try mapping ?? self.mapping()
        let bench = try SyncBench(mappings: [mapping], approved: approved)
        try bench.store.write { transaction in
            for membership in mapping.memberships where approved {
                let list = try transaction.remoteList("crm/\(mapping.name)/\(membership.name)").number
                try transaction.approve(list, as: membership.hash)
            }
        }
        bench.account.with { $0.lists = [Self.warm: MemoryList(id: "17", members: members)] }
        return bench
    }

    static func members(_ bench: SyncBench) -> Set<Text> {
        bench.account.with { $0.lists[Self.warm]?.members ?? [] }
    }

    @Test func whomTheSegmentMovedIsPutOnAndTakenOff() async throws {
        let bench = try Self.bench()
        let ada = try bench.edit(nil, ["email": "ada@x.org", "score": .number(60)])
        _ = try bench.edit(nil, ["email": "eve@x.org", "score": .number(10)])
        // The contact is made and put on the list in one run.
        let first = try await bench.sync()
        let remote = try #require(try bench.remoteID(of: ada))
        #expect(Self.members(bench) == [remote])
        #expect(first.counts.addedToLists == 1)
        let quiet = try await bench.sync()
        #expect(quiet.counts.remoteWrites == 0)
        try bench.edit(ada, ["score": .number(40)])
        let second = try await bench.sync()
        #expect(Self.members(bench).isEmpty)
        #expect(second.counts.removedFromLists == 1)
    }

    /// Who is on the list already, and in the segment, is agreed on without a write, and belongs to the base from then on.
    @Test func whoIsOnBothIsAgreedOn() async throws {
        let bench = try Self.bench()
        let remote = bench.account.edit("contacts", nil, ["email": "ada@x.org", "score": .number(60)])
        bench.account.with { $0.lists[Self.warm]?.members = [remote] }
        let first = try await bench.sync()
        #expect(first.counts.addedToLists == 0)
        bench.account.edit("contacts", remote, ["score": .number(10)])
        for _ in 0..<2 { try await bench.sync() }
        #expect(Self.members(bench).isEmpty)
    }

    /// Whom somebody in the CRM put on the list is left there, until the segment moves them.
    @Test func whomPeoplePutOnIsLeftAlone() async throws {
        let bench = try Self.bench()
        let eve = bench.account.edit("contacts", nil, ["email": "eve@x.org", "score": .number(10)])
        bench.account.with { $0.lists[Self.warm]?.members = [eve, "999"] }
        let report = try await bench.sync()
        #expect(report.counts.strangersOnLists == 2)
        for _ in 0..<2 { try await bench.sync() }
        #expect(Self.members(bench) == [eve, "999"])
        // She joins the segment and leaves it: now it was the segment that moved.
        bench.account.edit("contacts", eve, ["score": .number(60)])
        for _ in 0..<2 { try await bench.sync() }
        bench.account.edit("contacts", eve, ["score": .number(10)])
        for _ in 0..<2 { try await bench.sync() }
        #expect(Self.members(bench) == ["999"])
    }

    /// Whom somebody in the CRM took off stays off, and is told of once, until the segment moves again.
    @Test func whomPeopleTookOffStaysOff() async throws {
        let bench = try Self.bench()
        let ada = try bench.edit(nil, ["email": "ada@x.org", "score": .number(60)])
        try await bench.sync()
        let remote = try #require(try bench.remoteID(of: ada))
        bench.account.with { $0.lists[Self.warm]?.members = [] }
        let found = try await bench.sync(after: .seconds(600))
        #expect(found.counts.takenOffLists == 1)
        #expect(Self.members(bench).isEmpty)
        try bench.edit(ada, ["score": .number(70)])
        let later = try await bench.sync(after: .seconds(600))
        #expect(later.counts.takenOffLists == 0)
        #expect(Self.members(bench).isEmpty)
        try bench.edit(ada, ["score": .number(10)])
        try await bench.sync()
        try bench.edit(ada, ["score": .number(60)])
        try await bench.sync()
        #expect(Self.members(bench) == [remote])
    }

    /// What we did a moment ago may not show yet in the CRM's own reading, and is no removal by a person.
    @Test func ourOwnAddThatDoesNotShowYetIsNoRemoval() async throws {
        let bench = try Self.bench()
        let ada = try bench.edit(nil, ["email": "ada@x.org", "score": .number(60)])
        try await bench.sync()
        let members = Self.members(bench)
        bench.account.with { $0.lists[Self.warm]?.members = [] }
        let early = try await bench.sync(after: .seconds(5))
        #expect(early.counts.takenOffLists == 0)
        bench.account.with { $0.lists[Self.warm]?.members = members }
        try bench.edit(ada, ["score": .number(10)])
        try await bench.sync()
        #expect(Self.members(bench).isEmpty)
    }

    /// An add and a remove that were never answered are made again, without harm.
    @Test(arguments: [MemoryAccount.Fault.loseAnswer, .loseRequest])
    func anUnansweredMoveIsMadeAgain(fault: MemoryAccount.Fault) async throws {
        let bench = try Self.bench()
        let ada = bench.account.edit("contacts", nil, ["email": "ada@x.org", "score": .number(60)])
        bench.account.with { $0.faults = Array(repeating: fault, count: 5) }
        await #expect(throws: RemoteFailure.self) { try await bench.sync() }
        try await bench.sync()
        #expect(Self.members(bench) == [ada])
        bench.account.edit("contacts", ada, ["score": .number(10)])
        bench.account.with { $0.faults = [fault] }
        for _ in 0..<2 { try await bench.sync() }
        #expect(Self.members(bench).isEmpty)
        let quiet = try await bench.sync()
        #expect(quiet.counts.remoteWrites == 0)
    }

    /// A list that is not there, or that the CRM fills by itself, stops that list only, and somebody is told.
    @Test(arguments: [false, true]) func aListThatCannotBeWrittenStopsNothingElse(isDynamic: Bool) async throws {
        let lists = ["{ segment: warm, list: Other }", "{ segment: warm, list: Warm }"]
        let bench = try Self.bench(try Self.mapping(lists: lists))
        if isDynamic { bench.account.with { $0.lists["Other"] = MemoryList(id: "18", isDynamic: true) } }
        let ada = try bench.edit(nil, ["email": "ada@x.org", "score": .number(60)])
        let report = try await bench.sync()
        #expect(report.counts.troubles.keys.sorted() == ["crm/memory/contact/list Other"])
        #expect(report.counts.needsAttention)
        #expect(try Self.members(bench) == [#require(try bench.remoteID(of: ada))])
        // Once it can be written it gets what it missed.
        bench.account.with { $0.lists["Other"] = MemoryList(id: "19") }
        let next = try await bench.sync()
        #expect(next.counts.troubles.isEmpty)
        #expect(bench.account.with { $0.lists["Other"]?.members.count } == 1)
    }

    /// The plan says how many would be put on which list, and what is approved is just that.
    @Test func theFirstTimeObeysTheApprovedPlan() async throws {
        let bench = try Self.bench(approved: false)
        let ada = bench.account.edit("contacts", nil, ["email": "ada@x.org", "score": .number(60)])
        let there = bench.account.edit("contacts", nil, ["email": "bob@x.org", "score": .number(60)])
        bench.account.with { $0.lists[Self.warm]?.members = [there] }
        _ = try bench.edit(nil, ["email": "eve@x.org", "score": .number(70)])
        bench.clock.advance(by: .seconds(60))
        let plan = try await bench.syncer.plan()
        #expect(plan.counts.addedToLists == 2)
        #expect(plan.samples.count { $0.action == .addToList } == 2)
        #expect(Self.members(bench) == [there])
        let stopped = try await bench.sync()
        #expect(stopped.kind == .plan)
        #expect(Self.members(bench) == [there])
        // Ten more than were shown: that is another plan.
        for number in 0..<10 {
            bench.account.edit("contacts", nil, ["email": .text("p\(number)@x.org"), "score": .number(60)])
        }
        bench.clock.advance(by: .seconds(60))
        let other = try await bench.syncer.sync(approvedBy: "ada")
        #expect(other.moves.contains { $0.hasPrefix("added_to_lists") })
        #expect(Self.members(bench) == [there])
        let done = try await bench.syncer.sync(approvedBy: "ada")
        #expect(done.counts.addedToLists == 12)
        #expect(Self.members(bench).count == 13)
        #expect(Self.members(bench).contains(ada))
    }

    /// Another meaning of the segment moves those whom it means otherwise, and nobody else.
    @Test func anotherMeaningOfTheSegmentMovesTheDifference() async throws {
        var bench = try Self.bench()
        let (ada, eve) = (
            try bench.edit(nil, ["email": "ada@x.org", "score": .number(60)]),
            try bench.edit(nil, ["email": "eve@x.org", "score": .number(40)])
        )
        try await bench.sync()
        bench.mappings = [try Self.mapping("contact.score < 50.0")]
        bench.clock.advance(by: .seconds(60))
        let report = try await bench.syncer.sync(approvedBy: "ada")
        #expect(report.counts.addedToLists == 1 && report.counts.removedFromLists == 1)
        #expect(try Self.members(bench) == [#require(try bench.remoteID(of: eve))])
        #expect(try bench.remoteID(of: ada) != nil)
    }

    /// A list that was deleted and made anew under its name is another list: it gets everybody again.
    @Test func anotherListOfTheSameNameStartsOver() async throws {
        let bench = try Self.bench()
        _ = try bench.edit(nil, ["email": "ada@x.org", "score": .number(60)])
        try await bench.sync()
        bench.account.with { $0.lists[Self.warm] = MemoryList(id: "99") }
        let report = try await bench.sync()
        #expect(report.counts.addedToLists == 1 && report.counts.takenOffLists == 0)
        #expect(Self.members(bench).count == 1)
    }

    /// A condition that lets go of nearly everybody stops at the breaker before anybody is taken off.
    @Test func emptyingAListTripsTheBreaker() async throws {
        var bench = try Self.bench()
        bench.breaker = Breaker(floor: 3, share: 0.2)
        for number in 0..<10 { _ = try bench.edit(nil, ["email": .text("p\(number)@x.org"), "score": .number(60)]) }
        try await bench.sync()
        #expect(Self.members(bench).count == 10)
        bench.mappings = [try Self.mapping("contact.score > 1000.0")]
        bench.clock.advance(by: .seconds(60))
        let syncer = bench.syncer
        await #expect(throws: SyncError.self) { try await syncer.sync(approvedBy: "ada") }
        #expect(Self.members(bench).count == 10)
        bench.clock.advance(by: .seconds(60))
        _ = try await bench.syncer.sync(allowing: [.blanks])
        #expect(Self.members(bench).isEmpty)
    }

    /// Who is never synced is neither put on a list nor taken off it.
    @Test func whoIsExcludedIsLeftAlone() async throws {
        let bench = try Self.bench()
        let ada = try bench.edit(nil, ["email": "ada@x.org", "score": .number(60)])
        try await bench.sync()
        try bench.store.write { transaction in
            let cause = Cause(actor: try transaction.actor("person:ada"), at: bench.clock.now)
            try transaction.exclude(ada, reason: "test", cause: cause)
        }
        try bench.edit(ada, ["score": .number(10)])
        try await bench.sync()
        #expect(Self.members(bench).count == 1)
    }

    /// A quiet run asks nothing about lists whose members need not be read.
    @Test func listsAreFoundByTheirIDToo() async throws {
        let bench = try Self.bench(try Self.mapping(lists: ["{ segment: warm, list: { id: \"17\" } }"]))
        _ = try bench.edit(nil, ["email": "ada@x.org", "score": .number(60)])
        try await bench.sync()
        #expect(Self.members(bench).count == 1)
    }
}
