import Records
import RelaisTesting
import Store
import SyncEngine
import Testing

/// What damaged answers did: an answer of which nothing can be made out says nothing (R10).
extension SimulationFindingTests {
    private static let ada: [String: Value] = ["email": "ada@example.com", "city": "Paris", "first_name": "Ada"]

    /// A bench with one contact on both sides.
    private func linked() async throws -> (bench: SyncBench, local: RecordID, remote: Text) {
        let bench = try SyncBench()
        let remote = bench.account.edit("contacts", nil, Self.ada)
        try await bench.sync()
        return (bench, try #require(try bench.contacts().first?.id), remote)
    }

    /// R1 and R10: we clear a field, the write never arrives, and the read that is to tell is damaged.
    ///
    /// What was not mentioned was taken for blank, and so for what we had sent.
    @Test func anUnreadableAnswerIsNoEvidenceOfAClear() async throws {
        let (bench, ada, remote) = try await self.linked()
        try bench.edit(ada, ["city": .null])
        bench.account.with { state in
            state.faults = [.loseRequest]
            state.afterWrite = nil
            state.beforeWrite = { state in state.habits.damaged = [remote] }
        }
        #expect(try await bench.sync().counts.unknown == 1)
        bench.account.with { state in
            state.habits.damaged = []
            state.beforeWrite = nil
        }
        for _ in 0..<2 { try await bench.sync() }
        #expect(bench.account.value("contacts", remote, "city").isBlank)
        #expect(try bench.value(ada, "city").isBlank)
    }

    /// R1 and R10: the same with a value: somebody had overtaken us with nothing, it was said.
    @Test func anUnreadableAnswerOvertakesNobody() async throws {
        let (bench, ada, remote) = try await self.linked()
        try bench.edit(ada, ["city": "Lyon"])
        bench.account.with { state in
            state.faults = [.loseRequest]
            state.beforeWrite = { state in state.habits.damaged = [remote] }
        }
        try await bench.sync()
        bench.account.with { state in
            state.habits.damaged = []
            state.beforeWrite = nil
        }
        for _ in 0..<2 { try await bench.sync() }
        #expect(bench.account.value("contacts", remote, "city") == "Lyon")
        #expect(try bench.conflicts(.settled).isEmpty)
    }

    /// R2: the read just before a write is damaged: nobody knows what would be overwritten, so nothing is written.
    @Test func whatCannotBeReadJustBeforeAWriteIsNotOverwritten() async throws {
        let (bench, ada, remote) = try await self.linked()
        try bench.edit(ada, ["city": "Lyon"])
        // An index that lags hides the person's edit from the page.
        bench.account.with { $0.habits.lag = .seconds(3600) }
        bench.account.edit("contacts", remote, ["city": "Nice"])
        bench.account.with { $0.habits.damaged = [remote] }
        let report = try await bench.sync()
        #expect(report.counts.updatedRemotely == 0)
        #expect(report.counts.quarantined == 1)
        bench.account.with { state in
            state.habits.damaged = []
            state.habits.lag = .zero
        }
        for _ in 0..<2 { try await bench.sync() }
        #expect(bench.account.value("contacts", remote, "city") == "Nice")
        #expect(try bench.conflicts(.open).map(\.about.local) == ["Lyon"])
        #expect(try bench.store.read { try $0.quarantined(limit: 9) }.isEmpty)
    }

    /// R10: a record that cannot be read in its page, nor by its id, does not become an empty one of ours.
    @Test func aRecordThatCannotBeReadAtAllIsNotMadeEmpty() async throws {
        let bench = try SyncBench()
        let ada = bench.account.edit("contacts", nil, Self.ada)
        bench.account.with { state in
            state.habits.unreadablePages = [ada]
            state.habits.damaged = [ada]
        }
        #expect(try await bench.sync().counts.quarantined == 1)
        #expect(try bench.contacts().isEmpty)
        // The position is behind it: only a read by id can find it again.
        bench.account.with { $0.habits.damaged = [] }
        #expect(try await bench.sync(after: .seconds(600)).counts.quarantined == 0)
        #expect(try bench.contacts().map { $0["city"] } == ["Paris"])
    }

    /// R13: a read by id that fails, in the run that would let a record in again, is tried by the next run.
    @Test func aRecordSetAsideIsReadAgainByEachRun() async throws {
        let (bench, ada, remote) = try await self.linked()
        bench.account.edit("contacts", remote, ["city": "Nice"])
        bench.account.with { state in
            state.habits.unreadablePages = [remote]
            state.readFailures = 1
        }
        #expect(try await bench.sync().counts.quarantined == 1)
        bench.account.with { $0.habits.unreadablePages = [] }
        #expect(try await bench.sync(after: .seconds(600)).counts.quarantined == 0)
        #expect(try bench.value(ada, "city") == "Nice")
    }

    /// S9: a record whose very id is damaged cannot be read by it, and the position moves on behind its page.
    @Test func aPageWithANamelessRecordIsAskedForAgain() async throws {
        let (bench, ada, remote) = try await self.linked()
        bench.account.edit("contacts", remote, ["city": "Nice"])
        bench.account.with { $0.namelessPages = 2 }
        #expect(try await bench.sync().counts.quarantined == 0)
        #expect(try bench.value(ada, "city") == "Nice")
    }

    /// R4: who must not be made twice is not forgotten because the CRM's answer about them is damaged.
    @Test func aCounterpartThatCannotBeReadIsMetLater() async throws {
        let bench = try SyncBench()
        try await bench.sync()
        let remote = bench.account.edit("contacts", nil, ["email": "ada@example.com"])
        bench.account.with { state in
            state.habits.lag = .seconds(86_400)
            state.habits.damaged = [remote]
        }
        let ada = try bench.edit(nil, ["email": "ada@example.com", "city": "Paris"])
        try await bench.sync()
        #expect(try bench.remoteID(of: ada) == nil)
        #expect(bench.account.ids("contacts").count == 1)
        bench.account.with { $0.habits.damaged = [] }
        try await bench.sync()
        #expect(try bench.remoteID(of: ada) == remote)
        #expect(bench.account.value("contacts", remote, "city") == "Paris")
    }

    /// R3: what is to be read by id again is not forgotten with the run that found it out.
    ///
    /// The CRM fills in a field when another one is written, under the version that our write was answered with.
    @Test func whatIsToBeReadAgainOutlivesTheRun() async throws {
        let (bench, ada, remote) = try await self.linked()
        bench.account.with { state in
            state.afterWrite = { $0.objects["contacts"]?[remote]?.values["street"] = "filled in" }
        }
        try bench.edit(ada, ["city": "Lyon"])
        try await bench.sync(after: .seconds(600))
        #expect(bench.account.value("contacts", remote, "street") == "filled in")
        // The page shows it, the position moves on behind a later record, and the read by id that is to make sure fails.
        bench.clock.advance(by: .seconds(600))
        bench.account.edit("contacts", nil, ["email": "eve@example.com"])
        bench.account.with { $0.readFailures = 9 }
        _ = try? await bench.sync(after: .seconds(1))
        bench.account.with { $0.readFailures = 0 }
        // By now no page shows it any more.
        try await bench.sync(after: .seconds(3600))
        #expect(try bench.value(ada, "street") == "filled in")
    }

    /// A plan only looks, also at what it has to read by its id.
    @Test func aPlanOnlyLooksAtARecordThatWasDamagedInItsPage() async throws {
        let (bench, ada, remote) = try await self.linked()
        bench.account.edit("contacts", remote, ["city": "Nice"])
        bench.account.with { $0.habits.unreadablePages = [remote] }
        let plan = try await bench.syncer.plan()
        #expect(plan.counts.localWrites == 1)
        #expect(try bench.value(ada, "city") == "Paris")
        bench.account.with { $0.habits.unreadablePages = [] }
        try await bench.sync()
        #expect(try bench.value(ada, "city") == "Nice")
    }
}
