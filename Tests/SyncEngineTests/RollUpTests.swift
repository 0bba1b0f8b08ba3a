import Mapping
import Records
import RelaisTesting
import Store
import SyncEngine
import Testing

/// What a company shows of its contacts: counted here, pushed to the CRM.
@Suite struct RollUpTests {
    private static let rollUps = [
        "{ local: contacts, remote: contact_count, of: contact.company, give: count }",
        "{ local: warm, remote: warm_count, of: contact.company, give: count, when: \"contact.score >= 50.0\" }",
        "{ local: best_score, remote: best, of: contact.company, give: { max: score } }",
        "{ local: total_score, remote: total, of: contact.company, give: { sum: score } }",
        "{ local: best_city, remote: best_city, of: contact.company, give: { latest: city, by: score } }",
    ]

    private static func mappings(_ rollUps: [String] = Self.rollUps) throws -> [CompiledMapping] {
        let company = """
            mapping: memory/company
            connection: crm
            object: { local: company, remote: companies }
            match: [ [domain] ]
            initial: prefer_remote
            fields:
            - { local: name, remote: name }
            - { local: domain, remote: domain }
            rollups:

            """ + rollUps.map { "- \($0)\n" }.joined()
        let contact = """
            mapping: memory/contact
            connection: crm
            object: { local: contact, remote: contacts }
            match: [ [email] ]
            initial: prefer_remote
            fields:
            - { local: email, remote: email }
            - { local: city, remote: city }
            - { local: score, remote: score }
            associations:
            - { local: company, remote: companies, label: primary }

            """
        let files = [("company.yaml", company), ("contact.yaml", contact)]
        return try MappingCompiler(schema: SyncBench.schema)
            .compile(files.map { MappingFile(path: $0.0, bytes: Array($0.1.utf8)) }).get()
    }

    private struct Scene {
        let bench: SyncBench
        let companies: [RecordID]
        let contacts: [RecordID]

        func sync() async throws { for _ in 0..<2 { try await self.bench.sync() } }

        func there(_ company: Int, _ property: String) throws -> String {
            let remote = try #require(try self.bench.remoteID(of: self.companies[company]))
            let value = self.bench.account.value("companies", remote, property)
            return value.isBlank ? "-" : "\(value)"
        }

        func row(_ company: Int) throws -> String {
            try ["contact_count", "warm_count", "best", "total", "best_city"].map { try self.there(company, $0) }
                .joined(separator: " ")
        }

        func move(_ contact: Int, to company: Int?) throws {
            let id: Value = company.map { .text(self.companies[$0].description) } ?? .null
            try self.bench.edit(self.contacts[contact], ["company": id])
        }

        func change(_ company: Int, _ values: [String: Value], by actor: String) throws {
            try self.bench.store.write { transaction in
                let cause = Cause(actor: try transaction.actor(actor), at: self.bench.clock.now)
                let set = values.keys.sorted().map { PropertySetting($0, values[$0] ?? .null) }
                try transaction.change(self.companies[company], set: set, cause: cause)
            }
        }
    }

    /// Two companies with three contacts in the first and one in the second, before the first sync of roll-ups.
    private static func scene(_ mappings: [CompiledMapping]? = nil) throws -> Scene {
        let bench = try SyncBench(mappings: mappings ?? Self.mappings())
        let companies = try bench.store.write { transaction in
            try (0..<2).map { number in
                let id = SyncBenchIDs.id(number)
                let cause = Cause(actor: try transaction.actor("person:ada"), at: bench.clock.now)
                let set = [PropertySetting("domain", .text("c\(number).org"))]
                try transaction.create(id, object: transaction.object("company"), properties: set, cause: cause)
                return id
            }
        }
        let rows: [(Int64, String, Int)] = [(40, "Paris", 0), (60, "Lyon", 0), (50, "Nice", 0), (10, "Metz", 1)]
        let contacts = try rows.enumerated().map { number, row in
            try bench.edit(
                nil,
                [
                    "email": .text("p\(number)@x.org"), "score": .number(Number(row.0)), "city": .text(Text(row.1)),
                    "company": .text(companies[row.2].description),
                ]
            )
        }
        return Scene(bench: bench, companies: companies, contacts: contacts)
    }

    @Test func everyGiftIsCountedAndPushed() async throws {
        let scene = try Self.scene()
        try await scene.sync()
        #expect(try scene.row(0) == "3 2 60 150 Lyon")
        #expect(try scene.row(1) == "1 0 10 10 Metz")
        let end = try scene.bench.store.read { try $0.journalEnd() }
        let quiet = try await scene.bench.sync()
        #expect(quiet.counts.localWrites + quiet.counts.remoteWrites == 0)
        #expect(try scene.bench.store.read { try $0.journalEnd() } == end)
    }

    @Test func whoMovesComesAndGoesIsCountedOnBothSides() async throws {
        let scene = try Self.scene()
        try await scene.sync()
        try scene.move(1, to: 1)
        try await scene.sync()
        #expect(try scene.row(0) == "2 1 50 90 Nice")
        #expect(try scene.row(1) == "2 1 60 70 Lyon")
        try scene.bench.edit(scene.contacts[0], ["score": .number(99)])
        try scene.move(3, to: nil)
        try await scene.sync()
        #expect(try scene.row(0) == "2 2 99 149 Paris")
        #expect(try scene.row(1) == "1 1 60 60 Lyon")
        try scene.bench.delete(scene.contacts[1])
        try await scene.sync()
        #expect(try scene.row(1) == "0 0 - 0 -")
    }

    /// An association that a person makes in the CRM counts as soon as it is read.
    @Test func anAssociationOfTheCRMCounts() async throws {
        let scene = try Self.scene()
        try await scene.sync()
        let contact = try #require(try scene.bench.remoteID(of: scene.contacts[3]))
        let company = try #require(try scene.bench.remoteID(of: scene.companies[0]))
        scene.bench.account.with { $0.objects["contacts"]?[contact]?.associations["companies"] = [company] }
        scene.bench.account.edit("contacts", contact, ["city": "Brest"])
        try await scene.sync()
        #expect(try scene.row(0) == "4 2 60 160 Lyon")
        #expect(try scene.there(1, "contact_count") == "0")
    }

    /// A result that was written past the journal stays, unless something of its company changes.
    @Test func onlyWhatAChangeTouchesIsCountedAgain() async throws {
        let scene = try Self.scene()
        try await scene.sync()
        for company in 0...1 { try scene.change(company, ["contacts": .number(77)], by: "roll-up") }
        try scene.bench.edit(scene.contacts[0], ["score": .number(41)])
        try await scene.sync()
        #expect(try scene.there(0, "contact_count") == "3")
        #expect(try scene.there(1, "contact_count") == "77")
        try scene.change(1, ["contacts": .number(78)], by: "person:eve")
        try await scene.sync()
        #expect(try scene.there(1, "contact_count") == "1")
    }

    @Test func anotherDefinitionCountsEverythingAgain() async throws {
        let scene = try Self.scene()
        try await scene.sync()
        var bench = scene.bench
        bench.mappings = try Self.mappings(Self.rollUps.map { $0.replacing(">= 50.0", with: ">= 60.0") })
        for _ in 0..<2 { try await bench.sync() }
        #expect(try scene.row(0) == "3 1 60 150 Lyon")
    }

    /// R12: a number that goes up and down is no fight, as only one writes it.
    @Test func aNumberThatGoesUpAndDownIsNoFight() async throws {
        let scene = try Self.scene()
        try await scene.sync()
        for round in 0..<8 {
            try scene.move(3, to: round % 2 == 0 ? 0 : 1)
            try await scene.sync()
            #expect(try scene.there(0, "contact_count") == (round % 2 == 0 ? "4" : "3"))
        }
        let holds = try scene.bench.store.read { transaction in
            try transaction.holds(try #require(try transaction.connection("crm")).number, limit: 9)
        }
        #expect(holds.isEmpty)
        #expect(try scene.bench.conflicts(.open).isEmpty)
    }

    /// R12: somebody in the CRM puts another number back each time.
    @Test func r12ACountThatSomebodyInTheCRMKeepsReplacingIsParked() async throws {
        let count = "{ local: contacts, remote: contact_count, of: contact.company, give: count, drift: restore }"
        let scene = try Self.scene(Self.mappings([count]))
        try await scene.sync()
        let remote = try #require(try scene.bench.remoteID(of: scene.companies[0]))
        var rules: [String] = []
        for _ in 0..<4 where rules.isEmpty {
            scene.bench.account.edit("companies", remote, ["contact_count": .number(99)])
            try await scene.bench.sync(after: .seconds(600))
            rules = try scene.bench.conflicts(.open).map(\.about.rule)
        }
        #expect(rules == ["fight: sync:crm and somebody in the CRM"])
    }

    @Test func theContactsOfAMergedCompanyCountForTheSurvivor() async throws {
        let scene = try Self.scene()
        try await scene.sync()
        try scene.bench.store.write { transaction in
            let lost = try #require(try transaction.record(scene.companies[1]))
            let kept = try #require(try transaction.record(scene.companies[0]))
            let merge = try RecordMerge(lost: lost, kept: kept, lifecycle: SyncBench.schema.lifecycle, in: transaction)
            try merge.carryOut(cause: Cause(actor: try transaction.actor("person:ada"), at: scene.bench.clock.now))
        }
        try await scene.sync()
        #expect(try scene.row(0) == "4 2 60 160 Lyon")
    }

    @Test func aPlanShowsTheNumbersAndWritesNothing() async throws {
        let scene = try Self.scene()
        try await scene.sync()
        try scene.move(1, to: 1)
        scene.bench.clock.advance(by: .seconds(60))
        let plan = try await scene.bench.syncer.plan()
        #expect(plan.samples.contains { $0.fields.contains { $0.name == "contacts" && $0.new == .number(2) } })
        #expect(try scene.there(0, "contact_count") == "3")
        #expect(try scene.bench.value(scene.companies[0], "contacts") == .number(3))
        try await scene.sync()
        #expect(try scene.there(0, "contact_count") == "2")
    }

    @Test func anUndoLeavesTheNumbersToTheRecords() async throws {
        let scene = try Self.scene()
        try await scene.sync()
        let contact = try #require(try scene.bench.remoteID(of: scene.contacts[0]))
        scene.bench.account.edit("contacts", contact, ["score": .number(90)])
        let run = RunNumber(rawValue: try await scene.bench.sync().run)
        #expect(try scene.there(0, "best") == "90")
        scene.bench.clock.advance(by: .seconds(60))
        _ = try await scene.bench.syncer.undo(run, side: .local, carryOut: true)
        try await scene.sync()
        #expect(try scene.bench.value(scene.contacts[0], "score") == .number(40))
        #expect(try scene.row(0) == "3 2 60 150 Lyon")
    }

    /// Killed at each point of a sync in turn, the numbers come out the same.
    @Test func killedAnywhereTheNumbersComeOutTheSame() async throws {
        var steps = 0
        while steps < 500 {
            let scene = try Self.scene()
            if steps.isMultiple(of: 2) {
                try await scene.sync()
                try scene.move(1, to: 1)
                try scene.bench.edit(scene.contacts[0], ["score": .number(99)])
            }
            var bench = scene.bench
            let kill = KillSwitch(after: steps / 2)
            bench.process = bench.store.handle { try kill.step() }
            _ = try? await bench.sync()
            bench.process = nil
            guard kill.hasFired else { break }
            if !steps.isMultiple(of: 2) {
                try await scene.sync()
                try scene.move(1, to: 1)
                try scene.bench.edit(scene.contacts[0], ["score": .number(99)])
            }
            for pause in [60, 4000, 60] { try await bench.sync(after: .seconds(pause)) }
            #expect(try scene.row(0) == "2 2 99 149 Paris", "at point \(steps)")
            #expect(try scene.row(1) == "2 1 60 70 Lyon", "at point \(steps)")
            steps += 1
        }
        #expect(steps > 20 && steps < 500)
    }
}

/// Ids of records that a test makes itself.
private enum SyncBenchIDs {
    static func id(_ number: Int) -> RecordID {
        RecordID(high: 0x0190_A000_0000_7000, low: 0x8000_0000_0000_0000 + UInt64(number))
    }
}
