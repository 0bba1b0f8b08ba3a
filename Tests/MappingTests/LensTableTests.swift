import Mapping
import Records
import Testing

/// One row: what a transform makes of a value, given what the side to be written holds.
struct LensRow: Sendable, CustomTestStringConvertible {
    let lens: any CheckedLens
    let remote: Value
    let previous: Value
    let expected: LensResult

    init(_ lens: any CheckedLens, _ remote: Value, over previous: Value = .absent, _ expected: LensResult) {
        self.lens = lens
        self.remote = remote
        self.previous = previous
        self.expected = expected
    }

    init(_ lens: any CheckedLens, _ remote: Value, over previous: Value = .absent, _ expected: Value) {
        self.init(lens, remote, over: previous, .value(expected))
    }

    var testDescription: String { "\(self.lens.definition) \(self.remote) over \(self.previous)" }
}

private func text(_ shape: ValueShape) -> CoercionLens { CoercionLens(shape) }
private func number(_ text: String) -> Value { Number(text).map { .number($0) } ?? .null }
private func date(_ text: String) -> Value { CalendarDate(text).map { .date($0) } ?? .null }
private func instant(_ text: String) -> Value { Instant(text).map { .instant($0) } ?? .null }

@Suite struct LensTableTests {
    private static let coercionsToLocal = [
        LensRow(text(.number), .text("1200.50"), number("1200.5")),
        LensRow(text(.number), number("7"), number("7")),
        LensRow(text(.number), .text("1,200"), .unmapped("text that cannot be read as a number")),
        LensRow(text(.number), .text(""), .absent),
        LensRow(text(.number), .text(""), over: number("5"), .null),
        LensRow(text(.number), .null, over: .text(""), .text("")),
        LensRow(text(.flag), .text("True"), .flag(true)),
        LensRow(text(.flag), number("0"), .flag(false)),
        LensRow(text(.flag), .text("yes"), .unmapped("text that cannot be read as true or false")),
        LensRow(text(.date), .text("2026-11-22"), date("2026-11-22")),
        LensRow(text(.date), .text("1795305600000"), date("2026-11-22")),
        LensRow(text(.date), number("1795305600000"), date("2026-11-22")),
        LensRow(text(.date), .text("1795305600001"), .unmapped("text that cannot be read as a date")),
        LensRow(text(.date), instant("2026-11-22T00:00:00Z"), .unmapped("a time is no day without a zone")),
        LensRow(text(.date), .text("99999999999936000000"), .unmapped("text that cannot be read as a date")),
        LensRow(text(.date), number("86400000000000000"), .unmapped("a number that cannot be read as a date")),
        LensRow(text(.instant), .text("2026-11-22T10:00:00+01:00"), instant("2026-11-22T09:00:00Z")),
        LensRow(text(.instant), .text("1795305600123"), instant("2026-11-22T00:00:00.123Z")),
        LensRow(text(.instant), date("2026-11-22"), .unmapped("a day is no time without a zone")),
        LensRow(text(.instant), .text("99999999999999999"), .unmapped("text that cannot be read as a date and time")),
        LensRow(text(.text), number("42"), .text("42")),
        LensRow(text(.text), .set(["a"]), .unmapped("a set that cannot be read as text")),
        LensRow(text(.set), .text("a"), .set(["a"])),
    ]

    @Test(arguments: coercionsToLocal) func coercesWireValues(row: LensRow) {
        #expect(row.lens.toLocal(row.remote, previous: row.previous, in: EmptyLensContext()) == row.expected)
    }

    private static let coercionsToRemote = [
        // Written as the other side spelt it before, and left alone where it says the same.
        LensRow(text(.number), number("5"), over: .text("1200.50"), .text("5")),
        LensRow(text(.number), number("1200.5"), over: .text("1200.50"), .text("1200.50")),
        LensRow(text(.number), number("5"), over: number("6"), number("5")),
        LensRow(text(.number), number("5"), number("5")),
        LensRow(text(.number), .null, over: .text("6"), .null),
        LensRow(text(.flag), .flag(false), over: .text("true"), .text("false")),
        LensRow(text(.flag), .flag(true), over: .text("TRUE"), .text("TRUE")),
        LensRow(text(.flag), .flag(true), over: number("0"), number("1")),
        LensRow(text(.date), date("2026-11-22"), over: .text("0"), .text("1795305600000")),
        LensRow(text(.date), date("2026-11-22"), over: .text("2020-01-01"), .text("2026-11-22")),
        LensRow(text(.instant), instant("2026-11-22T00:00:00Z"), over: .text("5"), .text("1795305600000")),
        LensRow(text(.instant), instant("2026-11-22T00:00:00Z"), over: .text(""), .text("2026-11-22T00:00:00.000Z")),
        LensRow(
            text(.instant),
            instant("2026-11-22T00:00:00.000001Z"),
            over: number("1795305600000"),
            number("1795305600000")
        ),
        LensRow(text(.text), .text("007"), over: number("5"), .text("007")),
        LensRow(text(.text), .text("7"), over: number("5"), number("7")),
    ]

    @Test(arguments: coercionsToRemote) func writesInTheSpellingOfTheOtherSide(row: LensRow) {
        #expect(row.lens.toRemote(row.remote, previous: row.previous, in: EmptyLensContext()) == row.expected)
    }

    private static let normals = [
        LensRow(NormalLens(.trim), .text(" \u{A0}Ada \r\n"), .text("Ada")),
        LensRow(NormalLens(.trim), .text(" Ada"), over: .text("Ada "), .text("Ada ")),
        LensRow(NormalLens(.trim), .text("é"), .text("é")),
        LensRow(NormalLens(.trim), .text("  "), over: .text("Ada"), .null),
        LensRow(NormalLens(.trim), .set([" a", "b "]), .set(["a", "b"])),
        LensRow(NormalLens(.lowercase), .text("Ada@EXAMPLE.com"), .text("ada@example.com")),
        LensRow(NormalLens(.lowercase), .text("ÉCOLE"), .text("école")),
        LensRow(NormalLens(.uppercase), .text("fr"), .text("FR")),
        LensRow(NormalLens(.whitespace), .text(" Ada \t  Lovelace\n"), .text("Ada Lovelace")),
        LensRow(NormalLens(.whitespace), .text("Ada Lovelace"), .text("Ada Lovelace")),
        LensRow(NormalLens(.nfc), .text("e\u{301}"), .text("\u{E9}")),
        LensRow(NormalLens(.nfc), .text("\u{E9}"), over: .text("e\u{301}"), .text("e\u{301}")),
    ]

    @Test(arguments: normals) func bringsTextIntoCanonicalForm(row: LensRow) {
        #expect(row.lens.toLocal(row.remote, previous: row.previous, in: EmptyLensContext()) == row.expected)
        #expect(row.lens.toRemote(row.remote, previous: row.previous, in: EmptyLensContext()) == row.expected)
    }

    @Test(arguments: [
        ("FR", "06 12 34 56 78", "+33612345678"), ("FR", "+33 (0)6 12 34 56 78", "+33612345678"),
        ("FR", "0033 6.12.34.56.78", "+33612345678"), ("FR", "06\u{A0}12\u{A0}34\u{A0}56\u{A0}78", "+33612345678"),
        ("FR", "06 12 34 56", "06 12 34 56"), ("FR", "612345678", "612345678"),
        ("FR", "06 12 34 56 78 p. 3", "06 12 34 56 78 p. 3"),
        ("DE", "030/901820", "+4930901820"), ("DE", "+49 (0)30 901820", "+4930901820"),
        ("GB", "020 7946 0958", "+442079460958"),
        ("GB", "+44 (0) 20 7946 0958", "+442079460958"), ("US", "(212) 555-0123", "+12125550123"),
        ("US", "1-212-555-0123", "+12125550123"),
        ("US", "555-0123", "555-0123"), ("CH", "044 668 18 00", "+41446681800"), ("BE", "02 512 34 56", "+3225123456"),
        ("ES", "912 345 678", "+34912345678"), ("IT", "06 1234 5678", "+390612345678"),
        ("IT", "+39 06 1234 5678", "+390612345678"),
        ("FR", "+39 06 1234 5678", "+390612345678"), ("FR", "+81 3 1234 5678", "+81312345678"),
        ("FR", "call me", "call me"),
        ("FR", "+33", "+33"),
    ])
    func readsPhoneNumbers(region: String, typed: String, expected: String) throws {
        let lens = try #require(PhoneLens(region: region))
        #expect(lens.toLocal(.text(typed), previous: .absent, in: EmptyLensContext()) == .value(.text(expected)))
        // A side that holds the same number keeps its spelling.
        #expect(lens.toRemote(.text(expected), previous: .text(typed), in: EmptyLensContext()) == .value(.text(typed)))
    }

    private static let stages = EnumLens([("lead", "lead"), ("mql", "marketingqualifiedlead")])
    private static let open = EnumLens([("a", "1")], otherwise: .pass)
    private static let fallback = EnumLens(
        [("a", "1"), ("b", "2"), ("c", "2")],
        otherwise: .fallback(local: "c", remote: "9")
    )

    private static let tables = [
        LensRow(stages, .text("marketingqualifiedlead"), .text("mql")),
        LensRow(stages, .text("customer"), .unmapped("a value without a row in the table")),
        LensRow(stages, .set(["lead", "x"]), over: .set(["mine"]), .set(["lead", "mine"])),
        LensRow(stages, number("4"), .unmapped("a number where the table has text")),
        LensRow(open, .text("x"), .text("x")),
        LensRow(fallback, .text("2"), .text("c")),
        LensRow(fallback, .text("7"), .text("c")),
        LensRow(fallback, .text("7"), over: .text("c"), .text("c")),
        LensRow(SetLens(separator: ";"), .text("b; a;;a"), .set(["a", "b"])),
        LensRow(SetLens(separator: ";"), .text(";"), over: .set(["a"]), .null),
        LensRow(WordsLens(yes: "Y", no: "N"), .text("Y"), .flag(true)),
        LensRow(WordsLens(yes: "Y", no: "N"), .text("maybe"), .unmapped("neither Y nor N")),
        LensRow(AffixLens(.prefix, "https://"), .text("https://acme.example"), .text("acme.example")),
        LensRow(AffixLens(.prefix, "https://"), .text("acme.example"), .text("acme.example")),
        LensRow(AffixLens(.suffix, " €"), .text("5 €"), .text("5")),
        LensRow(TruncateLens(length: 3), .text("abc"), over: .text("abcdef"), .text("abcdef")),
        LensRow(TruncateLens(length: 3), .text("xyz"), over: .text("abcdef"), .text("xyz")),
        LensRow(ScaleLens(scale: 0), number("1201"), over: number("1200.5"), number("1200.5")),
        LensRow(DomainLens(), .text("https://www.Acme.example:8080/a"), .text("acme.example")),
        LensRow(DomainLens(), .text("Ada@Acme.example"), .text("acme.example")),
        LensRow(DomainLens(), .text("none"), .unmapped("no address with a host name")),
        LensRow(OptionLens(["lead", "mql"], isSet: false), .text("lead"), .text("lead")),
        LensRow(OptionLens(["lead", "mql"], isSet: false), .text("x"), .unmapped("no option of the local property")),
        LensRow(OptionLens(["a", "b"], isSet: true), .set(["a", "x"]), over: .set(["b"]), .set(["a"])),
        LensRow(OwnerLens(), .text("o1"), .text("ada@example.com")),
        LensRow(OwnerLens(), .text("o9"), .unmapped("a CRM user who is unknown, inactive or without e-mail address")),
    ]

    @Test(arguments: tables) func readsRemoteValues(row: LensRow) {
        #expect(row.lens.toLocal(row.remote, previous: row.previous, in: SampleContext()) == row.expected)
    }

    private static let tablesBack = [
        LensRow(stages, .text("mql"), .text("marketingqualifiedlead")),
        LensRow(stages, .text("sql"), over: .text("lead"), .unmapped("a value without a row in the table")),
        LensRow(fallback, .text("b"), .text("2")),
        LensRow(fallback, .text("c"), over: .text("7"), .text("7")),
        LensRow(fallback, .text("zzz"), .text("9")),
        LensRow(SetLens(separator: ";"), .set(["a", "b"]), over: .text("b;a"), .text("b;a")),
        LensRow(SetLens(separator: ";"), .set(["a", "c"]), over: .text("b;a"), .text("a;c")),
        LensRow(
            SetLens(separator: ";"),
            .set(["a;b"]),
            .unmapped("an element that contains the separator, or white space at an end")
        ),
        LensRow(SetLens(separator: ";"), .set([]), over: .text("a"), .null),
        LensRow(TruncateLens(length: 3), .text("abcdef"), over: .text("x"), .text("abc")),
        LensRow(ScaleLens(scale: 0), number("1200.5"), number("1201")),
        LensRow(ScaleLens(scale: 1), number("-1.25"), number("-1.3")),
        LensRow(ScaleLens(scale: 1), number("1.24"), number("1.2")),
        LensRow(AffixLens(.prefix, "https://"), .text("acme.example"), over: .text("x"), .text("https://acme.example")),
        LensRow(OwnerLens(), .text("ADA@example.com"), .text("o1")),
        LensRow(
            OwnerLens(),
            .text("both@example.com"),
            .unmapped("an e-mail address that no active CRM user has, or several")
        ),
        LensRow(OptionLens(["a", "b"], isSet: true), .set(["b"]), over: .set(["a", "x"]), .set(["b", "x"])),
    ]

    @Test(arguments: tablesBack) func writesRemoteValues(row: LensRow) {
        #expect(row.lens.toRemote(row.remote, previous: row.previous, in: SampleContext()) == row.expected)
    }

    @Test func readsAndWritesDates() throws {
        let format = try #require(DateFormatLens(format: "DD/MM/YYYY"))
        let context = EmptyLensContext()
        #expect(format.toLocal(.text("22/11/2026"), previous: .absent, in: context) == .value(date("2026-11-22")))
        #expect(format.toRemote(date("2026-11-22"), previous: .absent, in: context) == .value(.text("22/11/2026")))
        #expect(
            format.toLocal(.text("31/02/2026"), previous: .absent, in: context)
                == .unmapped("no day of the form DD/MM/YYYY")
        )
        #expect(DateFormatLens(format: "DD/MM") == nil)
        #expect(DateFormatLens(format: "DD/MM/YYYY DD") == nil)
    }

    @Test(arguments: [
        ("Europe/Paris", "2026-11-22", "2026-11-21T23:00:00Z"), ("UTC", "2026-11-22", "2026-11-22T00:00:00Z"),
        // Midnight does not exist in Santiago on 2026-09-06; the day begins at 01:00.
        ("America/Santiago", "2026-09-06", "2026-09-06T04:00:00Z"),
        ("Pacific/Kiritimati", "2026-11-22", "2026-11-21T10:00:00Z"),
    ])
    func daysBeginInTheirZone(zone: String, day: String, start: String) throws {
        let lens = try #require(DayLens(zone: zone))
        #expect(lens.toRemote(date(day), previous: .absent, in: EmptyLensContext()) == .value(instant(start)))
        #expect(lens.toLocal(instant(start), previous: .absent, in: EmptyLensContext()) == .value(date(day)))
        #expect(DayLens(zone: "CET+1") == nil)
    }

    @Test func referencesFollowLinks() {
        let (lens, context) = (ReferenceLens(remoteObject: "companies"), SampleContext())
        let (id, record) = (SampleContext.links[0].remote, Value.text(SampleContext.links[0].record.description))
        #expect(lens.toLocal(.text(id), previous: .absent, in: context) == .value(record))
        #expect(lens.toRemote(record, previous: .text("999"), in: context) == .value(.text(id)))
        #expect(lens.toLocal(.text("999"), previous: record, in: context) == .unlinked)
        #expect(lens.toRemote(record, previous: .absent, in: EmptyLensContext()) == .unlinked)
        #expect(lens.toRemote(.null, previous: .text(id), in: context) == .value(.null))
    }

    @Test func associationsLetUnlinkedElementsPass() {
        let context = SampleContext()
        let ids = SampleContext.links.map(\.remote)
        let records = SampleContext.links.map { Text($0.record.description) }
        let many = AssociationLens(remoteObject: "contacts", isSingle: false)
        #expect(many.toLocal(.set([ids[0], "999"]), previous: .absent, in: context) == .value(.set([records[0]])))
        #expect(
            many.toRemote(.set([records[1]]), previous: .set(of: [ids[0], "999"]), in: context)
                == .value(.set(of: [ids[1], "999"]))
        )
        let primary = AssociationLens(remoteObject: "companies", isSingle: true, label: "primary")
        #expect(primary.toLocal(.set([ids[0]]), previous: .absent, in: context) == .value(.text(records[0])))
        #expect(primary.toRemote(.text(records[1]), previous: .set([ids[0]]), in: context) == .value(.set([ids[1]])))
        #expect(primary.toLocal(.set(["999"]), previous: .text(records[0]), in: context) == .unlinked)
        #expect(primary.toLocal(.set([]), previous: .text(records[0]), in: context) == .value(.null))
    }
}
