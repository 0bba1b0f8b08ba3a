package import Records

extension Transaction {
    /// Adds a row to the journal and returns its place; for what is not a change of properties, such as an event.
    @discardableResult
    package func appendJournal(
        _ id: RecordID,
        kind: JournalKind,
        changes: [PropertyChange] = [],
        detail: String? = nil,
        cause: Cause
    ) throws -> Int64 {
        try self.insert(
            """
            INSERT INTO journal(record, at, run, actor, kind, changes, detail) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)
            RETURNING seq
            """,
            id,
            cause.at,
            cause.run,
            cause.actor,
            kind,
            SQLText(try JournalChanges.encode(changes)),
            detail
        )
    }

    /// The rows behind a place, in their order; what every reader with a cursor asks for.
    package func journal(after sequence: Int64, limit: Int) throws -> [JournalEntry] {
        let sql: StaticString = """
            SELECT seq, record, at, run, actor, kind, changes, detail FROM journal WHERE seq > ?1 ORDER BY seq LIMIT ?2
            """
        return try self.all(sql, sequence, limit, read: Self.journalEntry)
    }

    /// What the rows behind a place are about, in their order, without what they say.
    package func journalMarks(after sequence: Int64, limit: Int) throws -> [JournalMark] {
        let sql: StaticString = "SELECT seq, record, actor, kind FROM journal WHERE seq > ?1 ORDER BY seq LIMIT ?2"
        return try self.all(sql, sequence, limit) { columns in
            JournalMark(
                sequence: columns.int(0),
                record: try columns.record(1),
                actor: columns.number(2),
                kind: try columns.word(3)
            )
        }
    }

    /// The place of the last row; 0 in an empty journal.
    package func journalEnd() throws -> Int64 {
        try self.first("SELECT seq FROM journal ORDER BY seq DESC LIMIT 1") { $0.int(0) } ?? 0
    }

    /// The rows of a record from the newest on, older than `sequence` if that is given: at most `limit`, and of these only
    /// what happened after `since`.
    ///
    /// Times need not follow the order of the rows: a clock may jump.
    package func timeline(
        of id: RecordID,
        before sequence: Int64? = nil,
        since: Instant = Instant(microseconds: .min),
        limit: Int
    ) throws -> [JournalEntry] {
        let sql: StaticString = """
            SELECT seq, record, at, run, actor, kind, changes, detail FROM journal
            WHERE record = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT ?3
            """
        let rows = try self.all(sql, id, sequence ?? .max, limit) { columns in
            columns.instant(2) > since ? try Self.journalEntry(columns) : nil
        }
        return rows.compactMap(\.self)
    }

    /// All rows of a record, oldest first, a create with the values that the record began with.
    ///
    /// They are the current values walked back through the later rows, so that a create is stored without them.
    package func history(of id: RecordID) throws -> [JournalEntry] {
        guard let record = try self.record(id) else { return [] }
        var values = record.values
        var history: [JournalEntry] = []
        for entry in try self.timeline(of: id, limit: .max) {
            guard entry.kind != .create else {
                let set = zip(record.schema.properties, values).filter { $0.1 != .absent }
                history.append(entry.with(set.map { PropertyChange($0.0.name, old: .absent, new: $0.1) }))
                continue
            }
            for change in entry.changes where entry.kind.changesRecord {
                let place = record.schema.properties.firstIndex { $0.name.hasSameBytes(as: change.property) }
                if let place { values[place] = change.old }
            }
            history.append(entry)
        }
        return history.reversed()
    }

    /// When and by whom a property was last changed, the making of the record included; nil without the record.
    package func lastEdit(of property: String, record id: RecordID) throws -> JournalEntry? {
        let sql: StaticString = """
            SELECT seq, record, at, run, actor, kind, changes, detail FROM journal
            WHERE record = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT ?3
            """
        let name = Array(property.utf8)
        var found: JournalEntry?
        func look(_ columns: Columns) throws {
            let kind: JournalKind = try columns.word(5)
            // Taking a row apart costs more than reading it, and most rows are about other properties.
            guard kind.changesRecord, kind == .create || columns.buffer(6).contains(name) else { return }
            let entry = try Self.journalEntry(columns)
            let isIt = kind == .create || entry.changes.contains { $0.property.hasSameBytes(as: property) }
            if isIt { found = entry }
        }
        _ = try self.all(sql, id, Int64.max, Int.max, while: { _ in found == nil }, read: look)
        return found
    }

    static func journalEntry(_ columns: Columns) throws -> JournalEntry {
        JournalEntry(
            sequence: columns.int(0),
            record: try columns.record(1),
            at: columns.instant(2),
            run: columns.optionalNumber(3),
            actor: columns.number(4),
            kind: try columns.word(5),
            changes: try JournalChanges.decode(columns.buffer(6)),
            detail: columns.optionalString(7)
        )
    }
}

extension JournalEntry {
    /// The same row with other changes.
    fileprivate func with(_ changes: [PropertyChange]) -> JournalEntry {
        JournalEntry(
            sequence: self.sequence,
            record: self.record,
            at: self.at,
            run: self.run,
            actor: self.actor,
            kind: self.kind,
            changes: changes,
            detail: self.detail
        )
    }
}
