/// An immutable map of the language, in the order in which its entries were written.
///
/// Keys are `bool`, `int`, `uint` or `string`; `1`, `1u` and `1.0` find the same entry. Small maps are searched
/// entry by entry, larger ones by a hash index.
package struct CELMap: Sendable {
    /// One key with its value.
    package struct Entry: Sendable {
        /// The key as it was written.
        package let key: CELValue
        /// The value under the key.
        package let value: CELValue

        /// An entry; the map that takes it checks the key.
        package init(key: CELValue, value: CELValue) {
            self.key = key
            self.value = value
        }
    }

    /// Why a map could not be made.
    package enum Problem: Error, Equatable {
        /// A key that is no `bool`, `int`, `uint` or `string`.
        case unsupportedKey
        /// Two entries under one key.
        case repeatedKey
    }

    private static let indexThreshold = 8

    /// The entries in the order of insertion.
    package let entries: [Entry]
    private let index: [MapKey: Int]

    /// The map without entries.
    package init() {
        entries = []
        index = [:]
    }

    /// A map of the given entries; throws when a key is of another type or comes twice.
    package init(_ entries: [Entry]) throws(Problem) {
        self.entries = entries
        var index: [MapKey: Int] = [:]
        index.reserveCapacity(entries.count)
        for (position, entry) in entries.enumerated() {
            switch entry.key {
            case .bool, .int, .uint, .string: break
            default: throw .unsupportedKey
            }
            guard let key = MapKey(entry.key) else { throw .unsupportedKey }
            guard index.updateValue(position, forKey: key) == nil else { throw .repeatedKey }
        }
        self.index = entries.count > Self.indexThreshold ? index : [:]
    }

    /// The number of entries.
    package var count: Int { entries.count }

    /// Whether there is no entry.
    package var isEmpty: Bool { entries.isEmpty }

    /// The value under a key, compared as the language compares; nil when there is none.
    package subscript(key key: CELValue) -> CELValue? {
        guard let key = MapKey(key) else { return nil }
        if entries.count > Self.indexThreshold {
            return index[key].map { entries[$0].value }
        }
        for entry in entries where MapKey(entry.key) == key {
            return entry.value
        }
        return nil
    }

    /// The value under a text key; nil when there is none.
    package subscript(name name: String) -> CELValue? { self[key: .string(name)] }
}

/// A map key in canonical form: numbers by value, text by bytes.
enum MapKey: Hashable {
    case bool(Bool)
    case int(Int64)
    /// Only above `Int64.max`, so that one number has one form.
    case large(UInt64)
    case text(ByteText)

    /// The canonical form of a key; nil when no key can equal the value.
    init?(_ value: CELValue) {
        switch value {
        case .bool(let value): self = .bool(value)
        case .int(let value): self = .int(value)
        case .uint(let value):
            self = Int64(exactly: value).map { .int($0) } ?? .large(value)
        case .double(let value):
            if let int = Int64(exactly: value) {
                self = .int(int)
            } else if let uint = UInt64(exactly: value) {
                self = .large(uint)
            } else {
                return nil
            }
        case .string(let value): self = .text(ByteText(value))
        default: return nil
        }
    }
}
