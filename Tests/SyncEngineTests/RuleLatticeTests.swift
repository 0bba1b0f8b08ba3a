import Mapping
import Planning
import Records
import RelaisTesting
import Store
import SyncEngine
import Testing

/// R5: stages and consents only climb, unless a person says otherwise.
@Suite struct RuleLatticeTests {
    private static let stage = "{ local: stage, remote: stage, on_conflict: furthest }"
    private static let order: [Value] = ["subscriber", "lead", "mql", "sql", "opportunity", "customer"]

    private func bench(_ field: String = RuleLatticeTests.stage, more: [String] = []) throws -> SyncBench {
        let bench = try SyncBench(mappings: [try SyncBench.mapping(fields: [field], more: more)])
        bench.account.with { $0.habits.climbing = ["stage": Self.order] }
        return bench
    }

    private func linked(_ bench: SyncBench, _ values: [String: Value]) async throws -> (RecordID, Text) {
        let remote = bench.account.edit("contacts", nil, values.merging(["email": "ada@x.org"]) { $1 })
        try await bench.sync()
        return (try #require(try bench.contacts().first).id, remote)
    }

    private func decide(_ bench: SyncBench, _ choice: ConflictChoice) throws {
        let conflict = try #require(try bench.conflicts(.open).first)
        let decision = ConflictDecision(choice: choice, by: "ada", at: bench.clock.now)
        let (local, remote) = (conflict.about.local, conflict.about.remote)
        try bench.store.write { transaction in
            let isTaken = try transaction.decideConflict(
                conflict.id,
                decision,
                seenLocal: local,
                seenRemote: remote
            )
            #expect(isTaken)
        }
    }

    @Test func r5ABackwardStageOfOneSideAloneWaits() async throws {
        let bench = try self.bench()
        let (ada, remote) = try await self.linked(bench, ["stage": "mql"])
        try bench.edit(ada, ["stage": "lead"])
        try await bench.sync()
        #expect(bench.account.value("contacts", remote, "stage") == "mql")
        #expect(try bench.conflicts(.open).map(\.about.rule) == ["backward: review"])
        bench.account.edit("contacts", remote, ["stage": "sql"])
        try await bench.sync()
        #expect(try bench.value(ada, "stage") == "sql")
        #expect(try bench.conflicts(.open).isEmpty)
    }

    @Test func r5ABackwardStageIsWrittenBackWhereTheMappingSaysSo() async throws {
        let bench = try self.bench("{ local: stage, remote: stage, on_conflict: furthest, backward: restore }")
        let (ada, remote) = try await self.linked(bench, ["stage": "mql"])
        bench.account.edit("contacts", remote, ["stage": "lead"])
        try await bench.sync()
        #expect(bench.account.value("contacts", remote, "stage") == "mql")
        #expect(try bench.value(ada, "stage") == "mql")
        #expect(try bench.conflicts(.settled).map(\.about.rule) == ["backward: restore"])
        let quiet = try await bench.sync()
        #expect(quiet.counts.localWrites + quiet.counts.remoteWrites == 0)
    }

    @Test func r5APersonsYesOpensAnEpochAndThePushClearsAndSetsInOneOperation() async throws {
        let bench = try self.bench()
        let (ada, remote) = try await self.linked(bench, ["stage": "customer"])
        try bench.edit(ada, ["stage": "lead"])
        try await bench.sync()
        try self.decide(bench, .side(.local))
        let report = try await bench.sync()
        #expect(bench.account.value("contacts", remote, "stage") == "lead")
        #expect(try bench.value(ada, "stage") == "lead")
        #expect(report.counts.fieldsRejected == 0)
        let epochs = try bench.store.read { try $0.epochs(of: ada) }
        #expect(epochs.map(\.number) == [1] && epochs.map(\.openedBy) == ["ada"])
        for _ in 0..<2 {
            let quiet = try await bench.sync()
            #expect(quiet.counts.localWrites + quiet.counts.remoteWrites == 0 && !quiet.counts.needsAttention)
        }
    }

    @Test func r5APersonsYesToTheCRMsStepBackIsTakenOverOnce() async throws {
        let bench = try self.bench()
        let (ada, remote) = try await self.linked(bench, ["stage": "customer"])
        bench.account.edit("contacts", remote, ["stage": "lead"])
        try await bench.sync()
        #expect(try bench.value(ada, "stage") == "customer")
        try self.decide(bench, .side(.remote))
        try await bench.sync()
        #expect(try bench.value(ada, "stage") == "lead")
        #expect(bench.account.value("contacts", remote, "stage") == "lead")
        #expect(try bench.store.read { try $0.epochs(of: ada) }.map(\.number) == [1])
        let quiet = try await bench.sync()
        #expect(quiet.counts.localWrites + quiet.counts.remoteWrites == 0 && !quiet.counts.needsAttention)
    }

    /// R5: killed, or answerless, between the clear and the set: the blank is nobody's edit.
    @Test func r5TheBlankBetweenClearAndSetIsNeverAnObservation() async throws {
        let bench = try self.bench()
        let (ada, remote) = try await self.linked(bench, ["stage": "customer"])
        try bench.edit(ada, ["stage": "lead"])
        try await bench.sync()
        try self.decide(bench, .side(.local))
        bench.account.with { $0.faults = [.loseAnswer] }
        try await bench.sync()
        #expect(try bench.value(ada, "stage") == "lead")
        for _ in 0..<2 { try await bench.sync() }
        #expect(try bench.value(ada, "stage") == "lead")
        #expect(bench.account.value("contacts", remote, "stage") == "lead")
        #expect(try bench.conflicts(.open).isEmpty)
    }

    // MARK: Consent

    private static let consent = ["consent: [ { purpose: newsletter, remote: optout, meaning: inverted } ]"]

    private func consenting(_ more: [String] = RuleLatticeTests.consent) throws -> SyncBench {
        try SyncBench(
            mappings: [
                try SyncBench.mapping(fields: ["{ local: city, remote: city, initial: prefer_remote }"], more: more)
            ]
        )
    }

    @Test func r5AConsentThatTheCRMLoosensWaits() async throws {
        let bench = try self.consenting()
        let (ada, remote) = try await self.linked(bench, ["optout": "true"])
        #expect(try bench.value(ada, "newsletter") == .flag(false))
        bench.account.edit("contacts", remote, ["optout": "false"])
        try await bench.sync()
        #expect(try bench.value(ada, "newsletter") == .flag(false))
        #expect(try bench.conflicts(.open).map(\.about.field) == ["newsletter"])
    }

    @Test func r5ARefusalTravelsAtOnceAndWinsOverAGrant() async throws {
        let bench = try self.consenting()
        let (ada, remote) = try await self.linked(bench, ["optout": "false"])
        try bench.edit(ada, ["newsletter": .flag(false)])
        try await bench.sync()
        #expect(bench.account.value("contacts", remote, "optout") == "true")
    }

    @Test func r5OurOwnGrantNeedsNewerEvidence() async throws {
        let bench = try self.consenting()
        let (ada, remote) = try await self.linked(bench, ["optout": "true"])
        bench.clock.advance(by: .seconds(60))
        try bench.edit(ada, ["newsletter": .flag(true)])
        try await bench.sync()
        #expect(bench.account.value("contacts", remote, "optout") == "true")
        #expect(try bench.conflicts(.open).count == 1)
        let event = PersonEvent(
            id: "form-1",
            name: "opt_in",
            at: bench.clock.now,
            attributes: ["purpose": "newsletter"]
        )
        try bench.store.write { transaction in
            let cause = Cause(actor: try transaction.actor("form"), at: bench.clock.now)
            try transaction.addEvent(event, to: ada, cause: cause)
        }
        try await bench.sync()
        #expect(bench.account.value("contacts", remote, "optout") == "false")
        #expect(try bench.conflicts(.open).isEmpty)
        let quiet = try await bench.sync()
        #expect(quiet.counts.localWrites + quiet.counts.remoteWrites == 0)
    }

    @Test func r5EvidenceOlderThanTheRefusalLoosensNothing() async throws {
        let bench = try self.consenting()
        let (ada, remote) = try await self.linked(bench, ["optout": "false"])
        try bench.store.write { transaction in
            let cause = Cause(actor: try transaction.actor("form"), at: bench.clock.now)
            let event = PersonEvent(
                id: "form-1",
                name: "opt_in",
                at: bench.clock.now,
                attributes: ["purpose": "newsletter"]
            )
            try transaction.addEvent(event, to: ada, cause: cause)
        }
        bench.clock.advance(by: .seconds(60))
        try bench.edit(ada, ["newsletter": .flag(false)])
        try await bench.sync()
        try bench.edit(ada, ["newsletter": .flag(true)])
        try await bench.sync()
        #expect(bench.account.value("contacts", remote, "optout") == "true")
        #expect(try bench.conflicts(.open).count == 1)
    }

    /// R13: a consent is not held up by the refusal of another field.
    @Test func r13AConsentTravelsInItsOwnWrite() async throws {
        let bench = try self.consenting()
        let (ada, remote) = try await self.linked(bench, ["optout": "false", "city": "Paris"])
        bench.account.with { $0.habits.refusesRecord = { $0["city"] == "Atlantis" ? "no such place" : nil } }
        try bench.edit(ada, ["newsletter": .flag(false), "city": "Atlantis"])
        let report = try await bench.sync()
        #expect(bench.account.value("contacts", remote, "optout") == "true")
        #expect(report.counts.quarantined == 1)
        #expect(bench.account.with { $0.updates } == [["optout"]])
    }
}
