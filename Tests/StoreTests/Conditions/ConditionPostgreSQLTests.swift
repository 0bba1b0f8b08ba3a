import CEL
import Foundation
import Records
import Testing

@testable import Store

/// The same conditions in PostgreSQL, where one is at hand: `RELAIS_PSQL` is what `psql` connects to.
@Suite struct ConditionPostgreSQLTests {
    private static let connection = ProcessInfo.processInfo.environment["RELAIS_PSQL"]
    private static let rounds = ProcessInfo.processInfo.environment["RELAIS_CONDITION_ROUNDS"].flatMap { Int($0) } ?? 4

    @Test(.enabled(if: connection != nil, "RELAIS_PSQL names a PostgreSQL to test with"))
    func selectsWhatTheEvaluatorSelects() throws {
        var pairs = 0
        for round in 0..<Self.rounds {
            let seed = UInt64(round + 1)
            let scene = try ConditionScene(seed: seed, writers: 6, recordsOfWriter: 20)
            var random = RandomConditions(seed: seed)
            var script = Self.table(scene)
            var expected: [String: (source: String, ids: [RecordID])] = [:]
            for number in 0..<150 {
                let source = random.next()
                guard let program = try? scene.environment.compile(source) else { continue }
                guard let condition = try? scene.condition(of: program) else { continue }
                expected[String(number)] = (source, try scene.evaluated(program))
                script += Self.query(number, condition)
            }
            let answers = try Self.ask(script)
            #expect(answers.count == expected.count)
            for line in answers {
                let parts = line.split(separator: "|", omittingEmptySubsequences: false)
                guard parts.count == 2, let wanted = expected[String(parts[0])] else {
                    Issue.record("psql said \(line)")
                    continue
                }
                let found = parts[1].split(separator: ",").compactMap { RecordID(String($0)) }
                let difference = scene.difference(found, wanted.ids)
                #expect(found == wanted.ids, "seed \(seed): \(wanted.source): \(difference)")
                pairs += scene.records.count
            }
        }
        print("conditions in PostgreSQL: \(pairs) pairs")
    }

    private static func table(_ scene: ConditionScene) -> String {
        var script = "CREATE TEMP TABLE record(record text COLLATE \"C\", properties text);\n"
        for record in scene.records {
            guard let bytes = try? scene.stored(record.id) else { continue }
            script += "INSERT INTO record VALUES(\(quote(record.id.description)), \(quote(bytes)));\n"
        }
        return script
    }

    private static func query(_ number: Int, _ condition: RecordCondition) -> String {
        var writer = ConditionWriter(PostgreSQLConditions(), firstArgument: 1)
        let sql = writer.write(condition)
        let arguments = writer.arguments.map { argument -> String in
            switch argument {
            case .name(let name): quote(name)
            case .text(let text): quote(text.string)
            case .number(let number): "'\(number)'"
            case .integer(let integer): "'\(integer)'"
            case .set(let elements): quote(ConditionWriter.Argument.json(elements))
            }
        }
        let select = "SELECT \(number), COALESCE(string_agg(record, ',' ORDER BY record), '') FROM record WHERE \(sql)"
        guard !arguments.isEmpty else { return select + ";\n" }
        return "PREPARE c AS \(select);\nEXECUTE c(\(arguments.joined(separator: ", ")));\nDEALLOCATE c;\n"
    }

    private static func quote(_ text: String) -> String {
        "E'" + text.unicodeScalars.map { $0 == "'" || $0 == "\\" ? "\\" + String($0) : String($0) }.joined() + "'"
    }

    private static func ask(_ script: String) throws -> [String] {
        let file = FileManager.default.temporaryDirectory.appending(path: "relais-\(UUID().uuidString).sql")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(script.utf8).write(to: file)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "psql", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-f", file.path, connection ?? "",
        ]
        process.environment = ProcessInfo.processInfo.environment.merging(["PGCLIENTENCODING": "UTF8"]) { $1 }
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { String($0) }
    }
}
