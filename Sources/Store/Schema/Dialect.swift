/// What differs between the engines that can hold the store; everything else is one SQL.
///
/// Statements number their arguments `?1`, `?2` …; migrations write types as `#int`, `#text`, `#bytes`, `#serial`, and end
/// a table with `#rows` (a table by insertion order) or `#clustered` (a table in the order of its primary key). Where
/// SQLite has to be told the index, a statement says `INDEXED BY`, which another engine's dialect takes out.
struct Dialect: Sendable {
    /// The SQL of a migration's template.
    func render(migration template: String) -> String {
        self.words.reduce(template) { sql, word in
            sql.split(separator: word.token, omittingEmptySubsequences: false).joined(separator: word.sql)
        }
    }

    /// The SQL of an insert, which ends with the `RETURNING` of the number that the database gives to the row.
    func render(insert sql: String) -> String {
        guard self.tellsNumber, let clause = sql.firstRange(of: "RETURNING") else { return sql }
        return String(sql[..<clause.lowerBound])
    }

    /// Whether the engine tells the number of the last row by itself, so that `RETURNING` is left out: SQLite collects what
    /// is returned in a temporary table, which costs more than the insert.
    private let tellsNumber: Bool

    /// The tokens and what they stand for.
    private let words: [(token: String, sql: String)]

    /// SQLite: strict types, and the small tables of the page path stored in the order of their keys.
    static let sqlite = Dialect(
        tellsNumber: true,
        words: [
            ("#serial", "INTEGER PRIMARY KEY"),
            ("#int", "INTEGER"),
            ("#text", "TEXT"),
            ("#bytes", "BLOB"),
            ("#rows", "STRICT"),
            ("#clustered", "STRICT, WITHOUT ROWID"),
        ]
    )
}
