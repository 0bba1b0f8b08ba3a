package import Records

/// A value that won and that the CRM does not hold yet: decided once, carried out by whatever run gets to it.
package struct OwedValue: Hashable, Sendable {
    /// What people call the field.
    package let field: String
    /// The local value that won.
    package let local: Value
    /// The remote value that lost.
    package let remote: Value

    /// Creates a row.
    package init(field: String, local: Value, remote: Value) {
        self.field = field
        self.local = local
        self.remote = remote
    }
}

extension Transaction {
    /// Notes what a CRM is owed, in place of what it was owed before for the field.
    package func owe(
        _ owed: OwedValue,
        of record: RecordID,
        connection: ConnectionNumber,
        object: ObjectNumber,
        at now: Instant
    ) throws {
        try self.execute(
            """
            INSERT INTO owed(connection, object, record, field, local_value, remote_value, since)
            VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)
            ON CONFLICT(connection, object, record, field) DO UPDATE SET
                local_value = excluded.local_value, remote_value = excluded.remote_value, since = excluded.since
            """,
            connection,
            object,
            record,
            owed.field,
            SQLText(try ValueArrayCodec.encode(one: owed.local)),
            SQLText(try ValueArrayCodec.encode(one: owed.remote)),
            now
        )
    }

    /// What a CRM is owed of a record, by field.
    package func owed(
        of record: RecordID,
        connection: ConnectionNumber,
        object: ObjectNumber
    ) throws -> [OwedValue] {
        let sql: StaticString = """
            SELECT field, local_value, remote_value FROM owed
            WHERE connection = ?1 AND object = ?2 AND record = ?3 ORDER BY field
            """
        return try self.all(sql, connection, object, record) { columns in
            OwedValue(
                field: columns.string(0),
                local: try columns.value(1) ?? .absent,
                remote: try columns.value(2) ?? .absent
            )
        }
    }

    /// Forgets what was owed: it arrived, or a side moved.
    package func settleOwed(
        _ field: String,
        of record: RecordID,
        connection: ConnectionNumber,
        object: ObjectNumber
    ) throws {
        let sql: StaticString = """
            DELETE FROM owed WHERE connection = ?1 AND object = ?2 AND record = ?3 AND field = ?4
            """
        try self.execute(sql, connection, object, record, field)
    }

    /// The remote ids behind one of the links to whose CRM something is owed, at most `limit`.
    ///
    /// Costs as much as is owed, however many links there are.
    package func owedLinks(
        _ connection: ConnectionNumber,
        _ object: ObjectNumber,
        after remote: Text = "",
        limit: Int
    ) throws -> [Text] {
        let sql: StaticString = """
            SELECT DISTINCT remote FROM (
                SELECT (
                    SELECT link.remote FROM link
                    WHERE link.record = owed.record AND link.connection = ?1 AND link.object = ?2
                ) AS remote
                FROM owed WHERE owed.connection = ?1 AND owed.object = ?2
            ) AS tied
            WHERE remote > ?3 ORDER BY remote LIMIT ?4
            """
        // Most runs owe nothing, and sorting nothing takes two tables.
        let any: StaticString = "SELECT 1 FROM owed WHERE connection = ?1 AND object = ?2 LIMIT 1"
        guard try self.first(any, connection, object, read: { _ in true }) != nil else { return [] }
        return try self.all(sql, connection, object, remote, limit) { $0.text(0) }
    }
}
