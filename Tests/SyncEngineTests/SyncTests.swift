import Mapping
import Records
import RelaisTesting
import Store
import SyncEngine
import Testing

/// Whole syncs between a store and an account.
@Suite struct SyncTests {
    @Test func remoteRecordsBecomeLocalOnes() async throws {
        let bench = try SyncBench()
        bench.account.edit("contacts", nil, ["email": "ada@example.com", "city": "Paris"])
        let report = try await bench.sync()
        #expect(report.counts.createdLocally == 1)
        #expect(try bench.contacts().map { $0["city"] } == ["Paris"])
        #expect(bench.account.with { $0.writes } == 0)
    }

    @Test func localRecordsBecomeRemoteOnes() async throws {
        let bench = try SyncBench()
        let ada = try bench.edit(nil, ["email": "ada@example.com", "city": "Paris"])
        let report = try await bench.sync()
        #expect(report.counts.createdRemotely == 1)
        let remote = try #require(try bench.remoteID(of: ada))
        #expect(bench.account.value("contacts", remote, "city") == "Paris")
        #expect(bench.account.value("contacts", remote, "relais_id") == .text(ada.description))
    }

    @Test func aDefaultFillsTheNewRemoteRecordAndNothingElse() async throws {
        let text = """
            mapping: memory/contact
            connection: crm
            object: { local: contact, remote: contacts }
            match: []
            fields:
              - { local: email, remote: email }
              - { local: first_name, remote: name, default: "contact.?email.orValue('')" }
            """
        let file = MappingFile(path: "contact.yaml", bytes: Array(text.utf8))
        let bench = try SyncBench(mappings: MappingCompiler(schema: SyncBench.schema).compile([file]).get())
        let ada = try bench.edit(nil, ["email": "ada@example.com"])
        try await bench.sync()
        let remote = try #require(try bench.remoteID(of: ada))
        #expect(bench.account.value("contacts", remote, "name") == "ada@example.com")
        #expect(try bench.value(ada, "first_name").isBlank)
        let quiet = try await bench.sync()
        #expect(quiet.counts.localWrites + quiet.counts.remoteWrites == 0)
        try bench.edit(ada, ["first_name": "Ada"])
        try await bench.sync()
        #expect(bench.account.value("contacts", remote, "name") == "Ada")
    }

    @Test func editsTravelBothWaysAndDifferentFieldsMerge() async throws {
        let bench = try SyncBench()
        let remote = bench.account.edit(
            "contacts",
            nil,
            ["email": "ada@example.com", "city": "Paris", "street": "1 rue A"]
        )
        try await bench.sync()
        let ada = try #require(try bench.contacts().first?.id)
        try bench.edit(ada, ["city": "Lyon"])
        bench.account.edit("contacts", remote, ["street": "2 rue B"])
        let report = try await bench.sync()
        #expect(report.counts.conflictsFound == 0)
        #expect(try bench.value(ada, "street") == "2 rue B")
        #expect(bench.account.value("contacts", remote, "city") == "Lyon")
    }

    @Test func aSecondSyncWithoutEditsWritesNothing() async throws {
        let bench = try SyncBench()
        bench.account.with { state in
            state.habits.answersWithoutValues = true
            state.habits.lag = .seconds(30)
            state.habits.normalise = { name, value in
                guard name == "email", case .text(let text) = value else { return value }
                return .text(text.string.lowercased())
            }
        }
        for index in 0..<5 {
            bench.account.edit("contacts", nil, ["email": .text("a\(index)@x.org"), "city": "Paris"])
        }
        for index in 0..<5 { try bench.edit(nil, ["email": .text("B\(index)@x.org"), "city": "Lyon"]) }
        try await bench.sync()
        try await bench.sync()
        let journal = try bench.store.read { try $0.journalEnd() }
        let (writes, requests) = bench.account.with { ($0.writes, $0.requests) }
        let report = try await bench.sync()
        #expect(bench.account.with { $0.writes } == writes)
        #expect(try bench.store.read { try $0.journalEnd() } == journal)
        #expect(bench.account.with { $0.requests } - requests == 1)
        #expect(report.counts.localWrites == 0 && report.counts.remoteWrites == 0)
    }

    @Test func aManualConflictWaitsIsDecidedAndGoesToBothSides() async throws {
        let bench = try SyncBench()
        let remote = bench.account.edit("contacts", nil, ["email": "ada@example.com", "city": "Paris"])
        try await bench.sync()
        let ada = try #require(try bench.contacts().first?.id)
        try bench.edit(ada, ["city": "Lyon"])
        bench.account.edit("contacts", remote, ["city": "Nice"])
        let found = try await bench.sync()
        #expect(found.counts.conflictsFound == 1 && found.counts.conflictsWaiting == 1)
        #expect(try bench.value(ada, "city") == "Lyon")
        #expect(bench.account.value("contacts", remote, "city") == "Nice")
        let again = try await bench.sync()
        #expect(again.counts.conflictsFound == 0 && again.counts.conflictsWaiting == 1)

        let open = try #require(try bench.conflicts(.open).first)
        #expect(open.about.localBase == "Paris" && open.about.local == "Lyon" && open.about.remote == "Nice")
        let decided = try bench.store.write { transaction in
            let decision = ConflictDecision(choice: .side(.local), by: "ada", at: bench.clock.now)
            return try transaction.decideConflict(open.id, decision, seenLocal: "Lyon", seenRemote: "Nice")
        }
        #expect(decided)
        try await bench.sync()
        #expect(bench.account.value("contacts", remote, "city") == "Lyon")
        #expect(try bench.value(ada, "city") == "Lyon")
        #expect(try bench.conflicts(.settled).map(\.winner) == [.local])
        let quiet = try await bench.sync()
        #expect(quiet.counts.localWrites + quiet.counts.remoteWrites + quiet.counts.conflictsWaiting == 0)
    }

    /// Mautic's own conflict: local edit 09:00, CRM edit 11:00, newest wins, and the loser must not come back.
    @Test func theNewerValueIsOnBothSidesAndStays() async throws {
        let field = MappingField(local: "city", remote: "city", onConflict: .newest, fingerprint: "city")
        let bench = try SyncBench(mappings: [SyncBench.contacts(field)])
        let remote = bench.account.edit("contacts", nil, ["email": "ada@example.com", "city": "Paris"])
        try await bench.sync()
        let ada = try #require(try bench.contacts().first?.id)
        try bench.edit(ada, ["city": "MAUTIC-OLD"])
        bench.clock.advance(by: .seconds(7200))
        bench.account.edit("contacts", remote, ["city": "CRM-NEWER"])
        for _ in 0..<3 {
            try await bench.sync()
            #expect(try bench.value(ada, "city") == "CRM-NEWER")
            #expect(bench.account.value("contacts", remote, "city") == "CRM-NEWER")
        }
        #expect(try bench.conflicts(.settled).map(\.winner) == [.remote])
    }
}
