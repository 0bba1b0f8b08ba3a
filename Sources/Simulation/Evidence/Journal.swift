import Records
import Store

/// The records' histories as the store tells them, each read once.
final class Journal {
    private let transaction: Transaction
    private var known: [RecordID: [JournalEntry]] = [:]
    private var whole: [JournalEntry]?

    init(_ transaction: Transaction) { self.transaction = transaction }

    func history(of id: RecordID) throws -> [JournalEntry] {
        if let known = self.known[id] { return known }
        let history = try self.transaction.history(of: id)
        self.known[id] = history
        return history
    }

    /// All that happened, the oldest first.
    func entries() throws -> [JournalEntry] {
        if let whole { return whole }
        let entries = try self.transaction.journal(after: 0, limit: .max)
        self.whole = entries
        return entries
    }
}
