/// `text.matches(pattern)` on a linear-time automaton of our own.
///
/// Swift's `Regex` and `NSRegularExpression` backtrack: `(a+)+$` takes them seconds on 18 characters.
enum MatchesFunction {
    static let overloads: [Overload] = [
        StandardFunctions.member("matches", .string, .string, .bool, matches),
        StandardFunctions.global("matches", .string, .string, .bool, matches),
    ]

    private static func matches(
        _ text: CELValue,
        _ pattern: CELValue,
        _ frame: inout Frame
    ) throws(Failure) -> CELValue {
        guard case .string(let text) = text, case .string(let pattern) = pattern else {
            throw .overload("matches", text.kind, pattern.kind)
        }
        try frame.spend(pattern.utf8.count)
        let program: RegexProgram
        do throws(RegexProblem) {
            program = try RegexProgram(pattern)
        } catch {
            throw Failure(.invalidArgument, error.message)
        }
        try frame.spend(program.instructions.count)
        return .bool(try RegexAutomaton(program).matches(text, &frame))
    }
}

/// `text.matches('pattern')` with the automaton built beforehand.
final class MatchesNode: ConditionNode {
    private let text: any Node
    private let automaton: RegexAutomaton
    private let offset: Int32

    init(_ text: any Node, _ automaton: RegexAutomaton, offset: Int32) {
        self.text = text
        self.automaton = automaton
        self.offset = offset
    }

    func condition(_ frame: inout Frame) throws(Failure) -> Bool {
        frame.remaining &-= 1
        let value = try text.evaluate(&frame)
        guard case .string(let text) = value else { throw .overload("matches", value.kind, .string).placed(at: offset) }
        do throws(Failure) {
            return try automaton.matches(text, &frame)
        } catch {
            throw error.placed(at: offset)
        }
    }
}
