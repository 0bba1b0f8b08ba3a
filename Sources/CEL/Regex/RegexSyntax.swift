/// A parsed pattern.
indirect enum RegexSyntax {
    case empty
    case set(CodePointSet)
    case assertion(RegexAssertion)
    case sequence([RegexSyntax])
    case alternatives([RegexSyntax])
    /// At least `least` and at most `most` times; nil for no end.
    case `repeat`(RegexSyntax, least: Int, most: Int?)
}

/// A condition on a position between two code points.
enum RegexAssertion: UInt8 {
    case textStart
    case textEnd
    case lineStart
    case lineEnd
    case wordBoundary
    case noWordBoundary
}

/// Why a pattern cannot be used.
struct RegexProblem: Error, Equatable {
    let message: String

    init(_ message: String) {
        self.message = message
    }
}

/// The limits of patterns, which keep both compiling and matching linear with a small factor.
enum RegexLimits {
    /// The longest pattern, in bytes.
    static let patternBytes = 1_000
    /// The deepest nesting of groups.
    static let depth = 100
    /// The greatest count in `{n,m}`, as in RE2.
    static let repeats = 1_000
    /// The most instructions after counted repetitions are written out.
    static let instructions = 10_000
    /// The most states of the automaton kept at once.
    static let states = 500
    /// The most work, in positions looked at, for building an automaton before the first text.
    static let preparation = 20_000
}
