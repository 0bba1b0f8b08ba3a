import Records
import Store
import Testing

/// Calls every function of the store once, so that every statement runs.
struct Everything {
    let fixture: Fixture

    private var connection: ConnectionNumber { self.fixture.connection }
    private var object: ObjectNumber { self.fixture.contacts }
    private var cause: Cause { self.fixture.cause }
    private var at: Instant { self.fixture.cause.at }
    private var record: RecordID { Fixture.id(1) }
    private var key: LinkKey { self.fixture.key("1") }

    func run() throws {
        try self.fixture.store.write { tx throws in
            try self.records(tx)
            try self.links(tx)
            try self.pages(tx)
            try self.operations(tx)
            try self.conflicts(tx)
            try self.waiting(tx)
            try self.life(tx)
            try self.rules(tx)
            try self.bookkeeping(tx)
            try self.automation(tx)
            try self.rollUps(tx)
            try self.lists(tx)
            try tx.removeLink(self.key, cause: self.cause)
        }
        // Numbers that the catalogue has not met are read from their tables.
        let fresh = try Store(inMemory: Fixture.options())
        _ = try fresh.read { try? $0.name(of: self.connection) }
        let unknown = ObjectNumber(rawValue: 999)
        try self.fixture.store.read { tx throws in
            _ = try? tx.name(of: unknown)
            _ = try? tx.name(of: ActorNumber(rawValue: 999))
            _ = try? tx.name(of: ConnectionNumber(rawValue: 999))
            _ = try? tx.shape(ShapeNumber(rawValue: 999))
        }
    }

    private static let condition: RecordCondition = {
        let interests = RecordField(name: "interests", reading: .plain)
        let email = RecordTerm.field(RecordField(name: "email", reading: .plain), .text)
        return .all([.text(email, .suffix, .constant(.text("@acme.com"))), .element(email, of: interests)])
    }()

    private func lists(_ tx: Transaction) throws {
        _ = try tx.remoteList("a")
        let list = try tx.remoteList("a").number
        try tx.setHash("1", of: list)
        try tx.setRemote("17", of: list)
        try tx.setListRead(list, at: self.at)
        try tx.setListDue(true, self.record, on: list)
        _ = try tx.listDue(list, self.connection, self.object, limit: 1)
        _ = try tx.hasListDue(list, self.connection, self.object)
        try tx.setListState(.in, of: self.record, on: list, at: self.at)
        _ = try tx.listState(of: self.record, on: list)
        _ = try tx.listBase(list, self.connection, self.object, limit: 1)
        try tx.setListState(nil, of: self.record, on: list, at: self.at)
        try tx.approve(list, as: "1")
        try tx.addListStranger(self.record, on: list, at: self.at)
        _ = try tx.listStrangers(list, self.connection, self.object, limit: 1)
        try tx.removeListStranger(self.record, on: list)
        _ = try tx.activityRule("a", since: nil, at: self.at)
        let rule = try tx.activityRule("a", since: self.at.advanced(by: .seconds(1)), at: self.at).number
        try tx.setPosition(1, of: rule)
        try tx.addActivity(1, of: self.record, by: rule, self.connection, self.object, at: self.at)
        _ = try tx.openActivities(self.connection, self.object, in: .waiting, limit: 1)
        _ = try tx.countActivities(self.connection, self.object, in: .unknown)
        _ = try tx.event(at: 1)
        guard let activity = try tx.activity(1, self.connection, self.object) else { return }
        try tx.setActivity(activity, .written, remote: "7", at: self.at)
        _ = try tx.erasingActivities(of: self.record)
        _ = try tx.writtenActivities(of: self.record)
        try tx.removeActivity(activity, at: self.at)
    }

    private func rollUps(_ tx: Transaction) throws {
        _ = try tx.rollUp("a", hash: "1")
        let number = try tx.rollUp("a", hash: "2").number
        try tx.setParent(self.record, of: Fixture.id(2), in: number)
        _ = try tx.parent(of: Fixture.id(2), in: number)
        _ = try tx.children(of: self.record, in: number, limit: 1)
        try tx.setParent(nil, of: Fixture.id(2), in: number)
        try tx.setDue(self.record, in: number)
        _ = try tx.due(in: number, limit: 1)
        try tx.settleDue(self.record, in: number)
    }

    private func records(_ tx: Transaction) throws {
        let settings = [PropertySetting("email", .text("a@b.c"))]
        try tx.create(self.record, object: self.fixture.contact, properties: settings, cause: self.cause)
        try tx.change(self.record, set: [PropertySetting("email", .text("x"))], cause: self.cause)
        try tx.delete(self.record, cause: self.cause)
        try tx.restore(self.record, cause: self.cause)
        _ = try tx.record(self.record)
        _ = try tx.history(of: self.record)
        _ = try tx.journal(after: 0, limit: 1)
        _ = try tx.journalMarks(after: 0, limit: 1)
        _ = try tx.journalEnd()
        _ = try tx.lastEdit(of: "email", record: self.record)
        _ = try tx.records(idPrefix: "0", limit: 1)
        _ = try tx.records(self.fixture.contact, where: "email", is: .null, limit: 1)
        _ = try tx.recordIDs(self.fixture.contact, where: Self.condition, limit: 1)
        _ = try tx.countRecords(self.fixture.contact)
        let (contact, connection, object) = (self.fixture.contact, self.connection, self.object)
        _ = try tx.unlinkedRecords(contact, connection: connection, remoteObject: object, limit: 1)
        try tx.buildIdentityKey(IdentityKey(["score"]), of: contact)
        let email = try #require(try tx.identityKey(Fixture.email, of: contact))
        _ = try tx.records(contact, matching: email, [1])
    }

    private func links(_ tx: Transaction) throws {
        let (connection, object, shape) = (self.connection, self.object, self.fixture.shape)
        try tx.insertLink(self.key, record: self.record, version: 1, shape: shape, agreed: [], cause: self.cause)
        _ = try tx.link(of: self.record, connection: connection, object: object)
        _ = try tx.dirtyLinks(connection, object, limit: 1)
        _ = try tx.links(connection, object, limit: 1)
        _ = try tx.linkMarks(connection, object, limit: 1)
        _ = try tx.countLinks(connection, object)
        _ = try tx.hasLinks(connection, object, atLeast: 1)
        try tx.change(self.record, set: [PropertySetting("email", .text("y"))], cause: self.cause)
        try tx.settle(self.key, agreed: [])
        try tx.raiseFloor(self.key, to: 2)
        try tx.setStatus(.active, of: self.key)
        try tx.remapLink(self.key, to: "2", cause: self.cause)
        try tx.remapLink(self.fixture.key("2"), to: "1", cause: self.cause)
        try tx.reshape(self.key, to: try tx.number(of: Shape(mapping: "other", fields: [])))
        let seen = RemoteObservation(key: self.key, version: 9, values: nil, shape: nil, observedAt: self.at)
        _ = try tx.observe(seen)
        _ = try tx.hasObservations(connection, object)
        _ = try tx.unclaimedObservations(connection, object, limit: 1)
        _ = try tx.linkedObservations(connection, object, limit: 1)
        _ = try tx.owedLinks(connection, object, limit: 1)
        _ = try tx.observation(self.key)
        _ = try tx.pending(connection, object, limit: 1)
        _ = try tx.countObservations(connection, object)
    }

    private func pages(_ tx: Transaction) throws {
        let writer = try PageWriter(
            tx,
            connection: self.connection,
            local: self.fixture.contact,
            remote: self.object,
            shape: self.fixture.shape,
            cause: self.cause
        )
        let email = try #require(try tx.identityKey(Fixture.email, of: self.fixture.contact))
        try Array("{}".utf8).withUnsafeBufferPointer { bytes in
            _ = try writer.compare(remote: bytes, version: 1, shadow: bytes)
            _ = try writer.find(email, canon: bytes)
            _ = try writer.mayHaveLinks([bytes])
            _ = try writer.places(of: email, among: [bytes])
            writer.add(Fixture.id(2), remote: bytes, version: 1, properties: bytes, shadow: bytes)
            writer.addIdentity(email, canon: bytes)
            try writer.flush()
            try writer.confirm(remote: bytes, version: 2)
            try writer.forget(remote: bytes)
            _ = try writer.isAskedAbout(remote: bytes)
        }
    }

    private func operations(_ tx: Transaction) throws {
        let operation = PendingOperation(
            connection: self.connection,
            object: self.object,
            record: self.record,
            remote: "1",
            kind: .update,
            basedOn: 1,
            shape: self.fixture.shape,
            fields: []
        )
        let id = try tx.put(operation)
        _ = try tx.operation(id)
        _ = try tx.operation(of: self.record, connection: self.connection, object: self.object)
        _ = try tx.operations(self.connection, in: .waiting, limit: 1)
        _ = try tx.dueOperations(self.connection, lane: .normal, at: self.at, limit: 1)
        _ = try tx.countOperations(self.connection, in: .waiting)
        try tx.markInFlight(id, at: self.at)
        try tx.markUnknown(id)
        try tx.rewrite(id, fields: [])
        try tx.markWaiting(id)
        try tx.finish(id)
    }

    private func conflicts(_ tx: Transaction) throws {
        func about(_ local: Value) -> ConflictCase {
            ConflictCase(
                link: self.key,
                record: self.record,
                field: "f",
                localBase: nil,
                remoteBase: nil,
                local: local,
                remote: .null,
                rule: "manual"
            )
        }
        let id = try tx.openConflict(about(.null), cause: self.cause)
        try tx.openConflict(about(.text("x")), cause: self.cause)
        let decision = ConflictDecision(choice: .side(.local), by: "ada", at: self.at)
        _ = try tx.decideConflict(id, decision, seenLocal: .text("x"), seenRemote: .null)
        try tx.settleConflict(id, winner: .local, cause: self.cause)
        try tx.logConflict(about(.null), winner: .local, cause: self.cause)
        _ = try tx.countConflicts(self.connection, in: .open)
        _ = try tx.conflicts(ConflictFilter(), limit: 1)
        _ = try tx.conflicts(ConflictFilter(state: .open), limit: 1)
        _ = try tx.latestConflicts(in: .settled, limit: 1)
        _ = try tx.lastDecision(of: "city", record: self.record, connection: self.connection)
        _ = try tx.conflicts(ConflictFilter(record: self.record), limit: 1)
        _ = try tx.countConflicts(in: .open)
    }

    private func waiting(_ tx: Transaction) throws {
        let hold = Hold(
            connection: self.connection,
            object: self.object,
            record: self.record,
            field: "f",
            reason: .fight,
            local: .null,
            remote: .null,
            since: self.at
        )
        try tx.hold(hold)
        _ = try tx.holds(of: self.record, connection: self.connection, object: self.object)
        _ = try tx.holds(self.connection, limit: 1)
        _ = try tx.countHolds(self.connection, for: .unmapped)
        try tx.releaseUndone(self.connection, self.object, record: self.record, field: "f")
        try tx.releaseHold(self.connection, self.object, record: self.record, field: "f")
        let review = try tx.openReview(
            .ambiguous,
            connection: self.connection,
            object: self.object,
            remote: "1",
            record: nil,
            candidates: [],
            at: self.at
        )
        _ = try tx.review(review)
        _ = try tx.openReviews(limit: 1)
        _ = try tx.countOpenReviews(self.connection)
        _ = try tx.hasOpenReviews(self.connection, self.object)
        _ = try tx.openQuestions(self.connection, self.object, about: [self.record])
        try tx.settleReview(review, by: "ada", at: self.at)
        try tx.settleReviews(
            connection: self.connection,
            object: self.object,
            remote: "1",
            record: nil,
            by: "ada",
            at: self.at
        )
        let entry = try tx.quarantine(
            connection: self.connection,
            object: self.object,
            side: .remote,
            subject: "1",
            reason: "rejected",
            detail: "",
            at: self.at
        )
        _ = try tx.quarantined(entry)
        _ = try tx.quarantined(limit: 1)
        _ = try tx.countQuarantined(self.connection)
        try tx.releaseQuarantine(entry)
    }

    private func reading(_ tx: Transaction) throws {
        try tx.addHint(self.key, type: "contact.creation", at: self.at)
        let hint = try #require(try tx.hints(self.connection, self.object, limit: 1).first)
        #expect(try tx.countHints(self.connection) == 1)
        try tx.removeHint(hint)
        #expect(try tx.noteEvent([1, 2], of: self.connection, at: self.at))
        try tx.forgetEvents(of: self.connection, before: self.at)
        let spending = DaySpending(
            day: 1,
            urgent: 1,
            incremental: 2,
            backfill: 3,
            said: DaySpending.Said(left: 90, at: 6),
            limit: 100,
            reserve: 10
        )
        try tx.keep(spending, of: self.connection)
        #expect(try tx.spending(of: self.connection, day: 1) == spending)
        #expect(try tx.spending(of: self.connection, limit: 1) == [spending])
        try tx.forgetSpending(of: self.connection, before: 0)
    }

    private func bookkeeping(_ tx: Transaction) throws {
        try tx.setCursor("a", to: "1")
        _ = try tx.cursor("a")
        try tx.removeCursor("a")
        try tx.setSetting("a", to: "1")
        _ = try tx.setting("a")
        try tx.setOwners([KnownOwner(id: "1", email: "", name: "", isActive: true)], of: self.connection)
        _ = try tx.owners(self.connection)
        try tx.store(PlanApproval(digest: "d", plan: "{}", at: self.at, by: "ada"), of: self.connection)
        _ = try tx.approval(self.connection, digest: "d")
        _ = try tx.approvals(self.connection)
        try tx.pin(self.connection, account: "1", at: self.at)
        try tx.approve(self.connection, by: "ada", at: self.at)
        try tx.firstSyncDone(self.connection, at: self.at)
        _ = try tx.connections()
        let run = try tx.startRun(self.connection, kind: "sync", at: self.at)
        try tx.updateRun(run, counts: [:], requests: 1)
        try tx.endRun(run, .done, counts: [:], requests: 1, at: self.at)
        try tx.interruptRuns(self.connection, at: self.at)
        _ = try tx.journal(of: try #require(try tx.run(run)), limit: 1)
        let lease = try tx.acquireLease("sync", holder: "a", at: self.at, until: self.at)
        try tx.prolong(try #require(lease), until: self.at)
        try self.reading(tx)
        try tx.releaseLease(try #require(lease))
        _ = try tx.runs(limit: 1)
        _ = try tx.sums(of: self.connection, named: "guarded_", before: run, since: self.at, leavingOut: [])
    }
}
