package import Records

/// Why a record is never synced, until somebody includes it again.
package struct Exclusion: Hashable, Sendable {
    /// The record.
    package let record: RecordID
    /// Why, in words for people.
    package let reason: String
    /// Who excluded it.
    package let actor: ActorNumber
    /// The run whose undoing excluded it; nil if a person did.
    package let run: RunNumber?
    /// Since when.
    package let since: Instant
}

extension Transaction {
    /// Keeps a record out of every sync, both ways; says it again where it is out already.
    package func exclude(_ record: RecordID, reason: String, cause: Cause) throws {
        try self.execute(
            """
            INSERT INTO exclusion(record, reason, actor, run, since) VALUES(?1, ?2, ?3, ?4, ?5)
            ON CONFLICT(record) DO UPDATE SET reason = excluded.reason, actor = excluded.actor, run = excluded.run,
                since = excluded.since
            """,
            record,
            reason,
            cause.actor,
            cause.run,
            cause.at
        )
        let sql: StaticString = "UPDATE link SET status = 'excluded' WHERE record = ?1 AND status = 'active'"
        try self.execute(sql, record)
        try self.appendJournal(record, kind: .exclude, detail: reason, cause: cause)
    }

    /// Lets a record take part again; false if it was not excluded.
    @discardableResult
    package func include(_ record: RecordID, cause: Cause) throws -> Bool {
        guard let exclusion = try self.exclusion(of: record) else { return false }
        try self.execute("DELETE FROM exclusion WHERE record = ?1", record)
        try self.execute("UPDATE link SET status = 'active' WHERE record = ?1 AND status = 'excluded'", record)
        // Whoever lets an undone record take part again wants the record: not its deletion to travel.
        if exclusion.run != nil, try self.row(of: record)?.deletedAt != nil { try self.restore(record, cause: cause) }
        try self.appendJournal(record, kind: .include, cause: cause)
        return true
    }

    /// Why a record takes no part in syncs; nil if it does.
    package func exclusion(of record: RecordID) throws -> Exclusion? {
        let sql: StaticString = "SELECT record, reason, actor, run, since FROM exclusion WHERE record = ?1"
        return try self.first(sql, record, read: Self.exclusion)
    }

    /// The excluded records behind an id, at most `limit`.
    package func exclusions(after record: RecordID? = nil, limit: Int) throws -> [Exclusion] {
        let sql: StaticString = """
            SELECT record, reason, actor, run, since FROM exclusion WHERE record > ?1 ORDER BY record LIMIT ?2
            """
        return try self.all(sql, record ?? .zero, limit, read: Self.exclusion)
    }

    private static func exclusion(_ columns: Columns) throws -> Exclusion {
        Exclusion(
            record: try columns.record(0),
            reason: columns.string(1),
            actor: columns.number(2),
            run: columns.optionalNumber(3),
            since: columns.instant(4)
        )
    }
}
