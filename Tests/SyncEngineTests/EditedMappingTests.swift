import Connectors
import Mapping
import Planning
import Records
import RelaisTesting
import Store
import SyncEngine
import Testing

/// What an edit of the mapping must not lose (R9), between a plan and its approval above all.
@Suite struct EditedMappingTests {
    /// The bench's contacts with one field defined in another way.
    private static let edited = SyncBench.contacts(
        MappingField(local: "street", remote: "street", initial: .preferRemote, fingerprint: "street, trimmed")
    )

    /// The bench's contacts with one more field, in front of the others or not.
    private static let wider = SyncBench.contacts(
        MappingField(local: "owner", remote: "salutation", initial: .preferRemote, fingerprint: "owner")
    )

    /// The CRM moves on, so that what a reader saw before is behind its overlap.
    private func moveOn(_ bench: SyncBench) {
        bench.clock.advance(by: .seconds(7200))
        bench.account.edit("contacts", nil, ["email": "later@example.com"])
        bench.clock.advance(by: .seconds(7200))
    }

    @Test(arguments: [false, true])
    func recordsSeenByAPlanBeforeTheEditAreMade(isWider: Bool) async throws {
        var bench = try SyncBench(approved: false)
        for number in 0..<5 {
            bench.account.edit("contacts", nil, ["email": .text(Text("c\(number)@example.com"))])
        }
        self.moveOn(bench)
        #expect(try await bench.syncer.plan().counts.createdLocally == 6)
        bench.mappings = [isWider ? Self.wider : Self.edited]
        #expect(try await bench.syncer.plan().counts.createdLocally == 6)
        let report = try await bench.syncer.sync(approvedBy: "ada")
        #expect(report.counts.createdLocally == 6)
        #expect(try bench.contacts().count == 6)
        let quiet = try await bench.sync()
        #expect(quiet.counts.localWrites + quiet.counts.remoteWrites == 0)
    }

    @Test func anEditInTheCRMSeenByAPlanIsNotLost() async throws {
        var bench = try SyncBench()
        let remote = bench.account.edit("contacts", nil, ["email": "ada@example.com", "city": "Madrid"])
        try await bench.sync()
        let ada = try #require(try bench.contacts().first?.id)
        bench.clock.advance(by: .seconds(60))
        bench.account.edit("contacts", remote, ["city": "Bergen"])
        bench.clock.advance(by: .seconds(60))
        _ = try await bench.syncer.plan()
        bench.mappings = [Self.edited]
        try await bench.sync()
        #expect(try bench.value(ada, "city") == "Bergen")
        let quiet = try await bench.sync()
        #expect(quiet.counts.localWrites + quiet.counts.remoteWrites == 0)
    }

    @Test(arguments: [LostUpdateProtection.window, .none])
    func anOpenConflictStaysOpen(protection: LostUpdateProtection) async throws {
        var bench = try SyncBench(lostUpdate: protection)
        let remote = bench.account.edit("contacts", nil, ["email": "ada@example.com", "city": "Madrid"])
        try await bench.sync()
        let ada = try #require(try bench.contacts().first?.id)
        bench.clock.advance(by: .seconds(60))
        bench.account.edit("contacts", remote, ["city": "Bergen"])
        try bench.edit(ada, ["city": "Lyon"])
        try await bench.sync()
        #expect(try bench.conflicts(.open).count == 1)
        bench.mappings = [Self.edited]
        try await bench.sync()
        #expect(try bench.conflicts(.open).map(\.about.field) == ["city"])
        #expect(bench.account.value("contacts", remote, "city") == "Bergen")
        #expect(try bench.value(ada, "city") == "Lyon")
    }

    @Test func whatTheCRMHoldsInANewFieldComesIn() async throws {
        var bench = try SyncBench()
        let remote = bench.account.edit("contacts", nil, ["email": "ada@example.com", "salutation": "Dr"])
        try await bench.sync()
        let ada = try #require(try bench.contacts().first?.id)
        self.moveOn(bench)
        try await bench.sync()
        bench.mappings = [Self.wider]
        try await bench.sync()
        #expect(try bench.value(ada, "owner") == "Dr")
        try bench.edit(ada, ["owner": "Prof"])
        try await bench.sync()
        #expect(bench.account.value("contacts", remote, "salutation") == "Prof")
    }

    @Test func anEditHereAfterAFieldChangedItsTransformGoesOut() async throws {
        var bench = try SyncBench()
        let remote = bench.account.edit("contacts", nil, ["email": "ada@example.com", "street": "1 rue A"])
        try await bench.sync()
        bench.mappings = [Self.edited]
        let ada = try #require(try bench.contacts().first?.id)
        try await bench.sync()
        try bench.edit(ada, ["street": "2 rue B"])
        try await bench.sync()
        #expect(bench.account.value("contacts", remote, "street") == "2 rue B")
    }

    /// What everybody's page tells once after the edit is kept of who takes no part, in the terms of the new mapping.
    @Test func whatTheCRMHoldsInANewFieldComesInOnceTheRecordTakesPartAgain() async throws {
        var bench = try SyncBench()
        let values: [String: Value] = ["email": "ada@example.com", "salutation": "Dr", "city": "Paris"]
        let remote = bench.account.edit("contacts", nil, values)
        try await bench.sync()
        let ada = try #require(try bench.contacts().first?.id)
        bench.account.edit("contacts", remote, ["city": "Nice"])
        try bench.store.write { transaction in
            let cause = Cause(actor: try transaction.actor("person:ada"), at: bench.clock.now)
            try transaction.exclude(ada, reason: "not now", cause: cause)
        }
        try await bench.sync()
        bench.mappings = [Self.wider]
        try await bench.sync()
        self.moveOn(bench)
        try await bench.sync()
        #expect(try bench.value(ada, "owner") == .absent && bench.value(ada, "city") == "Paris")
        try bench.store.write { transaction in
            let cause = Cause(actor: try transaction.actor("person:ada"), at: bench.clock.now)
            _ = try transaction.include(ada, cause: cause)
        }
        try await bench.sync()
        #expect(try bench.value(ada, "owner") == "Dr")
        #expect(try bench.value(ada, "city") == "Nice")
    }

    /// The CRM went there and back while the record took no part: what was kept in between is past.
    @Test func whatWasTakenBackMeanwhileDoesNotComeIn() async throws {
        let bench = try SyncBench()
        let remote = bench.account.edit("contacts", nil, ["email": "ada@example.com", "city": "Paris"])
        try await bench.sync()
        let ada = try #require(try bench.contacts().first?.id)
        try bench.store.write { transaction in
            let cause = Cause(actor: try transaction.actor("person:ada"), at: bench.clock.now)
            try transaction.exclude(ada, reason: "not now", cause: cause)
        }
        for city in ["Nice", "Paris"] as [Value] {
            bench.account.edit("contacts", remote, ["city": city])
            try await bench.sync()
        }
        self.moveOn(bench)
        try await bench.sync()
        try bench.store.write { transaction in
            let cause = Cause(actor: try transaction.actor("person:ada"), at: bench.clock.now)
            _ = try transaction.include(ada, cause: cause)
        }
        try await bench.sync()
        #expect(try bench.value(ada, "city") == "Paris")
    }

    /// A field is taken out of the mapping and put back, and only plans were made meanwhile: what they saw is past.
    @Test func whatAPlanSawThroughAnotherMappingDoesNotStandInTheWay() async throws {
        var bench = try SyncBench(mappings: [Self.wider])
        let remote = bench.account.edit("contacts", nil, ["email": "ada@example.com", "salutation": "Dr"])
        try await bench.sync()
        let ada = try #require(try bench.contacts().first?.id)
        self.moveOn(bench)
        try await bench.sync()
        for mapping in [SyncBench.contacts(), Self.wider] {
            bench.mappings = [mapping]
            _ = try await bench.syncer.plan()
        }
        self.moveOn(bench)
        try bench.edit(ada, ["owner": "Prof"])
        for _ in 0..<2 { try await bench.sync() }
        #expect(bench.account.value("contacts", remote, "salutation") == "Prof")
    }

    // MARK: Breakers, over everything that a run writes (R11)

    private func many(_ count: Int, breaker: Breaker) async throws -> (SyncBench, [Text]) {
        var bench = try SyncBench()
        bench.breaker = breaker
        let remotes = (0..<count).map { number in
            bench.account.edit("contacts", nil, ["email": .text(Text("c\(number)@example.com")), "city": "Paris"])
        }
        try await bench.sync()
        return (bench, remotes)
    }

    @Test func aPlanInBetweenDoesNotLetBlanksPastTheBreaker() async throws {
        let (bench, remotes) = try await self.many(20, breaker: Breaker(floor: 5, share: 0.2))
        bench.clock.advance(by: .seconds(60))
        for remote in remotes { bench.account.edit("contacts", remote, ["city": ""]) }
        bench.clock.advance(by: .seconds(60))
        _ = try await bench.syncer.plan()
        await #expect(throws: SyncError.self) { try await bench.sync() }
        #expect(try bench.contacts().allSatisfy { $0["city"] == "Paris" })
    }

    @Test func runningAgainDoesNotGoFurther() async throws {
        let (bench, remotes) = try await self.many(300, breaker: Breaker(floor: 5, share: 0.5))
        bench.clock.advance(by: .seconds(60))
        for contact in try bench.contacts() { try bench.edit(contact.id, ["city": "Rome"]) }
        await #expect(throws: SyncError.self) { try await bench.sync() }
        let sent = remotes.count { bench.account.value("contacts", $0, "city") == "Rome" }
        #expect(sent <= 150)
        await #expect(throws: SyncError.self) { try await bench.sync() }
        #expect(remotes.count { bench.account.value("contacts", $0, "city") == "Rome" } == sent)
    }

    /// R13: the CRM names one field at a time; a new record with several that it refuses is made without them.
    @Test func r13ANewRecordWithThreeRefusedFieldsIsMadeWithoutThem() async throws {
        let bench = try SyncBench()
        let refuse: @Sendable (Value) -> String? = { $0.isBlank ? nil : "no" }
        bench.account.with { $0.habits.refuses = ["city": refuse, "street": refuse, "first_name": refuse] }
        let ada = try bench.edit(
            nil,
            ["email": "ada@example.com", "city": "Paris", "street": "1 rue A", "first_name": "Ada"]
        )
        let report = try await bench.sync()
        #expect(report.counts.createdRemotely == 1)
        let remote = try #require(try bench.remoteID(of: ada))
        #expect(bench.account.value("contacts", remote, "email") == "ada@example.com")
        #expect(report.counts.fieldsRejected == 3)
        let quiet = try await bench.sync()
        #expect(quiet.counts.localWrites + quiet.counts.remoteWrites == 0)
    }
}
