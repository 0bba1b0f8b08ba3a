import GRDB
import Records
import Store
import Synchronization
import Testing

/// Every statement of the store, run once, then asked how SQLite would find its rows.
@Suite struct QueryPlanTests {
    /// Statements that read a whole table, and may.
    private static let scans: [String] = [
        // Counts no more rows than it is told to.
        "FROM (SELECT 1 FROM link",
        // A small table, in the order of its unique index.
        "FROM connection ORDER BY name",
        // An erasure reads small tables, and those of waiting things, once from end to end; then the file is rewritten.
        "DELETE FROM \"", "DELETE FROM erased_key", "DELETE FROM event_key", "DELETE FROM operation WHERE record",
        "UPDATE operation SET payload", "SELECT number FROM object ORDER BY number",
        // A migration, once.
        "UPDATE remote_list SET approved = hash",
        // Whether there is any row at all.
        "SELECT 1 FROM erased_key LIMIT 1",
        // The last row by the primary key.
        "SELECT seq FROM journal ORDER BY seq DESC LIMIT 1",
        // Looks at the elements of one record's set.
        "FROM json_each(properties, ",
        // Counts all records of an object, for reports.
        "SELECT count(*) FROM record",
        // Counts the few rows that a limited search by index found.
        "SELECT count(*) FROM (SELECT 1 FROM",
        // The first, or the last few, of a partial index that holds only such rows.
        "SELECT due_at FROM enrolment WHERE state = 'active' ORDER BY due_at LIMIT 1",
        "WHERE state IN ('unknown', 'failed') ORDER BY reserved_at DESC LIMIT",
        // Looks at all enrolments for what must not be there (W1), and at the newest whatever they are.
        "AND NOT (state = 'parked' AND reason IS NOT NULL)",
        // As many rows as it is asked about.
        "FROM (VALUES",
        // SQLite would look for rows that wait for their parent, if there were deferred foreign keys; there are none.
        "INSERT INTO object(name)", "INSERT INTO shape(mapping, fields)", "INSERT INTO workflow_version(",
    ]

    /// Statements that sort what they found, and may.
    private static let sorts: [String] = [
        // The few links to whose CRM something is owed: in their own order, all links would have to be looked at.
        "FROM owed WHERE owed.connection",
        // The few records of an object that are set aside, in the order in which that was done.
        "FROM quarantine WHERE connection = ?1 AND object = ?2 AND side = ?3 ORDER BY id",
        // Reports: the unmapped values of a connection by how many there are, and its links by shape.
        "unmapped_value, max(detail), count(*)", "SELECT shape, count(*) FROM link",
    ]

    private static func statements(_ path: String) throws -> [String] {
        let seen = Mutex<Set<String>>([])
        let options = Fixture.options { sql in _ = seen.withLock { $0.insert(sql) } }
        let store = try Store(path: path, options: options)
        try Everything(fixture: try Fixture(store: store)).run()
        try store.close()
        let verbs = ["SELECT", "INSERT", "UPDATE", "DELETE"]
        return seen.withLock { $0 }
            .filter { sql in
                verbs.contains { sql.hasPrefix($0) } && !sql.contains("sqlite_") && !sql.contains("grdb_")
                    && !sql.contains("_with_more_kinds")
            }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// SQLite's plan of a statement, its arguments left unbound.
    private static func plan(_ database: Database, _ sql: String) throws -> [String] {
        let statement = try database.makeStatement(sql: "EXPLAIN QUERY PLAN " + sql)
        statement.setUncheckedArguments([])
        return try Row.fetchAll(statement).map { $0["detail"] }
    }

    @Test func everyStatementFindsItsRowsByAnIndexInTheirOrder() throws {
        let file = TemporaryFile()
        let statements = try Self.statements(file.path)
        // Below this, the scenario has lost a part of the store.
        #expect(statements.count >= 250)
        let queue = try DatabaseQueue(path: file.path)
        try queue.read { database in
            for sql in statements {
                let plan = try Self.plan(database, sql)
                let sorts = plan.contains { $0.contains("TEMP B-TREE") }
                #expect(!sorts || Self.sorts.contains { sql.contains($0) }, "\(sql)\n\(plan)")
                let scans = plan.contains { $0.hasPrefix("SCAN") && !$0.contains("CONSTANT ROW") }
                let isAllowed = Self.scans.contains { sql.contains($0) }
                #expect(!scans || isAllowed, "\(sql)\n\(plan)")
            }
        }
        try queue.close()
    }

    /// Nothing that a run without changes asks walks over the links of an object.
    @Test(arguments: ["FROM owed WHERE owed.connection", "FROM observation AS o"])
    func whatWaitsCostsNoMoreWithMoreLinks(_ part: String) throws {
        let file = TemporaryFile()
        let statements = try Self.statements(file.path).filter { $0.contains(part) }
        #expect(!statements.isEmpty)
        let queue = try DatabaseQueue(path: file.path)
        try queue.read { database in
            for sql in statements {
                let looks = try Self.plan(database, sql).filter { $0.contains(" link ") }
                #expect(!looks.isEmpty)
                for look in looks { #expect(look.contains("record=?") || look.contains("remote=?"), "\(sql)\n\(look)") }
            }
        }
        try queue.close()
    }

    @Test func dirtyLinksCostWhatTheyAre() throws {
        let file = TemporaryFile()
        let sql = try #require(try Self.statements(file.path).first { $0.contains("local_shadow IS NOT NULL") })
        let queue = try DatabaseQueue(path: file.path)
        let plan = try queue.read { try Self.plan($0, sql) }
        #expect(plan.count == 1)
        #expect(plan.first?.contains("USING INDEX link_dirty") ?? false)
        try queue.close()
    }
}
