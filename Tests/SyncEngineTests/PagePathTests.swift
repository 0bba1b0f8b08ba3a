import Connectors
import Logging
import Mapping
import Records
import RelaisTesting
import Store
import SyncEngine
import Testing

/// The store's own way for pages is quicker than the ordinary one, and writes the same rows.
@Suite struct PagePathTests {
    /// What a store holds, as far as a sync writes it.
    private struct Contents: Equatable {
        var records: [StoredRecord]
        var links: [Link]
        var observations: [RemoteObservation]
        var reviews: [[RecordID]]
        var journal: [String]
        var found: [[RecordID]]
    }

    private let bench: SyncBench
    private let ids: RecordIDSource
    private let usesPagePath: Bool

    private init(_ bench: SyncBench, usesPagePath: Bool) {
        self.bench = bench
        self.ids = RecordIDSource(clock: bench.clock.wallClock, randomness: SeededRandomness(seed: 3).randomness)
        self.usesPagePath = usesPagePath
    }

    init() throws { self.init(try SyncBench(), usesPagePath: true) }

    private func sync(startingOver: Bool = false) async throws -> SyncCounts {
        self.bench.clock.advance(by: .seconds(60))
        var context = SyncContext(
            connection: "crm",
            account: self.bench.account,
            store: self.bench.store,
            mappings: self.bench.mappings,
            clock: self.bench.clock.wallClock,
            sleeper: self.bench.clock.sleeper,
            ids: self.ids,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        context.usesPagePath = self.usesPagePath
        if startingOver { try Syncer(context).startReadersOver() }
        return try await Syncer(context).sync().counts
    }

    private func contents() throws -> Contents {
        try self.bench.store.read { tx throws in
            let (contact, contacts) = (try tx.object("contact"), try tx.object("contacts"))
            let number = try #require(try tx.connection("crm")).number
            return Contents(
                records: try tx.liveRecords(contact, limit: 1000),
                links: try tx.links(number, contacts, limit: 1000),
                observations: try tx.observations(number, contacts, limit: 1000),
                reviews: try tx.openReviews(limit: 1000).map(\.candidates),
                journal: try tx.journal(after: 0, limit: 1000).map { "\($0)" },
                found: try ["a1@x.org", "info@x.org", "new@x.org", "ours@x.org", "twin@x.org"].map {
                    try tx.records(contact, knownAs: $0, limit: 9)
                }
            )
        }
    }

    private static let stages = EnumLens([("lead", "LEAD"), ("mql", "MQL")])

    private static func bench(_ mapping: CompiledMapping) throws -> SyncBench { try SyncBench(mappings: [mapping]) }

    /// What real accounts hold: blanks, doubles, role addresses, values without a counterpart, records of ours.
    private func run() async throws -> [SyncCounts] {
        let account = self.bench.account
        let ours = try self.bench.edit(nil, ["email": "ours@x.org", "city": "Nice", "street": "here"])
        for index in 0..<30 {
            account.edit(
                "contacts",
                nil,
                [
                    "email": .text(" A\(index)@x.org"), "first_name": .text("A\(index % 3)"),
                    "phone": .text("\(index)"),
                    "city": index % 4 == 0 ? .null : "Paris", "stage": index % 5 == 0 ? "MQL" : "LEAD",
                ]
            )
        }
        account.edit("contacts", nil, ["email": "ours@x.org", "city": "Lyon"])
        account.edit("contacts", nil, ["email": "info@x.org", "phone": ""])
        account.edit("contacts", nil, ["email": "info@x.org", "phone": ""])
        account.edit("contacts", nil, ["email": "twin@x.org"])
        account.edit("contacts", nil, ["email": "TWIN@x.org"])
        account.edit("contacts", nil, ["phone": "3", "first_name": "A0", "email": "other@x.org"])
        let odd = account.edit("contacts", nil, ["email": "odd@x.org", "stage": "PARTNER"])
        account.edit("contacts", nil, [:])
        var counts = [try await self.sync()]
        // Nothing changed but one record here: the page path must not take it for settled.
        try self.bench.edit(ours, ["street": "there"])
        counts.append(try await self.sync(startingOver: true))
        let ids = account.ids("contacts")
        account.edit("contacts", ids[3], ["city": "Rome"])
        account.edit("contacts", ids[4], ["email": "new@x.org"])
        account.edit("contacts", odd, ["stage": "LEAD"])
        account.with { state in
            state.objects["contacts"]?[ids[5]]?.isArchived = true
            state.objects["contacts"]?[ids[5]]?.version += 120_000_000
            // Seen again, unchanged, at a higher version.
            state.objects["contacts"]?[ids[6]]?.version += 60_000_000
        }
        account.edit("contacts", nil, ["email": "late@x.org", "stage": "MQL"])
        counts.append(try await self.sync(startingOver: true))
        counts.append(try await self.sync(startingOver: true))
        return counts
    }

    @Test(arguments: [false, true]) func writesWhatTheOrdinaryWayWrites(withTransforms: Bool) async throws {
        let stage = MappingField(local: "lifecycle_stage", remote: "stage", lens: Self.stages, fingerprint: "stage")
        let email = MappingField(
            local: "email",
            remote: "email",
            initial: .preferRemote,
            lens: LensChain([NormalLens(.trim), NormalLens(.lowercase)]),
            fingerprint: "email"
        )
        let mapping = withTransforms ? SyncBench.contacts(email, stage) : SyncBench.contacts()
        let quick = Self(try Self.bench(mapping), usesPagePath: true)
        let ordinary = Self(try Self.bench(mapping), usesPagePath: false)
        let counts = try await quick.run()
        #expect(counts == (try await ordinary.run()))
        let contents = try quick.contents()
        #expect(contents == (try ordinary.contents()))
        #expect(counts[0].createdLocally >= 30)
        #expect(counts[0].reviews >= 1)
        #expect(counts[1].unchanged >= 30)
        #expect(counts[3].localWrites + counts[3].remoteWrites == 0)
        #expect(contents.found[0].count == 1)
    }

    /// Two contacts with one address are a question; it goes away by itself when the one we have is given another.
    @Test func aQuestionIsAskedAgainWhenItsCandidateChanges() async throws {
        self.bench.account.edit("contacts", nil, ["email": "twin@x.org", "city": "Paris"])
        self.bench.account.edit("contacts", nil, ["email": "twin@x.org", "city": "Lyon"])
        #expect(try await self.sync().reviews == 1)
        let ours = try #require(try self.bench.contacts().first?.id)
        #expect(try await self.sync().reviews == 1)
        // The CRM moves on, so that nothing but the question itself brings the record up again.
        self.bench.clock.advance(by: .seconds(3600))
        self.bench.account.edit("contacts", nil, ["email": "third@x.org", "city": "Nice"])
        #expect(try await self.sync().reviews == 1)
        try self.bench.edit(ours, ["email": "other@x.org"])
        let counts = try await self.sync()
        #expect(counts.reviews == 0)
        #expect(counts.createdLocally == 1)
        #expect(try self.bench.contacts().map { $0["city"] } == ["Paris", "Nice", "Lyon"])
    }

    /// A first sync takes in what its plan saw.
    @Test func takesInWhatAPlanSaw() async throws {
        var contents: [Contents] = []
        for usesPagePath in [true, false] {
            let scene = Self(try SyncBench(approved: false), usesPagePath: usesPagePath)
            for index in 0..<10 {
                scene.bench.account.edit("contacts", nil, ["email": .text("a\(index % 8)@x.org"), "phone": "1"])
            }
            _ = try await scene.sync()
            #expect(try scene.bench.contacts().isEmpty)
            try scene.bench.store.write { tx throws in
                let number = try #require(try tx.connection("crm")).number
                try tx.approve(number, by: "ada", at: scene.bench.clock.now)
            }
            #expect(try await scene.sync().createdLocally == 8)
            contents.append(try scene.contents())
        }
        #expect(contents[0] == contents[1])
        #expect(contents[0].observations.count == 2)
    }

    /// Another process may begin to keep a match key while we run: identities must not be left out.
    @Test func allKeysOfTheStoreGetTheirIdentities() async throws {
        try self.bench.store.write { tx throws in
            try tx.buildIdentityKey(IdentityKey(["city"]), of: tx.object("contact"))
        }
        self.bench.account.edit("contacts", nil, ["email": "a1@x.org", "city": "Paris"])
        _ = try await self.sync()
        let found = try self.bench.store.read { try $0.records($0.object("contact"), knownAs: "paris", limit: 9) }
        #expect(found.count == 1)
    }

    private static func scenes() throws -> [Self] {
        let stage = MappingField(local: "lifecycle_stage", remote: "stage", lens: Self.stages, fingerprint: "stage")
        return try [true, false].map { Self(try Self.bench(SyncBench.contacts(stage)), usesPagePath: $0) }
    }

    /// What is new is found for a page as a whole; a record that goes the ordinary way in its middle is seen by the rest.
    @Test func whatAPageBringsIsSeenByTheRestOfIt() async throws {
        var contents: [Contents] = []
        for scene in try Self.scenes() {
            let account = scene.bench.account
            account.edit("contacts", nil, ["email": "a1@x.org", "stage": "LEAD"])
            // A stage without a counterpart is noted, so that this one goes the ordinary way.
            account.edit("contacts", nil, ["email": "ours@x.org", "stage": "PARTNER"])
            account.edit("contacts", nil, ["email": "ours@x.org", "stage": "LEAD"])
            account.edit("contacts", nil, ["email": "a1@x.org", "stage": "LEAD"])
            account.edit("contacts", nil, ["email": "new@x.org", "stage": "LEAD"])
            let counts = try await scene.sync()
            #expect(counts.createdLocally == 3)
            #expect(counts.reviews == 2)
            contents.append(try scene.contents())
        }
        #expect(contents[0] == contents[1])
        #expect(contents[0].found.map(\.count) == [1, 0, 1, 1, 0])
    }

    /// More records than one statement writes, on more than one page, met by some that are linked and some that match.
    @Test func manyRecordsAreTheSameEitherWay() async throws {
        var contents: [Contents] = []
        for scene in try Self.scenes() {
            let account = scene.bench.account
            for index in 0..<130 {
                account.edit("contacts", nil, ["email": .text("m\(index)@x.org"), "stage": "LEAD"])
            }
            _ = try await scene.sync()
            for index in 100..<260 {
                account.edit("contacts", nil, ["email": .text("m\(index)@x.org"), "stage": "MQL"])
            }
            let counts = try await scene.sync(startingOver: true)
            #expect(counts.unchanged == 130)
            #expect(counts.createdLocally == 130)
            #expect(counts.reviews == 30)
            contents.append(try scene.contents())
        }
        #expect(contents[0] == contents[1])
        #expect(contents[0].records.count == 260)
    }
}
