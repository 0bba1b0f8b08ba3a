import Mapping
import Records
import RelaisTesting
import Store
import SyncEngine
import Testing

/// R10 and R17: merges in the CRM are followed, along chains and never in circles, and lose nothing.
@Suite struct RuleMergeTests {
    private struct Pair {
        let bench: SyncBench
        let (ada, twin): (RecordID, RecordID)
        let (remote, other): (Text, Text)
    }

    /// Two linked people, Ada the older one.
    private func pair(_ merges: MergePolicy = .follow, tells: Bool = true) async throws -> Pair {
        let delete = DeleteSwitches(pull: .archive, push: .archive)
        let bench = try SyncBench(mappings: [SyncBench.contacts(delete: delete, merges: merges)])
        bench.account.with { $0.habits.tellsOfMerges = tells }
        let remote = bench.account.edit("contacts", nil, ["email": "ada@a.com", "first_name": "Ada", "city": "Paris"])
        try await bench.sync()
        let other = bench.account.edit("contacts", nil, ["email": "ada@b.com", "first_name": "Ada", "phone": "+33 2"])
        bench.account.edit("contacts", nil, ["email": "someone@else.com"])
        try await bench.sync()
        func local(_ id: Text) throws -> RecordID {
            let record = try bench.contacts().first { try bench.remoteID(of: $0.id) == id }
            return try #require(record?.id)
        }
        return Pair(bench: bench, ada: try local(remote), twin: try local(other), remote: remote, other: other)
    }

    private func isQuiet(_ bench: SyncBench) async throws -> Bool {
        for _ in 0..<2 {
            let counts = try await bench.sync().counts
            if counts.localWrites + counts.remoteWrites > 0 { return false }
        }
        return true
    }

    /// Somebody in the CRM merges what we have just made, before we have read it back.
    @Test(arguments: [true, false])
    func whatIsMergedWhileItIsMadeIsFollowed(makesNew: Bool) async throws {
        let bench = try SyncBench()
        let ada = try bench.edit(nil, ["email": "ada@a.com", "city": "Paris"])
        let twin = try bench.edit(nil, ["email": "ada@b.com", "phone": "+33 2"])
        let now = bench.clock.now.microseconds
        bench.account.with { state in
            state.habits.answersWithoutValues = true
            state.afterWrite = { state in
                let made = (state.objects["contacts"] ?? [:]).keys.sorted()
                guard made.count == 2 else { return }
                _ = state.merge("contacts", made[1], into: made[0], makesNew: makesNew, at: now + 90_000_000)
            }
        }
        let report = try await bench.sync()
        bench.account.with { $0.afterWrite = nil }
        #expect(report.counts.createdRemotely == 2 && report.counts.mergedLocally == 1)
        try await bench.sync()
        let contact = try #require(try bench.contacts().first)
        #expect(try bench.contacts().count == 1 && [ada, twin].contains(contact.id))
        #expect(contact["city"] == "Paris" && contact["phone"] == "+33 2")
        #expect(try bench.remoteID(of: contact.id) == bench.account.ids("contacts").first)
        #expect(bench.account.ids("contacts").count == 1)
        #expect(try await self.isQuiet(bench))
    }

    /// An answer with another id is a remap, not a delete: the link and its shadow go on.
    @Test(arguments: [true, false], [true, false])
    func aMergeOfALinkedRecordIntoAnUnlinkedOneIsFollowed(makesNew: Bool, tells: Bool) async throws {
        let bench = try SyncBench(mappings: [SyncBench.contacts(delete: DeleteSwitches(pull: .archive))])
        bench.account.with { $0.habits.tellsOfMerges = tells }
        let remote = bench.account.edit("contacts", nil, ["email": "ada@a.com", "first_name": "Ada", "city": "Paris"])
        try await bench.sync()
        let ada = try #require(try bench.contacts().first?.id)
        // Nobody of ours, and merged before we ever saw it.
        let stranger = bench.account.edit("contacts", nil, ["email": "ada@a.com", "phone": "+33 2"])
        let winner = bench.account.merge("contacts", remote, into: stranger, makesNew: makesNew)
        try await bench.sync()
        try await bench.sync()
        #expect(try bench.contacts().map(\.id) == [ada])
        #expect(try bench.remoteID(of: ada) == winner)
        #expect(try bench.value(ada, "phone") == "+33 2")
        #expect(try bench.store.read { try $0.openReviews(limit: 9) }.isEmpty)
        try bench.edit(ada, ["city": "Lyon"])
        try await bench.sync()
        #expect(bench.account.value("contacts", winner, "city") == "Lyon")
        #expect(try await self.isQuiet(bench))
    }

    /// Two of our people are one in the CRM: they are one here too, and nothing of either is lost.
    @Test(arguments: [true, false])
    func aMergeOfTwoLinkedRecordsMergesOurs(makesNew: Bool) async throws {
        let pair = try await self.pair()
        let bench = pair.bench
        try bench.edit(pair.twin, ["street": "2 rue B", "city": "Lyon"])
        let winner = bench.account.merge("contacts", pair.other, into: pair.remote, makesNew: makesNew)
        let report = try await bench.sync()
        #expect(report.counts.mergedLocally == 1 && report.counts.createdLocally == 0)
        try await bench.sync()
        #expect(try bench.store.read { try $0.record(pair.twin)?.aliasOf } == pair.ada)
        #expect(try bench.remoteID(of: pair.ada) == winner)
        #expect(try bench.value(pair.ada, "phone") == "+33 2")
        // The edit that no CRM had yet is not lost with the record on which it was made.
        #expect(try bench.value(pair.ada, "street") == "2 rue B")
        #expect(bench.account.value("contacts", winner, "street") == "2 rue B")
        // Nor because the survivor held something else, as long as nobody edited that.
        #expect(try bench.value(pair.ada, "city") == "Lyon")
        #expect(bench.account.value("contacts", winner, "city") == "Lyon")
        #expect(try await self.isQuiet(bench))
    }

    @Test func theRecordWhoseRemoteOneSurvivesIsTheSurvivor() async throws {
        let pair = try await self.pair()
        pair.bench.account.merge("contacts", pair.remote, into: pair.other)
        try await pair.bench.sync()
        #expect(try pair.bench.store.read { try $0.record(pair.ada)?.aliasOf } == pair.twin)
    }

    @Test func withMergesReviewAPersonIsAskedAndBothStay() async throws {
        let pair = try await self.pair(.review)
        let bench = pair.bench
        bench.account.merge("contacts", pair.other, into: pair.remote)
        let report = try await bench.sync()
        #expect(report.counts.reviews == 1 && report.counts.mergedLocally == 0)
        #expect(try bench.store.read { try $0.openReviews(limit: 9).first?.candidates } == [pair.ada, pair.twin])
        #expect(try bench.contacts().count == 3)
        #expect(try await self.isQuiet(bench))
    }

    /// A into B, then B into C, while we slept.
    @Test func aChainOfMergesLeadsToItsEnd() async throws {
        let pair = try await self.pair()
        let bench = pair.bench
        let third = bench.account.edit("contacts", nil, ["email": "ada@c.com"])
        let second = bench.account.merge("contacts", pair.remote, into: pair.other, makesNew: true)
        let end = bench.account.merge("contacts", second, into: third, makesNew: true)
        try await bench.sync()
        try await bench.sync()
        let survivor = try bench.store.read { try $0.survivor(of: pair.ada) }
        #expect(try bench.store.read { try $0.survivor(of: pair.twin) } == survivor)
        #expect(try bench.remoteID(of: survivor) == end)
        #expect(try await self.isQuiet(bench))
    }

    @Test func aliasesNeverLeadInACircle() throws {
        let bench = try SyncBench()
        try bench.store.write { transaction in
            let connection = try #require(try transaction.connection("crm")?.number)
            let object = try transaction.object("contacts")
            func key(_ id: Text) -> LinkKey { LinkKey(connection, object, id) }
            try transaction.addAlias(key("a"), to: "b", at: bench.clock.now)
            try transaction.addAlias(key("b"), to: "c", at: bench.clock.now)
            #expect(try transaction.target(of: key("a")) == "c")
            try transaction.addAlias(key("c"), to: "a", at: bench.clock.now)
            #expect(try transaction.target(of: key("a")) == "a")
            #expect(try transaction.target(of: key("b")) == "a")
            #expect(try transaction.target(of: key("c")) == "a")
        }
    }

    /// The journal of both is still there, and what happened to the person counts once, for the survivor.
    @Test func aMergeKeepsHistoryAndMovesEvents() async throws {
        let pair = try await self.pair()
        let bench = pair.bench
        try bench.store.write { transaction in
            let cause = Cause(actor: try transaction.actor("site"), at: bench.clock.now)
            let event = PersonEvent(id: "e1", name: "visited", at: bench.clock.now, attributes: [:])
            try transaction.addEvent(event, to: pair.twin, cause: cause)
        }
        bench.account.merge("contacts", pair.other, into: pair.remote)
        try await bench.sync()
        try bench.store.read { transaction in
            #expect(try transaction.events(of: pair.ada).map(\.event.name) == ["visited"])
            #expect(try transaction.events(of: pair.twin).isEmpty)
            let kinds = try transaction.history(of: pair.twin).map(\.kind)
            #expect(kinds.contains(.create) && kinds.contains(.merge))
            #expect(try transaction.history(of: pair.ada).map(\.kind).contains(.absorb))
        }
    }

    /// R17: leads and contacts are one family: whom one of them owns is not made in the other one, nor linked twice.
    @Test func aRecordIsOwnedByOneOfTheFamily() async throws {
        let (contacts, leads) = (SyncBench.contacts(), SyncBench.leads())
        let bench = try SyncBench(mappings: [contacts, leads])
        let lead = bench.account.edit("leads", nil, ["email": "ada@example.com"])
        try await bench.sync()
        for _ in 0..<2 { try await bench.sync() }
        #expect(bench.account.ids("contacts").isEmpty)
        #expect(bench.account.ids("leads") == [lead])
        bench.account.edit("contacts", nil, ["email": "ada@example.com"])
        let report = try await bench.sync()
        #expect(report.counts.reviews == 1 && report.counts.createdLocally == 0 && report.counts.linked == 0)
        #expect(try bench.contacts().count == 1)
    }

    /// R17: nor is a lead of ours linked to a contact that the CRM knows under its address, as if it were to be made there.
    @Test func aRecordOfTheFamilyIsNotLinkedOnItsWayOut() async throws {
        let (contacts, leads) = (SyncBench.contacts(), SyncBench.leads())
        let bench = try SyncBench(mappings: [leads, contacts])
        bench.account.edit("leads", nil, ["email": "ada@example.com", "city": "Paris"])
        // The contact is made after the contacts were read, and before ours would be made there.
        bench.account.with { state in
            state.beforeWrite = { state in
                guard state.objects["contacts", default: [:]].isEmpty else { return }
                var record = MemoryAccount.Record(values: [:], version: 1)
                record.write(["email": "ada@example.com"], by: "person", at: 1)
                state.objects["contacts", default: [:]]["9001"] = record
            }
        }
        try await bench.sync()
        let ada = try #require(try bench.contacts().first?.id)
        try bench.edit(ada, ["city": "Lyon"])
        try await bench.sync()
        #expect(try bench.store.read { try $0.links(of: ada).count } == 1)
    }
}
