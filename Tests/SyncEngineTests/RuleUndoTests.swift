import Mapping
import Planning
import Records
import RelaisTesting
import Store
import SyncEngine
import Testing

/// R6: an undo names its side, restores the shadow, holds what it put back, and tells what it leaves.
@Suite struct RuleUndoTests {
    private struct Scene {
        let bench: SyncBench
        let ada: RecordID
        let remote: Text
        /// The run that made the change.
        let run: RunNumber

        func undo(_ side: UndoSide, carryOut: Bool = true) async throws -> UndoReport {
            self.bench.clock.advance(by: .seconds(60))
            return try await self.bench.syncer.undo(self.run, side: side, carryOut: carryOut)
        }

        func here(_ property: String = "city") throws -> Value { try self.bench.value(self.ada, property) }

        func there(_ property: String = "city") -> Value { self.bench.account.value("contacts", self.remote, property) }

        /// Three syncs, in which nothing may move.
        func stands(_ here: Value, _ there: Value) async throws {
            for pause in [60, 4000, 60] {
                let counts = try await self.bench.sync(after: .seconds(pause)).counts
                #expect(counts.localWrites + counts.remoteWrites == 0, "\(counts)")
                #expect(try self.here() == here)
                #expect(self.there() == there)
            }
        }

        func hold() throws -> Hold? {
            try self.bench.store.read { transaction in
                let connection = try #require(try transaction.connection("crm")?.number)
                return try transaction.holds(connection, limit: 9).first
            }
        }
    }

    /// Ada in Paris on both sides; then a run pulls Nice, or pushes Lyon.
    private func scene(pulls: Bool) async throws -> Scene {
        let bench = try SyncBench()
        let remote = bench.account.edit("contacts", nil, ["email": "ada@example.com", "city": "Paris"])
        try await bench.sync()
        let ada = try #require(try bench.contacts().first?.id)
        if pulls {
            bench.account.edit("contacts", remote, ["city": "Nice"])
        } else {
            try bench.edit(ada, ["city": "Lyon"])
        }
        let report = try await bench.sync()
        return Scene(bench: bench, ada: ada, remote: remote, run: RunNumber(rawValue: report.run))
    }

    /// Without the hold the next sync pulls Nice again.
    @Test func whatWasPulledIsPutBackHereAndStays() async throws {
        let scene = try await self.scene(pulls: true)
        let report = try await scene.undo(.local)
        #expect(report.local == 1 && report.remote == 0 && report.leftTotal == 0)
        try await scene.stands("Paris", "Nice")
        #expect(try scene.hold()?.reason == .undone)
        #expect(try scene.hold()?.detail == "undone in run \(scene.run.rawValue)")
    }

    /// Without the hold the next sync pushes Lyon again.
    @Test func whatWasPushedIsPutBackInTheCRMAndStays() async throws {
        let scene = try await self.scene(pulls: false)
        let report = try await scene.undo(.remote)
        #expect(report.remote == 1 && report.local == 0, "\(report)")
        try await scene.stands("Lyon", "Paris")
        #expect(try scene.hold()?.reason == .undone)
    }

    /// What stood in the CRM means nothing here, and the CRM gives it back in a form of its own: it is held like the rest.
    @Test func whatTheCRMTakesBackInAnotherFormIsHeld() async throws {
        let city = "{ local: city, remote: city, via: [ { enum: { Paris: p, Lyon: l } } ], on_conflict: prefer_local }"
        let bench = try SyncBench(mappings: [try SyncBench.mapping(fields: [city])])
        let remote = bench.account.edit("contacts", nil, ["email": "ada@example.com", "city": "p"])
        try await bench.sync()
        let ada = try #require(try bench.contacts().first?.id)
        bench.account.edit("contacts", remote, ["city": "X"])
        try bench.edit(ada, ["city": "Lyon"])
        let run = RunNumber(rawValue: try await bench.sync().run)
        #expect(bench.account.value("contacts", remote, "city") == "l")
        bench.account.with { $0.habits.normalise = { $1 == "X" ? "x" : $1 } }
        let scene = Scene(bench: bench, ada: ada, remote: remote, run: run)
        let report = try await scene.undo(.remote)
        #expect(report.remote == 1 && report.leftTotal == 0, "\(report)")
        try await scene.stands("Lyon", "x")
        #expect(try scene.hold()?.reason == .undone)
    }

    @Test(arguments: [true, false])
    func theOtherSideIsLeftAlone(pulls: Bool) async throws {
        let scene = try await self.scene(pulls: pulls)
        let report = try await scene.undo(pulls ? .remote : .local)
        #expect(report.total == 0)
        try await scene.stands(pulls ? "Nice" : "Lyon", pulls ? "Nice" : "Lyon")
    }

    @Test(arguments: [true, false])
    func aPlanShowsItAndWritesNothing(pulls: Bool) async throws {
        let scene = try await self.scene(pulls: pulls)
        let report = try await scene.undo(.both, carryOut: false)
        #expect(report.isPlan && report.total == 1)
        #expect(try scene.hold() == nil)
        try await scene.stands(pulls ? "Nice" : "Lyon", pulls ? "Nice" : "Lyon")
    }

    @Test func aPersonWhoLetsTheFieldGoGetsTheRunsChangeAgain() async throws {
        for (pulls, value) in [(true, "Nice" as Value), (false, "Lyon")] {
            let scene = try await self.scene(pulls: pulls)
            _ = try await scene.undo(pulls ? .local : .remote)
            try await scene.stands(pulls ? "Paris" : "Lyon", pulls ? "Nice" : "Paris")
            let hold = try #require(try scene.hold())
            try scene.bench.store.write { transaction in
                _ = try transaction.releaseHold(hold.connection, hold.object, record: hold.record, field: hold.field)
            }
            try await scene.bench.sync()
            #expect(try scene.here() == value)
            #expect(scene.there() == value)
        }
    }

    /// A field whose definition changed is met for the first time: its `initial` decides, and the hold is gone.
    @Test func aChangedMappingLetsTheFieldGo() async throws {
        let scene = try await self.scene(pulls: true)
        _ = try await scene.undo(.local)
        var bench = scene.bench
        let city = MappingField(local: "city", remote: "city", initial: .preferRemote, fingerprint: "city, anew")
        bench.mappings = [SyncBench.contacts(city)]
        try await bench.sync()
        try await bench.sync()
        #expect(try scene.hold() == nil)
        #expect(try scene.here() == "Nice")
    }

    @Test func whatSomebodyTouchedSinceIsLeftWithItsReason() async throws {
        let pulled = try await self.scene(pulls: true)
        try pulled.bench.edit(pulled.ada, ["city": "Lille"])
        let local = try await pulled.undo(.local)
        #expect(local.local == 0 && local.left == ["the value was changed since": 1])
        #expect(try pulled.here() == "Lille")
        let pushed = try await self.scene(pulls: false)
        pushed.bench.account.edit("contacts", pushed.remote, ["city": "Lille"])
        let remote = try await pushed.undo(.remote)
        #expect(remote.remote == 0 && remote.left == ["the value was changed in the CRM since": 1])
        #expect(pushed.there() == "Lille")
    }

    /// Back at the run's value by somebody's hand: that is that person's value, not the run's.
    @Test func aValueSetAgainByAPersonIsTheirs() async throws {
        let scene = try await self.scene(pulls: true)
        try scene.bench.edit(scene.ada, ["city": "Lille"])
        try scene.bench.edit(scene.ada, ["city": "Nice"])
        let report = try await scene.undo(.local)
        #expect(report.local == 0)
        #expect(try scene.here() == "Nice")
    }

    @Test func recordsThatTheRunMadeAreUnmadeAndNotMadeAgain() async throws {
        let bench = try SyncBench()
        let here = try bench.edit(nil, ["email": "bob@example.com"])
        let there = bench.account.edit("contacts", nil, ["email": "ada@example.com", "city": "Paris"])
        let run = RunNumber(rawValue: try await bench.sync().run)
        bench.clock.advance(by: .seconds(60))
        let report = try await bench.syncer.undo(run, side: .both, carryOut: true)
        #expect(report.unmade == 2 && report.leftTotal == 0, "\(report)")
        try bench.syncer.startReadersOver()
        for _ in 0..<3 {
            let counts = try await bench.sync().counts
            #expect(counts.localWrites + counts.remoteWrites == 0, "\(counts)")
        }
        #expect(try bench.contacts().map(\.id) == [here])
        #expect(bench.account.ids("contacts") == [there])
    }

    @Test func aDeletionOfTheRunIsTakenBackHere() async throws {
        let bench = try SyncBench(mappings: [SyncBench.contacts(delete: DeleteSwitches(pull: .archive, push: .archive))]
        )
        let remote = bench.account.edit("contacts", nil, ["email": "ada@example.com"])
        try await bench.sync()
        let ada = try #require(try bench.contacts().first?.id)
        bench.account.setArchived("contacts", remote, true)
        let run = RunNumber(rawValue: try await bench.sync().run)
        let report = try await bench.syncer.undo(run, side: .local, carryOut: true)
        #expect(report.restored == 1)
        for _ in 0..<3 { try await bench.sync() }
        #expect(try bench.contacts().map(\.id) == [ada])
        #expect(bench.account.ids("contacts").isEmpty)
        // Whoever edits it now is told that the CRM has it no more: that is a question from the moment it is back.
        let questions = try bench.store.read { try $0.openReviews(limit: 9) }
        #expect(questions.map(\.kind) == [.deletedRemotely] && questions.first?.record == ada, "\(questions)")
        let question = try #require(questions.first)
        try bench.store.write { transaction in
            let cause = Cause(actor: try transaction.actor("person:grace"), at: bench.clock.now)
            let lifecycle = bench.store.schema.lifecycle
            _ = try ReviewDecision(question, in: transaction, cause: cause).take(.local, lifecycle: lifecycle)
        }
        try await bench.sync()
        #expect(bench.account.ids("contacts").count == 1, "made anew, as was said")
        #expect(try bench.contacts().map(\.id) == [ada])
    }

    /// The question goes when the CRM brings its record back by itself.
    @Test func whatTheCRMBringsBackIsNoQuestion() async throws {
        let bench = try SyncBench(mappings: [SyncBench.contacts(delete: DeleteSwitches(pull: .archive, push: .archive))]
        )
        let remote = bench.account.edit("contacts", nil, ["email": "ada@example.com"])
        try await bench.sync()
        bench.account.setArchived("contacts", remote, true)
        let run = RunNumber(rawValue: try await bench.sync().run)
        _ = try await bench.syncer.undo(run, side: .local, carryOut: true)
        bench.account.setArchived("contacts", remote, false)
        for _ in 0..<2 { try await bench.sync() }
        #expect(try bench.store.read { try $0.openReviews(limit: 9) }.isEmpty)
        #expect(try bench.contacts().count == 1 && bench.account.ids("contacts") == [remote])
    }

    @Test func aMergeIsNamedAsWhatCannotBeUndone() async throws {
        let bench = try SyncBench()
        let (one, two) = (
            bench.account.edit("contacts", nil, ["email": "a@example.com"]),
            bench.account.edit("contacts", nil, ["email": "b@example.com"])
        )
        try await bench.sync()
        bench.account.merge("contacts", two, into: one)
        let run = RunNumber(rawValue: try await bench.sync().run)
        let report = try await bench.syncer.undo(run, side: .both, carryOut: true)
        #expect(report.left["a merge cannot be undone"] == 2)
        #expect(report.total == 0)
    }

    /// R6: its changes start no workflow; the journal's readers know by the kind of the run.
    @Test func whatAnUndoChangesStartsNothing() async throws {
        let scene = try await self.scene(pulls: true)
        _ = try await scene.undo(.local)
        try scene.bench.store.read { transaction in
            let row = try #require(try transaction.timeline(of: scene.ada, limit: 1).first)
            #expect(row.kind == .update)
            #expect(try transaction.startsNothing(try #require(row.run)))
        }
    }

    @Test func aRunOfAnotherConnectionIsRefused() async throws {
        let scene = try await self.scene(pulls: true)
        await #expect(throws: SyncError.self) {
            try await scene.bench.syncer.undo(RunNumber(rawValue: 9999), side: .local, carryOut: true)
        }
    }

    /// Thousands of changes, some touched since; each costs a few statements.
    @Test(.timeLimit(.minutes(3)))
    func thousandsOfChangesAreUndoneAndStand() async throws {
        var bench = try SyncBench()
        bench.breaker = Breaker(floor: 1_000_000)
        for number in 0..<3_000 {
            bench.account.edit("contacts", nil, ["email": .text("p\(number)@example.com"), "city": "Paris"])
        }
        try await bench.sync()
        for id in bench.account.ids("contacts") { bench.account.edit("contacts", id, ["city": "Nice"]) }
        let run = RunNumber(rawValue: try await bench.sync().run)
        let people = try bench.contacts()
        for record in people.prefix(100) { try bench.edit(record.id, ["city": "Lille"]) }
        let clock = ContinuousClock()
        let start = clock.now
        let report = try await bench.syncer.undo(run, side: .local, carryOut: true)
        let took = clock.now - start
        #expect(report.local == 2_900)
        #expect(report.left == ["the value was changed since": 100])
        // Debug builds on a shared machine; a second or two when it is built for speed.
        #expect(took < .seconds(60), "\(took)")
        for _ in 0..<3 { try await bench.sync() }
        let now = try bench.contacts()
        #expect(now.count { $0["city"] == "Paris" } == 2_900)
        #expect(now.count { $0["city"] == "Lille" } == 100)
    }
}
