/// A record's values in one run of bytes, so that 400,000 records fit in memory and render by copying.
///
/// Each entry: property number (2 bytes), length (4 bytes, its top bit set when the text needs an escape in JSON), text.
/// An entry of length 0 is a value that was cleared.
struct PackedValues {
    private(set) var bytes: [UInt8] = []
    private static let headerSize = 6
    private static let escapeBit: UInt32 = 1 << 31

    /// One entry: where its text lies in `bytes`.
    struct Entry {
        var property: Int
        var text: Range<Int>
        var needsEscape: Bool
    }

    init() {}

    /// Packs values whose property numbers are all different.
    init(_ values: [(property: Int, text: [UInt8])]) {
        self.bytes.reserveCapacity(values.reduce(0) { $0 + Self.headerSize + $1.text.count })
        for value in values { self.append(value.property, value.text) }
    }

    /// The text of a property; nil when it was never set, empty when it was cleared.
    subscript(property: Int) -> [UInt8]? {
        guard let entry = self.entry(of: property) else { return nil }
        return Array(self.bytes[entry.text])
    }

    /// Sets a value; an empty text clears it.
    mutating func set(_ property: Int, _ text: [UInt8]) {
        if let entry = self.entry(of: property) {
            self.bytes.removeSubrange(entry.text.lowerBound - Self.headerSize..<entry.text.upperBound)
        }
        self.append(property, text)
    }

    /// Visits all entries in the order they were written.
    func visit(_ body: (Entry) -> Void) {
        self.bytes.withUnsafeBufferPointer { buffer in
            var position = 0
            while let entry = Self.entry(at: position, in: buffer) {
                body(entry)
                position = entry.text.upperBound
            }
        }
    }

    /// Whether the text of a property satisfies a test that does not copy it; false when it was never set.
    func test(_ property: Int, _ isTrue: (UnsafeBufferPointer<UInt8>) -> Bool) -> Bool {
        self.bytes.withUnsafeBufferPointer { buffer in
            var position = 0
            while let entry = Self.entry(at: position, in: buffer) {
                if entry.property == property { return isTrue(UnsafeBufferPointer(rebasing: buffer[entry.text])) }
                position = entry.text.upperBound
            }
            return false
        }
    }

    private func entry(of property: Int) -> Entry? {
        self.bytes.withUnsafeBufferPointer { buffer in
            var position = 0
            while let entry = Self.entry(at: position, in: buffer) {
                if entry.property == property { return entry }
                position = entry.text.upperBound
            }
            return nil
        }
    }

    private static func entry(at position: Int, in buffer: UnsafeBufferPointer<UInt8>) -> Entry? {
        guard position < buffer.count else { return nil }
        let property = Int(buffer[position]) | Int(buffer[position + 1]) << 8
        let length =
            UInt32(buffer[position + 2]) | UInt32(buffer[position + 3]) << 8 | UInt32(buffer[position + 4]) << 16
            | UInt32(buffer[position + 5]) << 24
        let start = position + Self.headerSize
        let end = start + Int(length & ~Self.escapeBit)
        return Entry(property: property, text: start..<end, needsEscape: length & Self.escapeBit != 0)
    }

    private mutating func append(_ property: Int, _ text: [UInt8]) {
        let length = UInt32(text.count) | (needsJSONEscape(text) ? Self.escapeBit : 0)
        self.bytes.append(UInt8(property & 0xFF))
        self.bytes.append(UInt8(property >> 8))
        for shift in [0, 8, 16, 24] as [UInt32] { self.bytes.append(UInt8(truncatingIfNeeded: length >> shift)) }
        self.bytes.append(contentsOf: text)
    }
}
