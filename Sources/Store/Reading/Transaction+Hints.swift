package import Records

/// A remote record that a CRM says to look at.
package struct Hint: Hashable, Sendable {
    /// The record.
    package let key: LinkKey
    /// What happened last, in the product's words.
    package let type: Text
    /// How many events there were since it was looked at last.
    package let events: Int
    /// When the first of them came.
    package let firstAt: Instant

    /// The type of a hint that no CRM gave: a reading promised to read the record again at its end.
    package static let promise: Text = "promise"
}

extension Transaction {
    /// Notes that a remote record is to be read; several events of one record are one hint.
    package func addHint(_ key: LinkKey, type: Text, at instant: Instant) throws {
        let sql: StaticString = """
            INSERT INTO hint(connection, object, remote, type, events, first_at) VALUES(?1, ?2, ?3, ?4, 1, ?5)
            ON CONFLICT(connection, object, remote) DO UPDATE SET type = excluded.type, events = hint.events + 1
            """
        try self.execute(sql, key.connection, key.object, key.remote, type, instant)
    }

    /// The hints of a remote object that CRMs gave, by remote id, at most `limit`.
    package func hints(_ connection: ConnectionNumber, _ object: ObjectNumber, limit: Int) throws -> [Hint] {
        let sql: StaticString = """
            SELECT connection, object, remote, type, events, first_at FROM hint
            WHERE connection = ?1 AND object = ?2 AND type <> ?4 ORDER BY remote LIMIT ?3
            """
        return try self.hints(sql, connection, object, limit)
    }

    /// The records of a remote object of which a reading promised that it would read them again, by remote id.
    package func promises(_ connection: ConnectionNumber, _ object: ObjectNumber) throws -> [Hint] {
        let sql: StaticString = """
            SELECT connection, object, remote, type, events, first_at FROM hint
            WHERE connection = ?1 AND object = ?2 AND type = ?4 ORDER BY remote LIMIT ?3
            """
        return try self.hints(sql, connection, object, .max)
    }

    private func hints(
        _ sql: StaticString,
        _ connection: ConnectionNumber,
        _ object: ObjectNumber,
        _ limit: Int
    ) throws -> [Hint] {
        try self.all(sql, connection, object, limit, Hint.promise) { columns in
            Hint(
                key: LinkKey(columns.number(0), columns.number(1), columns.text(2)),
                type: columns.text(3),
                events: columns.count(4),
                firstAt: columns.instant(5)
            )
        }
    }

    /// The hint about a record; nil if there is none.
    package func hint(_ key: LinkKey) throws -> Hint? {
        let sql: StaticString = """
            SELECT type, events, first_at FROM hint WHERE connection = ?1 AND object = ?2 AND remote = ?3
            """
        return try self.first(sql, key.connection, key.object, key.remote) { columns in
            Hint(key: key, type: columns.text(0), events: columns.count(1), firstAt: columns.instant(2))
        }
    }

    /// How many hints that a CRM gave wait in a connection.
    package func countHints(_ connection: ConnectionNumber) throws -> Int {
        let sql: StaticString = "SELECT count(*) FROM hint WHERE connection = ?1 AND type <> ?2"
        return try self.first(sql, connection, Hint.promise) { $0.count(0) } ?? 0
    }

    /// Takes a hint back once its record was read; stays if more events came meanwhile.
    package func removeHint(_ hint: Hint) throws {
        let sql: StaticString = """
            DELETE FROM hint WHERE connection = ?1 AND object = ?2 AND remote = ?3 AND events = ?4
            """
        try self.execute(sql, hint.key.connection, hint.key.object, hint.key.remote, hint.events)
    }

    /// Remembers an event; false if it was seen before.
    package func noteEvent(_ digest: [UInt8], of connection: ConnectionNumber, at instant: Instant) throws -> Bool {
        let sql: StaticString = """
            INSERT INTO webhook_event(connection, digest, at) VALUES(?1, ?2, ?3) ON CONFLICT(connection, digest) DO NOTHING
            """
        return try self.execute(sql, connection, digest, instant) > 0
    }

    /// Forgets the events before an instant.
    package func forgetEvents(of connection: ConnectionNumber, before instant: Instant) throws {
        try self.execute("DELETE FROM webhook_event WHERE connection = ?1 AND at < ?2", connection, instant)
    }
}
