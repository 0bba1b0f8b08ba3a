import Records
import Store

/// Records whose properties hold everything that may be stored, values of other types than the schema's included.
struct RandomRecords {
    private static let stages = Lifecycle.standard

    /// The types of the properties as the conditions know them.
    static let types: [(name: String, type: PropertyType)] = [
        ("email", .text), ("name", .text), ("score", .number), ("amount", .number), ("vip", .flag), ("born", .date),
        ("seen_at", .instant), ("stage", .stage), ("tags", .set([])), ("plan", .option(["a", "b"])),
        ("before", .stage), ("joined", .date), ("updated_at", .instant), ("out", .flag), ("groups", .set([])),
    ]

    static let schema = Self.schema(Self.types.map(\.type))

    static func schema(_ types: [PropertyType]) -> Schema {
        let properties = zip(Self.types, types).map { PropertySchema(name: $0.name, type: $1, label: $0.name) }
        return Schema(objects: [ObjectSchema(name: "contact", properties: properties)])
    }

    static let texts = [
        "", "a", "A", "b", "é", "e\u{301}", "É", "ada@acme.com", "ADA@ACME.COM", "x@y@Z.org ", "@", " @ b ", "@@",
        "lead",
        "mql", "sql", "disqualified", "unknown", "2026-03-02", "2026-02-30", "0000-01-01", "2024-02-29", "2023-02-29",
        "1900-02-29", "2000-02-29", "now", "%_", "'; DROP TABLE record; --", "\"", "\\", "日本", "😀a", "\u{FEFF}", "true",
        "5", "a\nb@c\nd", "ß", "İ", "\u{A0}a\u{3000}", "null", "[]", "{}", "\u{1}", "a b", "ab", "ba",
    ]
    static let numbers = [
        "0", "1", "-1", "2", "3", "50", "0.1", "0.3", "12.5", "-0.5", "9007199254740993", "9007199254740992",
        "-9007199254740993", "999999999999999999", "-999999999999999999", "0.000000000000000001", "123456789.123456789",
        "1000000000000000", "0.123456789012345678", "33333333333333.3333",
    ]
    static let moments: [Int64] = [
        0, 1, -1, 1_772_409_600_000_000, 1_772_409_600_000_001, 1_772_409_599_999_999, -62_135_596_800_000_000,
        -62_135_596_800_000_001, 253_402_300_799_999_999, 253_402_300_800_000_000, 951_782_400_000_000,
    ]
    static let days = [
        "2026-03-02", "2026-03-01", "2024-02-29", "0001-01-01", "9999-12-31", "1970-01-01", "1969-12-31",
    ]

    private static func value(of type: PropertyType, _ dice: inout Dice) -> Value {
        switch Int.random(in: 0..<10, using: &dice) {
        case 0: return .absent
        case 1: return .null
        default: break
        }
        let text = Text(Self.texts.randomElement(using: &dice) ?? "")
        switch type {
        case .text, .option, .owner, .reference: return .text(text)
        case .number: return Self.number(&dice)
        case .flag: return .flag(Bool.random(using: &dice))
        case .date: return CalendarDate(Self.days.randomElement(using: &dice) ?? "").map { .date($0) } ?? .null
        case .instant: return .instant(Instant(microseconds: Self.moments.randomElement(using: &dice) ?? 0))
        case .stage: return .text((Self.stages.stages + ["disqualified", text]).randomElement(using: &dice) ?? text)
        case .set:
            let count = Int.random(in: 0...3, using: &dice)
            return .set(of: (0..<count).map { _ in Text(Self.texts.randomElement(using: &dice) ?? "") })
        }
    }

    private static func number(_ dice: inout Dice) -> Value {
        guard Int.random(in: 0..<4, using: &dice) == 0 else {
            return Number(Self.numbers.randomElement(using: &dice) ?? "0").map { .number($0) } ?? .null
        }
        let scale = Int.random(in: 0...6, using: &dice)
        return Number(significand: Int64.random(in: -5_000...5_000, using: &dice), scale: scale).map { .number($0) }
            ?? .null
    }

    /// Values by the place of their property, with the types that they are written with.
    static func make(_ count: Int, _ types: [PropertyType], _ dice: inout Dice) -> [[PropertySetting]] {
        (0..<count).map { _ in
            zip(Self.types, types).map { PropertySetting($0.name, Self.value(of: $1, &dice)) }
        }
    }

    /// Types of which some are not the schema's own.
    static func someTypes(_ dice: inout Dice) -> [PropertyType] {
        Self.types.map { own in
            guard Int.random(in: 0..<3, using: &dice) == 0 else { return own.type }
            return Self.types.randomElement(using: &dice)?.type ?? own.type
        }
    }
}
