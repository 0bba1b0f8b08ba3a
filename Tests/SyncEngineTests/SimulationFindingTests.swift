import Connectors
import FakeCRM
import Records
import RelaisTesting
import Store
import SyncEngine
import Testing

/// What the simulation found in the engine, each as small as it could be made.
@Suite struct SimulationFindingTests {
    /// What was kept of a record, because a field of it waits, must not bring back the old value of another one.
    @Test func whatWasKeptBeforeAWriteDoesNotUndoIt() async throws {
        let bench = try SyncBench()
        let remote = bench.account.edit(
            "contacts",
            nil,
            ["email": "ada@example.com", "city": "Paris", "first_name": "Ada"]
        )
        try await bench.sync()
        let ada = try #require(try bench.contacts().first?.id)
        try bench.edit(ada, ["city": "Lyon"])
        bench.account.edit("contacts", remote, ["city": "Nice"])
        #expect(try await bench.sync().counts.conflictsWaiting == 1)
        try bench.edit(ada, ["first_name": "Augusta"])
        let report = try await bench.sync()
        #expect(report.counts.updatedRemotely == 1 && report.counts.updatedLocally == 0, "\(report.counts)")
        #expect(try bench.value(ada, "first_name") == "Augusta")
        for _ in 0..<2 { #expect(try await bench.sync().counts.localWrites == 0) }
        #expect(try bench.value(ada, "first_name") == "Augusta")
        #expect(bench.account.value("contacts", remote, "first_name") == "Augusta")
    }

    /// R7: two contacts swap their addresses here; the CRM lets neither have the other's.
    ///
    /// The addresses are parked where a person sees them, everything else goes on, and nothing is sent again and again.
    @Test(.timeLimit(.minutes(2)))
    func swappedAddressesAreParkedAndTheRestGoesOn() async throws {
        let bench = try HubSpotBench()
        try await bench.connect()
        let ada = try bench.edit("contact", nil, ["email": "ada@example.com", "first_name": "Ada"])
        let eve = try bench.edit("contact", nil, ["email": "eve@example.com", "first_name": "Eve"])
        try await bench.sync()
        try bench.edit("contact", ada, ["email": "eve@example.com", "city": "Lyon"])
        try bench.edit("contact", eve, ["email": "ada@example.com", "city": "Nice"])
        for _ in 0..<2 { try await bench.sync() }
        let cities = bench.crm.ids(.contacts).compactMap { bench.crm.value(.contacts, $0, "city") }
        #expect(cities.sorted() == ["Lyon", "Nice"])
        let requests = bench.crm.stats.writeCount
        let report = try await bench.sync()
        #expect(report.counts.fieldsRejected == 2)
        #expect(bench.crm.stats.writeCount == requests)
    }

    /// R7: an address that its owner gives up in the same batch is free for the next one.
    @Test(.timeLimit(.minutes(2)))
    func anAddressThatIsGivenUpInTheSameBatchIsTaken() async throws {
        let bench = try HubSpotBench()
        try await bench.connect()
        let ada = try bench.edit("contact", nil, ["email": "ada@example.com", "first_name": "Ada"])
        let eve = try bench.edit("contact", nil, ["email": "eve@example.com", "first_name": "Eve"])
        try await bench.sync()
        try bench.edit("contact", ada, ["email": "eve@example.com"])
        try bench.edit("contact", eve, ["email": "new@example.com"])
        for _ in 0..<2 { try await bench.sync() }
        let addresses = bench.crm.ids(.contacts).compactMap { bench.crm.value(.contacts, $0, "email") }
        #expect(addresses.sorted() == ["eve@example.com", "new@example.com"])
    }

    /// R7: two of ours have one address, and the CRM has a contact with it: none of ours is taken for it because it came first.
    @Test(.timeLimit(.minutes(2)))
    func anAddressThatTheCRMKnowsDoesNotChooseAmongSeveral() async throws {
        let bench = try HubSpotBench()
        try await bench.connect()
        try bench.edit("contact", nil, ["email": "ada@example.com", "first_name": "Ada"])
        try bench.edit("contact", nil, ["email": "ada@example.com", "first_name": "Augusta"])
        let id = try bench.crm.add(.contacts, ["email": "ada@example.com", "firstname": "A."], by: 1)
        for _ in 0..<3 {
            let report = try await bench.sync()
            #expect(report.counts.linked == 0, "\(report.counts)")
        }
        #expect(bench.crm.ids(.contacts) == [id])
        let reviews = try bench.store.read { try $0.openReviews(limit: 9) }
        #expect(reviews.contains { $0.kind == .ambiguous && $0.candidates.count == 2 })
    }

    /// R7: the CRM gives one address to one contact only, and that of a role is still nobody's.
    @Test(.timeLimit(.minutes(2)))
    func theAddressOfARoleDoesNotLinkWhatTheCRMKnows() async throws {
        let bench = try HubSpotBench()
        try await bench.connect()
        try bench.edit("contact", nil, ["email": "info@example.com", "first_name": "Ada"])
        _ = try bench.crm.add(.contacts, ["email": "info@example.com", "firstname": "Bob"], by: 1)
        for _ in 0..<3 { #expect(try await bench.sync().counts.linked == 0) }
        #expect(bench.crm.ids(.contacts).count == 1)
    }

    /// R4, R7: where two share the address of a role, what was made of the one is not taken for the other by that address.
    @Test(arguments: [true, false]) func whatCarriesTheIDOfOneIsNotLinkedToAnother(isNamed: Bool) async throws {
        let bench = try SyncBench()
        try await bench.sync()
        let ada = try bench.edit(nil, ["email": "info@example.com", "first_name": "Ada", "phone": "1"])
        let eve = try bench.edit(nil, ["email": "info@example.com", "first_name": "Eve", "phone": "2"])
        bench.account.with { $0.habits.lag = .seconds(3600) }
        var values: [String: Value] = ["email": "info@example.com", "first_name": "Eve", "phone": "2"]
        if isNamed { values["relais_id"] = .text(eve.description) }
        let remote = bench.account.edit("contacts", nil, values)
        for _ in 0..<3 { try await bench.sync() }
        #expect(try bench.remoteID(of: eve) == remote)
        #expect(try bench.remoteID(of: ada) == nil)
        #expect(bench.account.value("contacts", remote, "first_name") == "Eve")
        #expect(try bench.value(ada, "phone") == "1")
        let reviews = try bench.store.read { try $0.openReviews(limit: 9) }
        #expect(reviews.contains { $0.record == ada && $0.kind == .duplicateOf }, "\(reviews)")
    }

    /// R4: a create that came to nothing is sent again, also when the run that found that out did not come so far.
    @Test func aCreateThatCameToNothingIsNotForgotten() async throws {
        let bench = try SyncBench()
        try bench.edit(nil, ["first_name": "Ada", "city": "Paris"])
        bench.account.with { $0.faults = [.loseRequest] }
        _ = try? await bench.sync()
        // The next run finds out that nothing was made, and dies before it sends anything.
        bench.account.with { state in
            state.habits.unreadable = []
            state.pageFailures = 5
        }
        _ = try? await bench.sync(after: .seconds(600))
        for _ in 0..<2 { try await bench.sync(after: .seconds(600)) }
        #expect(bench.account.with { $0.objects["contacts"]?.count } == 1)
    }

    /// R13: it was the answer that was damaged, not the record: read by its id it is whole, and let in at once.
    @Test func aRecordInADamagedPageIsReadAgainByItsID() async throws {
        let bench = try SyncBench()
        let ada = bench.account.edit("contacts", nil, ["email": "ada@example.com"])
        bench.account.with { $0.habits.unreadablePages = [ada] }
        let report = try await bench.sync()
        #expect(report.counts.quarantined == 0)
        #expect(try bench.contacts().map { $0["email"] } == ["ada@example.com"])
    }

    /// R1: a create whose answer was lost did happen; what a person cleared since must not be written back.
    @Test func aClearAfterAnUnansweredCreateIsNotWrittenBack() async throws {
        let bench = try SyncBench()
        let ada = try bench.edit(nil, ["email": "ada@example.com", "city": "Paris"])
        bench.account.with { $0.faults = [.loseAnswer] }
        await bench.syncWithoutReadback()
        let remote = try #require(bench.account.ids("contacts").first)
        bench.clock.advance(by: .seconds(60))
        bench.account.edit("contacts", remote, ["city": .null])
        for _ in 0..<2 { try await bench.sync() }
        #expect(bench.account.value("contacts", remote, "city").isBlank)
        // Whether the CRM dropped it or a person did cannot be told: it is shown, and nothing of ours is lost.
        #expect(try bench.value(ada, "city") == "Paris")
        #expect(try await bench.sync().counts.fieldsRejected == 1)
    }

    /// R1: ours was written, and replaced before we had read it back: whoever did that cannot have seen it, even where the
    /// CRM says that it refuses a write over what has changed.
    @Test func aValueReplacedBeforeItWasReadBackIsInTheConflictLog() async throws {
        let bench = try SyncBench(lostUpdate: .none)
        let remote = bench.account.edit("contacts", nil, ["email": "ada@example.com", "city": "Paris"])
        try await bench.sync()
        let ada = try #require(try bench.contacts().first?.id)
        try bench.edit(ada, ["city": "Lyon"])
        bench.account.with { state in
            state.habits.answersWithoutValues = true
            state.afterWrite = { state in
                state.objects["contacts"]?[remote]?.values["city"] = "Nice"
                state.objects["contacts"]?[remote]?.version += 1
            }
        }
        try await bench.sync()
        #expect(try bench.value(ada, "city") == "Nice")
        let log = try bench.conflicts(.settled)
        #expect(log.map(\.about.local) == ["Lyon"] && log.map(\.winner) == [.remote])
    }

    /// R9: another field left the mapping while nobody knew what became of a create; what it sent of the others is known still.
    @Test func aCreateInDoubtOutlivesAChangeOfTheMapping() async throws {
        let fields = ["{ local: city, remote: city }", "{ local: street, remote: street }"]
        let more = ["initial: prefer_local", "on_conflict: prefer_local"]
        var bench = try SyncBench(mappings: [try SyncBench.mapping(fields: fields, more: more)])
        let ada = try bench.edit(nil, ["email": "ada@example.com", "city": "Paris", "street": "1 rue A"])
        bench.account.with { $0.faults = [.loseAnswer] }
        await bench.syncWithoutReadback()
        let remote = try #require(bench.account.ids("contacts").first)
        bench.clock.advance(by: .seconds(60))
        bench.account.edit("contacts", remote, ["street": "2 rue B"])
        bench.mappings = [try SyncBench.mapping(fields: Array(fields.dropFirst()), more: more)]
        for _ in 0..<2 { try await bench.sync() }
        #expect(try bench.value(ada, "street") == "2 rue B")
        #expect(bench.account.value("contacts", remote, "street") == "2 rue B")
    }

    /// R9: the same of an update.
    @Test func anUpdateInDoubtOutlivesAChangeOfTheMapping() async throws {
        let fields = ["{ local: city, remote: city }", "{ local: street, remote: street }"]
        var bench = try SyncBench(mappings: [try SyncBench.mapping(fields: fields, more: ["initial: prefer_remote"])])
        let remote = bench.account.edit("contacts", nil, ["email": "ada@example.com", "street": "1 rue A"])
        try await bench.sync()
        let ada = try #require(try bench.contacts().first?.id)
        try bench.edit(ada, ["street": "2 rue B"])
        bench.account.with { $0.habits.answersWithoutValues = true }
        await bench.syncWithoutReadback()
        bench.clock.advance(by: .seconds(60))
        bench.account.edit("contacts", remote, ["street": "3 rue C"])
        bench.mappings = [try SyncBench.mapping(fields: Array(fields.dropFirst()), more: ["initial: prefer_remote"])]
        for _ in 0..<2 { try await bench.sync() }
        #expect(try bench.value(ada, "street") == "3 rue C")
        #expect(try bench.conflicts(.open).isEmpty)
    }

    /// R3: a write that was answered without values, and cannot be read back now, is settled by a later read by id.
    @Test func anAnsweredWriteThatCannotBeReadBackStaysInFlight() async throws {
        let bench = try SyncBench(lostUpdate: .none)
        let remote = bench.account.edit("contacts", nil, ["email": "ada@example.com", "city": "Paris"])
        try await bench.sync()
        let ada = try #require(try bench.contacts().first?.id)
        try bench.edit(ada, ["city": "Lyon"])
        bench.account.with { $0.habits.answersWithoutValues = true }
        await bench.syncWithoutReadback()
        bench.account.edit("contacts", remote, ["city": "Nice"])
        try await bench.sync()
        // Somebody typed it after ours had arrived: no conflict of two edits, but an edit of what we wrote.
        #expect(try bench.value(ada, "city") == "Nice")
        #expect(bench.account.with { $0.updates.count } == 1)
        #expect(try bench.conflicts(.open).isEmpty)
    }

    private static let address = """
        groups: [ { fields: [street, city, phone], on_conflict: manual } ]
        """

    private func addressed() async throws -> (bench: SyncBench, local: RecordID, remote: Text) {
        let fields = ["street", "city", "phone"].map { "{ local: \($0), remote: \($0), initial: prefer_local }" }
        let bench = try SyncBench(mappings: [try SyncBench.mapping(fields: fields, more: [Self.address])])
        let remote = bench.account.edit(
            "contacts",
            nil,
            ["email": "ada@example.com", "street": "1 rue Haute", "city": "Paris", "phone": "1"]
        )
        try await bench.sync()
        return (bench, try #require(try bench.contacts().first?.id), remote)
    }

    /// R15 and R18: a decision about one field of a group moves the group, so that all of it must be as it was seen.
    @Test(arguments: ["street", "phone"]) func aDecisionOverAGroupAsksAgainWhenAnotherMemberMoved(
        moved: String
    ) async throws {
        let (bench, ada, remote) = try await self.addressed()
        try bench.edit(ada, ["city": "Lyon"])
        bench.account.edit("contacts", remote, ["city": "Nice"])
        try await bench.sync()
        let conflict = try #require(try bench.conflicts(.open).first)
        #expect(try bench.conflicts(.open).count == 1)
        let isTaken = try bench.store.write { transaction in
            try transaction.decideConflict(
                conflict.id,
                ConflictDecision(choice: .side(.local), by: "person:ada", at: bench.clock.now),
                seenLocal: conflict.about.local,
                seenRemote: conflict.about.remote
            )
        }
        #expect(isTaken)
        bench.account.edit("contacts", remote, [moved: "unseen"])
        for _ in 0..<2 { try await bench.sync() }
        #expect(bench.account.value("contacts", remote, moved) == "unseen")
        #expect(bench.account.value("contacts", remote, "city") == "Nice")
        #expect(try Set(bench.conflicts(.open).map(\.about.field)) == ["city", moved])
    }

    /// R15: what a rule decided for a group is not carried out over a member that moved before it was sent.
    @Test func whatIsOwedToAGroupIsDecidedAgainWhenAnotherMemberMoved() async throws {
        let (bench, ada, remote) = try await self.addressed()
        try bench.edit(ada, ["city": "Lyon"])
        bench.account.edit("contacts", remote, ["city": "Nice"])
        try await bench.sync()
        let conflict = try #require(try bench.conflicts(.open).first)
        _ = try bench.store.write { transaction in
            try transaction.decideConflict(
                conflict.id,
                ConflictDecision(choice: .side(.local), by: "person:ada", at: bench.clock.now),
                seenLocal: conflict.about.local,
                seenRemote: conflict.about.remote
            )
        }
        // Decided, and the run ends before anything is sent; then the CRM changes another member.
        bench.account.with { $0.readFailures = 9 }
        _ = try? await bench.sync()
        bench.account.with { $0.readFailures = 0 }
        bench.account.edit("contacts", remote, ["street": "2 rue Basse"])
        for _ in 0..<2 { try await bench.sync() }
        let isKept = bench.account.value("contacts", remote, "street") == "2 rue Basse"
        let logged = try bench.conflicts(.open) + bench.conflicts(.settled)
        #expect(isKept || logged.contains { $0.about.remote == "2 rue Basse" })
    }
}
