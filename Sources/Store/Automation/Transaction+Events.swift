package import Records

extension Transaction {
    /// Adds an event of a record to the journal, unless one of its id is there already.
    ///
    /// Throws `StoreError`: `.notFound` or `.notLive` for the record, `.unstorable` for an event that cannot be kept.
    @discardableResult
    package func addEvent(_ event: PersonEvent, to record: RecordID, cause: Cause) throws -> EventAddition {
        if let problem = event.problem { throw StoreError(.unstorable, problem) }
        let known = try self.first("SELECT seq FROM event_key WHERE id = ?1", event.id) { $0.int(0) }
        if let known { return .known(known) }
        _ = try self.liveRow(of: record)
        let detail = try EventCodec.encode(event)
        let sequence = try self.appendJournal(record, kind: .event, detail: detail, cause: cause)
        try self.execute("INSERT INTO event_key(id, seq) VALUES(?1, ?2)", event.id, sequence)
        return .added(sequence)
    }

    /// The events of a record behind a place of the journal, in the order of the journal.
    package func events(of record: RecordID, after sequence: Int64 = 0) throws -> [StoredEvent] {
        let sql: StaticString = """
            SELECT seq, detail FROM journal WHERE record = ?1 AND seq > ?2 AND kind = 'event' ORDER BY seq
            """
        return try self.all(sql, record, sequence) { columns in
            StoredEvent(sequence: columns.int(0), record: record, event: try EventCodec.decode(columns.string(1)))
        }
    }

    /// Where a reader of the journal stands; 0 if it never began.
    package func journalCursor(_ reader: String) throws -> Int64 {
        try self.cursor("journal/\(reader)").flatMap { Int64($0.string) } ?? 0
    }

    /// Moves a reader of the journal; in the same transaction as what it did with the rows.
    package func setJournalCursor(_ reader: String, to sequence: Int64) throws {
        try self.setCursor("journal/\(reader)", to: Text(String(sequence)))
    }

    /// Whether nothing may start because of the journal rows of a run: it was the first sync of its connection, a
    /// backfill (R11), or an undo (R6).
    ///
    /// A connection whose first sync is not through has had no other.
    package func startsNothing(_ run: RunNumber) throws -> Bool {
        let sql: StaticString = """
            SELECT run.kind, run.connection, run.started_at, connection.first_sync_done_at
            FROM run LEFT JOIN connection ON connection.number = run.connection WHERE run.number = ?1
            """
        let answer = try self.first(sql, run) { columns in
            let kind = columns.string(0)
            if kind == "backfill" || kind == "undo" || kind.hasPrefix("first") { return true }
            guard columns.optionalInt(1) != nil else { return false }
            return columns.optionalInstant(3).map { columns.instant(2) < $0 } ?? true
        }
        return (answer ?? false) && !Breakage.importStartsWorkflow.isOn
    }
}
