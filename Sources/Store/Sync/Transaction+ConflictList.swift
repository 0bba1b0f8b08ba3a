package import Records

extension Transaction {
    /// The conflicts that a filter lets through, in the order of their ids, behind an id, at most `limit`.
    package func conflicts(_ filter: ConflictFilter, after id: Int64 = 0, limit: Int) throws -> [Conflict] {
        if let record = filter.record { return try self.conflicts(filter, of: record, after: id, limit: limit) }
        if let state = filter.state { return try self.conflicts(filter, in: state, after: id, limit: limit) }
        let sql: StaticString = """
            SELECT id, connection, object, remote, record, field, local_base, remote_base, local_value, remote_value,
                local_at, remote_at, rule, state, decision, decided_value, decided_by, decided_at, created_at, run,
                settled_at, winner, local_by, remote_by
            FROM conflict WHERE id > ?1 AND (?2 IS NULL OR connection = ?2) AND (?3 IS NULL OR field = ?3)
            ORDER BY id LIMIT ?4
            """
        return try self.all(sql, id, filter.connection, filter.field, limit, read: Self.conflict)
    }

    /// The conflicts in a state, the newest first, at most `limit`; only those of a connection if one is given.
    package func latestConflicts(
        in state: ConflictState,
        of connection: ConnectionNumber? = nil,
        limit: Int
    ) throws -> [Conflict] {
        let sql: StaticString = """
            SELECT id, connection, object, remote, record, field, local_base, remote_base, local_value, remote_value,
                local_at, remote_at, rule, state, decision, decided_value, decided_by, decided_at, created_at, run,
                settled_at, winner, local_by, remote_by
            FROM conflict WHERE state = ?1 AND (?2 IS NULL OR connection = ?2) ORDER BY id DESC LIMIT ?3
            """
        return try self.all(sql, state, connection, limit, read: Self.conflict)
    }

    /// When the last conflict of a field that a person decided was settled; nil if none was.
    package func lastDecision(
        of field: String,
        record: RecordID,
        connection: ConnectionNumber
    ) throws -> Instant? {
        let sql: StaticString = """
            SELECT settled_at FROM conflict
            WHERE record = ?1 AND connection = ?2 AND field = ?3 AND state = 'settled' AND decision IS NOT NULL
            ORDER BY id DESC LIMIT 1
            """
        return try self.first(sql, record, connection, field) { $0.optionalInstant(0) } ?? nil
    }

    private func conflicts(
        _ filter: ConflictFilter,
        in state: ConflictState,
        after id: Int64,
        limit: Int
    ) throws -> [Conflict] {
        let sql: StaticString = """
            SELECT id, connection, object, remote, record, field, local_base, remote_base, local_value, remote_value,
                local_at, remote_at, rule, state, decision, decided_value, decided_by, decided_at, created_at, run,
                settled_at, winner, local_by, remote_by
            FROM conflict
            WHERE state = ?1 AND id > ?2 AND (?3 IS NULL OR connection = ?3) AND (?4 IS NULL OR field = ?4)
            ORDER BY id LIMIT ?5
            """
        return try self.all(sql, state, id, filter.connection, filter.field, limit, read: Self.conflict)
    }

    private func conflicts(
        _ filter: ConflictFilter,
        of record: RecordID,
        after id: Int64,
        limit: Int
    ) throws -> [Conflict] {
        let sql: StaticString = """
            SELECT id, connection, object, remote, record, field, local_base, remote_base, local_value, remote_value,
                local_at, remote_at, rule, state, decision, decided_value, decided_by, decided_at, created_at, run,
                settled_at, winner, local_by, remote_by
            FROM conflict
            WHERE record = ?1 AND id > ?2 AND (?3 IS NULL OR connection = ?3) AND (?4 IS NULL OR field = ?4)
                AND (?5 IS NULL OR state = ?5)
            ORDER BY id LIMIT ?6
            """
        return try self.all(sql, record, id, filter.connection, filter.field, filter.state, limit, read: Self.conflict)
    }
}
