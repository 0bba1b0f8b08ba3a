import Mapping
import Records
import RelaisTesting
import Store
import SyncEngine
import Testing

/// A record that is never to be synced, questions about deletions, and merges that people make here.
@Suite struct RuleExclusionTests {
    private func scene() async throws -> (bench: SyncBench, ada: RecordID, remote: Text) {
        let delete = DeleteSwitches(pull: .archive, push: .archive)
        let bench = try SyncBench(mappings: [SyncBench.contacts(delete: delete)])
        let remote = bench.account.edit("contacts", nil, ["email": "ada@example.com", "city": "Paris"])
        try await bench.sync()
        return (bench, try #require(try bench.contacts().first?.id), remote)
    }

    private func act(_ bench: SyncBench, _ body: (Transaction, Cause) throws -> Void) throws {
        try bench.store.write { transaction in
            try body(transaction, Cause(actor: try transaction.actor("person:ada"), at: bench.clock.now))
        }
    }

    @Test func anExcludedRecordIsLeftAloneBothWaysAndCatchesUpLater() async throws {
        let (bench, ada, remote) = try await self.scene()
        try self.act(bench) { try $0.exclude(ada, reason: "test account", cause: $1) }
        try bench.edit(ada, ["phone": "+33 1"])
        bench.account.edit("contacts", remote, ["city": "Nice"])
        for _ in 0..<3 {
            let counts = try await bench.sync().counts
            #expect(counts.localWrites + counts.remoteWrites == 0, "\(counts)")
        }
        #expect(try bench.value(ada, "city") == "Paris")
        #expect(bench.account.value("contacts", remote, "phone") == .null)
        try self.act(bench) { _ = try $0.include(ada, cause: $1) }
        try await bench.sync()
        #expect(try bench.value(ada, "city") == "Nice")
        #expect(bench.account.value("contacts", remote, "phone") == "+33 1")
    }

    @Test func anExcludedRecordIsNotMadeInTheCRMNorArchivedThere() async throws {
        let (bench, ada, remote) = try await self.scene()
        let bob = try bench.edit(nil, ["email": "bob@example.com"])
        try self.act(bench) { transaction, cause in
            for id in [ada, bob] { try transaction.exclude(id, reason: "ours", cause: cause) }
            try transaction.delete(ada, cause: cause)
        }
        for _ in 0..<2 { try await bench.sync() }
        #expect(bench.account.ids("contacts") == [remote])
        try self.act(bench) { _ = try $0.include(bob, cause: $1) }
        try await bench.sync()
        #expect(bench.account.ids("contacts").count == 2)
    }

    /// Kept out while nobody knows yet whether it was made: it gets its link, and nothing moves until it is let in again.
    @Test func whoIsKeptOutWhileBeingMadeIsLeftAlone() async throws {
        let (bench, _, _) = try await self.scene()
        let bob = try bench.edit(nil, ["email": "bob@example.com", "city": "Aix"])
        bench.account.with { state in
            state.habits.normalise = { name, value in name == "city" ? "AIX" : value }
            state.faults = [.loseAnswer]
        }
        await bench.syncWithoutReadback()
        try self.act(bench) { try $0.exclude(bob, reason: "test account", cause: $1) }
        for _ in 0..<3 { try await bench.sync(after: .seconds(600)) }
        #expect(bench.account.ids("contacts").count == 2)
        #expect(try bench.value(bob, "city") == "Aix")
        let remote = try #require(try bench.remoteID(of: bob))
        bench.account.edit("contacts", remote, ["street": "1 rue A"])
        for _ in 0..<2 { try await bench.sync(after: .seconds(600)) }
        #expect(try bench.value(bob, "street").isBlank)
        try self.act(bench) { _ = try $0.include(bob, cause: $1) }
        for _ in 0..<2 { try await bench.sync(after: .seconds(600)) }
        #expect(try bench.value(bob, "street") == "1 rue A")
    }

    @Test(arguments: [Side.local, .remote])
    func aPersonDecidesAboutARecordDeletedThereAndEditedHere(side: Side) async throws {
        let (bench, ada, remote) = try await self.scene()
        try bench.edit(ada, ["city": "Lyon"])
        bench.account.setArchived("contacts", remote, true)
        try await bench.sync()
        try self.act(bench) { transaction, cause in
            let review = try #require(try transaction.openReviews(limit: 1).first)
            _ = try ReviewDecision(review, in: transaction, cause: cause).take(side, lifecycle: .standard)
        }
        for _ in 0..<2 { try await bench.sync() }
        #expect(bench.account.ids("contacts").count == (side == .local ? 1 : 0))
        #expect(try bench.contacts().count == (side == .local ? 1 : 0))
        #expect(try bench.store.read { try $0.openReviews(limit: 9) }.isEmpty)
    }

    @Test(arguments: [Side.local, .remote])
    func aPersonDecidesAboutARecordDeletedHereAndEditedThere(side: Side) async throws {
        let (bench, ada, remote) = try await self.scene()
        try bench.delete(ada)
        bench.account.edit("contacts", remote, ["city": "Nice"])
        try await bench.sync()
        try self.act(bench) { transaction, cause in
            let review = try #require(try transaction.openReviews(limit: 1).first)
            _ = try ReviewDecision(review, in: transaction, cause: cause).take(side, lifecycle: .standard)
        }
        for _ in 0..<2 { try await bench.sync() }
        #expect(bench.account.ids("contacts").isEmpty == (side == .local))
        #expect(try bench.contacts().isEmpty == (side == .local))
        if side == .remote { #expect(try bench.value(ada, "city") == "Nice") }
        #expect(try bench.store.read { try $0.openReviews(limit: 9) }.isEmpty)
    }

    // MARK: Merges made here

    private func merge(_ bench: SyncBench, _ lost: RecordID, into kept: RecordID) throws {
        try self.act(bench) { transaction, cause in
            let (gone, survivor) = (
                try #require(try transaction.record(lost)), try #require(try transaction.record(kept))
            )
            try RecordMerge(lost: gone, kept: survivor, lifecycle: .standard, in: transaction).carryOut(cause: cause)
        }
    }

    /// The survivor has no link yet: it takes over the other's, and its own values travel.
    @Test func theSurvivorTakesOverTheLink() async throws {
        let (bench, ada, remote) = try await self.scene()
        let twin = try bench.store.write { transaction in
            let cause = Cause(actor: try transaction.actor("person:ada"), at: bench.clock.now)
            let id = RecordID(high: 1, low: 1)
            let set = [PropertySetting("first_name", "Ada"), PropertySetting("city", "Lyon")]
            try transaction.create(id, object: transaction.object("contact"), properties: set, cause: cause)
            return id
        }
        try self.merge(bench, ada, into: twin)
        for _ in 0..<2 { try await bench.sync() }
        #expect(try bench.remoteID(of: twin) == remote)
        #expect(try bench.value(twin, "email") == "ada@example.com")
        #expect(bench.account.value("contacts", remote, "city") == "Lyon")
        #expect(bench.account.ids("contacts") == [remote])
        let quiet = try await bench.sync()
        #expect(quiet.counts.localWrites + quiet.counts.remoteWrites == 0)
    }

    /// R17: both are linked: that CRM keeps two for one of ours, and neither is made again or written over.
    @Test func oneCRMMayKeepTwoRecordsForOneOfOurs() async throws {
        let (bench, ada, remote) = try await self.scene()
        let other = bench.account.edit("contacts", nil, ["email": "ada@work.com", "city": "Nice"])
        try await bench.sync()
        let twin = try #require(try bench.contacts().first { $0["email"] == "ada@work.com" }?.id)
        try self.merge(bench, twin, into: ada)
        bench.account.edit("contacts", other, ["phone": "+33 9"])
        for _ in 0..<3 {
            let counts = try await bench.sync().counts
            #expect(counts.localWrites + counts.remoteWrites == 0, "\(counts)")
        }
        #expect(try bench.contacts().map(\.id) == [ada])
        #expect(bench.account.ids("contacts") == [remote, other].sorted())
        // Merged there as well, the two links become one.
        bench.account.merge("contacts", other, into: remote)
        for _ in 0..<2 { try await bench.sync() }
        #expect(try bench.store.read { try $0.links(of: twin) }.isEmpty)
        #expect(try bench.value(ada, "phone") == "+33 9")
        #expect(bench.account.ids("contacts") == [remote])
    }

    @Test func consentIsTheMostRestrictiveAndSuppressionJoins() throws {
        let bench = try SyncBench()
        let (ada, twin) = (
            try bench.edit(nil, ["email": "a@example.com"]), try bench.edit(nil, ["email": "b@example.com"])
        )
        try self.act(bench) { try $0.suppress("b@example.com", reason: "unsubscribed", at: $1.at) }
        try self.merge(bench, twin, into: ada)
        #expect(try bench.store.read { try $0.suppression(of: "a@example.com") } == "unsubscribed")
    }
}
