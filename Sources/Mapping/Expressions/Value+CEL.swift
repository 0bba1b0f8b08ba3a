package import CEL
package import Records

extension Value {
    /// The value as expressions see it where nothing is known of its type: blank is null, except that the empty text
    /// stays text; whole numbers are `int`, others `double`; a day is the timestamp of its midnight in UTC.
    package var cel: CELValue {
        switch self {
        case .absent, .null: .null
        case .text(let text): .string(text.string)
        case .number(let number): number.integer.map { .int($0) } ?? .double(number.double)
        case .flag(let flag): .bool(flag)
        case .date(let date): CELTimestamp(seconds: Int64(date.days) * 86_400).map { .timestamp($0) } ?? .null
        case .instant(let instant): Self.timestamp(microseconds: instant.microseconds)
        case .set(let elements): .list(elements.map { .string($0.string) })
        }
    }

    /// The value of a property of a record: numbers are always `double`, so that `7 / 2` does not depend on the data,
    /// and stages are their rank, so that `>=` follows the lifecycle.
    package func cel(as type: PropertyType, in lifecycle: Lifecycle) -> CELValue {
        switch (self, type) {
        case (.number(let number), _): .double(number.double)
        case (.text(let text), .stage): lifecycle.comparisonRank(of: text).map { .int(Int64($0)) } ?? .null
        default: self.cel
        }
    }

    /// What an expression gave, as a property of `type` (nil for any) holds it; nil if the property cannot hold it.
    ///
    /// A timestamp becomes a day only at midnight UTC: everything else needs a zone (R20).
    package init?(_ result: CELValue, as type: PropertyType? = nil) {
        switch result {
        case .null: self = .null
        case .string(let text): self = .text(text)
        case .bool(let flag): self = .flag(flag)
        case .int(let integer): self = .number(integer)
        case .uint(let integer):
            guard let small = Int64(exactly: integer) else { return nil }
            self = .number(small)
        case .double(let double):
            // The shortest digits that read back as the same double.
            guard double.isFinite, let number = Number("\(double)") else { return nil }
            self = .number(number)
        case .timestamp(let timestamp):
            let instant = Instant(microseconds: timestamp.seconds * 1_000_000 + Int64(timestamp.nanoseconds) / 1000)
            guard type == .date else {
                self = .instant(instant)
                return
            }
            guard instant.microseconds == Int64(instant.date.days) * 86_400_000_000 else { return nil }
            self = .date(instant.date)
        case .list(let elements):
            let texts = elements.compactMap(\.asString)
            guard texts.count == elements.count else { return nil }
            self = .set(of: texts.map { Text($0) })
        case .optional(let wrapped?): self.init(wrapped, as: type)
        case .optional: self = .null
        case .bytes, .map, .type, .duration, .object: return nil
        }
        if let kind = type?.valueKind, !self.isBlank, self.kindName != kind { return nil }
    }

    private static func timestamp(microseconds: Int64) -> CELValue {
        let (seconds, rest) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        let (whole, part) = rest < 0 ? (seconds - 1, rest + 1_000_000) : (seconds, rest)
        return CELTimestamp(seconds: whole, nanoseconds: Int32(part * 1000)).map { .timestamp($0) } ?? .null
    }
}

extension PropertyType {
    /// The type of a property in expressions; each value may also be null.
    package var cel: CELType {
        switch self {
        case .text, .option, .owner, .reference: .string
        case .number: .double
        case .flag: .bool
        case .date, .instant: .timestamp
        case .set: .list(.string)
        case .stage: .int
        }
    }

    /// The kind of value that the property holds, as `Value.kindName` has it.
    var valueKind: String? {
        switch self {
        case .text, .option, .owner, .reference, .stage: "text"
        case .number: "a number"
        case .flag: "true or false"
        case .date: "a date"
        case .instant: "a date and time"
        case .set: "a set"
        }
    }
}
