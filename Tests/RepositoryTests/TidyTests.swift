import Foundation
import Testing

/// Rules about the code itself that neither the compiler nor the formatter checks.
@Suite struct TidyTests {
    /// A piece of text that must not appear in `Sources`, and where it may.
    struct Ban: Sendable, CustomTestStringConvertible {
        let text: String
        let reason: String
        var allowedIn: [String] = []
        var testDescription: String { self.text }
    }

    /// Where code may reach for the machine's own clock, identity and tasks (the outermost ring).
    static let outside = ["Sources/RelaisCommands/", "Sources/FakeCRM/", "Sources/relais/"]

    static let bans: [Ban] = [
        Ban(text: " Date()", reason: "take the time from a clock", allowedIn: outside),
        Ban(text: "UUID()", reason: "take identifiers from the caller", allowedIn: outside),
        Ban(text: "Task.sleep", reason: "take a Sleeper from the caller", allowedIn: outside),
        Ban(text: " Task {", reason: "use a task group", allowedIn: outside),
        Ban(text: "Task.detached", reason: "use a task group", allowedIn: outside),
        Ban(text: "try!", reason: "handle the error"),
        Ban(text: " as!", reason: "handle the other case"),
        Ban(text: "fatalError(", reason: "use precondition for our mistakes, throw for the world's"),
        Ban(text: "nonisolated(unsafe)", reason: "use a lock or pass the value"),
        Ban(
            text: "@unchecked Sendable",
            reason: "use a struct, an actor or a Mutex",
            allowedIn: ["Sources/Transport/", "Sources/Store/", "Sources/RelaisTesting/"]
        ),
        Ban(text: "JSONEncoder", reason: "stored and sent JSON is written as bytes"),
        Ban(text: "JSONDecoder", reason: "stored and sent JSON is read as bytes"),
        Ban(text: "JSONSerialization", reason: "stored and sent JSON is read as bytes"),
        Ban(text: "[String: Any]", reason: "use a type"),
        Ban(text: "TODO:", reason: "do it or file it"),
        Ban(text: "FIXME", reason: "do it or file it"),
    ]

    @Test(arguments: bans)
    func bannedTextIsAbsent(_ ban: Ban) throws {
        for file in try SourceFile.all(in: "Sources") where !ban.allowedIn.contains(where: file.path.hasPrefix) {
            for (index, line) in file.lines.enumerated() where line.contains(ban.text) {
                let isComment = line.drop { $0 == " " }.hasPrefix("//")
                if !isComment { Issue.record("\(file.path):\(index + 1): \(ban.text): \(ban.reason)") }
            }
        }
    }

    @Test func noFileIsLongerThanFiveHundredLines() throws {
        for folder in ["Sources", "Tests", "Benchmarks"] {
            for file in try SourceFile.all(in: folder) where file.lines.count > 500 {
                Issue.record("\(file.path) has \(file.lines.count) lines")
            }
        }
    }

    @Test func noFunctionIsLongerThanSeventyLines() throws {
        for file in try SourceFile.all(in: "Sources") {
            for (name, line, length) in Self.functions(in: file) where length > 70 {
                Issue.record("\(file.path):\(line): \(name) has \(length) lines")
            }
        }
    }

    /// Only `Store` knows SQL, only `Transport` knows the C libraries.
    @Test(arguments: [
        ("import GRDB", ["Sources/Store/"]),
        ("import CCurl", ["Sources/Transport/"]),
        ("import CSimdjson", ["Sources/Transport/"]),
        ("import CSQLiteSetup", ["Sources/Store/"]),
        ("import Hummingbird", ["Sources/FakeCRM/", "Sources/Console/"]),
        ("import FakeCRM", ["Sources/RelaisCommands/", "Sources/RelaisTesting/", "Sources/Simulation/"]),
    ])
    func heavyImportsStayWhereTheyBelong(text: String, places: [String]) throws {
        for file in try SourceFile.all(in: "Sources") where !places.contains(where: file.path.hasPrefix) {
            let isClean = !file.lines.contains { $0.hasSuffix(text) }
            #expect(isClean, "\(file.path): \(text) belongs in \(places)")
        }
    }

    /// The functions of a formatted file: a closing brace stands in the column of its declaration.
    private static func functions(in file: SourceFile) -> [(name: String, line: Int, length: Int)] {
        var result: [(String, Int, Int)] = []
        var open: [(indent: Int, name: String, line: Int)] = []
        for (index, line) in file.lines.enumerated() {
            let indent = line.prefix { $0 == " " }.count
            let code = line.dropFirst(indent)
            if code.hasPrefix("}"), let last = open.last, last.indent == indent {
                result.append((last.name, last.line, index + 1 - last.line + 1))
                open.removeLast()
            }
            let isFunction = code.contains("func ") || code.hasPrefix("init(") || code.contains(" init(")
            if isFunction, !code.hasPrefix("//"), code.hasSuffix("{") {
                open.append((indent, String(code.prefix(60)), index + 1))
            }
        }
        return result
    }
}
