import GRDB

extension DatabaseWriter {
    /// Runs a transaction, as `write` does, but keeps the statements that begin and end it: preparing them each time costs more
    /// than a small transaction itself.
    func transact<Result>(_ statements: StatementShelf, _ body: (Database) throws -> Result) throws -> Result {
        try self.writeWithoutTransaction { database in
            try statements.frame(of: database).begin.execute()
            do {
                let result = try body(database)
                guard database.isInsideTransaction else {
                    throw DatabaseError(resultCode: .SQLITE_ABORT, message: "the transaction was rolled back")
                }
                try statements.frame(of: database).commit.execute()
                return result
            } catch {
                // Where SQLite has rolled back by itself there is nothing left to do, and the first error is the one to tell.
                try? database.rollback()
                throw error
            }
        }
    }
}
