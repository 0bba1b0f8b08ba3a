/// What differs between the engines that can hold the store; everything else is one SQL.
///
/// Statements number their arguments `?1`, `?2` …; migrations write types as `#int`, `#text`, `#bytes`, `#serial`, and end
/// a table with `#rows` (a table by insertion order) or `#clustered` (a table in the order of its primary key). Where
/// SQLite has to be told the index, a statement says `INDEXED BY`, which another engine's dialect takes out.
struct Dialect: Sendable {
    /// The SQL of a migration's template.
    func render(migration template: String) -> String {
        let sql = self.words.reduce(template) { sql, word in
            sql.split(separator: word.token, omittingEmptySubsequences: false).joined(separator: word.sql)
        }
        return self.comparesOneByOne ? Self.spelledOut(sql) : sql
    }

    /// `CHECK (side IN ('local', 'remote'))` as `CHECK (side = 'local' OR side = 'remote')`, which says the same.
    private static func spelledOut(_ sql: String) -> String {
        sql.split(separator: "CHECK (", omittingEmptySubsequences: false).map { part in
            let halves = part.split(separator: " IN (", maxSplits: 1)
            guard halves.count == 2, let end = halves[1].firstIndex(of: ")"),
                halves[0].utf8.allSatisfy({ $0 == UInt8(ascii: "_") || UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 })
            else { return String(part) }
            let values = halves[1][..<end].split(separator: ",").map { $0.filter { !$0.isWhitespace } }
            return values.map { "\(halves[0]) = \($0)" }.joined(separator: " OR ") + halves[1][end...].dropFirst()
        }
        .joined(separator: "CHECK (")
    }

    /// The SQL of an insert, which ends with the `RETURNING` of the number that the database gives to the row.
    func render(insert sql: String) -> String {
        guard self.tellsNumber, let clause = sql.firstRange(of: "RETURNING") else { return sql }
        return String(sql[..<clause.lowerBound])
    }

    /// Whether the engine tells the number of the last row by itself, so that `RETURNING` is left out: SQLite collects what
    /// is returned in a temporary table, which costs more than the insert.
    private let tellsNumber: Bool

    /// Whether what a column may hold is checked value by value: SQLite puts a list of more than two in a table, once for each
    /// statement that writes a row, which costs twice as much as the row.
    private let comparesOneByOne: Bool

    /// The tokens and what they stand for.
    private let words: [(token: String, sql: String)]

    /// SQLite: strict types, and the small tables of the page path stored in the order of their keys.
    static let sqlite = Dialect(
        tellsNumber: true,
        comparesOneByOne: true,
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
