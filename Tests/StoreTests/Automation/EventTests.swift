import Records
import Store
import Testing

@Suite struct EventTests {
    @Test func keepsEventsAsTheyWere() throws {
        let fixture = try Fixture()
        let id = Fixture.id(1)
        let event = PersonEvent(
            id: "é\"1",
            name: "bought",
            at: Instant(microseconds: 1_700_000_000_123_456),
            attributes: [
                "text": "a\"b\n", "number": .number(12), "flag": .flag(true), "none": .null, "set": .set(["x", "y"]),
                "day": .date(CalendarDate(days: 20_000)), "time": .instant(Instant(microseconds: 5)),
            ]
        )
        let entry = try fixture.store.write { transaction in
            try transaction.create(id, object: fixture.contact, properties: [], cause: fixture.cause)
            guard case .added(let sequence) = try transaction.addEvent(event, to: id, cause: fixture.cause) else {
                return nil as JournalEntry?
            }
            return try transaction.journal(after: sequence - 1, limit: 1).first
        }
        #expect(try entry?.event() == event)
        #expect(try fixture.store.read { try $0.events(of: id) }.map(\.event) == [event])
    }

    @Test(arguments: [
        (PersonEvent(id: "", name: "x", at: Instant(microseconds: 0)), "the event has no id"),
        (PersonEvent(id: "1", name: "a\nb", at: Instant(microseconds: 0)), "the event's name holds a control byte"),
        (
            PersonEvent(id: "1", name: "x", at: Instant(microseconds: 0), attributes: ["a\"b": "x"]),
            "an attribute's name is not letters, digits, _, - and . (64 at most)"
        ),
        (
            PersonEvent(id: "1", name: "x", at: Instant(microseconds: 0), attributes: ["a": "x\u{0}"]),
            "the attribute a is longer than 10000 bytes, or holds a zero byte"
        ),
    ])
    func refusesWhatCannotBeKept(_ event: PersonEvent, _ message: String) throws {
        let fixture = try Fixture()
        let id = Fixture.id(1)
        let error = #expect(throws: StoreError.self) {
            try fixture.store.write { transaction in
                try transaction.create(id, object: fixture.contact, properties: [], cause: fixture.cause)
                try transaction.addEvent(event, to: id, cause: fixture.cause)
            }
        }
        #expect(error?.message == message)
    }

    @Test func oneIdIsOneEventWhoeverItHappenedTo() throws {
        let fixture = try Fixture()
        let ids = [Fixture.id(1), Fixture.id(2)]
        let event = PersonEvent(id: "1", name: "x", at: Instant(microseconds: 0))
        let answers = try fixture.store.write { transaction in
            for id in ids { try transaction.create(id, object: fixture.contact, properties: [], cause: fixture.cause) }
            return try (ids + ids).map { try transaction.addEvent(event, to: $0, cause: fixture.cause) }
        }
        #expect(answers == [.added(3), .known(3), .known(3), .known(3)])
    }
}
