import FakeCRM
import Records
import RelaisTesting
import Store
import SyncEngine
import Testing

/// A record's life through the shipped HubSpot manifest, against a fake account with all its habits.
@Suite struct HubSpotLifeTests {
    private static let person: Int64 = 7

    private func bench(people: Int = 3) async throws -> (HubSpotBench, [Int64]) {
        let bench = try HubSpotBench()
        try await bench.connect()
        let ids = try (0..<people).map { number in
            try bench.crm.add(
                .contacts,
                ["email": "p\(number)@example.com", "firstname": "P\(number)", "lastname": "Q"],
                by: Self.person
            )
        }
        try await bench.sync()
        try await bench.sync()
        return (bench, ids)
    }

    private func record(_ bench: HubSpotBench, _ id: Int64) throws -> RecordID? {
        try bench.store.read { transaction in
            let connection = try #require(try transaction.connection("hubspot")?.number)
            let key = LinkKey(connection, try transaction.object("contacts"), Text(String(id)))
            return try transaction.link(key)?.record
        }
    }

    private func quiet(_ bench: HubSpotBench) async throws {
        for _ in 0..<2 {
            let counts = try await bench.sync().counts
            #expect(counts.localWrites + counts.remoteWrites == 0, "\(counts)")
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func anArchivedContactIsArchivedHereAndARestoredOneComesBack() async throws {
        let (bench, ids) = try await self.bench()
        let ada = try #require(try self.record(bench, ids[0]))
        try bench.crm.archive(.contacts, ids[0])
        // The list of archived records is read every hour.
        let report = try await bench.sync(after: .seconds(3700))
        #expect(report.counts.deletedLocally == 1)
        #expect(try bench.store.read { try $0.record(ada)?.isLive } == false)
        try await self.quiet(bench)
        try bench.crm.restore(.contacts, ids[0])
        try await bench.sync(after: .seconds(120))
        try await bench.sync(after: .seconds(120))
        #expect(try bench.store.read { try $0.record(ada)?.isLive } == true)
        #expect(try self.record(bench, ids[0]) == ada)
        try await self.quiet(bench)
    }

    @Test(.timeLimit(.minutes(2)), arguments: [true, false])
    func aMergeOfTwoLinkedContactsIsFollowed(makesNew: Bool) async throws {
        let (bench, ids) = try await self.bench()
        bench.crm.habits.mergeMakesNewRecord = makesNew
        let people = try ids.prefix(2).map { try #require(try self.record(bench, $0)) }
        let winner = try bench.crm.merge(.contacts, ids[1], into: ids[0], by: Self.person)
        var merged = 0
        for _ in 0..<3 { merged += try await bench.sync(after: .seconds(120)).counts.mergedLocally }
        #expect(merged == 1)
        #expect(try bench.records("contact").count == 2)
        let survivor = try #require(try self.record(bench, winner))
        #expect(people.contains(survivor))
        #expect(try bench.store.read { try $0.openReviews(limit: 9) }.isEmpty)
        try await self.quiet(bench)
    }

    @Test(.timeLimit(.minutes(2)))
    func aPersonIsErasedByThePrivacyDeletion() async throws {
        let (bench, ids) = try await self.bench()
        let ada = try #require(try self.record(bench, ids[0]))
        try bench.store.write { transaction in
            let cause = Cause(actor: try transaction.actor("person:ada"), at: bench.clock.now)
            try transaction.prepareErasure(randomness: SeededRandomness(seed: 3).randomness, matching: [:])
            try transaction.erase(ada, reason: "asked by letter", cause: cause)
        }
        let report = try await bench.sync()
        #expect(report.counts.erasedRemotely == 1)
        #expect(bench.crm.ids(.contacts) == Array(ids.dropFirst()))
        #expect(try bench.store.read { try $0.erasure(of: ada)?.confirmedAt } != nil)
        // HubSpot itself refuses the address by API, but a person may type it in again.
        _ = try bench.crm.add(.contacts, ["email": "p0@example.com"], by: Self.person)
        try await bench.sync(after: .seconds(120))
        #expect(try bench.records("contact").count == 2)
    }

    /// HubSpot does not touch a contact whose company changes.
    @Test(.timeLimit(.minutes(2)))
    func aCompanyThatWasAssociatedByHandIsFound() async throws {
        let (bench, ids) = try await self.bench()
        let company = try bench.crm.add(.companies, ["name": "Acme", "domain": "acme.example"], by: Self.person)
        try await bench.sync(after: .seconds(120))
        try bench.crm.associate(.contacts, ids[0], .companies, company)
        try await bench.sync(after: .seconds(3700))
        let ada = try #require(try self.record(bench, ids[0]))
        let acme = try #require(try bench.records("company").first?.id)
        #expect(try bench.store.read { try $0.record(ada)?["company"] } == .text(Text(acme.description)))
        try await self.quiet(bench)
    }
}
