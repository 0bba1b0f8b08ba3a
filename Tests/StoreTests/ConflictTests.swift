import Records
import Store
import Testing

@Suite struct ConflictTests {
    private let fixture: Fixture

    init() throws { self.fixture = try Fixture() }

    private func about(_ field: String = "city", local: Value = .text("Lyon"), record: UInt64 = 1) -> ConflictCase {
        ConflictCase(
            link: self.fixture.key(Text("\(record)")),
            record: Fixture.id(record),
            field: field,
            localBase: .text("Paris"),
            remoteBase: nil,
            local: local,
            remote: .text("Nice"),
            localAt: Instant(milliseconds: 1),
            rule: "manual"
        )
    }

    private func decide(_ tx: Transaction, _ id: Int64, seen: Value = .text("Lyon")) throws -> Bool {
        let decision = ConflictDecision(choice: .value(.text("Metz")), by: "person:ada", at: Instant(milliseconds: 3))
        return try tx.decideConflict(id, decision, seenLocal: seen, seenRemote: .text("Nice"))
    }

    @Test func waitsIsDecidedAndBecomesTheLog() throws {
        try self.fixture.store.write { tx throws in
            let id = try tx.openConflict(self.about(), cause: self.fixture.at(2))
            let open = try #require(try tx.conflict(id))
            #expect(open.about == self.about())
            #expect(open.state == .open)
            #expect(open.decision == nil)
            #expect(open.createdAt == Instant(milliseconds: 2))
            #expect(try self.decide(tx, id))
            let decided = try #require(try tx.conflict(id))
            #expect(decided.state == .decided)
            #expect(decided.decision?.choice == .value(.text("Metz")))
            #expect(decided.decision?.by == "person:ada")
            try tx.settleConflict(id, winner: .merged, cause: self.fixture.at(9))
            let settled = try #require(try tx.conflict(id))
            #expect(settled.state == .settled)
            #expect(settled.settledAt == Instant(milliseconds: 9))
            #expect(settled.winner == .merged)
            #expect(settled.about == self.about())
            #expect(try !self.decide(tx, id))
        }
    }

    @Test func theSameConflictKeepsItsNumberAndItsDecision() throws {
        try self.fixture.store.write { tx throws in
            let id = try tx.openConflict(self.about(), cause: self.fixture.cause)
            #expect(try self.decide(tx, id))
            #expect(try tx.openConflict(self.about(), cause: self.fixture.cause) == id)
            #expect(try tx.conflict(id)?.state == .decided)
        }
    }

    @Test func aDecisionIsVoidOnceASideMoved() throws {
        try self.fixture.store.write { tx throws in
            let id = try tx.openConflict(self.about(), cause: self.fixture.cause)
            #expect(try self.decide(tx, id))
            let moved = self.about(local: .text("Lille"))
            #expect(try tx.openConflict(moved, cause: self.fixture.cause) == id)
            let conflict = try #require(try tx.conflict(id))
            #expect(conflict.state == .open)
            #expect(conflict.decision == nil)
            #expect(conflict.about == moved)
            // Somebody who still looks at the old values decides nothing.
            #expect(try !self.decide(tx, id))
            #expect(try self.decide(tx, id, seen: .text("Lille")))
        }
    }

    @Test func aRuleLogsAtOnceAndEndsWhatWaited() throws {
        try self.fixture.store.write { tx throws in
            let first = try tx.logConflict(self.about(), winner: .remote, cause: self.fixture.cause)
            let open = try tx.openConflict(self.about(), cause: self.fixture.cause)
            #expect(first != open)
            #expect(try tx.logConflict(self.about(), winner: .local, cause: self.fixture.cause) == open)
            #expect(try tx.conflicts(ConflictFilter(), limit: 9).map(\.winner) == [.remote, .local])
            #expect(try tx.countConflicts(in: .settled) == 2)
        }
    }

    @Test func listsByStateRecordAndField() throws {
        try self.fixture.store.write { tx throws in
            let city = try tx.openConflict(self.about("city"), cause: self.fixture.cause)
            let phone = try tx.openConflict(self.about("phone"), cause: self.fixture.cause)
            let other = try tx.openConflict(self.about("city", record: 2), cause: self.fixture.cause)
            let logged = try tx.logConflict(self.about("name"), winner: .local, cause: self.fixture.cause)
            func list(_ filter: ConflictFilter, after id: Int64 = 0, limit: Int = 9) throws -> [Int64] {
                try tx.conflicts(filter, after: id, limit: limit).map(\.id)
            }
            #expect(try list(ConflictFilter()) == [city, phone, other, logged])
            #expect(try list(ConflictFilter(), after: phone, limit: 1) == [other])
            #expect(try list(ConflictFilter(state: .open)) == [city, phone, other])
            #expect(try list(ConflictFilter(state: .open, field: "city")) == [city, other])
            #expect(try list(ConflictFilter(state: .settled)) == [logged])
            #expect(try tx.latestConflicts(in: .open, limit: 2).map(\.id) == [other, phone])
            #expect(try list(ConflictFilter(record: Fixture.id(1))) == [city, phone, logged])
            #expect(try list(ConflictFilter(state: .open, record: Fixture.id(1))) == [city, phone])
            let tryton = try tx.registerConnection("tryton", connector: "tryton")
            #expect(try list(ConflictFilter(connection: tryton)).isEmpty)
            #expect(try tx.latestConflicts(in: .open, of: tryton, limit: 9).isEmpty)
            let (connection, object) = (self.fixture.connection, self.fixture.contacts)
            let unsettled = try tx.unsettledConflicts(of: Fixture.id(1), connection: connection, object: object)
            #expect(unsettled.map(\.about.field) == ["city", "phone"])
        }
    }
}
