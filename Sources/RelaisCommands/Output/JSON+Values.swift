import Records
import Store

extension JSON {
    /// A value: null where there is none, numbers and flags as such, days and times as text.
    static func value(_ value: Records.Value?) -> JSON {
        switch value {
        case nil, .absent, .null: .null
        case .number(let number): .number(number.description)
        case .flag(let flag): .bool(flag)
        case .set(let elements): .array(elements.map { .string($0.string) })
        case .text(let text): .string(text.string)
        case .some(let other): .string(other.description)
        }
    }

    /// A text; null without one.
    static func text(_ text: String?) -> JSON { text.map { .string($0) } ?? .null }

    /// A text; null without one.
    static func text(_ text: Text?) -> JSON { Self.text(text?.string) }

    /// A point in time; null without one.
    static func time(_ instant: Instant?) -> JSON { Self.text(instant?.description) }

    /// A number of the store; null without one.
    static func number(_ value: Int64?) -> JSON { value.map { .number(String($0)) } ?? .null }
}
