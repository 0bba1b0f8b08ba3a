import CEL
import Dispatch
import Foundation
import Synchronization
import Testing

/// Deep expressions on a thread with the small stack that secondary threads have.
@Suite struct DepthTests {
    private static let stackBytes = 512 * 1_024

    /// Runs on a thread of 512 KB; a stack overflow would end the whole test process.
    private static func onSmallStack(_ work: @escaping @Sendable () -> String) -> String {
        let answer = Answer()
        let thread = Thread { answer.finish(work()) }
        thread.stackSize = stackBytes
        thread.start()
        return answer.wait()
    }

    /// A text handed from one thread to another.
    private final class Answer: Sendable {
        private let text = Mutex("")
        private let isThere = DispatchSemaphore(value: 0)

        func finish(_ result: String) {
            text.withLock { $0 = result }
            isThere.signal()
        }

        func wait() -> String {
            isThere.wait()
            return text.withLock { $0 }
        }
    }

    private static func answer(_ source: String) -> String {
        onSmallStack { evaluated(source) }
    }

    /// The type of the result, or the kind of the error.
    private static func evaluated(_ source: String) -> String {
        do throws(CELError) {
            let program = try CELEnvironment().compile(source)
            return "\(try program.evaluate(CELBindings()).typeName)"
        } catch {
            return error.kind.rawValue
        }
    }

    /// Repeats a wrapping so many times around a core.
    private static func nested(_ depth: Int, _ before: String, _ core: String, _ after: String) -> String {
        String(repeating: before, count: depth) + core + String(repeating: after, count: depth)
    }

    private static let shapes: [(before: String, core: String, after: String)] = [
        ("(", "1", ")"), ("[", "1", "]"), ("{'a': ", "1", "}"), ("!", "true", ""), ("-", "x", ""), ("- ", "1.5", ""),
        ("dyn(", "1", ")"), ("int(", "1", ")"), ("", "1", " + 1"), ("", "'a'", " + 'b'"), ("", "true", " && true"),
        ("", "false", " || false"), ("false ? 1 : ", "1", ""), ("(true ? ", "1", " : 2)"),
        ("", "'a'", ".trim()"), ("", "'a'", ".replace('a', 'b')"), ("", "{}", ".?a"), ("", "[]", "[?0]"),
        ("[1].exists(x, ", "true", ")"), ("[1].map(x, ", "1", ")"), ("[1].filter(x, ", "true", ")"),
        ("cel.bind(x, 1, ", "x", ")"), ("cel.bind(x, ", "1", ", x)"), ("optional.of(1).optMap(x, ", "1", ")"),
        ("{'a': 1}.transformMap(k, v, ", "1", ")"), ("[1, [2, ", "3", "]]"), ("1 in [", "1", "].map(x, 2)"),
        ("has({'a': ", "1", "}.a) && has({'a': 1}.a) ? {'a': 1}.a : 2"), ("math.greatest(1, ", "1", ")"),
        ("(1 + (2 * ", "3", "))"), ("(true && (false || ", "true", "))"), ("size([", "1", "])"), ("[[", "1", "][0]]"),
        ("", "x", ".a"), ("", "x", "[0]"), ("x{a: ", "1", "}"), ("?", "1", ":"), ("'%s'.format([", "1", "])"),
    ]

    @Test(arguments: shapes.indices)
    func deepExpressionsEndWithAnAnswerOrAClearError(_ index: Int) {
        let shape = Self.shapes[index]
        for depth in [1, 30, 85, 127, 200, 255, 256, 257, 1_000, 3_000] {
            let source = Self.nested(depth, shape.before, shape.core, shape.after)
            let answer = Self.answer(source)
            #expect(answer != "unknown")
            if depth == 30, shape.core != "x", shape.before != "?" {
                #expect(!["syntax", "limit"].contains(answer), "\(source.prefix(80)): \(answer)")
            }
        }
    }

    @Test(arguments: [
        ("(", "1", ")"), ("[", "1", "]"), ("dyn(", "1", ")"), ("(true ? ", "1", " : 2)"), ("!", "true", ""),
    ])
    func twoHundredLevelsHaveAnAnswerWithin50Milliseconds(_ before: String, _ core: String, _ after: String) {
        let nest = Self.nested(200, before, core, after)
        let source = nest + String(repeating: " ", count: max(0, 4_096 - nest.utf8.count))
        let elapsed = Self.onSmallStack {
            var answer = ""
            let elapsed = quickest { answer = Self.evaluated(source) }
            return ["int", "list", "bool"].contains(answer) && elapsed < .milliseconds(50) ? "" : "\(answer) \(elapsed)"
        }
        #expect(elapsed == "")
    }
}
