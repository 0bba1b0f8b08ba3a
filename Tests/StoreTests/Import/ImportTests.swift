import Records
import Store
import Synchronization
import Testing

@Suite struct ImportTests {
    private static let schema = Schema(objects: [
        ObjectSchema(
            name: "contact",
            properties: [
                PropertySchema(name: "email", type: .text, label: "E-mail"),
                PropertySchema(name: "first_name", type: .text, label: "First name"),
                PropertySchema(name: "lifecycle_stage", type: .stage, label: "Stage"),
                PropertySchema(name: "score", type: .number, label: "Score"),
                PropertySchema(name: "birthday", type: .date, label: "Birthday"),
                PropertySchema(name: "seen_at", type: .instant, label: "Seen at"),
                PropertySchema(name: "unsubscribed", type: .flag, label: "Unsubscribed"),
                PropertySchema(name: "newsletter", type: .flag, label: "Newsletter"),
                PropertySchema(name: "interests", type: .set([]), label: "Interests"),
                PropertySchema(name: "source", type: .option(["web", "trade_fair"]), label: "Source"),
            ]
        )
    ])
    private static let now = Instant(milliseconds: 1_772_445_600_000)

    private static func store() throws -> Store { try Store(inMemory: StoreOptions(schema: Self.schema)) }

    private static func clock() -> WallClock { WallClock { Self.now } }

    private static func ids() -> RecordIDSource {
        let counter = Counter()
        return RecordIDSource(clock: Self.clock(), randomness: Randomness { counter.next() })
    }

    private final class Counter: Sendable {
        private let value = Mutex<UInt64>(0)
        func next() -> UInt64 {
            self.value.withLock { value in
                value += 1 << 20
                return value
            }
        }
    }

    private static func contacts(
        _ text: String,
        _ format: ImportFormat = .csv,
        into store: Store,
        ids: RecordIDSource = Self.ids(),
        options: ImportOptions = ImportOptions()
    ) throws -> ImportReport {
        let importer = RecordImporter(store: store, options: options, ids: ids, clock: Self.clock())
        return try importer.run(ImportSource(format, bytes: Array(text.utf8)))
    }

    private static func events(_ text: String, _ format: ImportFormat = .csv, into store: Store) throws -> ImportReport
    {
        let importer = EventImporter(store: store, options: ImportOptions(), clock: Self.clock())
        return try importer.run(ImportSource(format, bytes: Array(text.utf8)))
    }

    private static func all(_ store: Store) throws -> [StoredRecord] {
        try store.write { try $0.liveRecords($0.object("contact"), limit: 100) }
    }

    private static func counts(_ report: ImportReport) -> [Int] {
        [report.created, report.updated, report.unchanged, report.rejected]
    }

    @Test func makesChangesAndLeavesAlone() throws {
        let store = try Self.store()
        let ids = Self.ids()
        let first = """
            \u{FEFF}E-Mail;First Name;Birthday;Interests;Source;Score
             Ada@Example.com ;Ada;1815-12-10;maths; Trade Fair;12.5
            grace@example.com;Grace;;navy; web ;
            """.replacing("E-Mail", with: "email").replacing(";navy; web ;", with: ";navy;web;")
        let report = try Self.contacts(first, into: store, ids: ids)
        #expect(Self.counts(report) == [2, 0, 0, 0])
        let ada = try #require(try Self.all(store).first)
        #expect(ada["email"] == "ada@example.com")
        #expect(ada["birthday"] == .date(try #require(CalendarDate("1815-12-10"))))
        #expect(ada["source"] == "trade_fair")
        #expect(ada["score"] == .number(try #require(Number("12.5"))))
        // Again: nothing. With other values: only those; a blank erases nothing.
        #expect(Self.counts(try Self.contacts(first, into: store, ids: ids)) == [0, 0, 2, 0])
        let second = "email,first_name,score\nADA@example.com,,13\ngrace@example.com,Grace,\n"
        #expect(Self.counts(try Self.contacts(second, into: store, ids: ids)) == [0, 1, 1, 0])
        let again = try #require(try Self.all(store).first)
        #expect(again["first_name"] == "Ada")
        #expect(again["score"] == .number(13))
    }

    @Test func tellsEachBadLineAndTakesTheRest() throws {
        let store = try Self.store()
        let text = """
            email,first_name,score,lifecycle_stage,unsubscribed,seen_at,birthday
            a@example.com,A,1,lead,no,2026-03-02T09:00:00Z,2000-01-01
            b@example.com,B,many,lead,no,,
            ,C,1,lead,no,,
            nobody,D,1,lead,no,,
            e@example.com,E,1,leed,no,,
            f@example.com,F,1,lead,perhaps,,
            g@example.com,G,1,lead,no,yesterday,
            h@example.com,H,1,lead,no,,31.12.2000
            i@example.com,"I,1
            j@example.com,J,1,lead,no,,,extra
            k@example.com,K
            A@EXAMPLE.com,A2,1,lead,no,,
            """
        let report = try Self.contacts(text, into: store)
        #expect(Self.counts(report) == [2, 1, 0, 9])
        #expect(
            report.rejections.map { "\($0.line) \($0.reason)" } == [
                "3 score must be a number such as 12.5", "4 there is no email", "5 email is no e-mail address",
                "6 lifecycle_stage must be one of subscriber, lead, mql, sql, opportunity, customer, evangelist, "
                    + "disqualified",
                "7 unsubscribed must be true or false", "8 seen_at must be a time such as 2026-03-02T09:00:00Z",
                "9 birthday must be a date such as 2026-03-02", "10 a quote is never closed",
                "11 the line has 8 fields, the header 7",
            ]
        )
        let run = try #require(report.run)
        let row = try #require(try store.read { try $0.run(run) })
        #expect(row.state == .attention)
        #expect(row.counts == ["created": 2, "updated": 1, "unchanged": 0, "rejected": 9])
    }

    @Test func linesThatAreNoUTF8AreToldOneByOne() throws {
        let store = try Self.store()
        var bytes = Array("email,first_name\na@example.com,Zo".utf8)
        bytes += [0xEB] + Array("\nb@example.com,Zoë\n".utf8)
        let importer = RecordImporter(store: store, options: ImportOptions(), ids: Self.ids(), clock: Self.clock())
        let report = try importer.run(ImportSource(.csv, bytes: bytes))
        #expect(Self.counts(report) == [1, 0, 0, 1])
        #expect(report.rejections.first?.reason == "the line is not UTF-8; save the file as UTF-8")
    }

    @Test(
        arguments: [
            ([0xFF, 0xFE, 0x65, 0x00], "the file is not UTF-8 text (UTF-16, or no text at all)"),
            (Array("email,a\u{0}\n".utf8), "the file is not UTF-8 text (UTF-16, or no text at all)"),
            (Array("email,frist_name\nx@y.example,A\n".utf8), "contact has no property for the column \"frist_name\""),
            (Array("first_name\nAda\n".utf8), "there is no column email, which tells which contact a line means"),
        ] as [([UInt8], String)]
    )
    func refusesAFileBeforeItWritesAnything(_ bytes: [UInt8], _ message: String) throws {
        let store = try Self.store()
        let importer = RecordImporter(store: store, options: ImportOptions(), ids: Self.ids(), clock: Self.clock())
        let error = try #require(throws: ImportRefusal.self) { try importer.run(ImportSource(.csv, bytes: bytes)) }
        #expect(error.message == message)
        #expect(try store.read { try $0.runs(limit: 10) }.isEmpty)
    }

    @Test func leavesOutColumnsOnPurpose() throws {
        let options = ImportOptions(ignoredColumns: ["Comment"])
        let text = "email,comment\na@example.com,x\n"
        #expect(Self.counts(try Self.contacts(text, into: Self.store(), options: options)) == [1, 0, 0, 0])
    }

    @Test func neverMovesALifecycleBackNorUndoesAnOptOut() throws {
        let store = try Self.store()
        let ids = Self.ids()
        let head = "email,lifecycle_stage,unsubscribed,newsletter\n"
        _ = try Self.contacts(head + "a@example.com,customer,true,false\n", into: store, ids: ids)
        let report = try Self.contacts(head + "a@example.com,lead,false,true\n", into: store, ids: ids)
        #expect(Self.counts(report) == [0, 0, 1, 0])
        #expect(
            report.kept.map(\.reason) == [
                "lifecycle_stage stays customer", "unsubscribed stays true", "newsletter stays false",
            ]
        )
        _ = try Self.contacts(head + "a@example.com,evangelist,true,false\n", into: store, ids: ids)
        #expect(try Self.all(store).first?["lifecycle_stage"] == "evangelist")
    }

    @Test func readsJSONLines() throws {
        let store = try Self.store()
        let text = """
            {"email":"a@example.com","score":1.5,"unsubscribed":true,"interests":["b","a"],"birthday":"2000-01-01"}
            {"email":"b@example.com","score":"x"}

            [1]
            {"email":"c@example.com"
            {"email":"d@example.com","nme":"x"}
            {"email":"a@example.com","birthday":null,"email":"x"}
            {"email":"a@example.com","birthday":null}
            """
        let report = try Self.contacts(text, .jsonLines, into: store)
        #expect(Self.counts(report) == [1, 1, 0, 5])
        #expect(report.rejections.map(\.line) == [2, 4, 5, 6, 7])
        let record = try #require(try Self.all(store).first)
        #expect(record["interests"] == .set(["a", "b"]))
        #expect(record["birthday"] == .null)
    }

    @Test func whoIsKnownTwiceIsNotGuessed() throws {
        let store = try Self.store()
        try store.write { transaction in
            let cause = Cause(actor: try transaction.actor("person:test"), at: Self.now)
            for number in 1...2 {
                let id = RecordID(at: Self.now, random: (0, UInt64(number) << 2))
                let email = [PropertySetting("email", "a@example.com")]
                try transaction.create(id, object: transaction.object("contact"), properties: email, cause: cause)
            }
        }
        let report = try Self.contacts("email\na@example.com\n", into: store)
        #expect(report.rejections.map(\.reason) == ["several records have this email"])
    }

    @Test func importsEventsOnceWhateverTheirForm() throws {
        let store = try Self.store()
        _ = try Self.contacts("email\na@example.com\n", into: store)
        let text = """
            email,event,at,id,url
            A@example.com,email_clicked,2026-03-01T10:00:00Z,evt-1,/pricing
            a@example.com,email_clicked,2026-03-01T10:00:00Z,evt-1,/other
            a@example.com,page_viewed,2026-03-01,,/a
            a@example.com,page_viewed,2026-03-01,,/b
            a@example.com,,2026-03-01,,
            b@example.com,page_viewed,2026-03-01,,
            a@example.com,page_viewed,soon,,
            """
        let report = try Self.events(text, into: store)
        #expect(Self.counts(report) == [3, 0, 1, 3])
        #expect(
            report.rejections.map { "\($0.line) \($0.reason)" } == [
                "6 there is no event", "7 no contact has this email",
                "8 at must be a time such as 2026-03-02T09:00:00Z",
            ]
        )
        #expect(Self.counts(try Self.events(text, into: store)) == [0, 0, 4, 3])
        let json = """
            {"email":"a@example.com","event":"bought","at":"2026-03-01T10:00:00Z","with":{"amount":12.5,"tags":["x"],"vip":true}}
            {"email":"a@example.com","event":"bought","at":"2026-03-01T10:00:00Z","with":{"deep":{}}}
            """
        #expect(Self.counts(try Self.events(json, .jsonLines, into: store)) == [1, 0, 0, 1])
        let ada = try #require(try Self.all(store).first)
        let events = try store.read { try $0.events(of: ada.id) }.map(\.event)
        #expect(events.map(\.name) == ["email_clicked", "page_viewed", "page_viewed", "bought"])
        #expect(events[0].attributes == ["url": "/pricing"])
        #expect(
            events[3].attributes == [
                "amount": .number(try #require(Number("12.5"))), "tags": .set(["x"]), "vip": .flag(true),
            ]
        )
    }

    @Test func aBackfillStartsNothing() throws {
        let store = try Self.store()
        let ids = Self.ids()
        let report = try Self.contacts(
            "email\na@example.com\n",
            into: store,
            ids: ids,
            options: ImportOptions(startsWorkflows: false)
        )
        let run = try #require(report.run)
        #expect(try store.read { try $0.startsNothing(run) })
        let other = try Self.contacts("email\nb@example.com\n", into: store, ids: ids)
        #expect(try store.read { try $0.startsNothing(try #require(other.run)) } == false)
    }

    @Test func readsAFileInPieces() throws {
        let store = try Self.store()
        var rest = Array("email,first_name\n".utf8)
        for number in 0..<500 { rest += Array("c\(number)@example.com,\"N \(number)\"\n".utf8) }
        var place = 0
        let source = ImportSource(.csv) {
            guard place < rest.count else { return nil }
            defer { place += 7 }
            return Array(rest[place..<min(place + 7, rest.count)])
        }
        let importer = RecordImporter(store: store, options: ImportOptions(), ids: Self.ids(), clock: Self.clock())
        #expect(Self.counts(try importer.run(source)) == [500, 0, 0, 0])
    }

    @Test(arguments: [("a.csv", ImportFormat.csv), ("B.JSONL", .jsonLines), ("c.ndjson", .jsonLines), ("d.xlsx", nil)])
    func tellsTheFormFromTheName(_ name: String, _ format: ImportFormat?) {
        #expect(ImportFormat(fileName: name) == format)
    }
}
