package import Records

/// A record that is set aside with its reason, so that it stops nobody else (R13).
package struct QuarantineEntry: Hashable, Sendable {
    /// The number that people type.
    package let id: Int64
    /// The connection.
    package let connection: ConnectionNumber
    /// The remote object.
    package let object: ObjectNumber
    /// The side that refuses it: remote, if the CRM does, local, if it cannot be read or stored here.
    package let side: Side
    /// What names it: the remote id, else our record's id, else what could be read.
    package let subject: Text
    /// The remote record, if there is one.
    package let remote: Text?
    /// Our record, if there is one.
    package let record: RecordID?
    /// Why, as a stable name.
    package let reason: String
    /// Why, as the other side put it; may be empty.
    package let detail: String
    /// How often it was tried.
    package let attempts: Int
    /// Since when.
    package let since: Instant
    /// When it was tried last.
    package let lastAt: Instant
}

extension Transaction {
    /// Sets a record aside, or counts another attempt if it is set aside already; returns its id.
    @discardableResult
    package func quarantine(
        connection: ConnectionNumber,
        object: ObjectNumber,
        side: Side,
        subject: Text,
        remote: Text? = nil,
        record: RecordID? = nil,
        reason: String,
        detail: String,
        at instant: Instant
    ) throws -> Int64 {
        try self.execute(
            """
            INSERT INTO quarantine(
                connection, object, side, subject, remote, record, reason, detail, attempts, since, last_at
            ) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1, ?9, ?9)
            ON CONFLICT(connection, object, side, subject) DO UPDATE SET
                remote = excluded.remote, record = excluded.record, reason = excluded.reason, detail = excluded.detail,
                attempts = quarantine.attempts + 1, last_at = excluded.last_at
            """,
            connection,
            object,
            side.rawValue,
            subject,
            remote,
            record,
            reason,
            detail,
            instant
        )
        return try self.quarantined(connection, object, side: side, subject: subject)?.id ?? 0
    }

    /// Lets a record back in; false if it was not set aside.
    @discardableResult
    package func releaseQuarantine(_ id: Int64) throws -> Bool {
        try self.execute("DELETE FROM quarantine WHERE id = ?1", id) > 0
    }

    /// The entry of an id; nil if there is none.
    package func quarantined(_ id: Int64) throws -> QuarantineEntry? {
        let sql: StaticString = """
            SELECT id, connection, object, side, subject, remote, record, reason, detail, attempts, since, last_at
            FROM quarantine WHERE id = ?1
            """
        return try self.first(sql, id, read: Self.quarantined)
    }

    /// The entry of a subject; nil if it is not set aside.
    package func quarantined(
        _ connection: ConnectionNumber,
        _ object: ObjectNumber,
        side: Side,
        subject: Text
    ) throws -> QuarantineEntry? {
        let sql: StaticString = """
            SELECT id, connection, object, side, subject, remote, record, reason, detail, attempts, since, last_at
            FROM quarantine WHERE connection = ?1 AND object = ?2 AND side = ?3 AND subject = ?4
            """
        return try self.first(sql, connection, object, side.rawValue, subject, read: Self.quarantined)
    }

    /// The entries of an object on one side, in their order, at most `limit`.
    package func quarantined(
        _ connection: ConnectionNumber,
        _ object: ObjectNumber,
        side: Side,
        limit: Int
    ) throws -> [QuarantineEntry] {
        let sql: StaticString = """
            SELECT id, connection, object, side, subject, remote, record, reason, detail, attempts, since, last_at
            FROM quarantine WHERE connection = ?1 AND object = ?2 AND side = ?3 ORDER BY id LIMIT ?4
            """
        // Most runs have set nothing aside, and sorting nothing takes a table.
        let any: StaticString = "SELECT 1 FROM quarantine WHERE connection = ?1 AND object = ?2 AND side = ?3 LIMIT 1"
        guard try self.first(any, connection, object, side.rawValue, read: { _ in true }) != nil else { return [] }
        return try self.all(sql, connection, object, side.rawValue, limit, read: Self.quarantined)
    }

    /// All entries in their order, behind an id, at most `limit`.
    package func quarantined(after id: Int64 = 0, limit: Int) throws -> [QuarantineEntry] {
        let sql: StaticString = """
            SELECT id, connection, object, side, subject, remote, record, reason, detail, attempts, since, last_at
            FROM quarantine WHERE id > ?1 ORDER BY id LIMIT ?2
            """
        return try self.all(sql, id, limit, read: Self.quarantined)
    }

    private static func quarantined(_ columns: Columns) throws -> QuarantineEntry {
        QuarantineEntry(
            id: columns.int(0),
            connection: columns.number(1),
            object: columns.number(2),
            side: try columns.word(3),
            subject: columns.text(4),
            remote: columns.optionalText(5),
            record: try columns.optionalRecord(6),
            reason: columns.string(7),
            detail: columns.string(8),
            attempts: columns.count(9),
            since: columns.instant(10),
            lastAt: columns.instant(11)
        )
    }
}
