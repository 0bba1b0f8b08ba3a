import GRDB
import GRDBSQLite
package import Records

extension Transaction {
    /// The live records of an object behind an id for which a condition holds, in the order of their ids, at most
    /// `limit`.
    ///
    /// Fewer than `limit` are all there are; go on behind the last one otherwise.
    package func recordIDs(
        _ object: ObjectNumber,
        where condition: RecordCondition,
        after id: RecordID? = nil,
        limit: Int
    ) throws -> [RecordID] {
        var writer = ConditionWriter(SQLiteConditions(), firstArgument: 4)
        let sql = """
            SELECT record FROM record
            WHERE record > ?1 AND object = ?2 AND deleted_at IS NULL AND alias_of IS NULL AND \(writer.write(condition))
            ORDER BY record LIMIT ?3
            """
        let statement = PreparedStatement(try self.database.cachedStatement(sql: sql))
        defer { statement.reset() }
        let fixed: [any SQLArgument] = [id ?? .zero, object, limit]
        for (place, argument) in (fixed + writer.arguments.map(\.sqlite)).enumerated() {
            try statement.check(argument.bind(to: statement.handle, at: Int32(place + 1)))
        }
        var found: [RecordID] = []
        while try statement.step() { found.append(try Columns(statement: statement.handle).record(0)) }
        return found
    }
}

extension ConditionWriter.Argument {
    /// The argument as SQLite's JSON functions take it.
    fileprivate var sqlite: any SQLArgument {
        switch self {
        case .name(let name): "$.\"\(name)\""
        case .text(let text): text
        case .number(let number): number
        case .integer(let integer): integer
        case .set(let elements): Self.json(elements)
        }
    }

    /// A set as it is stored.
    static func json(_ elements: [Text]) -> String {
        var writer = JSONWriter(capacity: 64)
        writer.byte(UInt8(ascii: "["))
        for (place, element) in elements.enumerated() {
            if place > 0 { writer.byte(UInt8(ascii: ",")) }
            writer.quoted(element.string)
        }
        writer.byte(UInt8(ascii: "]"))
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

extension Double: SQLArgument {
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 { sqlite3_bind_double(statement, index, self) }
}
