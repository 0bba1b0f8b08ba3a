import CEL
import Testing

/// Inputs that nobody would write; the only wrong answer is a crash or a long wait.
@Suite struct HostileInputTests {
    private static let tokens = [
        "1", "0", "-1", "2u", "1.5", "'a'", "\"b\"", "b'c'", "r'\\'", "true", "false", "null", "x", "y", "record", ".",
        ".?",
        "[", "]", "[?", "(", ")", "{", "}", "{?", ",", ":", "?", "+", "-", "*", "/", "%", "!", "<", "<=", ">", ">=",
        "==",
        "!=", "&&", "||", " in ", "size", "map", "filter", "all", "exists", "has", "cel.bind", "optMap", "matches",
        "format",
        "split", "replace", "substring", "timestamp", "duration", "int", "string", "dyn", "type", "math.greatest",
        "'%s'",
        "'(a+)+$'", "'%f'", "record.score", "record.tags", "list", "transformMap", "optional.of", "orValue", "`a-b`",
        "\n",
        "//", "'''", "\\", "\u{0}", "é", "😀", "0x", "1e999", "9223372036854775807", "getHours", "'Europe/Paris'",
        "'UTC'",
    ]

    private static let wholes = [
        "record.score >= 50 && record.name in ['a', 'b'] && record.name.endsWith('x')",
        "[1, 2, 3].map(x, x * 2).filter(y, y > 2)",
        "{'a': [1, {'b': 2}]}.a[1].b == 2 ? 'x' : 'y'", "cel.bind(x, list + list, x.exists(y, y == 1))",
        "'%s %d %.2f %x'.format(['a', 1, 1.5, 255])",
        "timestamp('2026-01-01T00:00:00Z').getHours('Europe/Paris') + 1", "optional.of({'a': 1}).?a.orValue(2)",
        "record.name.matches('^(a|b)+[0-9]{2,3}$')",
        "record.tags.transformMap(i, v, i > 0, v + 'x')",
        "has(record.name) && !(record.score < 3 || record.name.split(',').size() > 2)",
    ]

    private static func environment(checksTypes: Bool) -> CELEnvironment {
        var environment = CELEnvironment()
        environment.checksTypes = checksTypes
        environment.declare(
            object: "record",
            fields: [
                .init("score", .int, slot: 0), .init("name", .string, slot: 1), .init("tags", .list(.string), slot: 2),
            ]
        )
        environment.declare(variable: "x", .dyn)
        environment.declare(variable: "list", .list(.int))
        return environment
    }

    private struct Bindings: CELActivation {
        func value(variable: Int) -> CELValue? {
            switch variable {
            case 1: .list([.int(1), .string("a"), .null])
            case 2: .list([.int(1), .int(2)])
            default: nil
            }
        }

        func field(variable: Int, slot: Int) -> CELValue {
            switch slot {
            case 0: .null
            case 1: .string("a\r\n\u{301}b")
            default: .list([.string("x"), .string("")])
            }
        }
    }

    /// Compiles with and without the check and evaluates what compiles.
    private static func endure(_ source: String, _ environments: [CELEnvironment]) {
        for environment in environments {
            for problem in environment.problems(in: source) {
                #expect(problem.line >= 1 && problem.column >= 1)
            }
            guard let program = try? environment.compile(source) else { continue }
            _ = try? program.evaluate(Bindings(), budget: 20_000)
            _ = try? program.matches(Bindings(), budget: 20_000)
        }
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func tokensInAnyOrderDoNotCrash(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let environments = [Self.environment(checksTypes: true), Self.environment(checksTypes: false)]
        for _ in 0..<2_000 {
            var source = ""
            for _ in 0..<Int.random(in: 1...24, using: &random) {
                source += Self.tokens.randomElement(using: &random) ?? ""
            }
            Self.endure(source, environments)
        }
    }

    @Test(arguments: [5, 6, 7, 8] as [UInt64])
    func brokenExpressionsDoNotCrash(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let environments = [Self.environment(checksTypes: true), Self.environment(checksTypes: false)]
        for _ in 0..<1_500 {
            var scalars = Array((Self.wholes.randomElement(using: &random) ?? "").unicodeScalars)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let start = Int.random(in: 0..<scalars.count, using: &random)
                let end = min(scalars.count, start + Int.random(in: 0...6, using: &random))
                let token = Array((Self.tokens.randomElement(using: &random) ?? "").unicodeScalars)
                scalars.replaceSubrange(start..<end, with: Bool.random(using: &random) ? token : [])
                if scalars.isEmpty { break }
            }
            Self.endure(String(String.UnicodeScalarView(scalars)), environments)
        }
    }

    @Test(arguments: [9, 10] as [UInt64])
    func bytesInAnyOrderDoNotCrash(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let environments = [Self.environment(checksTypes: true)]
        for _ in 0..<2_000 {
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            Self.endure(String(decoding: bytes, as: UTF8.self), environments)
        }
    }

    @Test(arguments: [11, 12] as [UInt64])
    func patternsInAnyOrderDoNotCrash(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var environment = CELEnvironment()
        environment.declare(variable: "text", .string)
        environment.declare(variable: "pattern", .string)
        let parts = [
            "a", "b", ".", "*", "+", "?", "{2}", "{1,3}", "{", "(", ")", "(?:", "(?i)", "(?P<n>", "|", "[", "]", "[^",
            "a-z", "^", "$",
            "\\b", "\\d", "\\W", "\\x{41}", "\\pL", "\\", "[:alpha:]", "é", "\\Q", "\\E", "-", "\n", "(?s-m:",
        ]
        let program = try? environment.compile("text.matches(pattern)")
        for _ in 0..<1_500 {
            var pattern = ""
            for _ in 0..<Int.random(in: 1...12, using: &random) { pattern += parts.randomElement(using: &random) ?? "" }
            let text = String(repeating: Bool.random(using: &random) ? "ab\né" : "aaab", count: 20)
            _ = try? program?.evaluate(CELBindings([.string(text), .string(pattern)]))
            var fixed = environment
            fixed.declare(constant: "fixed", .string(pattern))
            _ = try? fixed.compile("text.matches(fixed)").evaluate(CELBindings([.string(text)]))
        }
    }
}
