import FakeCRM
import Records
import Store

/// Records that were made although they look like one that has its counterpart already (R7).
extension EvidenceMaker {
    /// What the journal told so far of one record.
    private struct Told {
        var keys: [String: String] = [:]
        var homes: Set<Home> = []
    }

    /// Goes through the journal: whom a sync made had, under a mapping's first key, an address that a linked record had.
    ///
    /// Records that ever left, were merged, erased, kept out or lost a counterpart are nobody's twins.
    mutating func readTwins() throws {
        let journal = try self.journalEntries()
        let ends: Set<JournalKind> = [.unlink, .departed, .delete, .merge, .absorb, .erase, .exclude]
        let unsteady = Set(journal.filter { ends.contains($0.kind) }.map(\.record))
        var told: [RecordID: Told] = [:]
        for row in journal where !unsteady.contains(row.record) {
            // What a record began with is told with its history.
            let entry = row.kind == .create ? try self.history(of: row.record).first ?? row : row
            if entry.kind == .create, let home = self.actors[entry.actor], let key = Self.keyOf(entry) {
                let twin = told.sorted { $0.key < $1.key }
                    .first { $0.value.homes.contains(home) && $0.value.keys[key.name] == key.value }
                if let twin {
                    let text = "was made from \(home), and has the \(key.name) of \(twin.key), which is linked there"
                    self.evidence.mistakenIdentities.append((self.records[entry.record]?.subject, text))
                }
            }
            self.note(entry, in: &told[entry.record, default: Told()])
        }
    }

    private func note(_ entry: JournalEntry, in told: inout Told) {
        if entry.kind.changesRecord {
            for change in entry.changes where Self.keys.contains(change.property) {
                told.keys[change.property] = Canon.canon(Canon.text(change.new), .email)
            }
        }
        if let home = self.actors[entry.actor], [.create, .link, .pushCreate].contains(entry.kind) {
            told.homes.insert(home)
        }
    }

    private static let keys: Set<String> = ["email", "domain"]

    /// What a new record is known by; nil if that is blank, or the address of a role.
    private static func keyOf(_ entry: JournalEntry) -> (name: String, value: String)? {
        for change in entry.changes where Self.keys.contains(change.property) {
            let value = Canon.canon(Canon.text(change.new), .email)
            if !value.isEmpty, !value.hasPrefix("info@") { return (change.property, value) }
        }
        return nil
    }
}
