import Records
import Testing

@testable import Store

@Suite struct BookkeepingTests {
    private let fixture: Fixture

    init() throws { self.fixture = try Fixture() }

    @Test func cursorsAndSettingsKeepTheLastValue() throws {
        try self.fixture.store.write { tx throws in
            #expect(try tx.cursor("pull:hubspot-eu/contacts") == nil)
            try tx.setCursor("pull:hubspot-eu/contacts", to: "a")
            try tx.setCursor("pull:hubspot-eu/contacts", to: "b\u{E9}")
            #expect(try tx.cursor("pull:hubspot-eu/contacts") == "b\u{E9}")
            try tx.removeCursor("pull:hubspot-eu/contacts")
            #expect(try tx.cursor("pull:hubspot-eu/contacts") == nil)
            #expect(try tx.setting("zone") == nil)
            try tx.setSetting("zone", to: "Europe/Paris")
            #expect(try tx.setting("zone") == "Europe/Paris")
        }
    }

    @Test func runsEndWithCounts() throws {
        let connection = self.fixture.connection
        try self.fixture.store.write { tx throws in
            let first = try tx.startRun(connection, kind: "sync", at: Instant(milliseconds: 1))
            let second = try tx.startRun(nil, kind: "import", at: Instant(milliseconds: 2))
            let third = try tx.startRun(connection, kind: "sync", at: Instant(milliseconds: 3))
            try tx.updateRun(first, counts: ["pulled": 1], requests: 2)
            #expect(try tx.run(first)?.state == .running)
            let counts: [String: Int64] = ["pulled": 1_000, "pushed": 3]
            try tx.endRun(first, .attention, counts: counts, requests: 12, at: Instant(milliseconds: 9))
            let run = try #require(try tx.run(first))
            #expect(run.counts == counts)
            #expect(run.requests == 12)
            #expect(run.state == .attention)
            #expect(run.endedAt == Instant(milliseconds: 9))
            #expect(try tx.interruptRuns(connection, at: Instant(milliseconds: 10)) == 1)
            #expect(try tx.run(third)?.state == .interrupted)
            #expect(try tx.run(second)?.state == .running)
            #expect(try tx.runs(limit: 2).map(\.number) == [third, second])
            #expect(try tx.runs(before: second, limit: 2).map(\.number) == [first])
            try tx.endRun(
                second,
                .failed,
                counts: [:],
                requests: 0,
                error: "no such file",
                at: Instant(milliseconds: 9)
            )
            #expect(try tx.run(second)?.error == "no such file")
        }
    }

    @Test func countsOfADayAreSummedOverTheRunsOfOneConnection() throws {
        let connection = self.fixture.connection
        try self.fixture.store.write { tx throws in
            func run(_ connection: ConnectionNumber?, _ kind: String, _ at: Int64, _ counts: [String: Int64]) throws {
                let number = try tx.startRun(connection, kind: kind, at: Instant(milliseconds: at))
                try tx.updateRun(number, counts: counts, requests: 1)
            }
            try run(connection, "sync", 1, ["guarded_a": 100])
            try run(connection, "sync", 5, ["guarded_a": 2, "guarded_b": 1, "pulled": 9])
            try run(connection, "plan", 6, ["guarded_a": 100])
            try run(nil, "import", 7, ["guarded_a": 100])
            try run(connection, "sync", 8, ["guarded_a": 3, "unguarded_": 4])
            try run(connection, "sync", 9, ["pulled": 5])
            let last = try tx.startRun(connection, kind: "sync", at: Instant(milliseconds: 9))
            try tx.updateRun(last, counts: ["guarded_a": 100], requests: 1)
            let sums = try tx.sums(
                of: connection,
                named: "guarded_",
                before: last,
                since: Instant(milliseconds: 5),
                leavingOut: ["plan"]
            )
            #expect(sums == ["guarded_a": 5, "guarded_b": 1])
        }
    }

    @Test func ownersThatAreTheSameAreLeftAsTheyAre() throws {
        let connection = self.fixture.connection
        let (ada, bob) = (
            KnownOwner(id: "1", email: "ada@example.com", name: "Ada", isActive: true),
            KnownOwner(id: "2", email: "bob@example.com", name: "Bob", isActive: true),
        )
        let other = KnownOwner(id: "1", email: "", name: "Ada", isActive: true)
        for owners in [[bob, ada], [ada, bob], [ada], [other], []] {
            try self.fixture.store.write { try $0.setOwners(owners, of: connection) }
            let known = try self.fixture.store.read { try $0.owners(connection) }
            #expect(known == owners.sorted { $0.id < $1.id })
        }
    }

    @Test func anInsertTellsTheNumberOfItsRow() throws {
        let rendered = Dialect.sqlite.render(insert: "INSERT INTO a(b) VALUES(?1) RETURNING c")
        #expect(rendered == "INSERT INTO a(b) VALUES(?1) ")
        try self.fixture.store.write { tx throws in
            let first = try tx.startRun(nil, kind: "import", at: Instant(milliseconds: 1))
            let object = try tx.object("something new")
            let second = try tx.startRun(nil, kind: "import", at: Instant(milliseconds: 2))
            #expect(second.rawValue == first.rawValue + 1)
            #expect(try tx.name(of: object) == "something new")
            #expect(try tx.run(second)?.startedAt == Instant(milliseconds: 2))
        }
    }

    @Test func aRunKnowsItsJournal() throws {
        let (store, contact) = (self.fixture.store, self.fixture.contact)
        try store.write { tx throws in
            try tx.create(Fixture.id(1), object: contact, properties: [], cause: self.fixture.cause)
            let number = try tx.startRun(nil, kind: "import", at: Instant(milliseconds: 1))
            let cause = Cause(actor: self.fixture.cause.actor, run: number, at: Instant(milliseconds: 2))
            try tx.create(Fixture.id(2), object: contact, properties: [], cause: cause)
            try tx.create(Fixture.id(3), object: contact, properties: [], cause: self.fixture.cause)
            try tx.create(Fixture.id(4), object: contact, properties: [], cause: cause)
            #expect(try tx.journal(of: try #require(try tx.run(number)), limit: 9).count == 2)
            try tx.endRun(number, .done, counts: [:], requests: 0, at: Instant(milliseconds: 3))
            let run = try #require(try tx.run(number))
            #expect(run.journalStart == 1)
            #expect(run.journalEnd == 4)
            #expect(try tx.journal(of: run, limit: 9).map(\.record) == [Fixture.id(2), Fixture.id(4)])
            #expect(try tx.journal(of: run, after: 2, limit: 9).map(\.record) == [Fixture.id(4)])
        }
    }

    @Test func aLeaseHasOneHolderAtATime() throws {
        func at(_ milliseconds: Int64) -> Instant { Instant(milliseconds: milliseconds) }
        try self.fixture.store.write { tx throws in
            let first = try #require(try tx.acquireLease("sync", holder: "serve", at: at(0), until: at(10)))
            #expect(first.epoch == 1)
            #expect(try tx.acquireLease("sync", holder: "cli", at: at(9), until: at(20)) == nil)
            #expect(try tx.acquireLease("sync", holder: "serve", at: at(9), until: at(20))?.epoch == 1)
            #expect(try tx.isHeld(first))
            let second = try #require(try tx.acquireLease("sync", holder: "cli", at: at(20), until: at(30)))
            #expect(second.epoch == 2)
            #expect(try !tx.isHeld(first))
            try tx.releaseLease(first)
            #expect(try tx.acquireLease("sync", holder: "serve", at: at(21), until: at(30)) == nil)
            try tx.releaseLease(second)
            #expect(try tx.acquireLease("sync", holder: "serve", at: at(21), until: at(30))?.epoch == 3)
        }
    }

    @Test func connectionsArePinnedApprovedAndDone() throws {
        try self.fixture.store.write { tx throws in
            let number = self.fixture.connection
            #expect(try tx.registerConnection("hubspot-eu", connector: "hubspot") == number)
            #expect(try tx.connection("elsewhere") == nil)
            try tx.pin(number, account: "4711", at: Instant(milliseconds: 1))
            try tx.approve(number, by: "person:ada", at: Instant(milliseconds: 2))
            try tx.firstSyncDone(number, at: Instant(milliseconds: 3))
            let connection = try #require(try tx.connection("hubspot-eu"))
            #expect(connection.account == "4711")
            #expect(connection.approvedBy == "person:ada")
            #expect(connection.firstSyncDoneAt == Instant(milliseconds: 3))
            _ = try tx.registerConnection("a-first", connector: "tryton")
            #expect(try tx.connections().map(\.name) == ["a-first", "hubspot-eu"])
            #expect(try tx.name(of: number) == "hubspot-eu")
        }
    }

    @Test func ownersAndApprovals() throws {
        let connection = self.fixture.connection
        try self.fixture.store.write { tx throws in
            let ada = KnownOwner(id: "1", email: "ada@x.org", name: "Ada", isActive: true)
            let bob = KnownOwner(id: "2", email: "", name: "Bob", isActive: false)
            try tx.setOwners([bob, ada], of: connection)
            #expect(try tx.owners(connection) == [ada, bob])
            try tx.setOwners([bob], of: connection)
            #expect(try tx.owners(connection) == [bob])
            let first = PlanApproval(digest: "d1", plan: "{}", at: Instant(milliseconds: 1), by: "person:ada")
            let second = PlanApproval(digest: "d2", plan: "{}", at: Instant(milliseconds: 2), by: "person:ada")
            try tx.store(first, of: connection)
            try tx.store(second, of: connection)
            try tx.store(PlanApproval(digest: "d1", plan: "{}", at: second.at, by: "other"), of: connection)
            #expect(try tx.approval(connection, digest: "d1") == first)
            #expect(try tx.approval(connection, digest: "d3") == nil)
            #expect(try tx.approvals(connection) == [second, first])
        }
    }
}
