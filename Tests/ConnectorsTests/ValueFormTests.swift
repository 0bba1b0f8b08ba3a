import Records
import Testing

@testable import Connectors

/// Values and the forms in which APIs write them: there and back again.
@Suite struct ValueFormTests {
    static func decimal() throws -> ValueForm {
        ValueForm(
            kind: .number,
            wire: try TemplateTests.template("{ __class__: Decimal, decimal: \"${text}\" }", ["text"])
        )
    }

    static func instant() throws -> ValueForm {
        let names = ["year", "month", "day", "hour", "minute", "second", "microsecond"]
        let members = names.map { "\($0): \"${\($0)}\"" }.joined(separator: ", ")
        return ValueForm(kind: .instant, wire: try TemplateTests.template("{ __class__: datetime, \(members) }", names))
    }

    @Test(arguments: [
        "2026-11-22T00:18:32.200133Z", "1969-12-31T23:59:59.999999Z", "2024-02-29T12:00:00.000Z",
    ]) func instantsInParts(text: String) throws {
        let instant = try #require(Instant(text))
        let json = try #require(try Self.instant().encoded(.instant(instant), separator: ";"))
        #expect(try Self.instant().decoded(json, separator: ";") == .instant(instant))
    }

    @Test func decimalsKeepTheirDigits() throws {
        let number = try #require(Number("1200.50"))
        let json = try Self.decimal().encoded(.number(number), separator: ";")
        #expect(json?.text == #"{"__class__":"Decimal","decimal":"1200.5"}"#)
        let back = try Self.decimal().decoded(
            JSON(parsing: #"{"__class__":"Decimal","decimal":"1200.50"}"#),
            separator: ";"
        )
        #expect(back == .number(number))
    }

    @Test(
        arguments: [
            (ValueForm.Kind.text, "${integer}", Value.text("12"), "12"),
            (.text, "${integer}", .text("twelve"), nil),
            (.number, "${number}", .text("0.5"), "0.5"),
            (.number, "${number}", .text("half"), nil),
            (.number, "${text}", .number(3), #""3""#),
            (.flag, "${flag}", .text("true"), "true"),
            (.flag, "${flag}", .text("yes"), nil),
            (.date, "${iso}", .text("2026-11-22"), #""2026-11-22""#),
            (.date, "${iso}", .text("22.11.2026"), nil),
            (.date, "${iso}", .instant(Instant(microseconds: 0)), #""1970-01-01""#),
            (.instant, "${epoch_ms}", .instant(Instant(milliseconds: -1500)), #""-1500""#),
            (.instant, "${epoch_s}", .text("1970-01-01T00:00:09Z"), #""9""#),
            (.instant, "${iso}", .date(CalendarDate(days: 1)), #""1970-01-02T00:00:00.000Z""#),
            (.set, "${joined}", .set(of: ["b", "a"]), #""a;b""#),
            (.set, "${list}", .text("a"), #"["a"]"#),
        ] as [(ValueForm.Kind, String, Value, String?)]
    ) func written(
        kind: ValueForm.Kind,
        wire: String,
        value: Value,
        json: String?
    ) throws {
        let form = ValueForm(kind: kind, wire: try TemplateTests.template(wire, kind.names))
        #expect(form.encoded(value, separator: ";")?.text == json)
    }

    @Test(
        arguments: [
            (ValueForm.Kind.text, "${integer}", "12", Value.text("12")),
            (.flag, "${flag}", "0", .flag(false)),
            (.flag, "${flag}", #""maybe""#, nil),
            (.instant, "${epoch_ms}", #""1500""#, .instant(Instant(milliseconds: 1500))),
            (.instant, "${epoch_ms}", #""99999999999999999999""#, nil),
            (.date, "${iso}", #""2026-02-30""#, nil),
            (.set, "${joined}", #""b;;a;b""#, .set(of: ["a", "b"])),
            (.set, "${list}", #"["b",1]"#, .set(of: ["1", "b"])),
            (.number, "${number}", "null", .null),
        ] as [(ValueForm.Kind, String, String, Value?)]
    ) func read(
        kind: ValueForm.Kind,
        wire: String,
        json: String,
        value: Value?
    ) throws {
        let form = ValueForm(kind: kind, wire: try TemplateTests.template(wire, kind.names))
        #expect(form.decoded(try JSON(parsing: json), separator: ";") == value)
    }
}

extension Value: ExpressibleByIntegerLiteral {
    /// A whole number.
    public init(integerLiteral value: Int64) { self = .number(value) }
}
