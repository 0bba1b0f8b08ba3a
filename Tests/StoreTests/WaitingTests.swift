import Records
import Store
import Testing

/// Holds, reviews and quarantine: what waits for a side to change or a person to act.
@Suite struct WaitingTests {
    private let fixture: Fixture

    init() throws { self.fixture = try Fixture() }

    private func hold(_ reason: HoldReason, local: Value = .text("x"), since: Int64 = 1) -> Hold {
        Hold(
            connection: self.fixture.connection,
            object: self.fixture.contacts,
            record: Fixture.id(1),
            field: "city",
            reason: reason,
            detail: "INVALID_OPTION",
            local: local,
            remote: .absent,
            since: Instant(milliseconds: since)
        )
    }

    @Test func aHoldStandsOnceForAField() throws {
        let (connection, object) = (self.fixture.connection, self.fixture.contacts)
        try self.fixture.store.write { tx throws in
            try tx.hold(self.hold(.rejected))
            try tx.hold(self.hold(.rejected, since: 99))
            #expect(try tx.holds(of: Fixture.id(1), connection: connection, object: object) == [self.hold(.rejected)])
            try tx.hold(self.hold(.unmapped, local: .text("y"), since: 99))
            #expect(try tx.holds(connection, limit: 9) == [self.hold(.unmapped, local: .text("y"), since: 99)])
            #expect(try tx.releaseHold(connection, object, record: Fixture.id(1), field: "city"))
            #expect(try !tx.releaseHold(connection, object, record: Fixture.id(1), field: "city"))
            #expect(try tx.holds(connection, limit: 9).isEmpty)
        }
    }

    @Test func aReviewIsAskedOnceUntilItIsSettled() throws {
        let at = Instant(milliseconds: 5)
        try self.fixture.store.write { tx throws in
            func ask(_ kind: ReviewKind, _ remote: Text?, _ candidates: [UInt64]) throws -> Int64 {
                try tx.openReview(
                    kind,
                    connection: self.fixture.connection,
                    object: self.fixture.contacts,
                    remote: remote,
                    record: remote == nil ? Fixture.id(7) : nil,
                    candidates: candidates.map { Fixture.id($0) },
                    at: at
                )
            }
            let first = try ask(.ambiguous, "1", [1, 2])
            #expect(try ask(.ambiguous, "1", [3]) == first)
            let create = try ask(.createUnknown, nil, [])
            #expect(try tx.openReviews(limit: 9).map(\.id) == [first, create])
            #expect(try tx.openReviews(after: first, limit: 9).map(\.record) == [Fixture.id(7)])
            #expect(try tx.review(first)?.candidates == [Fixture.id(3)])
            #expect(try tx.settleReview(first, by: "person:ada", at: at))
            #expect(try !tx.settleReview(first, by: "person:ada", at: at))
            #expect(try tx.review(first)?.settledBy == "person:ada")
            #expect(try ask(.ambiguous, "1", [4]) != first)
            try tx.settleReviews(
                connection: self.fixture.connection,
                object: self.fixture.contacts,
                remote: nil,
                record: Fixture.id(7),
                by: "sync:hubspot-eu",
                at: at
            )
            #expect(try tx.openReviews(limit: 9).map(\.remote) == ["1"])
        }
    }

    /// Whoever asked who a remote record is has the answer when it is linked; other questions stand.
    @Test func aLinkAnswersWhoItIs() throws {
        try self.fixture.store.write { tx throws in
            let (connection, object) = (self.fixture.connection, self.fixture.contacts)
            let cause = Cause(actor: try tx.actor("person:ada"), at: Instant(milliseconds: 5))
            func ask(_ kind: ReviewKind, _ remote: Text) throws {
                try tx.openReview(
                    kind,
                    connection: connection,
                    object: object,
                    remote: remote,
                    record: nil,
                    candidates: [],
                    at: cause.at
                )
            }
            for kind in [ReviewKind.ambiguous, .duplicateOf, .contradiction, .merged] { try ask(kind, "1") }
            for remote: Text in ["2", "3"] { try ask(.ambiguous, remote) }
            for remote: Text in ["1", "2", "3"] {
                let key = self.fixture.key(remote)
                _ = try tx.observe(
                    RemoteObservation(key: key, version: 9, values: nil, shape: nil, observedAt: cause.at)
                )
            }
            #expect(try tx.linkedObservations(connection, object, limit: 9).isEmpty)
            let asked = try #require(try tx.openReviews(limit: 1).first)
            try tx.create(Fixture.id(8), object: self.fixture.contact, properties: [], cause: cause)
            let key = self.fixture.key("1")
            let shape = self.fixture.shape
            try tx.insertLink(key, record: Fixture.id(8), version: 1, shape: shape, agreed: [], cause: cause)
            #expect(try tx.review(asked.id)?.settledBy == "ada")
            let open = try tx.openReviews(limit: 9)
            #expect(open.map(\.kind) == [.merged, .ambiguous, .ambiguous])
            #expect(open.map(\.remote) == ["1", "2", "3"])
            #expect(try tx.linkedObservations(connection, object, limit: 9) == ["1"])
            try tx.remapLink(key, to: "2", cause: cause)
            #expect(try tx.openReviews(limit: 9).map(\.remote) == ["1", "3"])
            #expect(try tx.linkedObservations(connection, object, limit: 9) == ["2"])
        }
    }

    @Test func openQuestionsAreFoundByAnyCandidate() throws {
        let (connection, object) = (self.fixture.connection, self.fixture.contacts)
        try self.fixture.store.write { tx throws in
            for (remote, candidates) in [("1", [1]), ("2", [2, 3]), ("3", [4, 5, 6])] as [(Text, [UInt64])] {
                _ = try tx.openReview(
                    .ambiguous,
                    connection: connection,
                    object: object,
                    remote: remote,
                    record: nil,
                    candidates: candidates.map { Fixture.id($0) },
                    at: Instant(milliseconds: 5)
                )
            }
            let expected: [(UInt64, [Text])] = [(1, ["1"]), (2, ["2"]), (3, ["2"]), (4, ["3"]), (6, ["3"]), (7, [])]
            for (candidate, remotes) in expected {
                #expect(try tx.openQuestions(connection, object, about: [Fixture.id(candidate)]) == remotes)
            }
        }
    }

    @Test func quarantineCountsAttempts() throws {
        let (connection, object) = (self.fixture.connection, self.fixture.contacts)
        try self.fixture.store.write { tx throws in
            func setAside(_ milliseconds: Int64, _ detail: String) throws -> Int64 {
                try tx.quarantine(
                    connection: connection,
                    object: object,
                    side: .remote,
                    subject: "17",
                    remote: "17",
                    reason: "rejected",
                    detail: detail,
                    at: Instant(milliseconds: milliseconds)
                )
            }
            let id = try setAside(1, "bad phone")
            #expect(try setAside(2, "still bad") == id)
            let entry = try #require(try tx.quarantined(id))
            #expect(entry.attempts == 2)
            #expect(entry.since == Instant(milliseconds: 1))
            #expect(entry.lastAt == Instant(milliseconds: 2))
            #expect(entry.detail == "still bad")
            #expect(try tx.quarantined(limit: 9) == [entry])
            #expect(try tx.quarantined(connection, object, side: .local, subject: "17") == nil)
            #expect(try tx.releaseQuarantine(id))
            #expect(try !tx.releaseQuarantine(id))
        }
    }

    /// R7: an answer about a record's identity holds for what was seen, and goes with the record.
    @Test func aDoubtIsAcceptedAtItsValuesOnly() throws {
        let (connection, object) = (self.fixture.connection, self.fixture.contacts)
        let record = Fixture.id(1)
        try self.fixture.store.write { tx throws in
            func accepted() throws -> [Value]? {
                try tx.acceptedIdentity(of: record, connection: connection, object: object)
            }
            func accept() throws -> Bool {
                let at = Instant(milliseconds: 5)
                return try tx.acceptIdentity(of: record, connection: connection, object: object, by: "ada", at: at)
            }
            #expect(try !accept())
            try tx.doubtIdentity(of: record, connection: connection, object: object, seen: ["bob@x.org", .absent])
            #expect(try accepted() == nil)
            #expect(try accept() && accepted() == ["bob@x.org", .absent])
            try tx.doubtIdentity(of: record, connection: connection, object: object, seen: ["eve@x.org", "Eve"])
            #expect(try accepted() == nil)
        }
    }

    @Test func aForeignKeyIsNotedUntilItIsForgotten() throws {
        let (connection, object) = (self.fixture.connection, self.fixture.contacts)
        try self.fixture.store.write { tx throws in
            for (remote, record) in [("2", 7), ("1", 8), ("2", 9)] as [(Text, UInt64)] {
                try tx.noteForeignKey(LinkKey(connection, object, remote), of: Fixture.id(record))
            }
            let found = try tx.foreignKeys(connection, object, limit: 9)
            #expect(found.map(\.remote) == ["1", "2"] && found.map(\.record) == [Fixture.id(8), Fixture.id(9)])
            try tx.forgetForeignKey(LinkKey(connection, object, "1"))
            #expect(try tx.foreignKeys(connection, object, limit: 9).map(\.remote) == ["2"])
        }
    }
}
