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
}
