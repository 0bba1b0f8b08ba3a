import GRDB
import GRDBSQLite
import Records

/// One open transaction: the only way to read or change the store.
///
/// It is good inside the closure of `Store.read` or `Store.write` only; do not keep it. Functions that touch the store
/// take it as `self`, so that nothing reads on another connection in the middle of a write.
///
/// To give the store a new noun: a migration at the end of `Migration.all`, a struct for its row, a file
/// `Transaction+Noun.swift`, and a call of each function in the tests' `Everything`, which has SQLite explain the queries.
package final class Transaction {
    /// GRDB's connection.
    let database: Database
    /// Names and shapes met so far; kept by the store once the transaction is committed.
    private(set) var catalog: Catalog
    /// The schema's codecs.
    let codecs: Codecs
    /// Match keys by object, read once in a transaction: another process may add some in between.
    var identityKeys: [ObjectNumber: [StoredIdentityKey]] = [:]
    /// The statements of the connection.
    private let statements: StatementShelf
    /// The values of records that the connection read lately.
    var decoded: DecodedRecords { self.statements.decoded }
    /// Statements that somebody has for themselves, by the address of their text.
    private var owned: Set<UnsafePointer<UInt8>> = []
    /// Statements of many rows.
    var repeated: [RepeatedKey: PreparedStatement] = [:]

    init(_ database: Database, catalog: Catalog, codecs: Codecs, statements: StatementShelf = StatementShelf()) {
        self.database = database
        self.catalog = catalog
        self.codecs = codecs
        self.statements = statements
    }

    /// Remembers a row that was met.
    func note(_ change: (inout Catalog.Known) -> Void) {
        var known = self.catalog.known
        change(&known)
        self.catalog = Catalog(known)
    }

    /// The prepared statement of a text, which is constant so that no SQL can be made from data.
    ///
    /// `render` puts it in the engine's words.
    func statement(_ sql: StaticString, rendering render: (String) -> String = { $0 }) throws -> PreparedStatement {
        if let known = self.statements[sql], !known.isBusy { return known }
        let text = render(sql.withUTF8Buffer { String(decoding: $0, as: UTF8.self) })
        var statement = PreparedStatement(try self.database.cachedStatement(sql: text))
        // A row of it is being read further up the stack: that reading needs its statement for itself.
        if statement.isBusy { statement = PreparedStatement(try self.database.makeStatement(sql: text)) }
        self.statements[sql] = statement
        return statement
    }

    /// A statement of the caller's own until the transaction ends, for one that keeps some of its arguments bound.
    ///
    /// The first caller gets one that is kept from transaction to transaction, the next ones get fresh ones.
    func ownStatement(_ sql: StaticString) throws -> PreparedStatement {
        let text = sql.withUTF8Buffer { String(decoding: $0, as: UTF8.self) }
        guard self.owned.insert(sql.utf8Start).inserted else {
            return PreparedStatement(try self.database.makeStatement(sql: text))
        }
        // A text of its own, so that nobody else binds it.
        return PreparedStatement(try self.database.cachedStatement(sql: "/* own */ " + text))
    }

    /// Runs a part of the transaction that can fail alone: if it throws, only what it did is taken back.
    package func isolated<Result>(_ body: () throws -> Result) throws -> Result {
        try StoreError.translating {
            var result: Result?
            let catalog = self.catalog
            do {
                try self.database.inSavepoint {
                    result = try body()
                    return .commit
                }
            } catch {
                self.catalog = catalog
                self.identityKeys = [:]
                throw error
            }
            guard let result else { throw StoreError(.corrupt, "a savepoint without a result") }
            return result
        }
    }

    /// How many rows were changed on this connection so far; where it stands still, what was read before still holds.
    package var changeCount: Int64 { sqlite3_total_changes64(self.database.sqliteConnection) }

    /// Runs a statement and returns how many rows it changed.
    @discardableResult
    func execute<each Argument: SQLArgument>(_ sql: StaticString, _ arguments: repeat each Argument) throws -> Int {
        let statement = try self.statement(sql)
        try statement.bind(repeat each arguments)
        try statement.run()
        return Int(sqlite3_changes64(self.database.sqliteConnection))
    }

    /// The first row; nil without one.
    func first<each Argument: SQLArgument, Result>(
        _ sql: StaticString,
        _ arguments: repeat each Argument,
        read: (Columns) throws -> Result
    ) throws -> Result? {
        let statement = try self.statement(sql)
        try statement.bind(repeat each arguments)
        guard try statement.step() else {
            statement.reset()
            return nil
        }
        defer { statement.reset() }
        return try read(Columns(statement: statement.handle))
    }

    /// All rows, in their order, or those before the first that is not `wanted`.
    func all<each Argument: SQLArgument, Result>(
        _ sql: StaticString,
        _ arguments: repeat each Argument,
        while wanted: (Columns) -> Bool = { _ in true },
        read: (Columns) throws -> Result
    ) throws -> [Result] {
        let statement = try self.statement(sql)
        try statement.bind(repeat each arguments)
        defer { statement.reset() }
        var results: [Result] = []
        while try statement.step() {
            let columns = Columns(statement: statement.handle)
            guard wanted(columns) else { break }
            results.append(try read(columns))
        }
        return results
    }

    /// Inserts a row of a table numbered by the database and returns its number, which the statement's `RETURNING` names.
    ///
    /// The statement inserts one row or throws: what SQLite tells is the number of the last row that there was.
    func insert<each Argument: SQLArgument>(_ sql: StaticString, _ arguments: repeat each Argument) throws -> Int64 {
        let statement = try self.statement(sql, rendering: Dialect.sqlite.render(insert:))
        try statement.bind(repeat each arguments)
        try statement.run()
        return sqlite3_last_insert_rowid(self.database.sqliteConnection)
    }
}
