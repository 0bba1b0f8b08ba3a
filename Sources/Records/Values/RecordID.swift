/// The id of a record: a UUID of version 7, so that ids sort by the time they were made.
package struct RecordID: Hashable, Comparable, Sendable {
    /// The first eight bytes, big-endian.
    package let high: UInt64
    /// The last eight bytes, big-endian.
    package let low: UInt64

    /// Creates an id from its two halves.
    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Makes a version 7 UUID (RFC 9562 §5.7) from a time and 74 random bits.
    package init(at instant: Instant, random: (UInt64, UInt64)) {
        self.high = (UInt64(bitPattern: instant.milliseconds) << 16) | 0x7000 | (random.0 & 0x0FFF)
        self.low = 0x8000_0000_0000_0000 | (random.1 >> 2)
    }

    /// Reads the 36 characters of a UUID, in either case.
    package init?(_ text: String) {
        var halves: (UInt64, UInt64) = (0, 0)
        var digits = 0
        for (offset, byte) in text.utf8.enumerated() {
            if offset == 8 || offset == 13 || offset == 18 || offset == 23 {
                guard byte == 0x2D else { return nil }
                continue
            }
            guard let nibble = Self.nibble(byte), digits < 32 else { return nil }
            if digits < 16 { halves.0 = halves.0 << 4 | nibble } else { halves.1 = halves.1 << 4 | nibble }
            digits += 1
        }
        guard digits == 32, text.utf8.count == 36 else { return nil }
        self.init(high: halves.0, low: halves.1)
    }

    /// Reads 16 bytes; nil for any other count.
    package init?(bytes: some Collection<UInt8>) {
        let id =
            bytes.withContiguousStorageIfAvailable { Self(buffer: $0) }
            ?? Array(bytes).withUnsafeBufferPointer {
                Self(buffer: $0)
            }
        guard let id else { return nil }
        self = id
    }

    /// Reads 16 bytes where they are; nil for any other count.
    package init?(buffer: UnsafeBufferPointer<UInt8>) {
        guard buffer.count == 16 else { return nil }
        let bytes = UnsafeRawBufferPointer(buffer)
        self.init(
            high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
            low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        )
    }

    package static func < (lhs: Self, rhs: Self) -> Bool { (lhs.high, lhs.low) < (rhs.high, rhs.low) }

    /// Calls `body` with the 16 bytes, most significant first.
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        let halves = (self.high.bigEndian, self.low.bigEndian)
        return try withUnsafeBytes(of: halves) { try body($0) }
    }

    private static func nibble(_ byte: UInt8) -> UInt64? {
        switch byte {
        case 0x30...0x39: UInt64(byte - 0x30)
        case 0x61...0x66: UInt64(byte - 0x61 + 10)
        case 0x41...0x46: UInt64(byte - 0x41 + 10)
        default: nil
        }
    }
}

extension RecordID: CustomStringConvertible {
    /// The 36 characters of the UUID, in lower case.
    package var description: String {
        let digits: [UInt8] = Array("0123456789abcdef".utf8)
        return String(unsafeUninitializedCapacity: 36) { buffer in
            var index = 0
            self.withBytes { bytes in
                for (offset, byte) in bytes.enumerated() {
                    if offset == 4 || offset == 6 || offset == 8 || offset == 10 {
                        buffer[index] = 0x2D
                        index += 1
                    }
                    buffer[index] = digits[Int(byte >> 4)]
                    buffer[index + 1] = digits[Int(byte & 15)]
                    index += 2
                }
            }
            return index
        }
    }
}
