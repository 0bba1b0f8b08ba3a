import CEL
import Mapping
import Records
import Testing

@testable import Store

@Suite struct ConditionWriterTests {
    private static func written(_ source: String, _ dialect: any ConditionDialect) throws -> (String, [String]) {
        let object = RandomRecords.schema.objects[0]
        let environment = ExpressionScope(object: object, remoteProperties: [], lifecycle: .standard).push
        let condition = try ConditionCompiler.condition(
            of: try environment.compile(source),
            over: object,
            lifecycle: .standard
        )
        var writer = ConditionWriter(dialect, firstArgument: 4)
        let sql = writer.write(condition)
        return (sql, writer.arguments.map { "\($0)" })
    }

    private static func value(_ name: Int) -> String { "(properties::jsonb -> $\(name)::text)" }

    @Test func writesForSQLite() throws {
        let (sql, arguments) = try Self.written("contact.vip && contact.email == 'Robert'", SQLiteConditions())
        #expect(
            sql == """
                (((CASE WHEN COALESCE(json_type(properties, ?4) IN ('true', 'false'), 0) \
                THEN json_extract(properties, ?4) END) = 1) \
                AND COALESCE(((CASE WHEN json_type(properties, ?5) IS 'text' THEN json_extract(properties, ?5) END) = ?6), 0))
                """
        )
        #expect(arguments == ["name(\"vip\")", "name(\"email\")", "text(Robert)"])
    }

    @Test func writesForPostgreSQL() throws {
        let (sql, arguments) = try Self.written("contact.score >= 50 && contact.name < 'é'", PostgreSQLConditions())
        #expect(
            sql == """
                (((CASE WHEN jsonb_typeof\(Self.value(4)) IS NOT DISTINCT FROM 'number' \
                THEN (\(Self.value(4)) #>> '{}')::double precision END) >= $5::double precision) \
                AND ((CASE WHEN jsonb_typeof\(Self.value(6)) IS NOT DISTINCT FROM 'string' \
                THEN ((\(Self.value(6)) #>> '{}') COLLATE "C") END) < $7::text COLLATE "C"))
                """
        )
        #expect(arguments == ["name(\"score\")", "number(50.0)", "name(\"name\")", "text(é)"])
    }

    /// Whatever a value holds, the statement is the same.
    @Test(arguments: ["x", "'; DROP TABLE record; --", "\" OR 1=1", "?4", "$4", "\\", "%"])
    func neverWritesAValue(_ value: String) throws {
        let quoted =
            "'" + value.unicodeScalars.map { "'\\".unicodeScalars.contains($0) ? "\\\($0)" : "\($0)" }.joined() + "'"
        let source = "contact.email in [\(quoted)] || contact.name.contains(\(quoted)) || contact.tags == [\(quoted)]"
        let plain = "contact.email in ['-'] || contact.name.contains('-') || contact.tags == ['-']"
        for dialect in [SQLiteConditions(), PostgreSQLConditions()] as [any ConditionDialect] {
            let (sql, arguments) = try Self.written(source, dialect)
            #expect(try Self.written(plain, dialect).0 == sql)
            #expect(arguments.contains("text(\(value))"))
        }
    }

    @Test(
        arguments: [
            ("contact.email.matches('a+')", 1, 15, "matches() has no form in SQL"),
            ("contact.vip &&\n  contact.score * 2.0 > 1.0", 2, 17, "'*' has no form in SQL"),
            ("contact.tags.exists(t, t == 'a')", 1, 14, "exists() has no form in SQL"),
            ("contact.email.split('@').size() > 1", 1, 15, "split() has no form in SQL"),
            ("contact.seen_at.getFullYear() == 2026", 1, 17, "getFullYear() has no form in SQL"),
            ("contact.email.e164('FR') == '+33'", 1, 15, "e164() has no form in SQL"),
            ("contact.seen_at - contact.updated_at > duration('1h')", 1, 17, "'-' has no form in SQL"),
            ("contact.tags[0] == 'a'", 1, 13, "this part has no form in SQL"),
            ("contact.score == 0.0 / 0.0", 1, 22, "a value of type double has no form in SQL"),
            ("cel.bind(x, contact.score, x > 1.0)", 1, 5, "this part has no form in SQL"),
            ("(contact.vip ? contact.score : contact.amount) > 1.0", 1, 14, "'?:' has no form in SQL"),
        ] as [(String, Int, Int, String)]
    )
    func saysWhyThereIsNoForm(_ source: String, _ line: Int, _ column: Int, _ message: String) throws {
        let error = #expect(throws: NoRecordCondition.self) { try Self.written(source, SQLiteConditions()) }
        #expect(error?.message == message)
        #expect(error?.line == line)
        #expect(error?.column == column)
    }

    @Test func whatIsKnownBeforehandIsNoQuestion() throws {
        #expect(try Self.written("1 + 1 == 2 || 'a'.matches('a+')", SQLiteConditions()) == ("1", []))
        #expect(try Self.written("1 / 0 == 2", SQLiteConditions()) == ("NULL", []))
    }
}
