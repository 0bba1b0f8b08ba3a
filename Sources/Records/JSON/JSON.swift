/// A JSON document as values, for the small answers: schemas, owners, error bodies, JSON-RPC results.
///
/// Not for pages of records; those go through `PageParser` in `Transport`, which builds no tree.
package enum JSON: Sendable {
    /// The literal `null`, which is not the same as an absent member.
    case null
    /// The literal `true` or `false`.
    case bool(Bool)
    /// A number as the text it was sent in, because it may exceed what a `Double` can hold.
    case number(String)
    /// A string, unescaped.
    case string(String)
    /// An array.
    case array([JSON])
    /// An object; the members keep the order they were sent in, and no key occurs twice in a parsed document.
    case object([(key: String, value: JSON)])
}

extension JSON {
    /// The member with this key, compared byte by byte; `nil` when it is absent or this is no object.
    package subscript(_ key: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key.hasSameBytes(as: key) }?.value
    }

    /// The element at this place; `nil` when it is out of range or this is no array.
    package subscript(_ index: Int) -> JSON? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    /// The text of a string; `nil` for anything else.
    package var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// The value of `true` or `false`; `nil` for anything else.
    package var bool: Bool? {
        guard case .bool(let flag) = self else { return nil }
        return flag
    }

    /// A number written without fraction or exponent that fits 64 bits; `nil` for anything else.
    package var int: Int? {
        guard case .number(let text) = self else { return nil }
        return Int(text)
    }

    /// A number as the nearest `Double`; `nil` for anything else and for a number beyond its range.
    package var double: Double? {
        guard case .number(let text) = self, let value = Double(text), value.isFinite else { return nil }
        return value
    }

    /// The elements of an array; `nil` for anything else.
    package var array: [JSON]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    /// The members of an object in their order; `nil` for anything else.
    package var object: [(key: String, value: JSON)]? {
        guard case .object(let members) = self else { return nil }
        return members
    }

    /// Whether this is the literal `null`.
    package var isNull: Bool {
        guard case .null = self else { return false }
        return true
    }
}

/// Byte for byte, as all identity here: `é` and `e` + U+0301 differ, `1` and `1.0` differ.
///
/// The order of an object's members does not count.
extension JSON: Equatable {
    package static func == (left: JSON, right: JSON) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.number(let left), .number(let right)): left.hasSameBytes(as: right)
        case (.string(let left), .string(let right)): left.hasSameBytes(as: right)
        case (.array(let left), .array(let right)): left == right
        case (.object(let left), .object(let right)): JSON.sameMembers(left, right)
        default: false
        }
    }

    private static func sameMembers(
        _ left: [(key: String, value: JSON)],
        _ right: [(key: String, value: JSON)]
    ) -> Bool {
        guard left.count == right.count else { return false }
        func sorted(_ members: [(key: String, value: JSON)]) -> [(key: String, value: JSON)] {
            members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        }
        return zip(sorted(left), sorted(right)).allSatisfy { $0.key.hasSameBytes(as: $1.key) && $0.value == $1.value }
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    package init(stringLiteral value: String) { self = .string(value) }

    package init(integerLiteral value: Int) { self = .number(String(value)) }

    package init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension JSON: ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    package init(arrayLiteral elements: JSON...) { self = .array(elements) }

    package init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(elements.map { (key: $0.0, value: $0.1) })
    }
}
