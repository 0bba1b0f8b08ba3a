/// Text compared by its UTF-8 bytes, never by canonical equivalence.
///
/// `String` finds `"é"` and `"e\u{301}"` equal and hashes them alike; identity keys, shadows and option values
/// must not. Use `string` only to show or transform the text.
package struct Text: Hashable, Comparable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    /// The text itself.
    package let string: String

    /// Creates a text.
    package init(_ string: String) {
        self.string = string
    }

    package init(stringLiteral value: String) {
        self.string = value
    }

    package var description: String { self.string }

    /// Whether the text has no byte.
    package var isEmpty: Bool { self.string.utf8.isEmpty }

    package static func == (lhs: Self, rhs: Self) -> Bool {
        lhs.string.hasSameBytes(as: rhs.string)
    }

    package static func < (lhs: Self, rhs: Self) -> Bool {
        lhs.string.utf8.lexicographicallyPrecedes(rhs.string.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        var copy = self.string
        copy.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

extension String {
    /// Whether both strings are the same bytes of UTF-8.
    package func hasSameBytes(as other: String) -> Bool {
        let left = self.utf8
        let right = other.utf8
        guard left.count == right.count else { return false }
        let fast = left.withContiguousStorageIfAvailable { first in
            right.withContiguousStorageIfAvailable { second in first.elementsEqual(second) }
        }
        if let result = fast ?? nil { return result }
        return left.elementsEqual(right)
    }
}
