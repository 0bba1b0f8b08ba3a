import Records
import Store
import Testing

@Suite struct RecordTests {
    private let fixture: Fixture
    private let id = Fixture.id(1)

    init() throws { self.fixture = try Fixture() }

    private func create(_ properties: [PropertySetting]) throws {
        try self.fixture.store.write {
            try $0.create(self.id, object: self.fixture.contact, properties: properties, cause: self.fixture.cause)
        }
    }

    private func find(_ canon: String) throws -> [RecordID] {
        try self.fixture.store.read { tx throws in
            let key = try #require(try tx.identityKey(Fixture.email, of: self.fixture.contact))
            return try tx.records(self.fixture.contact, matching: key, Array(canon.utf8))
        }
    }

    @Test func keepsEveryKindOfValue() throws {
        let day = try #require(CalendarDate("1815-12-10"))
        let settings = [
            PropertySetting("email", .text("ada@example.com")), PropertySetting("first_name", .null),
            PropertySetting("score", .number(Number("12.50") ?? Number(0))), PropertySetting("birthday", .date(day)),
            PropertySetting("seen_at", .instant(Instant(microseconds: 7))), PropertySetting("vip", .flag(true)),
            PropertySetting("interests", .set(of: ["b", "a"])),
        ]
        try self.create(settings)
        let record = try #require(try self.fixture.store.read { try $0.record(self.id) })
        #expect(record.version == 1)
        #expect(record.isLive)
        #expect(record.object == self.fixture.contact)
        for setting in settings { #expect(record[setting.property] == setting.value) }
        #expect(record["last_name"] == .absent)
        #expect(record["unheard_of"] == .absent)
    }

    @Test func readsWhatWasRolledBackAsItIs() throws {
        try self.create([PropertySetting("first_name", .text("Ada"))])
        #expect(throws: CancellationError.self) {
            try self.fixture.store.write { tx throws in
                let settings = [PropertySetting("first_name", .text("Bob"))]
                _ = try tx.change(self.id, set: settings, cause: self.fixture.cause)
                #expect(try tx.record(self.id)?["first_name"] == .text("Bob"))
                throw CancellationError()
            }
        }
        let record = try #require(try self.fixture.store.read { try $0.record(self.id) })
        #expect(record["first_name"] == .text("Ada"))
        #expect(record.version == 1)
    }

    @Test func refusesWhatTheSchemaDoesNotKnow() throws {
        #expect(throws: StoreError(.notFound, "contact has no property colour")) {
            try self.create([PropertySetting("colour", .text("red"))])
        }
        let error = #expect(throws: StoreError.self) { try self.create([PropertySetting("score", .text("12"))]) }
        #expect(error?.code == .unstorable)
        try self.create([])
        let twice = #expect(throws: StoreError.self) { try self.create([]) }
        #expect(twice?.code == .constraint)
    }

    @Test func changesWriteTheJournalAndMoveIdentities() throws {
        try self.create([PropertySetting("email", .text("Ada@Example.com "))])
        #expect(try self.find("ada@example.com") == [self.id])
        let change = try self.fixture.store.write { tx throws in
            try tx.change(
                self.id,
                set: [
                    PropertySetting("email", .text("ada@new.org")), PropertySetting("first_name", .absent),
                    PropertySetting("score", .number(3)), PropertySetting("score", .number(4)),
                ],
                cause: self.fixture.at(2_000)
            )
        }
        #expect(change.version == 2)
        #expect(
            change.changes == [
                PropertyChange("email", old: .text("Ada@Example.com "), new: .text("ada@new.org")),
                PropertyChange("score", old: .absent, new: .number(4)),
            ]
        )
        #expect(try self.find("ada@example.com").isEmpty)
        #expect(try self.find("ada@new.org") == [self.id])
        let rows = try self.fixture.store.read { try $0.journal(after: 0, limit: 10) }
        #expect(rows.map(\.kind) == [.create, .update])
        #expect(rows.first?.changes == [])
        #expect(rows.last?.changes == change.changes)
        #expect(rows.last?.sequence == change.sequence)
        #expect(rows.last?.at == Instant(milliseconds: 2_000))
        #expect(rows.last?.actor == self.fixture.cause.actor)
    }

    @Test func aChangeOfNothingLeavesNoTrace() throws {
        try self.create([PropertySetting("email", .text("a"))])
        let change = try self.fixture.store.write { tx throws in
            try tx.change(self.id, set: [PropertySetting("email", .text("a"))], cause: self.fixture.cause)
        }
        #expect(change.version == 1)
        #expect(change.changes.isEmpty)
        #expect(change.sequence == nil)
        #expect(try self.fixture.store.read { try $0.journalEnd() } == 1)
    }

    @Test func textIsBytes() throws {
        try self.create([PropertySetting("email", .text("\u{E9}@x.org"))])
        let other = Fixture.id(2)
        try self.fixture.store.write { tx throws in
            let settings = [PropertySetting("email", .text("e\u{301}@x.org"))]
            try tx.create(other, object: self.fixture.contact, properties: settings, cause: self.fixture.cause)
        }
        #expect(try self.find("\u{E9}@x.org") == [self.id])
        #expect(try self.find("e\u{301}@x.org") == [other])
        let change = try self.fixture.store.write { tx throws in
            try tx.change(self.id, set: [PropertySetting("email", .text("e\u{301}@x.org"))], cause: self.fixture.cause)
        }
        #expect(change.changes.count == 1)
        #expect(try self.find("e\u{301}@x.org") == [self.id, other])
    }

    @Test func aDeletedRecordIsATombstoneUntilItIsRestored() throws {
        try self.create([PropertySetting("email", .text("a@b.c"))])
        try self.fixture.store.write { try $0.delete(self.id, cause: self.fixture.at(9)) }
        let record = try #require(try self.fixture.store.read { try $0.record(self.id) })
        #expect(record.deletedAt == Instant(milliseconds: 9))
        #expect(try self.find("a@b.c").isEmpty)
        let error = #expect(throws: StoreError.self) {
            try self.fixture.store.write { tx throws in
                _ = try tx.change(self.id, set: [PropertySetting("email", .null)], cause: self.fixture.cause)
            }
        }
        #expect(error?.code == .notLive)
        try self.fixture.store.write { try $0.restore(self.id, cause: self.fixture.cause) }
        #expect(try self.find("a@b.c") == [self.id])
        let again = #expect(throws: StoreError.self) {
            try self.fixture.store.write { try $0.restore(self.id, cause: self.fixture.cause) }
        }
        #expect(again?.code == .notLive)
        let kinds = try self.fixture.store.read { try $0.history(of: self.id).map(\.kind) }
        #expect(kinds == [.create, .delete, .restore])
    }

    @Test func historyWalksBackToTheFirstValues() throws {
        try self.create([PropertySetting("email", .text("1")), PropertySetting("vip", .flag(true))])
        for (place, value) in [Value.text("2"), .null, .absent, .text("3")].enumerated() {
            try self.fixture.store.write { tx throws in
                let settings = [PropertySetting("email", value), PropertySetting("score", .number(Int64(place)))]
                _ = try tx.change(self.id, set: settings, cause: self.fixture.at(Int64(place)))
            }
        }
        let history = try self.fixture.store.read { try $0.history(of: self.id) }
        #expect(
            history.first?.changes == [
                PropertyChange("email", old: .absent, new: .text("1")),
                PropertyChange("vip", old: .absent, new: .flag(true)),
            ]
        )
        #expect(history.dropFirst().compactMap { $0.changes.first?.new } == [.text("2"), .null, .absent, .text("3")])
    }

    @Test func lastEditIsTheNewestRowWithThePropertyElseTheCreate() throws {
        try self.create([])
        for number in 0..<50 {
            try self.fixture.store.write { tx throws in
                let property = number == 3 ? "email" : "score"
                let value: Value = number == 3 ? .text("x") : .number(Int64(number + 1))
                _ = try tx.change(
                    self.id,
                    set: [PropertySetting(property, value)],
                    cause: self.fixture.at(Int64(number))
                )
            }
        }
        try self.fixture.store.read { tx throws in
            #expect(try tx.lastEdit(of: "score", record: self.id)?.at == Instant(milliseconds: 49))
            #expect(try tx.lastEdit(of: "email", record: self.id)?.at == Instant(milliseconds: 3))
            #expect(try tx.lastEdit(of: "phone", record: self.id)?.kind == .create)
            #expect(try tx.lastEdit(of: "phone", record: Fixture.id(9)) == nil)
        }
    }

    @Test func aTimelineLeavesOutWhatIsTooOldEvenWhereTheClockWasSetBack() throws {
        try self.create([])
        for (value, time) in [(1, 10), (2, 90), (3, 20), (4, 95)] as [(Int64, Int64)] {
            try self.fixture.store.write { tx throws in
                let set = [PropertySetting("score", .number(value))]
                _ = try tx.change(self.id, set: set, cause: self.fixture.at(time))
            }
        }
        try self.fixture.store.read { tx throws in
            let all = try tx.timeline(of: self.id, limit: 4).map(\.at)
            #expect(all == [95, 20, 90, 10].map { Instant(milliseconds: $0) })
            let recent = try tx.timeline(of: self.id, since: Instant(milliseconds: 20), limit: 4).map(\.at)
            #expect(recent == [95, 90].map { Instant(milliseconds: $0) })
            #expect(try tx.timeline(of: self.id, since: Instant(milliseconds: 20), limit: 2).count == 1)
        }
    }
}
