import Records
import Store

/// The records' histories as the store tells them, each read once.
final class Journal {
    private let transaction: Transaction
    private var known: [RecordID: [JournalEntry]] = [:]

    init(_ transaction: Transaction) { self.transaction = transaction }

    func history(of id: RecordID) throws -> [JournalEntry] {
        if let known = self.known[id] { return known }
        let history = try self.transaction.history(of: id)
        self.known[id] = history
        return history
    }
}
