import Records
import Store
import Testing

extension Everything {
    /// Calls every function of automation once.
    func automation(_ tx: Transaction) throws {
        let record = Fixture.id(77)
        try tx.create(record, object: self.fixture.contact, properties: [], cause: self.fixture.cause)
        try self.events(record, tx)
        try self.enrolments(record, tx)
        try self.effects(record, tx)
        try self.readers(record, tx)
        try self.handOffs(record, tx)
    }

    private var now: Instant { self.fixture.cause.at }

    private func events(_ record: RecordID, _ tx: Transaction) throws {
        let event = PersonEvent(id: "1", name: "x", at: self.now)
        try tx.addEvent(event, to: record, cause: self.fixture.cause)
        _ = try tx.events(of: record)
        try tx.setJournalCursor("r", to: tx.journalCursor("r"))
        let run = try tx.startRun(self.fixture.connection, kind: "sync", at: self.now)
        _ = try tx.startsNothing(run)
        _ = try tx.unconfirmed(record, in: self.fixture.connection)
    }

    private func enrolments(_ record: RecordID, _ tx: Transaction) throws {
        let version = try tx.registerWorkflow("w", hash: "h", definition: "{}", at: self.now)
        _ = try tx.workflowVersion(version)
        let id = try #require(
            try tx.enrol(
                record,
                version: version,
                workflow: "w",
                entryKey: "",
                firstStep: "a",
                data: [:],
                at: self.now
            )
        )
        let enrolment = try #require(try tx.enrolment(id))
        _ = try tx.enrolments(of: record)
        _ = try tx.dueEnrolments(at: self.now, limit: 1)
        _ = try tx.enrolments(limit: 1)
        _ = try tx.enrolments(workflow: "w", state: .active, limit: 1)
        _ = try tx.nextEnrolmentDue()
        #expect(try tx.advance(enrolment, to: enrolment))
        try tx.note(EnrolmentStep(step: "a", visit: 1, at: self.now, outcome: "x"), of: id)
        _ = try tx.steps(of: id)
        #expect(try tx.orphanedEnrolments() == [])
        #expect(try tx.countEnrolments(workflow: "w")[.active] == 1)
    }

    private func effects(_ record: RecordID, _ tx: Transaction) throws {
        let place = EffectPlace(.enrolment, 1, step: "a", visit: 1)
        let effect = Effect(
            place,
            kind: .mail,
            key: "k",
            record: record,
            template: "t",
            recipient: "a@b.c",
            at: self.now,
            journalEnd: 1,
            message: "{}"
        )
        try tx.put(effect)
        _ = try tx.effect(place)
        _ = try tx.effect(key: "k")
        _ = try tx.dueEffects(at: self.now, limit: 1)
        _ = try tx.effects(of: .enrolment, 1)
        _ = try tx.troubledEffects(limit: 1)
        _ = try tx.mailTimes(of: record, since: self.now)
        #expect(try tx.claim("k", at: self.now))
        #expect(try tx.retry("k", notBefore: self.now, detail: "x", at: self.now))
        #expect(try tx.claim("k", at: self.now))
        #expect(try tx.settle("k", as: .sent, detail: "x", at: self.now))
        try tx.suppress("a@b.c", reason: "x", at: self.now)
        #expect(try tx.suppression(of: "a@b.c") == "x")
    }

    private func readers(_ record: RecordID, _ tx: Transaction) throws {
        try tx.startSegment("s", hash: "h", object: self.fixture.contact)
        try tx.setSegmentScan("s", to: record)
        _ = try tx.segment("s")
        try tx.setMember(record, of: "s", true, at: self.now)
        _ = try tx.members(of: "s", limit: 1)
        _ = try tx.countMembers(of: "s")
        try tx.setMember(record, of: "s", false, at: self.now)
        try tx.put(
            StoredScore(
                record: record,
                points: 1,
                fit: 1,
                grade: "A",
                isQualified: true,
                computedAt: self.now,
                nextAt: self.now
            )
        )
        _ = try tx.score(of: record)
        _ = try tx.dueScores(at: self.now, limit: 1)
        _ = try tx.nextScoreDue()
    }

    private func handOffs(_ record: RecordID, _ tx: Transaction) throws {
        let opened = try tx.openHandOff(
            record,
            origin: "score",
            points: 1,
            grade: "A",
            reasons: ["x"],
            dueAt: self.now,
            at: self.now
        )
        let handOff = try #require(opened)
        _ = try tx.handOff(handOff.id)
        _ = try tx.handOff(withDealOrTask: record)
        _ = try tx.handOffs(in: .review, limit: 1)
        _ = try tx.handOffs(limit: 1)
        _ = try tx.dueHandOffs(at: self.now, limit: 1)
        _ = try tx.nextHandOffDue()
        _ = try tx.countOpenHandOffs(owner: "x")
        let step = HandOffStep(at: self.now, actor: "x", state: .review, detail: "x")
        #expect(try tx.advance(handOff, to: handOff, step))
        _ = try tx.steps(of: handOff.id)
        try tx.put(RotationEntry(owner: "x"), in: "p")
        _ = try tx.rotation(of: "p")
    }
}
