package import Records

/// One configured account of one CRM, as the store remembers it.
package struct Connection: Hashable, Sendable {
    /// The number in links and all that follows.
    package let number: ConnectionNumber
    /// The name: `hubspot-eu`.
    package let name: String
    /// The connector: `hubspot`.
    package let connector: String
    /// The account's id, pinned by `connect` (R10); nil before.
    package let account: Text?
    /// When the account was pinned.
    package let pinnedAt: Instant?
    /// When the first plan was approved (R11); nil before.
    package let approvedAt: Instant?
    /// Who approved it.
    package let approvedBy: String?
    /// When the first sync was through; nil before.
    package let firstSyncDoneAt: Instant?
}

extension Transaction {
    /// The connection of a name; nil if the store has never met it.
    package func connection(_ name: String) throws -> Connection? {
        let sql: StaticString = """
            SELECT number, name, connector, account, pinned_at, approved_at, approved_by, first_sync_done_at
            FROM connection WHERE name = ?1
            """
        return try self.first(sql, name, read: Self.connection)
    }

    /// All connections by name.
    package func connections() throws -> [Connection] {
        let sql: StaticString = """
            SELECT number, name, connector, account, pinned_at, approved_at, approved_by, first_sync_done_at
            FROM connection ORDER BY name
            """
        return try self.all(sql, read: Self.connection)
    }

    /// The number of a connection, made now if it is new, and brought to this connector if it is not.
    package func registerConnection(_ name: String, connector: String) throws -> ConnectionNumber {
        let sql: StaticString = """
            INSERT INTO connection(name, connector) VALUES(?1, ?2)
            ON CONFLICT(name) DO UPDATE SET connector = excluded.connector
            """
        try self.execute(sql, name, connector)
        guard let connection = try self.connection(name) else { throw StoreError(.corrupt, "a connection got lost") }
        return connection.number
    }

    /// Pins the account of a connection (R10).
    package func pin(_ connection: ConnectionNumber, account: Text, at instant: Instant) throws {
        let sql: StaticString = "UPDATE connection SET account = ?2, pinned_at = ?3 WHERE number = ?1"
        try self.execute(sql, connection, account, instant)
    }

    /// Notes that the first plan of a connection was approved (R11).
    package func approve(_ connection: ConnectionNumber, by person: String, at instant: Instant) throws {
        let sql: StaticString = "UPDATE connection SET approved_at = ?2, approved_by = ?3 WHERE number = ?1"
        try self.execute(sql, connection, instant, person)
    }

    /// Notes that the first sync of a connection is through.
    package func firstSyncDone(_ connection: ConnectionNumber, at instant: Instant) throws {
        let sql: StaticString = "UPDATE connection SET first_sync_done_at = ?2 WHERE number = ?1"
        try self.execute(sql, connection, instant)
    }

    /// The name of a connection; throws `StoreError.notFound` for a number of another database.
    package func name(of connection: ConnectionNumber) throws -> String {
        if let known = self.catalog.known.connections.names[connection] { return known.string }
        let sql: StaticString = "SELECT name FROM connection WHERE number = ?1"
        guard let name = try self.first(sql, connection, read: { $0.text(0) }) else {
            throw StoreError(.notFound, "no connection has the number \(connection.rawValue)")
        }
        self.note { $0.connections.insert(name, connection) }
        return name.string
    }

    private static func connection(_ columns: Columns) throws -> Connection {
        Connection(
            number: columns.number(0),
            name: columns.string(1),
            connector: columns.string(2),
            account: columns.optionalText(3),
            pinnedAt: columns.optionalInstant(4),
            approvedAt: columns.optionalInstant(5),
            approvedBy: columns.optionalString(6),
            firstSyncDoneAt: columns.optionalInstant(7)
        )
    }
}
