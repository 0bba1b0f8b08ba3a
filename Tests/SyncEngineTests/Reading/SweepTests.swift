import Connectors
import Records
import RelaisTesting
import Store
import SyncEngine
import Testing

/// The reconcile sweep: what neither the changed-since reading nor a notification told of.
@Suite struct SweepTests {
    private func linked(_ bench: SyncBench, _ count: Int = 3) async throws -> [Text] {
        let remotes = (0..<count).map {
            bench.account.edit("contacts", nil, ["email": .text("a\($0)@x.org"), "city": "Paris"])
        }
        try await bench.sync()
        bench.clock.advance(by: .seconds(3600))
        // The reader's position follows the newest record; everything older is behind it.
        bench.account.edit("contacts", nil, ["email": "last@x.org"])
        try await bench.sync()
        bench.clock.advance(by: .seconds(3600))
        return remotes
    }

    private func city(_ bench: SyncBench, _ name: String) throws -> Value? {
        try bench.contacts().first { $0["email"] == .text("\(name)@x.org") }?["city"]
    }

    /// A change whose time lies behind the reader's position: the CRM's clock was wrong, or its index kept it for days.
    private func changeUnnoticed(_ bench: SyncBench, _ remote: Text, _ property: String, _ value: Value) {
        bench.account.with { state in
            state.objects["contacts"]?[remote]?.values[property] = value
            state.objects["contacts"]?[remote]?.version += 1
        }
    }

    @Test func anUnnoticedChangeIsDriftByField() async throws {
        let bench = try SyncBench()
        let remotes = try await self.linked(bench)
        self.changeUnnoticed(bench, remotes[0], "city", "Nice")
        self.changeUnnoticed(bench, remotes[1], "city", "Lyon")
        self.changeUnnoticed(bench, remotes[1], "street", "2 rue B")
        let blind = try await bench.sync()
        #expect(blind.counts.localWrites == 0, "the ordinary reading does not see it")
        let report = try await bench.syncer.sync(reconciling: true)
        #expect(report.counts.driftChanged == 2)
        #expect(report.counts.driftFields == ["memory/contact city": 2, "memory/contact street": 1])
        #expect(try ["a0", "a1", "a2", "last"].map { try self.city(bench, $0) } == ["Nice", "Lyon", "Paris", .absent])
        let again = try await bench.syncer.sync(reconciling: true)
        #expect(again.counts.driftChanged == 0 && again.counts.localWrites + again.counts.remoteWrites == 0)
    }

    @Test func anUnnoticedRecordIsDriftAndComesIn() async throws {
        let bench = try SyncBench()
        _ = try await self.linked(bench)
        let old = bench.clock.now.advanced(by: .seconds(-86_400)).microseconds
        bench.account.edit("contacts", "7", ["email": "late@x.org"])
        bench.account.with { $0.objects["contacts"]?["7"]?.version = old }
        try await bench.sync()
        #expect(try bench.contacts().count == 4)
        let report = try await bench.syncer.sync(reconciling: true)
        #expect(report.counts.driftNew == 1 && report.counts.createdLocally == 1)
        #expect(try bench.contacts().count == 5)
    }

    /// What changed a moment ago is news, not drift.
    @Test func newsIsNotDrift() async throws {
        let bench = try SyncBench()
        let remotes = try await self.linked(bench)
        bench.account.edit("contacts", remotes[0], ["city": "Nice"])
        bench.account.edit("contacts", nil, ["email": "new@x.org"])
        bench.clock.advance(by: .seconds(1))
        let report = try await bench.syncer.sync(reconciling: true)
        #expect(report.counts.driftChanged == 0 && report.counts.driftNew == 0)
        #expect(report.counts.createdLocally == 1 && report.counts.updatedLocally == 1, "\(report.counts)")
    }

    /// A conflict that waits for a person is known; it is not counted as drift in each sweep.
    @Test func aConflictThatWaitsIsNoDrift() async throws {
        let bench = try SyncBench()
        let remotes = try await self.linked(bench)
        let ada = try #require(try bench.contacts().first { $0["email"] == "a0@x.org" }).id
        bench.account.edit("contacts", remotes[0], ["city": "Nice"])
        try bench.edit(ada, ["city": "Lyon"])
        try await bench.sync()
        bench.clock.advance(by: .seconds(7200))
        let report = try await bench.syncer.sync(reconciling: true)
        #expect(report.counts.conflictsWaiting == 1 && report.counts.driftChanged == 0)
    }

    @Test func aMissingRecordIsReadByIDBesideOneThatAnswers() async throws {
        let bench = try SyncBench()
        let remotes = try await self.linked(bench)
        bench.account.with { _ = $0.objects["contacts"]?.removeValue(forKey: remotes[1]) }
        let report = try await bench.syncer.sync(reconciling: true)
        #expect(report.counts.driftMissing == 1)
        let seen = try bench.store.read { transaction in
            let connection = try #require(try transaction.connection("crm")).number
            return try transaction.observation(LinkKey(connection, transaction.object("contacts"), remotes[1]))?.state
        }
        #expect(seen == .gone)
    }

    /// S12: a page that leaves records out deletes nothing.
    @Test func aListThatLeavesRecordsOutIsNoEvidence() async throws {
        let bench = try SyncBench()
        let remotes = try await self.linked(bench)
        // Visible by id, in no list: as a lagging or broken index shows it.
        bench.account.with { state in
            state.objects["contacts"]?[remotes[1]]?.version = .max / 2
        }
        let report = try await bench.syncer.sync(reconciling: true)
        #expect(report.counts.driftMissing == 0)
        #expect(try bench.contacts().count == 4)
    }

    /// Where nothing answers any more, the account is broken, not empty.
    @Test func whereNothingAnswersNothingIsGone() async throws {
        let bench = try SyncBench()
        _ = try await self.linked(bench)
        bench.account.with { $0.objects["contacts"] = [:] }
        let report = try await bench.syncer.sync(reconciling: true)
        #expect(report.counts.driftMissing == 0)
        #expect(try bench.contacts().count == 4)
    }

    @Test func itComesByItselfWhenItIsDue() async throws {
        var bench = try SyncBench()
        bench.adjust = { $0.reconcileEvery = .seconds(86_400) }
        let remotes = try await self.linked(bench)
        try await bench.sync()
        self.changeUnnoticed(bench, remotes[0], "city", "Nice")
        try await bench.sync()
        #expect(try self.city(bench, "a0") == "Paris")
        try await bench.sync(after: .seconds(86_400))
        #expect(try self.city(bench, "a0") == "Nice")
        let kinds = try bench.store.read { try $0.runs(limit: 3).map(\.kind) }
        #expect(kinds == ["reconcile", "sync", "sync"])
    }

    /// What a sweep found is kept with its run, for `runs show`.
    @Test func theDriftIsKeptWithTheRun() async throws {
        let bench = try SyncBench()
        let remotes = try await self.linked(bench)
        self.changeUnnoticed(bench, remotes[0], "city", "Nice")
        _ = try await bench.syncer.sync(reconciling: true)
        let counts = try bench.store.read { try $0.runs(limit: 1)[0].counts }
        #expect(counts["drift_changed"] == 1 && counts["drift in memory/contact city"] == 1)
    }
}
