import Connectors
import Mapping
import Planning
import Records
import RelaisTesting
import Store
import SyncEngine
import Synchronization
import Testing

/// More counterexamples to the rules of DESIGN §4: each loses or doubles something without its rule.
@Suite struct CounterexampleTests {
    private func linked(_ bench: SyncBench) async throws -> (local: RecordID, remote: Text) {
        let remote = bench.account.edit("contacts", nil, ["email": "ada@example.com", "city": "Paris"])
        try await bench.sync()
        return (try #require(try bench.contacts().first?.id), remote)
    }

    /// R1: what the CRM made of our value is neither a change of its own nor a reason to write again.
    @Test func r1TheCRMsNormalFormIsNoChange() async throws {
        let bench = try SyncBench()
        let (ada, remote) = try await self.linked(bench)
        bench.account.with { state in
            state.habits.normalise = { _, value in
                guard case .text(let text) = value else { return value }
                return .text(Text(text.string.uppercased()))
            }
        }
        try bench.edit(ada, ["city": "Lyon"])
        try await bench.sync()
        let writes = bench.account.with { $0.writes }
        bench.account.edit("contacts", remote, ["street": "1 RUE A"])
        for _ in 0..<2 { #expect(try await bench.sync().counts.conflictsFound == 0) }
        #expect(try bench.value(ada, "city") == "Lyon")
        #expect(bench.account.value("contacts", remote, "city") == "LYON")
        #expect(bench.account.with { $0.writes } == writes)
    }

    /// R1: a write that never arrived is not agreed on by the silence after it.
    @Test func r1AWriteThatNeverArrivedIsSentAgain() async throws {
        let bench = try SyncBench()
        let (ada, remote) = try await self.linked(bench)
        try bench.edit(ada, ["city": "Lyon"])
        bench.account.with { $0.faults = [.loseRequest] }
        for _ in 0..<2 { try await bench.sync() }
        #expect(bench.account.value("contacts", remote, "city") == "Lyon")
    }

    /// R1: we send Lyon, and while the answer is on its way somebody here types Nice: Nice is still to be sent.
    @Test func r1AnEditOfOursWhileAWriteIsOutIsSentNext() async throws {
        let bench = try SyncBench()
        let (ada, remote) = try await self.linked(bench)
        try bench.edit(ada, ["city": "Lyon"])
        bench.account.with { state in
            state.beforeWrite = { state in
                _ = try? bench.edit(ada, ["city": "Nice"])
                state.beforeWrite = nil
            }
        }
        try await bench.sync()
        try await bench.sync()
        #expect(bench.account.value("contacts", remote, "city") == "Nice")
        #expect(try bench.value(ada, "city") == "Nice")
    }

    /// R3: two edits within one tick of the CRM's clock, and the list shows the first of them.
    @Test func r3AnOldStateAtTheFloorIsNotTakenIn() async throws {
        let bench = try SyncBench()
        let (ada, remote) = try await self.linked(bench)
        let first = try #require(bench.account.with { $0.objects["contacts"]?[remote] })
        bench.account.with { $0.objects["contacts"]?[remote]?.values["city"] = "Nice" }
        try await bench.sync()
        #expect(try bench.value(ada, "city") == "Nice")
        bench.account.with { $0.staleIndex[remote] = first }
        let report = try await bench.sync()
        #expect(report.counts.localWrites == 0)
        #expect(try bench.value(ada, "city") == "Nice")
    }

    /// R4: as long as the index may hide a new record, nothing is sent again.
    @Test func r4BeforeTheIndexCanShowItNothingIsSentAgain() async throws {
        let bench = try SyncBench(createKey: nil)
        bench.account.with { $0.habits.lag = .seconds(10) }
        let ada = try bench.edit(nil, ["phone": "+33 1 23", "first_name": "Ada"])
        bench.account.with { $0.faults = [.loseAnswer] }
        try await bench.sync()
        let report = try await bench.sync(after: .seconds(5))
        #expect(report.counts.unknown == 1)
        #expect(bench.account.ids("contacts").count == 1)
        try await bench.sync()
        #expect(bench.account.ids("contacts") == [try bench.remoteID(of: ada)])
    }

    /// R7: two people who both write from `info@` are two people.
    @Test func r7ARoleAddressIsNoKey() async throws {
        let bench = try SyncBench()
        try bench.edit(nil, ["email": "info@acme.example", "first_name": "Ada"])
        bench.account.edit("contacts", nil, ["email": "info@acme.example", "first_name": "Eve"])
        let report = try await bench.sync()
        #expect(report.counts.linked == 0)
        #expect(try bench.contacts().map { $0["first_name"] } == ["Ada", "Eve"])
    }

    /// R7: within one batch, two records with one key become one, also where the CRM would take both.
    @Test func r7TwoLocalRecordsWithOneKeyMakeOneRemoteRecord() async throws {
        let plain = SyncBench.contacts()
        let mapping = CompiledMapping(
            name: plain.name,
            connection: plain.connection,
            localObject: plain.localObject,
            remoteObject: plain.remoteObject,
            fields: plain.fields,
            match: [[1]]
        )
        let bench = try SyncBench(mappings: [mapping])
        for name in ["Ada", "Eve"] { try bench.edit(nil, ["phone": "+33 1 23", "first_name": .text(Text(name))]) }
        let report = try await bench.sync()
        #expect(bench.account.ids("contacts").count == 1)
        #expect(report.counts.reviews == 1)
    }

    /// R7: somebody copies a record in the CRM, our id with it: that is a question, and stops nobody.
    @Test func r7ACopiedRecordWithOurIDIsAQuestion() async throws {
        let bench = try SyncBench()
        let ada = try bench.edit(nil, ["email": "ada@example.com"])
        try await bench.sync()
        let remote = try #require(try bench.remoteID(of: ada))
        bench.account.edit("contacts", nil, ["first_name": "Copy", "relais_id": .text(Text(ada.description))])
        let report = try await bench.sync()
        #expect(report.counts.reviews == 1)
        #expect(try bench.contacts().count == 1)
        #expect(try bench.remoteID(of: ada) == remote)
    }

    /// R9: a plan that does not know which of two values to begin with is not carried out, whoever approves it.
    @Test func r9APlanWithoutInitialIsNotCarriedOut() async throws {
        let city = MappingField(local: "city", remote: "city", fingerprint: "city")
        let bench = try SyncBench(mappings: [SyncBench.contacts(city)], approved: false)
        try bench.edit(nil, ["email": "ada@example.com", "city": "Lyon"])
        bench.account.edit("contacts", nil, ["email": "ada@example.com", "city": "Nice", "street": "1 rue A"])
        bench.clock.advance(by: .seconds(60))
        let report = try await bench.syncer.sync(approvedBy: "ada")
        #expect(report.counts.needsInitial == ["memory/contact city": 1])
        #expect(try bench.contacts().allSatisfy { $0["street"].isBlank })
    }

    /// R11: what a plan read is taken in once the plan is approved, though the CRM does not list it again.
    @Test func r11WhatAPlanReadIsTakenInAfterItsApproval() async throws {
        let bench = try SyncBench(approved: false)
        for index in 0..<3 {
            bench.account.edit("contacts", nil, ["email": .text("a\(index)@x.org")])
            bench.clock.advance(by: .seconds(3600))
        }
        #expect(try await bench.sync().counts.createdLocally == 3)
        bench.clock.advance(by: .seconds(3600))
        _ = try await bench.syncer.sync(approvedBy: "ada")
        #expect(try bench.contacts().count == 3)
    }

    /// R11: changes that stay below the floor, or the share, in each run go beyond it in a day.
    @Test(arguments: [3, 4]) func r11ADaysBlanksStopTheRun(inOneRun count: Int) async throws {
        var bench = try SyncBench()
        bench.breaker = Breaker(floor: 3, share: 0.2)
        let ids = (0..<20).map {
            bench.account.edit("contacts", nil, ["email": .text("a\($0)@x.org"), "city": "Paris"])
        }
        try await bench.sync()
        for id in ids[..<count] { bench.account.edit("contacts", id, ["city": .null]) }
        try await bench.sync()
        for id in ids[count..<(2 * count)] { bench.account.edit("contacts", id, ["city": .null]) }
        let error = await #expect(throws: SyncError.self) { try await bench.sync() }
        #expect(error?.code == .breakerTripped)
        #expect(try bench.contacts().count { $0["city"] == "Paris" } == 20 - count)
    }

    /// R11: plans, and what a person allowed, leave the day's breakers as they were.
    @Test func r11OnlyWhatNobodyLookedAtCountsForTheDay() async throws {
        var bench = try SyncBench()
        bench.breaker = Breaker(floor: 3, share: 0.2)
        let ids = (0..<20).map {
            bench.account.edit("contacts", nil, ["email": .text("a\($0)@x.org"), "city": "Paris"])
        }
        try await bench.sync()
        for id in ids[..<10] { bench.account.edit("contacts", id, ["city": .null]) }
        bench.clock.advance(by: .seconds(60))
        for _ in 0..<3 { _ = try await bench.syncer.plan() }
        _ = try await bench.syncer.sync(allowing: [.blanks])
        bench.account.edit("contacts", ids[10], ["city": .null])
        try await bench.sync()
        #expect(try bench.contacts().count { $0["city"] == "Paris" } == 9)
    }

    /// R12: what the CRM fills in for a new record overwrites nothing where the mapping says so.
    @Test func r12ADefaultOfTheCRMIsNoEdit() async throws {
        let street = MappingField(local: "street", remote: "street", onCreateDefault: .ignore, fingerprint: "street")
        let bench = try SyncBench(mappings: [SyncBench.contacts(street)])
        bench.account.with { $0.habits.fillsOnCreate = ["street": "1 rue du CRM"] }
        let ada = try bench.edit(nil, ["email": "ada@example.com"])
        for _ in 0..<2 { try await bench.sync() }
        #expect(try bench.value(ada, "street").isBlank)
        #expect(try bench.remoteID(of: ada).map { bench.account.value("contacts", $0, "street") } == "1 rue du CRM")
    }

    /// R13: one record that nobody can read is quarantined, and the others of its page go through.
    @Test func r13AnUnreadableRecordDoesNotStopItsPage() async throws {
        let bench = try SyncBench()
        let broken = bench.account.edit("contacts", nil, ["email": "ada@example.com"])
        bench.account.edit("contacts", nil, ["email": "eve@example.com"])
        bench.account.with { $0.habits.unreadable = [broken] }
        let report = try await bench.sync()
        #expect(report.counts.quarantined == 1)
        #expect(try bench.contacts().map { $0["email"] } == ["eve@example.com"])
    }

    /// R13: a record that the CRM refused as a whole is not sent again until it changes.
    @Test func r13ARefusedRecordIsSentAgainOnlyWhenItChanged() async throws {
        let bench = try SyncBench()
        let (ada, remote) = try await self.linked(bench)
        let tries = Mutex(0)
        bench.account.with { state in
            state.habits.refusesRecord = { values in
                tries.withLock { $0 += 1 }
                return values["city"] == "Atlantis" ? "no such place" : nil
            }
        }
        try bench.edit(ada, ["city": "Atlantis"])
        for _ in 0..<3 { #expect(try await bench.sync().counts.quarantined == 1) }
        #expect(tries.withLock { $0 } == 1)
        try bench.edit(ada, ["city": "Lyon"])
        try await bench.sync()
        #expect(bench.account.value("contacts", remote, "city") == "Lyon")
    }

    /// A conflict that waits for a person leaves the record's other fields alone.
    @Test func aWaitingConflictDoesNotBlockTheRest() async throws {
        let bench = try SyncBench()
        let (ada, remote) = try await self.linked(bench)
        try bench.edit(ada, ["city": "Lyon", "phone": "+33 1 23"])
        bench.account.edit("contacts", remote, ["city": "Nice", "street": "1 rue A"])
        let report = try await bench.sync()
        #expect(report.counts.conflictsWaiting == 1)
        #expect(bench.account.value("contacts", remote, "phone") == "+33 1 23")
        #expect(try bench.value(ada, "street") == "1 rue A")
    }

    /// A policy decides once: both sides get the winner, although the loser's edit is the newer one.
    @Test func theWinnerOfAConflictReachesTheSideThatLost() async throws {
        let city = MappingField(local: "city", remote: "city", onConflict: .preferLocal, fingerprint: "city")
        let bench = try SyncBench(mappings: [SyncBench.contacts(city)])
        let (ada, remote) = try await self.linked(bench)
        try bench.edit(ada, ["city": "Lyon"])
        bench.account.edit("contacts", remote, ["city": "Nice"])
        try await bench.sync()
        #expect(bench.account.value("contacts", remote, "city") == "Lyon")
        #expect(try bench.value(ada, "city") == "Lyon")
        #expect(try bench.conflicts(.settled).map(\.about.remote) == ["Nice"])
    }

    /// What was observed while a conflict waited is not taken in once more after its settlement.
    @Test func aKeptObservationCountsOnce() async throws {
        let bench = try SyncBench()
        let (ada, remote) = try await self.linked(bench)
        try bench.edit(ada, ["city": "Lyon"])
        bench.account.edit("contacts", remote, ["city": "Nice"])
        try await bench.sync()
        try bench.edit(ada, ["city": "Nice"])
        try await bench.sync()
        // Both agree: nothing is kept that a later plan could take for news.
        let kept = try bench.store.read { transaction in
            try transaction.links(of: ada).first.flatMap { try transaction.observation($0.key) }
        }
        #expect(kept == nil)
        try bench.edit(ada, ["city": "Lille"])
        for _ in 0..<2 { try await bench.sync() }
        #expect(bench.account.value("contacts", remote, "city") == "Lille")
        #expect(try bench.value(ada, "city") == "Lille")
        #expect(try bench.conflicts(.open).isEmpty)
    }
}
