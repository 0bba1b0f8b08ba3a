import Records

extension ValueForm {
    /// A value as the API wants it; nil if the value cannot be of this kind, such as `soon` for a date.
    ///
    /// Text is read as the kind that the form wants, because mappings hand over what a CRM once gave as text.
    func encoded(_ value: Value, separator: String) -> JSON? {
        // A text as it is, as nearly all ids and texts are written, needs no names to choose from.
        if self.kind == .text, case .reference("text") = self.wire { return Self.text(of: value).map(JSON.string) }
        guard let names = self.names(for: value, separator) else { return nil }
        return self.wire.rendered(TemplateScope(names))
    }

    private func names(for value: Value, _ separator: String) -> [String: JSON]? {
        switch self.kind {
        case .text: return Self.text(of: value).map(Self.names(text:))
        case .number:
            guard let number = Self.number(of: value) else { return nil }
            return ["text": .string(number.description), "number": .number(number.description)]
        case .flag:
            guard let flag = Self.flag(of: value) else { return nil }
            return ["text": .string(flag ? "true" : "false"), "flag": .bool(flag)]
        case .date: return Self.date(of: value).map(Self.names(date:))
        case .instant: return Self.instant(of: value).map(Self.names(instant:))
        case .set:
            let elements = Self.elements(of: value, separator)
            return [
                "joined": .string(elements.joined(separator: separator)),
                "list": .array(elements.map(JSON.string)),
            ]
        }
    }

    private static func names(text: String) -> [String: JSON] {
        var names: [String: JSON] = ["text": .string(text)]
        if let integer = Int64(text) { names["integer"] = .number(String(integer)) }
        return names
    }

    private static func names(date: CalendarDate) -> [String: JSON] {
        let (year, month, day) = date.parts
        return [
            "iso": .string(date.description), "year": .number(String(year)), "month": .number(String(month)),
            "day": .number(String(day)),
        ]
    }

    private static func names(instant: Instant) -> [String: JSON] {
        let date = instant.date
        let rest = instant.microseconds - Int64(date.days) * 86_400_000_000
        let seconds = rest / 1_000_000
        var names = self.names(date: date)
        names["iso"] = .string(instant.description)
        names["hour"] = .number(String(seconds / 3600))
        names["minute"] = .number(String(seconds / 60 % 60))
        names["second"] = .number(String(seconds % 60))
        names["microsecond"] = .number(String(rest % 1_000_000))
        names["epoch_ms"] = .string(String(instant.milliseconds))
        names["epoch_s"] = .string(String(instant.milliseconds / 1000))
        return names
    }

    private static func text(of value: Value) -> String? {
        switch value {
        case .absent, .null, .set: nil
        case .text(let text): text.string
        case .number(let number): number.description
        case .flag(let flag): flag ? "true" : "false"
        case .date(let date): date.description
        case .instant(let instant): instant.description
        }
    }

    private static func number(of value: Value) -> Number? {
        switch value {
        case .number(let number): number
        case .text(let text): Number(text.string)
        default: nil
        }
    }

    private static func flag(of value: Value) -> Bool? {
        switch value {
        case .flag(let flag): flag
        case .text("true"), .text("1"): true
        case .text("false"), .text("0"): false
        default: nil
        }
    }

    private static func date(of value: Value) -> CalendarDate? {
        switch value {
        case .date(let date): date
        case .instant(let instant): instant.date
        case .text(let text): CalendarDate(text.string) ?? Instant(text.string)?.date
        default: nil
        }
    }

    private static func instant(of value: Value) -> Instant? {
        switch value {
        case .instant(let instant): instant
        case .date(let date): Instant(microseconds: Int64(date.days) * 86_400_000_000)
        case .text(let text): Instant(text.string)
        default: nil
        }
    }

    private static func elements(of value: Value, _ separator: String) -> [String] {
        switch value {
        case .set(let elements): elements.map(\.string)
        default: self.text(of: value).map { [$0] } ?? []
        }
    }
}
