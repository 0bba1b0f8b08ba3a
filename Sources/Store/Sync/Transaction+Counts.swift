/// How much waits, counted without reading it; each count costs what it finds.
extension Transaction {
    /// How many conflicts of a connection are in a state.
    package func countConflicts(_ connection: ConnectionNumber, in state: ConflictState) throws -> Int {
        let sql: StaticString = "SELECT count(*) FROM conflict WHERE state = ?2 AND connection = ?1"
        return try self.first(sql, connection, state) { $0.count(0) } ?? 0
    }

    /// How many questions about a connection's records are open.
    package func countOpenReviews(_ connection: ConnectionNumber) throws -> Int {
        let sql: StaticString = "SELECT count(*) FROM review WHERE connection = ?1 AND state = 'open'"
        return try self.first(sql, connection) { $0.count(0) } ?? 0
    }

    /// How many records of a connection are set aside.
    package func countQuarantined(_ connection: ConnectionNumber) throws -> Int {
        let sql: StaticString = "SELECT count(*) FROM quarantine WHERE connection = ?1"
        return try self.first(sql, connection) { $0.count(0) } ?? 0
    }

    /// How many fields of a connection's records are held for a reason.
    package func countHolds(_ connection: ConnectionNumber, for reason: HoldReason) throws -> Int {
        let sql: StaticString = "SELECT count(*) FROM hold WHERE connection = ?1 AND reason = ?2"
        return try self.first(sql, connection, reason) { $0.count(0) } ?? 0
    }
}
