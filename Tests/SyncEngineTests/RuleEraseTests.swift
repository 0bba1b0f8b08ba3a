import FakeCRM
import Mapping
import Records
import RelaisTesting
import Store
import SyncEngine
import Testing

/// R8: an erasure wins, reaches every CRM, and stays.
@Suite struct RuleEraseTests {
    private func erased(_ bench: SyncBench, _ id: RecordID) throws {
        try bench.store.write { transaction in
            let cause = Cause(actor: try transaction.actor("person:ada"), at: bench.clock.now)
            try transaction.prepareErasure(randomness: SeededRandomness(seed: 3).randomness, matching: [:])
            try transaction.erase(id, reason: "asked by letter", cause: cause)
        }
    }

    private func scene() async throws -> (bench: SyncBench, ada: RecordID, remote: Text) {
        let delete = DeleteSwitches(pull: .archive, push: .archive)
        let bench = try SyncBench(mappings: [SyncBench.contacts(delete: delete)])
        let remote = bench.account.edit(
            "contacts",
            nil,
            ["email": "ada@example.com", "first_name": "Ada", "city": "Paris"]
        )
        bench.account.edit("contacts", nil, ["email": "bob@example.com"])
        try await bench.sync()
        let ada = try #require(try bench.contacts().first { $0["first_name"] == "Ada" }?.id)
        return (bench, ada, remote)
    }

    private func state(_ bench: SyncBench, _ id: RecordID) throws -> [ErasureState] {
        try bench.store.read { try $0.erasureTargets(of: id).map(\.state) }
    }

    @Test func itIsCarriedOutInTheCRMAndConfirmed() async throws {
        let (bench, ada, remote) = try await self.scene()
        try bench.edit(ada, ["city": "Lyon"])
        try self.erased(bench, ada)
        #expect(try self.state(bench, ada) == [.pending])
        let report = try await bench.sync()
        #expect(report.counts.erasedRemotely == 1)
        #expect(bench.account.with { $0.erased } == [remote])
        #expect(try bench.store.read { try $0.erasure(of: ada)?.confirmedAt } != nil)
        let quiet = try await bench.sync()
        #expect(quiet.counts.localWrites + quiet.counts.remoteWrites == 0)
    }

    @Test(arguments: [MemoryAccount.Fault.loseAnswer, .loseRequest])
    func anUnansweredErasingGoesOn(fault: MemoryAccount.Fault) async throws {
        let (bench, ada, remote) = try await self.scene()
        try self.erased(bench, ada)
        bench.account.with { $0.faults = [fault] }
        try await bench.sync()
        try await bench.sync()
        #expect(bench.account.with { $0.erased } == [remote])
        #expect(try self.state(bench, ada) == [.confirmed])
    }

    /// What is in the CRM's bin is not found by its id, whether it was erased or not; somebody might restore it.
    @Test func whatLiesInTheBinIsErasedOnlyOnceTheCRMSaysSo() async throws {
        let (bench, ada, remote) = try await self.scene()
        bench.account.with { $0.objects["contacts"]?[remote]?.isArchived = true }
        try self.erased(bench, ada)
        bench.account.with { $0.faults = [.loseRequest] }
        try await bench.sync()
        #expect(try self.state(bench, ada) == [.pending])
        try await bench.sync()
        #expect(bench.account.with { $0.erased } == [remote])
        #expect(try self.state(bench, ada) == [.confirmed])
    }

    @Test func aCRMThatCannotDoItIsNamedAndTheRecordArchivedThere() async throws {
        let (bench, ada, remote) = try await self.scene()
        bench.account.with { $0.habits.cannotErase = true }
        try self.erased(bench, ada)
        try await bench.sync()
        #expect(try self.state(bench, ada) == [.byHand])
        #expect(bench.account.with { $0.objects["contacts"]?[remote]?.isArchived } == true)
        #expect(try bench.store.read { try $0.erasure(of: ada)?.confirmedAt } == nil)
    }

    /// The CRM, or a list somebody uploads there, brings the person back.
    @Test func nobodyIsMadeAgainFromTheCRM() async throws {
        let (bench, ada, _) = try await self.scene()
        try self.erased(bench, ada)
        try await bench.sync()
        bench.account.edit("contacts", nil, ["email": "Ada@Example.com", "first_name": "Ada", "city": "Nice"])
        let report = try await bench.sync()
        #expect(report.counts.createdLocally == 0 && report.counts.excluded == 1)
        #expect(try bench.contacts().count == 1)
        let kept = try bench.store.read { transaction in
            let connection = try #require(try transaction.connection("crm")?.number)
            return try transaction.countObservations(connection, transaction.object("contacts"))
        }
        #expect(kept == 0)
    }

    /// A person is erased before anything was synced, so that the store keeps no match key yet.
    @Test(arguments: [
        ["email": "ada@example.com"], ["email": "other@example.com", "phone": "12", "first_name": "Ada"],
    ])
    func whoIsErasedBeforeTheFirstSyncStaysErased(values: [String: Value]) async throws {
        let mapping = SyncBench.contacts()
        let bench = try SyncBench(mappings: [mapping])
        let ada = try bench.edit(nil, ["email": "ada@example.com", "phone": "12", "first_name": "Ada"])
        try bench.store.write { transaction in
            let cause = Cause(actor: try transaction.actor("person:ada"), at: bench.clock.now)
            let randomness = SeededRandomness(seed: 3).randomness
            try transaction.prepareErasure(randomness: randomness, matching: IdentityKey.matching([mapping]))
            try transaction.erase(ada, reason: "asked by letter", cause: cause)
        }
        bench.account.edit("contacts", nil, values)
        #expect(try await bench.sync().counts.excluded == 1)
        #expect(try bench.contacts().isEmpty)
    }

    /// R7: the address of a role is nobody's own.
    ///
    /// Who is erased with one turns nobody else away, and nobody else is erased.
    @Test(arguments: [true, false])
    func theAddressOfARoleTurnsNobodyAway(isListed: Bool) async throws {
        let listed = isListed ? ["allow_role_addresses: [info]"] : []
        let mapping = try SyncBench.mapping(fields: ["{ local: first_name, remote: first_name }"], more: listed)
        let bench = try SyncBench(mappings: [mapping])
        let people = try ["Ada", "Eve"].map { name in
            try bench.edit(nil, ["email": "info@example.com", "first_name": .text(Text(name))])
        }
        try bench.store.write { transaction in
            let cause = Cause(actor: try transaction.actor("person:ada"), at: bench.clock.now)
            let randomness = SeededRandomness(seed: 3).randomness
            try transaction.suppress("info@example.com", reason: "unsubscribed", at: bench.clock.now)
            try transaction.prepareErasure(randomness: randomness, matching: IdentityKey.matching([mapping]))
            let isShared = RoleAddress.shared([mapping])
            try transaction.erase(people[0], reason: "asked by letter", cause: cause, isShared: isShared)
        }
        // Eve never asked for mail again.
        let suppression = try bench.store.read { try $0.suppression(of: "info@example.com") }
        #expect(suppression == (isListed ? nil : "unsubscribed"))
        if isListed {
            #expect(throws: StoreError.self) { try bench.edit(nil, ["email": "info@example.com"]) }
        } else {
            try bench.edit(nil, ["email": "info@example.com", "first_name": "Bob"])
        }
        bench.account.edit("contacts", nil, ["email": "Info@example.com", "first_name": "Joe"])
        let report = try await bench.sync()
        #expect(report.counts.excluded == (isListed ? 1 : 0))
        let names = try bench.contacts().compactMap { $0["first_name"].text?.string }.sorted()
        #expect(names.contains("Joe") == !isListed && names.contains("Eve"))
    }

    /// What a person was known by cannot be told any more once a mapping asks for it.
    @Test func anAddressStaysForgottenWithoutAnyMapping() async throws {
        let bench = try SyncBench()
        let ada = try bench.edit(nil, ["email": "ada@example.com"])
        try self.erased(bench, ada)
        bench.account.edit("contacts", nil, ["email": "Ada@Example.com"])
        #expect(try await bench.sync().counts.excluded == 1)
        #expect(try bench.contacts().isEmpty)
    }

    /// The record was on its way to the CRM when its person asked to be forgotten.
    @Test func anUnansweredCreateIsFoundAndErasedToo() async throws {
        let bench = try SyncBench()
        bench.account.with { $0.habits.lag = .seconds(600) }
        let ada = try bench.edit(nil, ["email": "ada@example.com", "first_name": "Ada"])
        bench.account.with { state in
            state.faults = [.loseAnswer]
            state.afterWrite = { state in
                // Not to be found by a read either, for now.
                state.hidden = state.objects["contacts"] ?? [:]
                state.objects["contacts"] = [:]
                state.afterWrite = nil
            }
        }
        try await bench.sync()
        try self.erased(bench, ada)
        bench.account.with { $0.objects["contacts"] = $0.hidden }
        for _ in 0..<3 { try await bench.sync() }
        #expect(bench.account.ids("contacts").isEmpty)
        #expect(try self.state(bench, ada) == [.confirmed])
        #expect(try bench.contacts().isEmpty)
    }

    /// Somebody cloned the person's record in the CRM, our id with it, and may have made somebody else's of it since.
    @Test(arguments: [true, false]) func aCopyIsLeftToAPerson(isKnown: Bool) async throws {
        let (bench, ada, remote) = try await self.scene()
        let values: [String: Value] = ["first_name": "Ada", "relais_id": .text(Text(ada.description))]
        var copies = isKnown ? [bench.account.edit("contacts", nil, values)] : []
        if isKnown { #expect(try await bench.sync().counts.reviews == 1) }
        try self.erased(bench, ada)
        if !isKnown { copies.append(bench.account.edit("contacts", nil, values)) }
        for _ in 0..<2 { try await bench.sync() }
        #expect(bench.account.with { $0.erased } == [remote])
        #expect(bench.account.with { $0.objects["contacts"]?[copies[0]]?.isArchived } == false)
        #expect(try Set(self.state(bench, ada)) == [.confirmed, .byHand])
        #expect(try bench.store.read { try $0.erasure(of: ada)?.confirmedAt } == nil)
        bench.account.edit("contacts", copies[0], ["city": "Nice"])
        try await bench.sync()
        #expect(try bench.contacts().map { $0["email"] } == ["bob@example.com"])
        #expect(bench.account.with { $0.erased } == [remote])
    }

    /// Somebody else has the address now that an erased person once had; the CRM's contact with it is not taken for theirs.
    @Test(.timeLimit(.minutes(2)))
    func whoHasTheAddressNowIsNotLinkedToWhatTheCRMKeeps() async throws {
        let bench = try HubSpotBench()
        try await bench.connect()
        let ada = try bench.edit("contact", nil, ["email": "ada@example.com", "first_name": "Ada"])
        try await bench.sync()
        try bench.edit("contact", ada, ["email": "new@example.com"])
        try await bench.sync()
        try bench.edit("contact", nil, ["email": "ada@example.com", "first_name": "Eve"])
        try bench.store.write { transaction in
            let cause = Cause(actor: try transaction.actor("person:ada"), at: bench.clock.now)
            try transaction.prepareErasure(randomness: SeededRandomness(seed: 3).randomness, matching: [:])
            try transaction.erase(ada, reason: "asked by letter", cause: cause)
        }
        let id = try bench.crm.add(.contacts, ["email": "ada@example.com", "firstname": "Ada"], by: 1)
        for _ in 0..<3 { #expect(try await bench.sync().counts.linked == 0) }
        #expect(bench.crm.value(.contacts, id, "firstname") == "Ada")
        #expect(try bench.store.read { try $0.openReviews(limit: 9) }.contains { $0.kind == .duplicateOf })
    }

    /// The run that changed the person knows nothing any more.
    @Test func anUndoBringsNothingBack() async throws {
        let (bench, ada, remote) = try await self.scene()
        bench.account.edit("contacts", remote, ["city": "Nice"])
        let run = RunNumber(rawValue: try await bench.sync().run)
        try self.erased(bench, ada)
        let report = try await bench.syncer.undo(run, side: .both, carryOut: true)
        #expect(report.total == 0)
        #expect(report.left.keys.contains { $0.contains("erased") })
        #expect(try bench.value(ada, "city") == .absent)
    }
}
