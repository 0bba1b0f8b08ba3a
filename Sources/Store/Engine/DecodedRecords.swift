import Records

/// The values of the records that a connection read lately, so that what is unchanged is not taken apart again.
///
/// A record's values are known by the bytes that are stored: whatever was written, rolled back or written by others since, the
/// same bytes hold the same values. A sync reads a record several times, and most of them as they were.
final class DecodedRecords {
    private var known: [RecordID: (stored: [UInt8], values: [Value])] = [:]
    private static let most = 256

    /// The values of a record whose stored form was just read.
    func values(of id: RecordID, stored: [UInt8], _ codec: PropertiesCodec) throws -> [Value] {
        if let known = self.known[id], Self.isSame(known.stored, stored) { return known.values }
        let values = try codec.decode(stored)
        if self.known.count >= Self.most { self.known.removeAll(keepingCapacity: true) }
        self.known[id] = (stored, values)
        return values
    }

    /// All at once: comparing arrays goes byte by byte.
    private static func isSame(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        one.withUnsafeBufferPointer { one in other.withUnsafeBufferPointer { one.hasSameBytes(as: $0) } }
    }

    /// Keeps nothing of a record: its person was erased.
    func forget(_ id: RecordID) { self.known[id] = nil }

    /// Keeps nothing.
    func clear() { self.known = [:] }
}
