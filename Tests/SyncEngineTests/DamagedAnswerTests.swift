import Connectors
import Mapping
import Planning
import Records
import RelaisTesting
import Store
import SyncEngine
import Testing

/// Answers of which nothing can be made out, where records depart, are archived, made or undone: they say nothing (R10),
/// stop nobody else (R13), lose nothing, and are told.
@Suite struct DamagedAnswerTests {
    private func bench(_ people: Int = 3, lostUpdate: LostUpdateProtection = .window) async throws -> SyncBench {
        let both = DeleteSwitches(pull: .archive, push: .archive)
        let bench = try SyncBench(mappings: [SyncBench.contacts(delete: both)], lostUpdate: lostUpdate)
        for number in 0..<people {
            bench.account.edit("contacts", nil, ["email": .text("p\(number)@example.com"), "city": "Paris"])
        }
        try await bench.sync()
        return bench
    }

    private func pairs(_ bench: SyncBench) throws -> [(local: RecordID, remote: Text)] {
        try bench.contacts().map { ($0.id, try #require(try bench.remoteID(of: $0.id))) }
    }

    // MARK: Departures

    /// Missed once; the second read gives the id and nothing else: it is there, and is not deleted here.
    @Test func r10ADamagedSecondReadIsNoEvidenceOfADeletion() async throws {
        let bench = try await self.bench()
        let (ada, remote) = try self.pairs(bench)[0]
        let kept = try #require(bench.account.with { $0.objects["contacts"]?[remote] })
        bench.account.remove("contacts", remote)
        try bench.edit(ada, ["city": "Lyon"])
        #expect(try await bench.sync().counts.missingRemotely == 1)
        bench.account.with { state in
            state.objects["contacts"]?[remote] = kept
            state.habits.damaged = [remote]
        }
        let told = try await bench.sync()
        #expect(told.counts.deletedLocally == 0 && told.counts.quarantined == 1)
        #expect(bench.account.value("contacts", remote, "city") == "Paris")
        bench.account.with { $0.habits.damaged = [] }
        for _ in 0..<2 { try await bench.sync() }
        #expect(bench.account.value("contacts", remote, "city") == "Lyon")
        #expect(try await bench.sync().counts.quarantined == 0)
    }

    /// A control record that is there and cannot be read is there: it answered.
    @Test func r10AnUnreadableNeighbourDepartsNobodyAndHoldsUpNobody() async throws {
        let bench = try await self.bench()
        let people = try self.pairs(bench)
        bench.account.setArchived("contacts", people[0].remote, true)
        bench.account.setArchived("contacts", people[1].remote, true)
        bench.account.with { $0.habits.damaged = [people[1].remote, people[2].remote] }
        let report = try await bench.sync()
        #expect(report.counts.deletedLocally == 2)
        #expect(try bench.contacts().map(\.id) == [people[2].local])
    }

    /// The reading that is to make sure is not answered: nothing departs, and the next run goes on.
    @Test func r10AFailedReadDepartsNobody() async throws {
        let bench = try await self.bench()
        let (ada, remote) = try self.pairs(bench)[0]
        bench.account.setArchived("contacts", remote, true)
        bench.account.with { $0.readFailures = 1 }
        await #expect(throws: RemoteFailure.self) { try await bench.sync() }
        #expect(try bench.store.read { try $0.record(ada)?.isLive } == true)
        #expect(try await bench.sync().counts.deletedLocally == 1)
    }

    /// The winner of a merge cannot be read: its loser waits and is told, until it can.
    @Test func r17AMergeIntoARecordThatCannotBeReadWaits() async throws {
        let bench = try await self.bench()
        let people = try self.pairs(bench)
        bench.account.merge("contacts", people[0].remote, into: people[1].remote)
        bench.account.with { $0.habits.damaged = [people[1].remote] }
        let report = try await bench.sync()
        #expect(report.counts.mergedLocally == 0 && report.counts.missingRemotely == 1)
        #expect(try bench.contacts().count == 3)
        bench.account.with { $0.habits.damaged = [] }
        for _ in 0..<2 { try await bench.sync() }
        #expect(try bench.contacts().count == 2)
    }

    /// Merged between our write and the read that is to settle it: what the winner holds is no answer to what we sent.
    @Test(arguments: ["Paris", "Nice"] as [Value])
    func r10AReadBackThatAnswersUnderAnotherIDSettlesNothing(city: Value) async throws {
        let bench = try await self.bench()
        let people = try self.pairs(bench)
        bench.account.edit("contacts", people[1].remote, ["city": city])
        try await bench.sync()
        try bench.edit(people[0].local, ["city": "Lyon"])
        bench.account.with { state in
            state.habits.answersWithoutValues = true
            state.afterWrite = { state in
                state.afterWrite = nil
                let lost = state.objects["contacts"]?.removeValue(forKey: people[0].remote)
                state.aliases["contacts", default: [:]][people[0].remote] = people[1].remote
                state.objects["contacts"]?[people[1].remote]?.merged = [people[0].remote, people[1].remote]
                state.objects["contacts"]?[people[1].remote]?.version = (lost?.version ?? 0) + 1_000_000
            }
        }
        for _ in 0..<4 { try await bench.sync() }
        #expect(try bench.contacts().count == 2)
        let log = try bench.conflicts(.settled) + bench.conflicts(.open)
        let here = try bench.value(people[1].local, "city")
        #expect(here == "Lyon" || log.contains { $0.about.local == "Lyon" }, "\(here) \(log)")
        let holds = try bench.store.read { try $0.holds(#require(try $0.connection("crm")?.number), limit: 9) }
        #expect(holds.isEmpty)
        let quiet = try await bench.sync()
        #expect(quiet.counts.localWrites + quiet.counts.remoteWrites + quiet.counts.fieldsRejected == 0)
    }

    // MARK: Archiving

    /// What cannot be read just before is not archived: somebody may have edited it (R2).
    @Test func r2WhatCannotBeReadIsNotArchivedAndTheOthersAre() async throws {
        let bench = try await self.bench()
        let people = try self.pairs(bench)
        for person in people.prefix(2) { try bench.delete(person.local) }
        bench.account.with { $0.habits.damaged = [people[0].remote] }
        let report = try await bench.sync()
        #expect(report.counts.archivedRemotely == 1 && report.counts.quarantined == 1)
        #expect(Set(bench.account.ids("contacts")) == [people[0].remote, people[2].remote])
        bench.account.with { $0.habits.damaged = [] }
        for _ in 0..<2 { try await bench.sync() }
        #expect(bench.account.ids("contacts") == [people[2].remote])
        #expect(try await bench.sync().counts.quarantined == 0)
    }

    /// Archived without an answer, and the read that is to tell is damaged.
    @Test func r10AnArchivingWithoutAnAnswerIsNotSettledByADamagedOne() async throws {
        let bench = try await self.bench()
        let (ada, remote) = try self.pairs(bench)[0]
        try bench.delete(ada)
        bench.account.with { $0.faults = [.loseRequest] }
        #expect(try await bench.sync().counts.unknown == 1)
        bench.account.with { $0.habits.damaged = [remote] }
        try await bench.sync()
        #expect(bench.account.ids("contacts").contains(remote))
        bench.account.with { $0.habits.damaged = [] }
        for _ in 0..<2 { try await bench.sync() }
        #expect(!bench.account.ids("contacts").contains(remote))
    }

    // MARK: Making

    /// The create was carried out and never answered; who carries our id cannot be read: none is made beside it.
    @Test(arguments: [true, false])
    func r4AHolderThatCannotBeReadIsNotMadeASecondTime(enforcesKey: Bool) async throws {
        let bench = try SyncBench(enforcesKey: enforcesKey)
        let ada = try bench.edit(nil, ["first_name": "Ada"])
        bench.account.with { state in
            state.habits.lag = .seconds(86_400)
            state.faults = [.loseAnswer]
            state.habits.damaged = ["1001"]
        }
        for _ in 0..<3 {
            let report = try await bench.sync()
            #expect(report.counts.unknown == 1 && report.counts.needsAttention)
            #expect(bench.account.ids("contacts") == ["1001"])
        }
        bench.account.with { $0.habits.damaged = [] }
        for _ in 0..<2 { try await bench.sync() }
        #expect(try bench.remoteID(of: ada) == "1001")
        #expect(bench.account.ids("contacts") == ["1001"])
    }

    /// The same while the answer is not given at all.
    @Test func r4HoldersWithoutAnAnswerAreAskedForAgain() async throws {
        let bench = try SyncBench(enforcesKey: false)
        let ada = try bench.edit(nil, ["first_name": "Ada"])
        bench.account.with { state in
            state.faults = [.loseAnswer]
            state.readFailures = 1
        }
        await #expect(throws: RemoteFailure.self) { try await bench.sync() }
        for _ in 0..<2 { try await bench.sync() }
        #expect(try bench.remoteID(of: ada) == "1001")
        #expect(bench.account.ids("contacts") == ["1001"])
    }

    /// R13: a record that looks like ours and cannot be read is told of, and the others are made.
    @Test func r13AnUnreadableTwinIsTold() async throws {
        let bench = try SyncBench()
        try await bench.sync()
        let remote = bench.account.edit("contacts", nil, ["email": "ada@example.com"])
        bench.account.with { state in
            state.habits.lag = .seconds(86_400)
            state.habits.damaged = [remote]
        }
        let ada = try bench.edit(nil, ["email": "ada@example.com"])
        try bench.edit(nil, ["email": "bob@example.com"])
        for round in 0..<2 {
            let report = try await bench.sync()
            #expect(report.counts.createdRemotely == (round == 0 ? 1 : 0))
            #expect(report.counts.quarantined == 1 && report.counts.needsAttention)
        }
        bench.account.with { $0.habits.damaged = [] }
        try await bench.sync()
        #expect(try bench.remoteID(of: ada) == remote)
        #expect(try await bench.sync().counts.quarantined == 0)
    }

    /// A CRM that went away in the middle is not waited for once for each record that was set aside.
    @Test func r13WhoIsNotThereIsNotAskedForEachRecordThatIsSetAside() async throws {
        let bench = try SyncBench()
        let ids = (0..<30).map { bench.account.edit("contacts", nil, ["email": .text("p\($0)@example.com")]) }
        bench.account.with { $0.habits.unreadable = Set(ids) }
        try await bench.sync()
        let before = bench.account.with { state in
            state.readFailureCode = .unreachable
            state.readFailures = 1000
            return state.requests
        }
        _ = try? await bench.sync()
        #expect(bench.account.with { $0.requests } - before < 15)
    }
}
