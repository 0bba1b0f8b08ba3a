import GRDB
import GRDBSQLite

/// A statement of GRDB's cache, bound and stepped through SQLite's own functions.
///
/// GRDB's arguments cost a third of the rate of the page path (DESIGN §3).
struct PreparedStatement {
    /// Keeps the handle alive.
    private let statement: Statement
    /// SQLite's statement.
    let handle: OpaquePointer

    init(_ statement: Statement) {
        self.statement = statement
        self.handle = statement.sqliteStatement
    }

    /// Whether a row of it is being read right now, so that it must not be started anew.
    var isBusy: Bool { sqlite3_stmt_busy(self.handle) != 0 }

    /// Binds the arguments in their order, from the first.
    func bind<each Argument: SQLArgument>(_ arguments: repeat each Argument) throws {
        var index: Int32 = 0
        for argument in repeat each arguments {
            index += 1
            try self.check(argument.bind(to: self.handle, at: index))
        }
        precondition(index == sqlite3_bind_parameter_count(self.handle), "one value for each argument of the statement")
    }

    /// Moves to the next row; false at the end.
    func step() throws -> Bool {
        let code = sqlite3_step(self.handle)
        if code == SQLITE_ROW { return true }
        guard code != SQLITE_DONE else { return false }
        // The message is the connection's last one: take it before the reset can replace it.
        let error = self.error(code)
        sqlite3_reset(self.handle)
        throw error
    }

    /// Runs to the end, with no interest in rows, and makes it ready again.
    func run() throws {
        while try self.step() {}
        self.reset()
    }

    /// Makes it ready to be bound and stepped again.
    func reset() { sqlite3_reset(self.handle) }

    /// Throws unless the code of a bind is success.
    func check(_ code: Int32) throws {
        guard code == SQLITE_OK else { throw self.error(code) }
    }

    private func error(_ code: Int32) -> DatabaseError {
        DatabaseError(
            resultCode: ResultCode(rawValue: code),
            message: String(cString: sqlite3_errmsg(sqlite3_db_handle(self.handle)))
        )
    }
}
