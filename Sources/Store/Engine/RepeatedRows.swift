import GRDB

/// A statement with a list of rows, written out for as many rows as are at hand.
///
/// All of its text is constant, so that no SQL can be made from data.
struct RepeatedRows {
    /// The text before the rows.
    let head: StaticString
    /// One row, with `#` for each argument of its own.
    let row: StaticString
    /// The text after the rows.
    var tail: StaticString = ""
    /// How many arguments all rows share: `?1` and so on.
    let shared: Int32

    private var ownCount: Int32 {
        self.row.withUTF8Buffer { Int32($0.count { $0 == UInt8(ascii: "#") }) }
    }

    /// The place of the first argument of each row.
    func places(times: Int) -> StrideTo<Int32> {
        let own = self.ownCount
        return stride(from: self.shared + 1, to: self.shared + 1 + own * Int32(times), by: Int(own))
    }

    /// The text for so many rows.
    func sql(times: Int) -> String {
        var sql = "\(self.head)"
        var argument = self.shared
        for time in 0..<times {
            sql += time == 0 ? " " : ", "
            for part in "\(self.row)".unicodeScalars {
                if part == "#" {
                    argument += 1
                    sql += "?\(argument)"
                } else {
                    sql.unicodeScalars.append(part)
                }
            }
        }
        return sql + "\(self.tail)"
    }
}

extension Transaction {
    /// The prepared statement for so many rows, from the cache of the connection.
    func statement(_ rows: RepeatedRows, times: Int) throws -> PreparedStatement {
        let key = RepeatedKey(head: rows.head.utf8Start, times: times)
        if let known = self.repeated[key] { return known }
        let statement = PreparedStatement(try self.database.cachedStatement(sql: rows.sql(times: times)))
        self.repeated[key] = statement
        return statement
    }
}

/// A statement of many rows by the address of its text, which a `StaticString` never changes.
struct RepeatedKey: Hashable {
    let head: UnsafePointer<UInt8>
    let times: Int
}
