import CEL
import Foundation
import Mapping
import Records
import Testing

/// Runs every example of `docs/expressions.md`.
@Suite struct ExpressionDocumentTests {
    private static let object = ObjectSchema(
        name: "contact",
        properties: [
            PropertySchema(name: "email", type: .text, label: ""),
            PropertySchema(name: "first_name", type: .text, label: ""),
            PropertySchema(name: "score", type: .number, label: ""),
            PropertySchema(name: "lifecycle_stage", type: .stage, label: ""),
            PropertySchema(name: "newsletter", type: .flag, label: ""),
            PropertySchema(name: "interests", type: .set([]), label: ""),
            PropertySchema(name: "birthday", type: .date, label: ""),
            PropertySchema(name: "created_at", type: .instant, label: ""),
            PropertySchema(name: "phone", type: .text, label: ""), PropertySchema(name: "city", type: .text, label: ""),
            PropertySchema(name: "last_order", type: .date, label: ""),
        ]
    )

    private static func ada() throws -> LocalActivation {
        let values: [Value] = [
            "ada@acme.com", "Ada", .number(72), "mql", .flag(true), .set(of: ["events", "news"]),
            .date(try #require(CalendarDate("1990-05-17"))), .instant(try #require(Instant("2026-03-02T09:30:00Z"))),
            "06 12 34 56 78", .absent, .absent,
        ]
        return LocalActivation(values, types: PropertyTypes(of: Self.object, lifecycle: .standard))
    }

    private static var environment: CELEnvironment {
        ExpressionScope(object: Self.object, remoteProperties: [], lifecycle: .standard).push
    }

    /// The lines of all blocks of a kind.
    private static func lines(_ kind: String) throws -> [String] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/expressions.md")
        let text = try String(contentsOf: file, encoding: .utf8)
        var lines: [String] = []
        var block: String?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                block = block == nil ? String(line.dropFirst(3)) : nil
            } else if block == kind, !line.isEmpty {
                lines.append(String(line))
            }
        }
        return lines
    }

    /// What stands before and behind the arrow.
    private static func halves(_ line: String) throws -> (source: String, result: String) {
        let range = try #require(line.range(of: " → ", options: .backwards), "\(line)")
        return (String(line[..<range.lowerBound]), String(line[range.upperBound...]))
    }

    @Test func everyExampleGivesWhatThePageSays() throws {
        let lines = try Self.lines("cel")
        #expect(lines.count >= 70)
        let ada = try Self.ada()
        for line in lines {
            let (source, result) = try Self.halves(line)
            if result.hasPrefix("error: ") {
                #expect(
                    Self.failure(source, ada).contains(result.dropFirst(7)),
                    "\(line): \(Self.failure(source, ada))"
                )
            } else if result == "no answer" {
                #expect(try Self.environment.compile(source).matches(ada) == nil, "\(line)")
            } else {
                let value = try Self.environment.compile(source).evaluate(ada)
                let expected = try Self.environment.compile(result).evaluate(ada)
                #expect(value.caseJSON == expected.caseJSON, "\(line): \(value.caseJSON.text)")
            }
        }
    }

    private static func failure(_ source: String, _ activation: LocalActivation) -> String {
        do throws(CELError) {
            let value = try Self.environment.compile(source).evaluate(activation)
            return "no error but \(value.caseJSON.text)"
        } catch {
            return error.description
        }
    }

    @Test func thePartWithAFormInSQLIsThePagesPart() throws {
        let forms = try Self.lines("sql-form")
        #expect(forms.count >= 6)
        for line in forms {
            let program = try Self.environment.compile(line)
            #expect(throws: Never.self, "\(line)") {
                try ConditionCompiler.condition(of: program, over: Self.object, lifecycle: .standard)
            }
        }
        for line in try Self.lines("sql-none") {
            let (source, reason) = try Self.halves(line)
            let program = try Self.environment.compile(source)
            let error = #expect(throws: NoRecordCondition.self) {
                try ConditionCompiler.condition(of: program, over: Self.object, lifecycle: .standard)
            }
            #expect(error?.message == reason)
        }
    }

    @Test func theCommandAnswersAsThePageSays() throws {
        let lines = try Self.lines("json")
        let (cases, answers) = (lines.prefix(lines.count / 2), lines.suffix(lines.count / 2))
        #expect(cases.count == 2)
        for (line, answer) in zip(cases, answers) {
            var reader = ExpressionLines()
            let found = Array((line + "\n").utf8).withUnsafeBufferPointer { reader.feed($0) }
            #expect(found.map(\.text) == [answer])
        }
    }
}
