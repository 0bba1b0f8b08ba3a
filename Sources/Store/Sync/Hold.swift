package import Records

/// Why a field is left alone.
package enum HoldReason: String, Hashable, Sendable, CaseIterable, SQLArgument {
    /// The CRM refused the value (R13).
    case rejected
    /// The CRM took the write and kept its own value (R1).
    case ignored
    /// The value has no counterpart (R14).
    case unmapped
    /// A person undid a change of it (R6).
    case undone
    /// It kept changing back and forth (R12).
    case fight
}

/// A field that is left alone until a side changes, or until a person lets it go.
package struct Hold: Hashable, Sendable {
    /// The connection.
    package let connection: ConnectionNumber
    /// The remote object.
    package let object: ObjectNumber
    /// The record.
    package let record: RecordID
    /// What people call the field.
    package let field: String
    /// Why.
    package let reason: HoldReason
    /// What the CRM said, or who fights; may be empty.
    package let detail: String
    /// The local value at the time.
    package let local: Value
    /// The remote value at the time.
    package let remote: Value
    /// Since when.
    package let since: Instant
    /// The side whose value has no counterpart; nil for every other reason.
    package var unmapped: Side?

    /// Creates a hold.
    package init(
        connection: ConnectionNumber,
        object: ObjectNumber,
        record: RecordID,
        field: String,
        reason: HoldReason,
        detail: String = "",
        local: Value,
        remote: Value,
        since: Instant
    ) {
        self.connection = connection
        self.object = object
        self.record = record
        self.field = field
        self.reason = reason
        self.detail = detail
        self.local = local
        self.remote = remote
        self.since = since
    }
}

extension Hold {
    /// The value that has no counterpart.
    fileprivate var unmappedValue: Value? {
        self.unmapped.map { $0 == .local ? self.local : self.remote }
    }
}

/// A value without a counterpart, and how many records hold it (R14).
package struct UnmappedValue: Hashable, Sendable {
    /// The remote object.
    package let object: ObjectNumber
    /// What people call the field.
    package let field: String
    /// The side that holds the value.
    package let side: Side
    /// The value.
    package let value: Value
    /// Why it has no counterpart.
    package let detail: String
    /// How many records wait for it.
    package let count: Int
    /// Since when the first of them waits.
    package let since: Instant
}

extension Transaction {
    /// The values of a connection that have no counterpart, one entry for each (field, value), the most frequent first.
    package func unmappedValues(_ connection: ConnectionNumber, limit: Int) throws -> [UnmappedValue] {
        let sql: StaticString = """
            SELECT object, field, unmapped_side, unmapped_value, max(detail), count(*), min(since) FROM hold
            WHERE connection = ?1 AND reason = 'unmapped' AND unmapped_side IS NOT NULL
            GROUP BY object, field, unmapped_side, unmapped_value
            ORDER BY count(*) DESC, object, field, unmapped_side, unmapped_value LIMIT ?2
            """
        return try self.all(sql, connection, limit) { columns in
            UnmappedValue(
                object: columns.number(0),
                field: columns.string(1),
                side: columns.string(2) == Side.local.rawValue ? .local : .remote,
                value: try columns.value(3) ?? .absent,
                detail: columns.string(4),
                count: columns.count(5),
                since: columns.instant(6)
            )
        }
    }
}

extension Transaction {
    /// Holds a field, or replaces what it was held for; a hold for the same reason and values keeps its time.
    package func hold(_ hold: Hold) throws {
        try self.execute(
            """
            INSERT INTO hold(
                connection, object, record, field, reason, detail, local_value, remote_value, since, unmapped_side,
                unmapped_value
            ) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
            ON CONFLICT(connection, object, record, field) DO UPDATE SET
                reason = excluded.reason, detail = excluded.detail, local_value = excluded.local_value,
                remote_value = excluded.remote_value, since = excluded.since, unmapped_side = excluded.unmapped_side,
                unmapped_value = excluded.unmapped_value
            WHERE hold.reason <> excluded.reason OR hold.local_value <> excluded.local_value
                OR hold.remote_value <> excluded.remote_value OR hold.detail <> excluded.detail
            """,
            hold.connection,
            hold.object,
            hold.record,
            hold.field,
            hold.reason,
            hold.detail,
            SQLText(try ValueArrayCodec.encode(one: hold.local)),
            SQLText(try ValueArrayCodec.encode(one: hold.remote)),
            hold.since,
            hold.unmapped?.rawValue,
            try hold.unmappedValue.map { SQLText(try ValueArrayCodec.encode(one: $0)) }
        )
    }

    /// Lets a field go; false if it was not held.
    @discardableResult
    package func releaseHold(
        _ connection: ConnectionNumber,
        _ object: ObjectNumber,
        record: RecordID,
        field: String
    ) throws -> Bool {
        let sql: StaticString = """
            DELETE FROM hold WHERE connection = ?1 AND object = ?2 AND record = ?3 AND field = ?4
            """
        return try self.execute(sql, connection, object, record, field) > 0
    }

    /// Lets a field go that was held because a change of it was undone; a hold for another reason stays.
    @discardableResult
    package func releaseUndone(
        _ connection: ConnectionNumber,
        _ object: ObjectNumber,
        record: RecordID,
        field: String
    ) throws -> Bool {
        let sql: StaticString = """
            DELETE FROM hold
            WHERE connection = ?1 AND object = ?2 AND record = ?3 AND field = ?4 AND reason = 'undone'
            """
        return try self.execute(sql, connection, object, record, field) > 0
    }

    /// The held fields of a record in all objects of a connection, by object and field.
    package func holds(of record: RecordID, in connection: ConnectionNumber) throws -> [Hold] {
        try self.links(of: record).filter { $0.key.connection == connection }.flatMap { link in
            try self.holds(of: record, connection: connection, object: link.key.object)
        }
    }

    /// The held fields of a record in a connection and remote object, by field.
    package func holds(
        of record: RecordID,
        connection: ConnectionNumber,
        object: ObjectNumber
    ) throws -> [Hold] {
        let sql: StaticString = """
            SELECT connection, object, record, field, reason, detail, local_value, remote_value, since
            FROM hold WHERE connection = ?1 AND object = ?2 AND record = ?3 ORDER BY field
            """
        return try self.all(sql, connection, object, record, read: Self.hold)
    }

    /// All held fields of a connection, by remote object, record and field, at most `limit`.
    package func holds(_ connection: ConnectionNumber, limit: Int) throws -> [Hold] {
        let sql: StaticString = """
            SELECT connection, object, record, field, reason, detail, local_value, remote_value, since
            FROM hold WHERE connection = ?1 ORDER BY object, record, field LIMIT ?2
            """
        return try self.all(sql, connection, limit, read: Self.hold)
    }

    private static func hold(_ columns: Columns) throws -> Hold {
        Hold(
            connection: columns.number(0),
            object: columns.number(1),
            record: try columns.record(2),
            field: columns.string(3),
            reason: try columns.word(4),
            detail: columns.string(5),
            local: try columns.value(6) ?? .absent,
            remote: try columns.value(7) ?? .absent,
            since: columns.instant(8)
        )
    }
}
