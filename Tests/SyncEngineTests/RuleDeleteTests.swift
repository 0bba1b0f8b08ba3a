import Connectors
import Mapping
import Planning
import Records
import RelaisTesting
import Store
import SyncEngine
import Testing

/// R10: deletes need positive evidence, travel as the mapping says, and never win over an edit unseen.
@Suite struct RuleDeleteTests {
    private static let both = DeleteSwitches(pull: .archive, push: .archive)

    private func bench(_ delete: DeleteSwitches = RuleDeleteTests.both, people: Int = 3) async throws -> SyncBench {
        let bench = try SyncBench(mappings: [SyncBench.contacts(delete: delete)])
        for number in 0..<people {
            bench.account.edit(
                "contacts",
                nil,
                ["email": .text("p\(number)@example.com"), "first_name": .text("P\(number)"), "city": "Paris"]
            )
        }
        try await bench.sync()
        return bench
    }

    private func first(_ bench: SyncBench) throws -> (local: RecordID, remote: Text) {
        let local = try #require(try bench.contacts().first?.id)
        return (local, try #require(try bench.remoteID(of: local)))
    }

    private func quiet(_ bench: SyncBench, sourceLocation: Testing.SourceLocation = #_sourceLocation) async throws {
        for _ in 0..<2 {
            let counts = try await bench.sync().counts
            #expect(counts.localWrites + counts.remoteWrites == 0, "\(counts)", sourceLocation: sourceLocation)
        }
    }

    @Test func aRecordArchivedInTheCRMIsArchivedHere() async throws {
        let bench = try await self.bench()
        let (ada, remote) = try self.first(bench)
        bench.account.setArchived("contacts", remote, true)
        let report = try await bench.sync()
        #expect(report.counts.deletedLocally == 1)
        #expect(try bench.store.read { try $0.record(ada)?.deletedAt } != nil)
        try await self.quiet(bench)
        #expect(try bench.contacts().count == 2)
    }

    @Test func aPlanShowsWhatWouldBeDeletedAndDeletesNothing() async throws {
        let bench = try await self.bench()
        let (ada, remote) = try self.first(bench)
        bench.account.setArchived("contacts", remote, true)
        bench.clock.advance(by: .seconds(60))
        let plan = try await bench.syncer.plan()
        #expect(plan.counts.deletedLocally == 1)
        #expect(try bench.store.read { try $0.record(ada)?.isLive } == true)
        try bench.delete(try #require(try bench.contacts().last?.id))
        bench.clock.advance(by: .seconds(60))
        let second = try await bench.syncer.plan()
        #expect(second.counts.archivedRemotely == 1)
        #expect(bench.account.ids("contacts").count == 2)
    }

    @Test func withPullIgnoreTheRecordStaysAndIsNotMadeAgain() async throws {
        let bench = try await self.bench(DeleteSwitches())
        let (ada, remote) = try self.first(bench)
        bench.account.setArchived("contacts", remote, true)
        let report = try await bench.sync()
        #expect(report.counts.missingRemotely == 1 && !report.followsDeletions)
        #expect(try bench.store.read { try $0.record(ada)?.isLive } == true)
        try bench.edit(ada, ["city": "Lyon"])
        try await self.quiet(bench)
        #expect(bench.account.ids("contacts").count == 2)
    }

    /// A record that a read by id misses once may be missing because of a broken replica; a list proves nothing at all.
    @Test func oneReadWithoutAnAnswerDeletesNothing() async throws {
        let bench = try await self.bench()
        let (ada, remote) = try self.first(bench)
        let kept = try #require(bench.account.with { $0.objects["contacts"]?[remote] })
        bench.account.remove("contacts", remote)
        try await self.quiet(bench)
        #expect(try bench.store.read { try $0.record(ada)?.isLive } == true)
        // Only now it is asked for by id, and does not answer.
        try bench.edit(ada, ["city": "Lyon"])
        let once = try await bench.sync()
        #expect(once.counts.deletedLocally == 0)
        bench.account.with { $0.objects["contacts"]?[remote] = kept }
        try await bench.sync()
        #expect(try bench.store.read { try $0.record(ada)?.isLive } == true)
        try await bench.sync()
        #expect(bench.account.value("contacts", remote, "city") == "Lyon")
    }

    @Test func twoReadsWithoutAnAnswerBesideAControlRecordAreEvidence() async throws {
        let bench = try await self.bench(DeleteSwitches(pull: .archive, edited: .archive))
        let (ada, remote) = try self.first(bench)
        bench.account.remove("contacts", remote)
        try bench.edit(ada, ["city": "Lyon"])
        let once = try await bench.sync()
        #expect(once.counts.deletedLocally == 0 && once.counts.missingRemotely == 1)
        // It does not stay: whoever reads the report must be told so.
        #expect(once.followsDeletions)
        let soon = try await bench.sync(after: .seconds(1))
        #expect(soon.counts.deletedLocally == 0)
        let twice = try await bench.sync()
        #expect(twice.counts.deletedLocally == 1)
        try await self.quiet(bench)
    }

    /// The whole account answers nothing: that is an outage, not a mass deletion.
    @Test func withoutAControlRecordThatAnswersNothingIsDeleted() async throws {
        let bench = try await self.bench(DeleteSwitches(pull: .archive, edited: .archive))
        for record in try bench.contacts() { try bench.edit(record.id, ["city": "Lyon"]) }
        let all = bench.account.with { state in
            let all = state.objects["contacts"] ?? [:]
            state.objects["contacts"] = [:]
            return all
        }
        for _ in 0..<4 { #expect(try await bench.sync().counts.deletedLocally == 0) }
        #expect(try bench.contacts().count == 3)
        bench.account.with { $0.objects["contacts"] = all }
        try await bench.sync()
        try await bench.sync()
        #expect(
            bench.account.with { $0.objects["contacts"]?.values.allSatisfy { $0.values["city"] == "Lyon" } } == true
        )
    }

    // MARK: Delete × update

    /// Nothing is deleted here with `pull: ignore`, but an edit that the CRM never got would wait unseen for ever.
    @Test(arguments: DeleteSwitches.Edited.allCases)
    func anEditThatTheCRMNeverGotIsNotForgottenWithItsRecord(edited: DeleteSwitches.Edited) async throws {
        let bench = try await self.bench(DeleteSwitches(edited: edited))
        let (ada, remote) = try self.first(bench)
        try bench.edit(ada, ["city": "Lyon"])
        bench.account.setArchived("contacts", remote, true)
        let report = try await bench.sync()
        #expect(report.counts.missingRemotely == 1)
        #expect(try bench.value(ada, "city") == "Lyon")
        let kinds = try bench.store.read { try $0.openReviews(limit: 9) }.map(\.kind)
        for _ in 0..<2 { try await bench.sync() }
        switch edited {
        case .review:
            #expect(report.counts.reviews == 1 && kinds == [.deletedRemotely])
            #expect(bench.account.ids("contacts").count == 2)
        case .keep:
            #expect(bench.account.ids("contacts").count == 3, "made anew")
            let again = try #require(try bench.remoteID(of: ada))
            #expect(again != remote && bench.account.value("contacts", again, "city") == "Lyon")
        case .archive: #expect(kinds.isEmpty && bench.account.ids("contacts").count == 2)
        }
        #expect(try bench.store.read { try $0.record(ada)?.isLive } == true)
    }

    @Test(arguments: DeleteSwitches.Edited.allCases)
    func deletedInTheCRMAndEditedHere(edited: DeleteSwitches.Edited) async throws {
        let bench = try await self.bench(DeleteSwitches(pull: .archive, push: .archive, edited: edited))
        let (ada, remote) = try self.first(bench)
        try bench.edit(ada, ["city": "Lyon"])
        bench.account.setArchived("contacts", remote, true)
        let report = try await bench.sync()
        let isLive = try bench.store.read { try $0.record(ada)?.isLive }
        switch edited {
        case .review:
            #expect(isLive == true && report.counts.reviews == 1)
            #expect(try bench.store.read { try $0.openReviews(limit: 9).map(\.kind) } == [.deletedRemotely])
            #expect(bench.account.ids("contacts").count == 2)
        case .keep:
            #expect(isLive == true && report.counts.createdRemotely == 1)
            let again = try #require(try bench.remoteID(of: ada))
            #expect(again != remote && bench.account.value("contacts", again, "city") == "Lyon")
        case .archive: #expect(isLive == false && report.counts.deletedLocally == 1)
        }
        try await self.quiet(bench)
    }

    @Test(arguments: DeleteSwitches.Edited.allCases)
    func deletedHereAndEditedInTheCRM(edited: DeleteSwitches.Edited) async throws {
        let bench = try await self.bench(DeleteSwitches(pull: .archive, push: .archive, edited: edited))
        let (ada, remote) = try self.first(bench)
        try bench.delete(ada)
        bench.account.edit("contacts", remote, ["city": "Nice"])
        let report = try await bench.sync()
        let isArchived = bench.account.with { $0.objects["contacts"]?[remote]?.isArchived }
        switch edited {
        case .review:
            #expect(isArchived == false && report.counts.reviews == 1)
            #expect(try bench.store.read { try $0.openReviews(limit: 9).map(\.kind) } == [.deletedLocally])
        case .keep:
            #expect(isArchived == false && report.counts.restoredLocally == 1)
            #expect(try bench.value(ada, "city") == "Nice")
        case .archive: #expect(isArchived == true && report.counts.archivedRemotely == 1)
        }
        try await self.quiet(bench)
    }

    /// The edit is made between our reading and our archiving, and no list has told of it yet.
    @Test func anUnseenEditStopsTheArchiving() async throws {
        let bench = try await self.bench()
        let (ada, remote) = try self.first(bench)
        bench.account.with { $0.habits.lag = .seconds(600) }
        try bench.delete(ada)
        bench.account.edit("contacts", remote, ["city": "Nice"])
        let report = try await bench.sync()
        #expect(report.counts.archivedRemotely == 0 && report.counts.reviews == 1)
        #expect(bench.account.with { $0.objects["contacts"]?[remote]?.isArchived } == false)
    }

    @Test func deletedOnBothSidesIsQuiet() async throws {
        let bench = try await self.bench()
        let (ada, remote) = try self.first(bench)
        try bench.delete(ada)
        bench.account.setArchived("contacts", remote, true)
        let report = try await bench.sync()
        #expect(report.counts.localWrites + report.counts.remoteWrites == 0)
        try await self.quiet(bench)
    }

    @Test func aRecordDeletedHereIsArchivedInTheCRM() async throws {
        let bench = try await self.bench()
        let (ada, remote) = try self.first(bench)
        try bench.delete(ada)
        let report = try await bench.sync()
        #expect(report.counts.archivedRemotely == 1)
        #expect(bench.account.with { $0.objects["contacts"]?[remote]?.isArchived } == true)
        try await self.quiet(bench)
    }

    @Test(arguments: [MemoryAccount.Fault.loseAnswer, .loseRequest])
    func anUnansweredArchivingIsReadBack(fault: MemoryAccount.Fault) async throws {
        let bench = try await self.bench()
        let (ada, remote) = try self.first(bench)
        try bench.delete(ada)
        bench.account.with { $0.faults = [fault] }
        #expect(try await bench.sync().counts.unknown == 1)
        let report = try await bench.sync()
        #expect(report.counts.archivedRemotely == 1)
        #expect(bench.account.with { $0.objects["contacts"]?[remote]?.isArchived } == true)
        try await self.quiet(bench)
    }

    /// R8: the remote record of one that was deleted here lives on, and changes; it is not made again.
    @Test func aLocalTombstoneBlocksReCreation() async throws {
        let bench = try await self.bench(DeleteSwitches())
        let (ada, remote) = try self.first(bench)
        try bench.delete(ada)
        bench.account.edit("contacts", remote, ["city": "Nice"])
        try await self.quiet(bench)
        try bench.syncer.startReadersOver()
        try await self.quiet(bench)
        #expect(try bench.contacts().count == 2)
        #expect(bench.account.ids("contacts").count == 3)
    }

    // MARK: Restore

    @Test func aRestoredRecordComesBackToItsLinkWithItsShadow() async throws {
        let bench = try await self.bench()
        let (ada, remote) = try self.first(bench)
        bench.account.setArchived("contacts", remote, true)
        try await bench.sync()
        bench.account.setArchived("contacts", remote, false)
        bench.account.edit("contacts", remote, ["city": "Nice"])
        let report = try await bench.sync()
        #expect(report.counts.restoredLocally == 1 && report.counts.createdLocally == 0)
        #expect(try bench.value(ada, "city") == "Nice")
        // With its shadow: only what changed is a change, so that a local edit still travels.
        try bench.edit(ada, ["phone": "+33 1"])
        try await bench.sync()
        #expect(bench.account.value("contacts", remote, "phone") == "+33 1")
        #expect(try bench.conflicts(.open).isEmpty)
        try await self.quiet(bench)
    }

    /// A list that lags behind still shows the archived record as alive.
    @Test func aLaggingListRestoresNothing() async throws {
        let bench = try await self.bench()
        let (ada, remote) = try self.first(bench)
        let old = try #require(bench.account.with { $0.objects["contacts"]?[remote] })
        try bench.delete(ada)
        try await bench.sync()
        try bench.syncer.startReadersOver()
        bench.account.with { state in
            state.objects["contacts"]?[remote] = old
            state.objects["contacts"]?[remote]?.isArchived = false
            state.aliases["contacts"] = [remote: "nobody"]
        }
        try await self.quiet(bench)
        #expect(try bench.store.read { try $0.record(ada)?.isLive } == false)
    }

    /// R11: a wiped account must not wipe ours.
    @Test func aMassDeletionTripsTheBreakerAndDeletesNothing() async throws {
        var bench = try await self.bench(people: 20)
        bench.breaker = Breaker(floor: 2, share: 0.2)
        for remote in bench.account.ids("contacts").prefix(10) { bench.account.setArchived("contacts", remote, true) }
        await #expect(throws: SyncError.self) { try await bench.sync() }
        #expect(try bench.contacts().count == 20)
        bench.clock.advance(by: .seconds(60))
        let report = try await bench.syncer.sync(allowing: [.deletes])
        #expect(report.counts.deletedLocally == 10)
        #expect(try bench.contacts().count == 10)
    }

    @Test func aMassDeletionHereDoesNotWipeTheCRM() async throws {
        var bench = try await self.bench(people: 20)
        bench.breaker = Breaker(floor: 2, share: 0.2)
        for record in try bench.contacts().prefix(10) { try bench.delete(record.id) }
        await #expect(throws: SyncError.self) { try await bench.sync() }
        #expect(bench.account.ids("contacts").count == 20)
    }
}
