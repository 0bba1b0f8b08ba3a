import Mapping
import Records
import Testing

private func number(_ text: String) -> Value { Number(text).map { .number($0) } ?? .null }
private func instant(_ text: String) -> Value { Instant(text).map { .instant($0) } ?? .null }

/// Tables of examples for the transforms of formats, countries, money and parts.
@Suite struct FormatLensTests {
    private static let german = NumberFormatLens(decimal: ",", group: ".", scale: 2)
    private static let noGroup = NumberFormatLens(decimal: ",")
    private static let even = NumberFormatLens(decimal: ".", group: ",", scale: 0, rounding: .halfEven)

    private static func rows(_ lens: (any CheckedLens)?, _ rows: [(Value, Value, LensResult)]) -> [LensRow] {
        lens.map { lens in rows.map { LensRow(lens, $0.0, over: $0.1, $0.2) } } ?? []
    }

    private static let reads: [LensRow] =
        rows(
            german,
            [
                (.text("1.234,50"), .absent, .value(number("1234.5"))),
                (.text(" -1.234.567 "), .absent, .value(number("-1234567"))),
                (.text("1234,5"), .absent, .value(number("1234.5"))),
                (.text("1234,50"), number("1234.504"), .value(number("1234.504"))),
                (.text("12.34,50"), .absent, .unmapped("no number of the form 1.234,50")),
                (.text("1,234.50"), .absent, .unmapped("no number of the form 1.234,50")),
                (.text("1,"), .absent, .unmapped("no number of the form 1.234,50")),
                (.text("1e3"), .absent, .unmapped("no number of the form 1.234,50")),
                (.text(""), number("1"), .value(.null)),
            ]
        )
        + rows(noGroup, [(.text("1.234,5"), .absent, .unmapped("no number of the form 1234,5"))])
        + rows(
            TimeFormatLens(format: "DD/MM/YYYY HH:mm", zone: "Europe/Paris"),
            [
                (.text("22/11/2026 10:30"), .absent, .value(instant("2026-11-22T09:30:00Z"))),
                (.text("22/11/2026 10:30"), instant("2026-11-22T09:30:59Z"), .value(instant("2026-11-22T09:30:59Z"))),
                // Clocks went back: 02:30 came twice. The first is read; who holds the second keeps it.
                (.text("25/10/2026 02:30"), .absent, .value(instant("2026-10-25T00:30:00Z"))),
                (.text("25/10/2026 02:30"), instant("2026-10-25T01:30:00Z"), .value(instant("2026-10-25T01:30:00Z"))),
                // Clocks went forward: 02:30 never came.
                (
                    .text("29/03/2026 02:30"), .absent,
                    .unmapped("no time of the form DD/MM/YYYY HH:mm in Europe/Paris")
                ),
                (
                    .text("29/03/2026 24:00"), .absent,
                    .unmapped("no time of the form DD/MM/YYYY HH:mm in Europe/Paris")
                ),
            ]
        )
        + rows(
            EpochLens(.seconds),
            [
                (number("1795305600"), .absent, .value(instant("2026-11-22T00:00:00Z"))),
                (number("1795305600"), instant("2026-11-22T00:00:00.9Z"), .value(instant("2026-11-22T00:00:00.9Z"))),
                (number("1.5"), .absent, .unmapped("no whole seconds of the years 1 to 9999")),
                (number("999999999999999999"), .absent, .unmapped("no whole seconds of the years 1 to 9999")),
            ]
        )
        + rows(
            EpochLens(.milliseconds),
            [(number("1795305600123"), .absent, .value(instant("2026-11-22T00:00:00.123Z")))]
        )
        + rows(
            CountryLens(remote: .english),
            [
                (.text("France"), .absent, .value("FR")), (.text(" côte d'ivoire"), .absent, .value("CI")),
                (.text("Cote d'Ivoire"), .absent, .value("CI")), (.text("Etats-Unis"), .absent, .value("US")),
                (.text("E\u{301}gypte"), .absent, .value("EG")),
                (.text("DEU"), .text("Allemagne"), .value("Allemagne")),
                (.text("Atlantis"), .absent, .unmapped("no country of the table")),
            ]
        )
        + rows(
            SplitLens(by: " ", part: 1, of: 2),
            [
                (.text("Ada Lovelace"), .absent, .value("Lovelace")),
                (.text("Ada"), .absent, .unmapped("not exactly 2 parts with one \" \" between them")),
                (.text("Ada Maria Lovelace"), .absent, .unmapped("not exactly 2 parts with one \" \" between them")),
                (.text("Ada  Lovelace"), .absent, .unmapped("not exactly 2 parts with one \" \" between them")),
                (.null, .text("Lovelace"), .value(.null)),
            ]
        )
        + rows(
            SplitLens(by: ", ", part: 2, of: 3),
            [(.text("12 rue X, 75001, Paris"), .absent, .value("Paris"))]
        )

    @Test(arguments: reads) func readsRemoteValues(row: LensRow) {
        #expect(row.lens.toLocal(row.remote, previous: row.previous, in: EmptyLensContext()) == row.expected)
    }

    private static let writes: [LensRow] =
        rows(
            german,
            [
                (number("1234567.5"), .absent, .value("1.234.567,50")), (number("-0.005"), .absent, .value("-0,01")),
                (number("1234.504"), .text("1234,5"), .value("1234,5")), (number("12"), .absent, .value("12,00")),
            ]
        )
        + rows(even, [(number("2.5"), .absent, .value("2")), (number("3.5"), .absent, .value("4"))])
        + rows(ScaleLens(scale: 1, rounding: .down), [(number("-1.29"), .absent, .value(number("-1.2")))])
        + rows(ScaleLens(scale: 1, rounding: .up), [(number("1.21"), .absent, .value(number("1.3")))])
        + rows(
            TimeFormatLens(format: "DD/MM/YYYY HH:mm", zone: "Europe/Paris"),
            [(instant("2026-07-01T22:05:59Z"), .absent, .value("02/07/2026 00:05"))]
        )
        + rows(EpochLens(.seconds), [(instant("1969-12-31T23:59:59.5Z"), .absent, .value(number("-1")))])
        + rows(
            CountryLens(remote: .french),
            [
                (.text("US"), .absent, .value("États-Unis")), (.text("us"), .text("USA"), .value("USA")),
                (.text("Elbonia"), .text("France"), .unmapped("no country of the table")),
            ]
        )
        + rows(CountryLens(remote: .alpha3), [(.text("GB"), .text("France"), .value("GBR"))])
        + rows(MoneyLens(currency: "JPY"), [(number("99.5"), .absent, .value(number("100")))])
        + rows(MoneyLens(currency: "KWD"), [(number("1.2345"), .absent, .value(number("1.235")))])
        + rows(MoneyLens(currency: nil), [(number("1.2345"), .absent, .value(number("1.2345")))])
        + rows(
            SplitLens(by: " ", part: 1, of: 2),
            [
                (.text("Byron"), .text("Ada Lovelace"), .value("Ada Byron")),
                (
                    .text("de Byron"), .text("Ada Lovelace"),
                    .unmapped("a part that contains \" \", or joins with it into another")
                ),
                (.null, .text("Ada Lovelace"), .unmapped("one part of a text cannot be cleared by itself")),
                (
                    .text("Byron"), .absent,
                    .unmapped("the other parts are unknown, as the CRM holds no text of 2 parts")
                ),
            ]
        )

    @Test(arguments: writes) func writesRemoteValues(row: LensRow) {
        #expect(row.lens.toRemote(row.remote, previous: row.previous, in: EmptyLensContext()) == row.expected)
    }

    @Test func aTextOfOneWordCanBeOnePartAlone() {
        let (first, last) = (
            SplitLens(by: " ", part: 0, of: 2, alone: 1), SplitLens(by: " ", part: 1, of: 2, alone: 1)
        )
        let context = EmptyLensContext()
        #expect(last.toLocal("Lovelace", previous: .absent, in: context) == .value("Lovelace"))
        #expect(first.toLocal("Lovelace", previous: "Ada", in: context) == .value(.null))
        #expect(first.toRemote("Ada", previous: "Lovelace", in: context) == .value("Ada Lovelace"))
        #expect(first.toRemote(.null, previous: "Ada Lovelace", in: context) == .value("Lovelace"))
        #expect(last.toRemote("Byron", previous: .null, in: context) == .value("Byron"))
        for case .value(let value) in [
            first.toRemote("Ada", previous: .null, in: context),
            last.toRemote(.null, previous: "Ada Byron", in: context),
        ] { Issue.record("\(value)") }
    }

    @Test func bothPartsOfANameGiveTheWholeBack() {
        let (first, last) = (SplitLens(by: " ", part: 0, of: 2), SplitLens(by: " ", part: 1, of: 2))
        let context = EmptyLensContext()
        guard case .value(let half) = first.toRemote("Grace", previous: "Ada Lovelace", in: context) else {
            Issue.record("no value")
            return
        }
        #expect(last.toRemote("Hopper", previous: half, in: context) == .value("Grace Hopper"))
        #expect(first.lensClass == .partial)
        #expect(first.domain == "texts of exactly 2 parts with one \" \" between them")
    }

    @Test func refusesFormatsThatCannotBeReadBack() {
        #expect(NumberFormatLens(decimal: ",", group: ",") == nil)
        #expect(NumberFormatLens(decimal: "") == nil)
        #expect(NumberFormatLens(decimal: "1") == nil)
        #expect(NumberFormatLens(decimal: ".", group: "-") == nil)
        #expect(TimeFormatLens(format: "DD/MM/YYYY", zone: "UTC") == nil)
        #expect(TimeFormatLens(format: "DD/MM/YYYY HH:mm HH", zone: "UTC") == nil)
        #expect(TimeFormatLens(format: "DD/MM/YYYY HH:mm", zone: "CET") == nil)
        for code in ["eur", "EU", "EURO", "ABC", "XXX", "XAU", "", "ＥＵＲ"] {
            #expect(MoneyLens(currency: code) == nil, "\(code)")
        }
    }

    /// The minor units of ISO 4217's list one.
    @Test func moneyIsRoundedToTheCurrencysMinorUnit() throws {
        let units = [
            ("EUR", 2), ("USD", 2), ("JPY", 0), ("KRW", 0), ("XOF", 0), ("KWD", 3), ("TND", 3), ("CLF", 4), ("UYW", 4),
            ("HUF", 2), ("CHF", 2), ("HRK", 2),
        ]
        for (code, decimals) in units {
            let lens = try #require(MoneyLens(currency: code), "\(code)")
            #expect(lens.decimals == decimals, "\(code)")
            let amount = try #require(Number("1.23456789"))
            let sent = lens.toRemote(.number(amount), previous: .absent, in: EmptyLensContext())
            #expect(sent == .value(.number(Rounding.halfUp.round(amount, scale: decimals))), "\(code)")
        }
        #expect(MoneyLens(currency: nil)?.decimals == nil)
    }
}
