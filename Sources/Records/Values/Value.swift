/// One property value, as either side of a link holds it.
///
/// Absent (the property was not sent, or never set), null (cleared) and the empty text are three different things.
/// Equality is exact and by bytes; "do these agree?" is a question for a mapping's transform, not for `==`.
package enum Value: Hashable, Sendable, ExpressibleByStringLiteral {
    /// The side said nothing about the property.
    case absent
    /// The property is cleared.
    case null
    /// Text, option values included; may be empty.
    case text(Text)
    /// An exact decimal number.
    case number(Number)
    /// A truth value.
    case flag(Bool)
    /// A day without a zone.
    case date(CalendarDate)
    /// A point in time.
    case instant(Instant)
    /// A set of texts: sorted by bytes, without repetition.
    ///
    /// Make it with `Value.set(of:)`.
    case set([Text])

    package init(stringLiteral value: String) { self = .text(Text(value)) }

    /// A text value.
    package static func text(_ string: String) -> Value { .text(Text(string)) }

    /// A whole number.
    package static func number(_ integer: Int64) -> Value { .number(Number(integer)) }

    /// A set value in canonical order.
    package static func set(of elements: some Sequence<Text>) -> Value {
        var sorted = Array(elements)
        // Most sets come in order; a look is cheaper than a sort.
        if zip(sorted, sorted.dropFirst()).allSatisfy({ $0 < $1 }) { return .set(sorted) }
        sorted.sort()
        var last: Text?
        sorted.removeAll { element in
            defer { last = element }
            return last == element
        }
        return .set(sorted)
    }

    /// Whether there is nothing to lose here: absent, null, the empty text or the empty set.
    package var isBlank: Bool {
        switch self {
        case .absent, .null: true
        case .text(let text): text.isEmpty
        case .set(let elements): elements.isEmpty
        case .number, .flag, .date, .instant: false
        }
    }

    /// The text, if this is one.
    package var text: Text? {
        guard case .text(let text) = self else { return nil }
        return text
    }

    /// A name of the kind of value, for messages.
    package var kindName: String {
        switch self {
        case .absent: "nothing"
        case .null: "a cleared value"
        case .text: "text"
        case .number: "a number"
        case .flag: "true or false"
        case .date: "a date"
        case .instant: "a date and time"
        case .set: "a set"
        }
    }
}

extension Value: CustomStringConvertible {
    /// The value as a person reads it; blank values are an em dash.
    package var description: String {
        switch self {
        case .absent, .null: "—"
        case .text(let text): text.isEmpty ? "\"\"" : text.string
        case .number(let number): number.description
        case .flag(let flag): flag ? "true" : "false"
        case .date(let date): date.description
        case .instant(let instant): instant.description
        case .set(let elements): "{" + elements.map(\.string).joined(separator: ", ") + "}"
        }
    }
}
