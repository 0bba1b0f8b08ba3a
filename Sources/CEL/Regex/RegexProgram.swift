/// A pattern as instructions of a nondeterministic automaton (Thompson's construction).
struct RegexProgram {
    enum Instruction {
        /// Takes one code point of a set, by the number of the set.
        case take(Int)
        case split(Int, Int)
        case jump(Int)
        case check(RegexAssertion)
        case match
    }

    private(set) var instructions: [Instruction] = []
    private(set) var sets: [CodePointSet] = []
    private(set) var usesAssertions = false
    private var numbers: [CodePointSet: Int] = [:]

    init(_ pattern: String) throws(RegexProblem) {
        try emit(RegexParser.parse(pattern))
        try append(.match)
    }

    private mutating func append(_ instruction: Instruction) throws(RegexProblem) {
        guard instructions.count < RegexLimits.instructions else {
            throw RegexProblem("the pattern is too large once its repetitions are written out")
        }
        instructions.append(instruction)
    }

    private mutating func emit(_ syntax: RegexSyntax) throws(RegexProblem) {
        switch syntax {
        case .empty: break
        case .set(let set):
            if numbers[set] == nil {
                numbers[set] = sets.count
                sets.append(set)
            }
            try append(.take(numbers[set] ?? 0))
        case .assertion(let assertion):
            usesAssertions = true
            try append(.check(assertion))
        case .sequence(let parts):
            for part in parts { try emit(part) }
        case .alternatives(let branches): try emit(branches)
        case .repeat(let part, let least, let most): try emit(part, least, most)
        }
    }

    private mutating func emit(_ branches: [RegexSyntax]) throws(RegexProblem) {
        var jumps: [Int] = []
        for (index, branch) in branches.enumerated() {
            guard index < branches.count - 1 else {
                try emit(branch)
                break
            }
            let split = instructions.count
            try append(.split(split + 1, 0))
            try emit(branch)
            jumps.append(instructions.count)
            try append(.jump(0))
            instructions[split] = .split(split + 1, instructions.count)
        }
        for jump in jumps { instructions[jump] = .jump(instructions.count) }
    }

    private mutating func emit(_ part: RegexSyntax, _ least: Int, _ most: Int?) throws(RegexProblem) {
        for _ in 0..<least { try emit(part) }
        guard let most else {
            let split = instructions.count
            try append(.split(split + 1, 0))
            try emit(part)
            try append(.jump(split))
            instructions[split] = .split(split + 1, instructions.count)
            return
        }
        var splits: [Int] = []
        for _ in least..<max(least, most) {
            splits.append(instructions.count)
            try append(.split(instructions.count + 1, 0))
            try emit(part)
        }
        for split in splits { instructions[split] = .split(split + 1, instructions.count) }
    }
}
