/// A deterministic automaton that is built from a program as far as texts need it.
///
/// It answers whether any part of a text matches, in one pass. Code points are grouped into classes that the pattern
/// does not tell apart, so a state is one row of a small table.
struct RegexAutomaton: Sendable {
    private static let unknown: Int32 = -1
    private static let dead: Int32 = -2
    private static let matched: Int32 = -3

    /// What stands before a position, as far as assertions ask.
    private enum Before: UInt8 {
        case start
        case newline
        case word
        case other
    }

    /// A state: where the program may stand before what assertions let pass, and what was read last.
    private struct State: Hashable {
        let positions: [Int32]
        let before: Before
    }

    private let program: RegexProgram
    /// The first code point of each class but the first, sorted; a class is a run of code points.
    private let boundaries: [UInt32]
    /// The class of each run of code points.
    private let runClasses: [Int32]
    private let asciiClasses: [Int32]
    /// A member of each class.
    private let representatives: [UInt32]
    /// The number of classes, the end of the text being the last.
    private let classCount: Int
    private var states: [State] = []
    private var numbers: [State: Int32] = [:]
    private var table: [Int32] = []
    private(set) var isComplete = false

    init(_ program: RegexProgram) {
        self.program = program
        var starts: Set<UInt32> = [0]
        var sets = program.sets
        if program.usesAssertions { sets += [.newline, .words] }
        for set in sets {
            for range in set.ranges {
                starts.insert(range.lowerBound)
                if range.upperBound < CodePointSet.lastCodePoint { starts.insert(range.upperBound + 1) }
            }
        }
        boundaries = starts.sorted()
        (runClasses, representatives) = Self.classes(of: boundaries, sets)
        classCount = representatives.count + 1
        var ascii: [Int32] = []
        var run = 0
        for codePoint in UInt32(0)..<128 {
            while run + 1 < boundaries.count, boundaries[run + 1] <= codePoint { run += 1 }
            ascii.append(runClasses[run])
        }
        asciiClasses = ascii
        _ = number(of: State(positions: [0], before: .start))
    }

    /// Gives the runs between boundaries the same class when they are in the same sets.
    private static func classes(
        of boundaries: [UInt32],
        _ sets: [CodePointSet]
    ) -> (classes: [Int32], representatives: [UInt32]) {
        var classes = [Int](repeating: 0, count: boundaries.count)
        var count = 1
        for set in sets {
            // What is inside the set leaves its class, together with what shares that class and is inside too.
            var moved = [Int](repeating: -1, count: count)
            var run = 0
            for range in set.ranges {
                while boundaries[run] < range.lowerBound { run += 1 }
                while run < boundaries.count, boundaries[run] <= range.upperBound {
                    let old = classes[run]
                    if moved[old] < 0 {
                        moved[old] = count
                        count += 1
                    }
                    classes[run] = moved[old]
                    run += 1
                }
            }
        }
        var numbers = [Int32](repeating: -1, count: count)
        var representatives: [UInt32] = []
        for (run, old) in classes.enumerated() where numbers[old] < 0 {
            numbers[old] = Int32(representatives.count)
            representatives.append(boundaries[run])
        }
        return (classes.map { numbers[$0] }, representatives)
    }

    /// Builds all states, unless there are too many; a complete automaton never changes again.
    mutating func complete() {
        var next = 0
        var work = 0
        while next < states.count {
            work += classCount * (states[next].positions.count + 4)
            guard states.count <= RegexLimits.states, work <= RegexLimits.preparation else { return }
            for symbol in 0..<classCount where table[next * classCount + symbol] == Self.unknown {
                _ = step(Int32(next), symbol)
            }
            next += 1
        }
        isComplete = true
    }

    /// Whether a part of the text matches; `cost` counts what the budget must pay.
    func matches(_ text: String, _ frame: inout Frame) throws(Failure) -> Bool {
        try frame.spend(text.utf8.count >> 3 + 1)
        guard !isComplete else { return find(text) }
        var copy = self
        return try copy.search(text, &frame)
    }

    /// The search in a complete automaton: one look-up for each code point.
    private func find(_ text: String) -> Bool {
        var state: Int32 = 0
        for scalar in text.unicodeScalars {
            state = table[Int(state) * classCount + Int(symbol(scalar.value))]
            if state < 0 { return state == Self.matched }
        }
        return table[Int(state) * classCount + classCount - 1] == Self.matched
    }

    private mutating func search(_ text: String, _ frame: inout Frame) throws(Failure) -> Bool {
        var state: Int32 = 0
        for scalar in text.unicodeScalars {
            state = try advance(state, Int(symbol(scalar.value)), &frame)
            if state < 0 { return state == Self.matched }
        }
        return try advance(state, classCount - 1, &frame) == Self.matched
    }

    private mutating func advance(_ state: Int32, _ symbol: Int, _ frame: inout Frame) throws(Failure) -> Int32 {
        let known = table[Int(state) * classCount + symbol]
        guard known == Self.unknown else { return known }
        try frame.spend(states[Int(state)].positions.count + program.instructions.count >> 4)
        guard states.count < RegexLimits.states else {
            // Too many states: forget them all but the one we stand in.
            let current = states[Int(state)]
            states = []
            numbers = [:]
            table = []
            _ = number(of: State(positions: [0], before: .start))
            return step(number(of: current), symbol)
        }
        return step(state, symbol)
    }

    private func symbol(_ codePoint: UInt32) -> Int32 {
        if codePoint < 128 { return asciiClasses[Int(codePoint)] }
        var low = 0
        var high = boundaries.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if boundaries[middle] <= codePoint { low = middle } else { high = middle }
        }
        return runClasses[low]
    }

    // MARK: Building

    private mutating func number(of state: State) -> Int32 {
        if let known = numbers[state] { return known }
        let number = Int32(states.count)
        states.append(state)
        numbers[state] = number
        table += [Int32](repeating: Self.unknown, count: classCount)
        return number
    }

    private mutating func step(_ number: Int32, _ symbol: Int) -> Int32 {
        let state = states[Int(number)]
        let isEnd = symbol == classCount - 1
        let codePoint = isEnd ? nil : representatives[symbol]
        let next = transition(state, codePoint)
        let result: Int32 =
            switch next {
            case .matched: Self.matched
            case .dead: Self.dead
            case .state(let state): self.number(of: state)
            }
        table[Int(number) * classCount + symbol] = result
        return result
    }

    private enum Transition {
        case matched
        case dead
        case state(State)
    }

    private func transition(_ state: State, _ codePoint: UInt32?) -> Transition {
        var wasReached = [Bool](repeating: false, count: program.instructions.count)
        // A match may start at every position, so the beginning is always among the next positions.
        var next: [Int32] = [0]
        var pending = state.positions
        while let position = pending.popLast() {
            guard !wasReached[Int(position)] else { continue }
            wasReached[Int(position)] = true
            switch program.instructions[Int(position)] {
            case .match: return .matched
            case .jump(let target): pending.append(Int32(target))
            case .split(let first, let second):
                pending.append(Int32(second))
                pending.append(Int32(first))
            case .check(let assertion):
                if holds(assertion, state.before, codePoint) { pending.append(position + 1) }
            case .take(let set):
                if let codePoint, program.sets[set].contains(codePoint) { next.append(position + 1) }
            }
        }
        guard let codePoint else { return .dead }
        return .state(State(positions: next.sorted(), before: program.usesAssertions ? Self.before(codePoint) : .start))
    }

    private static func before(_ codePoint: UInt32) -> Before {
        if codePoint == 0x0A { return .newline }
        return CodePointSet.words.contains(codePoint) ? .word : .other
    }

    private func holds(_ assertion: RegexAssertion, _ before: Before, _ next: UInt32?) -> Bool {
        switch assertion {
        case .textStart: before == .start
        case .textEnd: next == nil
        case .lineStart: before == .start || before == .newline
        case .lineEnd: next == nil || next == 0x0A
        case .wordBoundary: (before == .word) != (next.map(CodePointSet.words.contains) ?? false)
        case .noWordBoundary: (before == .word) == (next.map(CodePointSet.words.contains) ?? false)
        }
    }
}
