package import Records

extension Transaction {
    /// The live records of an object behind an id, in the order of their ids, at most `limit`.
    package func liveRecords(_ object: ObjectNumber, after id: RecordID? = nil, limit: Int) throws -> [StoredRecord] {
        let codec = try self.codec(of: object)
        let sql: StaticString = """
            SELECT record, version, properties FROM record
            WHERE record > ?1 AND object = ?2 AND deleted_at IS NULL AND alias_of IS NULL ORDER BY record LIMIT ?3
            """
        return try self.all(sql, id ?? .zero, object, limit) { try Self.live($0, object: object, codec: codec) }
    }

    /// The live records of an object that have no link in a connection and remote object; see `liveRecords`.
    package func unlinkedRecords(
        _ object: ObjectNumber,
        connection: ConnectionNumber,
        remoteObject: ObjectNumber,
        after id: RecordID? = nil,
        limit: Int
    ) throws -> [StoredRecord] {
        let codec = try self.codec(of: object)
        let sql: StaticString = """
            SELECT record, version, properties FROM record
            WHERE record > ?1 AND object = ?2 AND deleted_at IS NULL AND alias_of IS NULL AND NOT EXISTS (
                SELECT 1 FROM link
                WHERE link.record = record.record AND link.connection = ?3 AND link.object = ?4
            ) ORDER BY record LIMIT ?5
            """
        return try self.all(sql, id ?? .zero, object, connection, remoteObject, limit) {
            try Self.live($0, object: object, codec: codec)
        }
    }

    /// The records whose id begins with these hexadecimal digits, dashes allowed, at most `limit`.
    ///
    /// Nothing is found for a prefix that is no beginning of an id.
    package func records(idPrefix prefix: String, limit: Int) throws -> [RecordID] {
        guard let range = RecordID.range(prefix: prefix) else { return [] }
        let sql: StaticString = """
            SELECT record FROM record WHERE record >= ?1 AND record <= ?2 ORDER BY record LIMIT ?3
            """
        return try self.all(sql, range.lowerBound, range.upperBound, limit) { try $0.record(0) }
    }

    /// The live records of an object that hold exactly this value, at most `limit`; reads all records of the object.
    ///
    /// `.absent` finds those that never had the property.
    package func records(
        _ object: ObjectNumber,
        where property: String,
        is value: Value,
        limit: Int
    ) throws -> [StoredRecord] {
        let position = try self.position(of: property, in: try self.codec(of: object))
        var found: [StoredRecord] = []
        var last: RecordID?
        repeat {
            let page = try self.liveRecords(object, after: last, limit: 1000)
            found += page.filter { $0.values[position] == value }
            last = page.last?.id
        } while last != nil && found.count < limit
        return Array(found.prefix(limit))
    }

    /// How many live records an object has; reads all records.
    package func countRecords(_ object: ObjectNumber) throws -> Int {
        let sql: StaticString = """
            SELECT count(*) FROM record WHERE object = ?1 AND deleted_at IS NULL AND alias_of IS NULL
            """
        return try self.first(sql, object) { $0.count(0) } ?? 0
    }

    private static func live(_ columns: Columns, object: ObjectNumber, codec: PropertiesCodec) throws -> StoredRecord {
        StoredRecord(
            id: try columns.record(0),
            object: object,
            version: columns.int(1),
            schema: codec.object,
            values: try codec.decode(columns.buffer(2)),
            deletedAt: nil,
            aliasOf: nil
        )
    }
}

extension RecordID {
    /// Before every id.
    static let zero = RecordID(high: 0, low: 0)

    /// The ids that begin with these hexadecimal digits; nil if no id does.
    static func range(prefix: String) -> ClosedRange<RecordID>? {
        let digits = prefix.utf8.filter { $0 != UInt8(ascii: "-") }
        guard digits.count <= 32 else { return nil }
        func padded(_ filler: UInt8) -> RecordID? {
            var text: [UInt8] = []
            for place in 0..<32 {
                if place == 8 || place == 12 || place == 16 || place == 20 { text.append(UInt8(ascii: "-")) }
                text.append(place < digits.count ? digits[place] : filler)
            }
            return RecordID(String(decoding: text, as: UTF8.self))
        }
        guard let low = padded(UInt8(ascii: "0")), let high = padded(UInt8(ascii: "f")) else { return nil }
        return low...high
    }
}
