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
            right.withContiguousStorageIfAvailable { second in Self.isSame(first, second) }
        }
        if let result = fast ?? nil { return result }
        return left.elementsEqual(right)
    }

    /// Whether buffers of one length hold the same bytes; compares eight at a time.
    private static func isSame(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let leftBase = left.baseAddress, let rightBase = right.baseAddress else { return true }
        let (leftBytes, rightBytes) = (UnsafeRawPointer(leftBase), UnsafeRawPointer(rightBase))
        var offset = 0
        while offset + 8 <= left.count {
            let one = leftBytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            let other = rightBytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            if one != other { return false }
            offset += 8
        }
        while offset < left.count {
            if left[offset] != right[offset] { return false }
            offset += 1
        }
        return true
    }
}
