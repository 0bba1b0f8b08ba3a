package import Records

/// A segment as the store knows it.
package struct StoredSegment: Hashable, Sendable {
    /// The name.
    package let name: Text
    /// The hash of its condition.
    package let hash: Text
    /// The last record that the first look at all records has reached; nil before it began.
    package let scannedTo: RecordID?
    /// Whether all records were looked at, so that who comes in now has joined.
    package let isReady: Bool
}

extension Transaction {
    /// The segment of a name; nil if the store has never met it.
    package func segment(_ name: Text) throws -> StoredSegment? {
        let sql: StaticString = "SELECT name, hash, scanned_to, is_ready FROM segment WHERE name = ?1"
        return try self.first(sql, name) { columns in
            StoredSegment(
                name: columns.text(0),
                hash: columns.text(1),
                scannedTo: try columns.optionalRecord(2),
                isReady: columns.flag(3)
            )
        }
    }

    /// Begins a segment anew, without members, because it or its condition is new.
    package func startSegment(_ name: Text, hash: Text, object: ObjectNumber) throws {
        try self.execute("DELETE FROM segment_member WHERE segment = ?1", name)
        let sql: StaticString = """
            INSERT INTO segment(name, object, hash, is_ready) VALUES(?1, ?2, ?3, 0)
            ON CONFLICT(name) DO UPDATE
            SET object = excluded.object, hash = excluded.hash, scanned_to = NULL, is_ready = 0
            """
        try self.execute(sql, name, object, hash)
    }

    /// Notes how far the first look at all records got; nil when it is through.
    package func setSegmentScan(_ name: Text, to record: RecordID?) throws {
        let sql: StaticString = "UPDATE segment SET scanned_to = ?2, is_ready = ?3 WHERE name = ?1"
        try self.execute(sql, name, record, record == nil)
    }

    /// Makes a record a member of a segment or not; true if that is a change.
    @discardableResult
    package func setMember(_ record: RecordID, of segment: Text, _ isMember: Bool, at instant: Instant) throws -> Bool {
        guard isMember else {
            let sql: StaticString = "DELETE FROM segment_member WHERE segment = ?1 AND record = ?2"
            return try self.execute(sql, segment, record) == 1
        }
        let sql: StaticString = """
            INSERT INTO segment_member(segment, record, since) VALUES(?1, ?2, ?3) ON CONFLICT DO NOTHING
            """
        return try self.execute(sql, segment, record, instant) == 1
    }

    /// The members of a segment behind an id, in the order of their ids, at most `limit`.
    package func members(of segment: Text, after record: RecordID? = nil, limit: Int) throws -> [RecordID] {
        let sql: StaticString = """
            SELECT record FROM segment_member WHERE segment = ?1 AND record > ?2 ORDER BY record LIMIT ?3
            """
        return try self.all(sql, segment, record ?? .zero, limit) { try $0.record(0) }
    }

    /// How many members a segment has.
    package func countMembers(of segment: Text) throws -> Int {
        try self.first("SELECT count(*) FROM segment_member WHERE segment = ?1", segment) { $0.count(0) } ?? 0
    }
}
