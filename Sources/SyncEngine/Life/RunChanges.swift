import Records
import Store

/// What one run did to one record, from the journal.
struct RecordChanges {
    let record: RecordID
    /// The run's rows about it, in their order.
    var rows: [JournalEntry] = []

    /// The properties that the run changed, each with its first old and its last new value, in the order of their names.
    func properties(_ kind: JournalKind) -> [PropertyChange] {
        var first: [Text: Value] = [:]
        var last: [Text: Value] = [:]
        for row in self.rows where row.kind == kind {
            for change in row.changes {
                let name = Text(change.property)
                if first[name] == nil { first[name] = change.old }
                last[name] = change.new
            }
        }
        return first.keys.sorted().map { name in
            PropertyChange(name.string, old: first[name] ?? .absent, new: last[name] ?? .absent)
        }
    }

    func contains(_ kind: JournalKind) -> Bool { self.rows.contains { $0.kind == kind } }

    /// What others did to the record since the run's first row about it, newest first.
    func later(in transaction: Transaction) throws -> [JournalEntry] {
        guard let first = self.rows.first, let run = first.run else { return [] }
        var later: [JournalEntry] = []
        var before: Int64?
        while true {
            let page = try transaction.timeline(of: self.record, before: before, limit: 100)
            for row in page {
                if row.sequence <= first.sequence { return later }
                if row.run != run { later.append(row) }
            }
            guard let last = page.last else { return later }
            before = last.sequence
        }
    }
}

extension Transaction {
    /// What a run did, by record, in the order in which it first touched them.
    func changes(of run: RunRecord) throws -> [RecordChanges] {
        var places: [RecordID: Int] = [:]
        var changes: [RecordChanges] = []
        var after: Int64 = 0
        while true {
            let rows = try self.journal(of: run, after: after, limit: 2000)
            guard let last = rows.last else { return changes }
            after = last.sequence
            // What is counted over other records follows them by itself.
            for row in rows where try !self.name(of: row.actor).hasSameBytes(as: RollUpPhase.actor) {
                let place = places[row.record] ?? changes.count
                if place == changes.count {
                    places[row.record] = place
                    changes.append(RecordChanges(record: row.record))
                }
                changes[place].rows.append(row)
            }
        }
    }
}
