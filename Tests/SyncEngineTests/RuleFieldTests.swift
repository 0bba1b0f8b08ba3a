import Connectors
import Mapping
import Planning
import Records
import RelaisTesting
import Store
import SyncEngine
import Testing

/// Rules that a mapping states for single fields.
@Suite struct RuleFieldTests {
    private func linked(
        _ field: String,
        _ values: [String: Value],
        more: [String] = []
    ) async throws -> (bench: SyncBench, ada: RecordID, remote: Text) {
        let bench = try SyncBench(mappings: [try SyncBench.mapping(fields: [field], more: more)])
        let remote = bench.account.edit("contacts", nil, values.merging(["email": "ada@x.org"]) { $1 })
        try await bench.sync()
        return (bench, try #require(try bench.contacts().first).id, remote)
    }

    private func expectQuiet(_ bench: SyncBench) async throws {
        let quiet = try await bench.sync()
        #expect(quiet.counts.localWrites + quiet.counts.remoteWrites == 0)
    }

    /// A conflict that waits must not make another field's own write look like somebody's edit.
    @Test func aWaitingConflictLeavesTheOtherFieldsToSettle() async throws {
        let (bench, ada, remote) = try await self.linked(
            "{ local: city, remote: city }",
            ["city": "Paris", "phone": "1"],
            more: ["initial: prefer_remote"]
        )
        try bench.edit(ada, ["city": "Lyon"])
        bench.account.edit("contacts", remote, ["city": "Nice"])
        try await bench.sync()
        try bench.edit(ada, ["email": "countess@x.org"])
        try await bench.sync()
        #expect(bench.account.value("contacts", remote, "email") == "countess@x.org")
        #expect(try bench.value(ada, "email") == "countess@x.org")
        try await bench.sync()
        #expect(try bench.value(ada, "email") == "countess@x.org")
        #expect(try bench.conflicts(.open).map(\.about.remote) == ["Nice"])
    }

    @Test func authorityWritesBackAndUnlessBlankLetsTheOtherSideFill() async throws {
        let (bench, ada, remote) = try await self.linked(
            "{ local: city, remote: city, authority: remote, unless_blank: true }",
            ["city": "Paris"]
        )
        try bench.edit(ada, ["city": "Lyon"])
        try await bench.sync()
        #expect(try bench.value(ada, "city") == "Paris")
        bench.account.edit("contacts", remote, ["city": .null])
        try await bench.sync()
        #expect(bench.account.value("contacts", remote, "city") == "Paris")
        try await self.expectQuiet(bench)
    }

    /// R18: what the mapping owns is written again, though nothing changed here.
    @Test(arguments: [("restore", Value("web")), ("leave", "fair")])
    func r18AnEditOnTheTargetSideIsDrift(drift: String, expected: Value) async throws {
        let (bench, _, remote) = try await self.linked(
            "{ local: city, remote: city, direction: push, drift: \(drift) }",
            [:]
        )
        try bench.edit(try #require(try bench.contacts().first).id, ["city": "web"])
        try await bench.sync()
        bench.account.edit("contacts", remote, ["city": "fair"])
        for _ in 0..<2 { try await bench.sync() }
        #expect(bench.account.value("contacts", remote, "city") == expected)
    }

    /// A clear that authority restores is written although `on_clear` keeps clears to themselves.
    @Test func whatARuleDecidedIsCarriedOutAlthoughItLooksLikeAClear() async throws {
        let (bench, _, remote) = try await self.linked(
            "{ local: city, remote: city, direction: push, drift: restore, on_clear: ignore }",
            [:]
        )
        bench.account.edit("contacts", remote, ["city": "Paris"])
        try await bench.sync()
        #expect(bench.account.value("contacts", remote, "city").isBlank)
        try await self.expectQuiet(bench)
        #expect(try bench.conflicts(.settled).map(\.about.remote) == ["Paris"])
    }

    @Test func writeIfBlankFillsAndNeverOverwrites() async throws {
        let (bench, ada, remote) = try await self.linked(
            "{ local: city, remote: city, initial: prefer_remote, write: { push: if_blank } }",
            ["city": "Paris"]
        )
        try bench.edit(ada, ["city": "Lyon"])
        try await bench.sync()
        #expect(bench.account.value("contacts", remote, "city") == "Paris")
        #expect(try bench.value(ada, "city") == "Lyon")
        try await self.expectQuiet(bench)
    }

    @Test func writeOnCreateAndNever() async throws {
        let bench = try SyncBench(
            mappings: [
                try SyncBench.mapping(fields: [
                    "{ local: city, remote: city, direction: push, write: on_create }",
                    "{ local: street, remote: street, direction: push, write: never }",
                ])
            ]
        )
        let ada = try bench.edit(nil, ["email": "ada@x.org", "city": "Paris", "street": "1 rue A"])
        try await bench.sync()
        let remote = try #require(try bench.remoteID(of: ada))
        try bench.edit(ada, ["city": "Lyon", "street": "2 rue B"])
        try await bench.sync()
        #expect(bench.account.value("contacts", remote, "city") == "Paris")
        #expect(bench.account.value("contacts", remote, "street").isBlank)
    }

    @Test func whenKeepsAChangeUntilItsConditionHolds() async throws {
        let (bench, ada, remote) = try await self.linked(
            "{ local: city, remote: city, direction: push, when: \"contact.phone == 'yes'\" }",
            [:],
            more: ["groups: []"]
        )
        try bench.edit(ada, ["city": "Lyon"])
        try await bench.sync()
        #expect(bench.account.value("contacts", remote, "city").isBlank)
        try bench.edit(ada, ["phone": "yes"])
        try await bench.sync()
        #expect(bench.account.value("contacts", remote, "city") == "Lyon")
    }

    @Test func pushWhenSendsANumberOnceItLeavesItsBand() async throws {
        let (bench, ada, remote) = try await self.linked(
            "{ local: score, remote: score, direction: push, push_when: { band: 10 } }",
            [:]
        )
        try bench.edit(ada, ["score": .number(12)])
        try await bench.sync()
        #expect(bench.account.value("contacts", remote, "score") == .number(12))
        try bench.edit(ada, ["score": .number(19)])
        try await bench.sync()
        #expect(bench.account.value("contacts", remote, "score") == .number(12))
        try bench.edit(ada, ["score": .number(21)])
        try await bench.sync()
        #expect(bench.account.value("contacts", remote, "score") == .number(21))
    }

    @Test func aConstantIsPushedWithEveryNewRecord() async throws {
        let bench = try SyncBench(
            mappings: [try SyncBench.mapping(fields: ["{ remote: source, constant: \"it's us\" }"])]
        )
        let ada = try bench.edit(nil, ["email": "ada@x.org"])
        try await bench.sync()
        let remote = try #require(try bench.remoteID(of: ada))
        #expect(bench.account.value("contacts", remote, "source") == "it's us")
        try await self.expectQuiet(bench)
    }

    /// Pain of many: placeholders that a CRM insists on flow back as if somebody had typed them.
    @Test func aDefaultReadsAsBlank() async throws {
        let (bench, ada, remote) = try await self.linked(
            "{ local: city, remote: city, default: \"'Unknown'\", initial: prefer_remote }",
            ["city": "Unknown"]
        )
        #expect(try bench.value(ada, "city").isBlank)
        try bench.edit(ada, ["city": "Lyon"])
        try await bench.sync()
        #expect(bench.account.value("contacts", remote, "city") == "Lyon")
        try bench.edit(ada, ["city": .null])
        try await bench.sync()
        #expect(bench.account.value("contacts", remote, "city") == "Unknown")
        #expect(try bench.value(ada, "city").isBlank)
        try await self.expectQuiet(bench)
    }

    @Test func updateSwitchesKeepLinkedRecordsAsTheyAre() async throws {
        let (bench, ada, remote) = try await self.linked(
            "{ local: city, remote: city, initial: prefer_remote }",
            ["city": "Paris"],
            more: ["update: { push: false }"]
        )
        try bench.edit(ada, ["city": "Lyon"])
        try await bench.sync()
        #expect(bench.account.value("contacts", remote, "city") == "Paris")
        let created = try bench.edit(nil, ["email": "bob@x.org", "city": "Lille"])
        try await bench.sync()
        let other = try #require(try bench.remoteID(of: created))
        #expect(bench.account.value("contacts", other, "city") == "Lille")
    }

    /// R18: leaving the filter freezes the link and deletes nothing; coming back merges what happened meanwhile.
    @Test func r18LeavingAFilterFreezesTheLink() async throws {
        let (bench, ada, remote) = try await self.linked(
            "{ local: city, remote: city, initial: prefer_remote }",
            ["city": "Paris"],
            more: ["filter: { pull: \"remote.city != 'Berlin'\" }"]
        )
        bench.account.edit("contacts", remote, ["city": "Berlin", "email": "countess@x.org"])
        let report = try await bench.sync()
        #expect(report.counts.excluded == 1)
        #expect(try bench.value(ada, "city") == "Paris" && bench.value(ada, "email") == "ada@x.org")
        #expect(try bench.store.read { try $0.links(of: ada) }.map(\.status) == [.excluded])
        bench.account.edit("contacts", remote, ["city": "Nice"])
        try await bench.sync()
        #expect(try bench.value(ada, "city") == "Nice" && bench.value(ada, "email") == "countess@x.org")
        #expect(try bench.store.read { try $0.links(of: ada) }.map(\.status) == [.active])
    }

    @Test func anEntryFilterBindsTheEntryOnly() async throws {
        let (bench, ada, remote) = try await self.linked(
            "{ local: city, remote: city, initial: prefer_remote }",
            ["city": "Paris"],
            more: ["filter: { pull: \"remote.city != 'Berlin'\", kind: entry }"]
        )
        bench.account.edit("contacts", remote, ["city": "Berlin"])
        bench.account.edit("contacts", nil, ["email": "bob@x.org", "city": "Berlin"])
        try await bench.sync()
        #expect(try bench.value(ada, "city") == "Berlin")
        #expect(try bench.contacts().count == 1)
    }

    /// R12: whoever types faster than writes are answered fights with nobody: no value comes back.
    @Test func r12TypingWhileAWriteIsUnderwayIsNoFight() async throws {
        let bench = try SyncBench()
        let remote = bench.account.edit("contacts", nil, ["email": "ada@x.org", "city": "Paris"])
        try await bench.sync()
        let ada = try #require(try bench.contacts().first?.id)
        for round in 0..<6 {
            try bench.edit(ada, ["city": .text("Lyon \(round)")])
            bench.account.with { state in
                state.beforeWrite = { state in
                    state.beforeWrite = nil
                    _ = try? bench.edit(ada, ["city": .text("Nice \(round)")])
                }
            }
            try await bench.sync()
        }
        try await bench.sync()
        #expect(try bench.conflicts(.open).map(\.about.rule).isEmpty)
        #expect(bench.account.value("contacts", remote, "city") == "Nice 5")
    }

    /// R12: ours wins each time, and somebody in the CRM puts the other value back each time.
    @Test func r12AFieldThatSomebodyInTheCRMKeepsPuttingBackIsParked() async throws {
        let field = "{ local: city, remote: city, direction: push, drift: restore }"
        let bench = try SyncBench(mappings: [try SyncBench.mapping(fields: [field])])
        let remote = bench.account.edit("contacts", nil, ["email": "ada@x.org"])
        try await bench.sync()
        let ada = try #require(try bench.contacts().first?.id)
        try bench.edit(ada, ["city": "Lyon"])
        try await bench.sync()
        var rules: [String] = []
        for _ in 0..<4 where rules.isEmpty {
            bench.account.edit("contacts", remote, ["city": "Nice"])
            try await bench.sync(after: .seconds(600))
            rules = try bench.conflicts(.open).map(\.about.rule)
        }
        #expect(rules == ["fight: sync:crm and somebody in the CRM"])
        let writes = bench.account.with { $0.writes }
        try await bench.sync()
        #expect(bench.account.with { $0.writes } == writes)
    }

    /// R12: two automations that undo each other are stopped, and both are named.
    @Test func r12AFieldThatIsFoughtOverIsParkedNamingBothWriters() async throws {
        let (bench, ada, remote) = try await self.linked(
            "{ local: city, remote: city, initial: prefer_remote }",
            ["city": "a"]
        )
        for round in 0..<4 {
            try bench.edit(ada, ["city": "b"], by: "workflow:b")
            try await bench.sync()
            guard round < 3 else { break }
            bench.account.edit("contacts", remote, ["city": "a"])
            try await bench.sync()
        }
        let open = try bench.conflicts(.open)
        #expect(open.map(\.about.field) == ["city"])
        #expect(open.first?.about.rule.contains("workflow:b") ?? false)
        #expect(open.first?.about.rule.contains("sync:crm") ?? false)
        let writes = bench.account.with { $0.writes }
        bench.account.edit("contacts", remote, ["city": "c"])
        try await bench.sync()
        #expect(bench.account.with { $0.writes } == writes)
        #expect(try bench.value(ada, "city") != "c")
        let conflict = try #require(try bench.conflicts(.open).first)
        try bench.store.write { transaction in
            let decision = ConflictDecision(choice: .side(.remote), by: "ada", at: bench.clock.now)
            let about = conflict.about
            let isTaken = try transaction.decideConflict(
                conflict.id,
                decision,
                seenLocal: about.local,
                seenRemote: about.remote
            )
            #expect(isTaken)
        }
        try await bench.sync()
        #expect(try bench.value(ada, "city") == "c")
        #expect(try bench.conflicts(.open).isEmpty)
        try bench.edit(ada, ["city": "d"])
        try await bench.sync()
        #expect(bench.account.value("contacts", remote, "city") == "d")
    }

    /// R14: one entry for each (field, value), whatever the number of records.
    @Test func r14AnUnmappedOptionIsOneEntryWithACount() async throws {
        let table = "{ local: city, remote: city, initial: prefer_remote, via: [ { enum: { Paris: P, Lyon: L } } ] }"
        let bench = try SyncBench(mappings: [try SyncBench.mapping(fields: [table])])
        for (index, city) in ["X", "X", "Y", "P"].enumerated() {
            bench.account.edit("contacts", nil, ["email": .text("a\(index)@x.org"), "city": .text(city)])
        }
        try await bench.sync()
        let found = try bench.store.read { transaction in
            let number = try #require(try transaction.connection("crm")).number
            return try transaction.unmappedValues(number, limit: 10)
        }
        #expect(found.map(\.value) == ["X", "Y"] && found.map(\.count) == [2, 1])
        #expect(found.allSatisfy { $0.side == .remote && $0.field == "city" })
        #expect(
            bench.account.ids("contacts").map { bench.account.value("contacts", $0, "city") } == ["X", "X", "Y", "P"]
        )
    }
}

/// R12, second half: what a CRM puts into a record that we make is no edit of anybody's.
@Suite struct RuleCreateTests {
    private static let owners = [
        RemoteOwner(id: "1", email: "sync@x.org", name: "Relais", isActive: true),
        RemoteOwner(id: "2", email: "eve@x.org", name: "Eve", isActive: true),
    ]

    @Test func r12TheIntegrationsOwnUserIsNeverAnOwner() async throws {
        let keeper = "{ local: keeper, remote: keeper, via: [owner_by_email], initial: prefer_remote }"
        var bench = try SyncBench(mappings: [try SyncBench.mapping(fields: [keeper])])
        bench.ownUser = "sync@x.org"
        bench.account.with {
            $0.owners = Self.owners
            $0.habits.fillsOnCreate = ["keeper": "1"]
        }
        let ada = try bench.edit(nil, ["email": "ada@x.org"])
        bench.account.edit("contacts", nil, ["email": "bob@x.org", "keeper": "1"])
        for _ in 0..<2 { try await bench.sync() }
        #expect(try bench.contacts().allSatisfy { $0["keeper"].isBlank })
        #expect(try bench.conflicts(.open).isEmpty)
        try bench.edit(ada, ["keeper": "eve@x.org"])
        try await bench.sync()
        let remote = try #require(try bench.remoteID(of: ada))
        #expect(bench.account.value("contacts", remote, "keeper") == "2")
        #expect(try bench.value(ada, "keeper") == "eve@x.org")
    }

    @Test(arguments: [("pull", Value("Paris")), ("ignore", .absent)])
    func r12WhatTheCRMFillsInFollowsOnCreateDefault(policy: String, expected: Value) async throws {
        let city = "{ local: city, remote: city, on_create_default: \(policy) }"
        let bench = try SyncBench(mappings: [try SyncBench.mapping(fields: [city])])
        bench.account.with { $0.habits.fillsOnCreate = ["city": "Paris"] }
        let ada = try bench.edit(nil, ["email": "ada@x.org"])
        for _ in 0..<2 { try await bench.sync() }
        #expect(try bench.value(ada, "city") == expected)
        let remote = try #require(try bench.remoteID(of: ada))
        #expect(bench.account.value("contacts", remote, "city") == "Paris")
    }
}
