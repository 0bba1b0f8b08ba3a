/// Reads the syntax of RE2 (github.com/google/re2/wiki/Syntax), without captures' contents and without scripts.
struct RegexParser {
    /// `(?i)`, `(?m)`, `(?s)`; `(?U)` changes only which match is preferred, which `matches` never shows.
    struct Flags {
        var ignoresCase = false
        var isMultiline = false
        var dotTakesNewline = false
    }

    let scalars: [Unicode.Scalar]
    var position = 0
    var flags = Flags()
    private var depth = 0

    static func parse(_ pattern: String) throws(RegexProblem) -> RegexSyntax {
        guard pattern.utf8.count <= RegexLimits.patternBytes else {
            throw RegexProblem("the pattern is longer than \(RegexLimits.patternBytes) bytes")
        }
        var parser = RegexParser(scalars: Array(pattern.unicodeScalars))
        let syntax = try parser.alternatives()
        guard parser.position == parser.scalars.count else { throw RegexProblem("the pattern has a ')' too many") }
        return syntax
    }

    private init(scalars: [Unicode.Scalar]) {
        self.scalars = scalars
    }

    // MARK: Reading

    var current: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    func peek(_ distance: Int) -> Unicode.Scalar? {
        position + distance < scalars.count ? scalars[position + distance] : nil
    }

    mutating func take(_ text: String) -> Bool {
        let wanted = Array(text.unicodeScalars)
        guard position + wanted.count <= scalars.count,
            scalars[position..<(position + wanted.count)].elementsEqual(wanted)
        else { return false }
        position += wanted.count
        return true
    }

    // MARK: Structure

    private mutating func alternatives() throws(RegexProblem) -> RegexSyntax {
        depth += 1
        defer { depth -= 1 }
        guard depth <= RegexLimits.depth else {
            throw RegexProblem("the pattern nests more than \(RegexLimits.depth) groups")
        }
        // Flags set inside a group end with it.
        let outer = flags
        defer { flags = outer }
        var branches = [try sequence()]
        while take("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .alternatives(branches)
    }

    private mutating func sequence() throws(RegexProblem) -> RegexSyntax {
        var parts: [RegexSyntax] = []
        while let scalar = current, scalar != "|", scalar != ")" {
            if take("\\Q") {
                parts += quotedText()
                continue
            }
            guard let part = try atom() else { continue }
            parts.append(try repetition(of: part))
        }
        return parts.count == 1 ? parts[0] : parts.isEmpty ? .empty : .sequence(parts)
    }

    /// The text up to `\E`.
    private mutating func quotedText() -> [RegexSyntax] {
        var parts: [RegexSyntax] = []
        while position < scalars.count, !take("\\E") {
            parts.append(literal(scalars[position]))
            position += 1
        }
        return parts
    }

    func literal(_ scalar: Unicode.Scalar) -> RegexSyntax {
        let set = CodePointSet(scalar.value)
        return .set(flags.ignoresCase ? set.foldingCase : set)
    }

    /// One thing that can be repeated; nil after flags, which are nothing.
    private mutating func atom() throws(RegexProblem) -> RegexSyntax? {
        guard let scalar = current else { return .empty }
        position += 1
        switch scalar {
        case "(": return try group()
        case "[": return .set(try characterClass())
        case ".": return .set(flags.dotTakesNewline ? .everything : CodePointSet.newline.inverted)
        case "^": return .assertion(flags.isMultiline ? .lineStart : .textStart)
        case "$": return .assertion(flags.isMultiline ? .lineEnd : .textEnd)
        case "*", "+", "?": throw RegexProblem("'\(scalar)' repeats nothing")
        case "\\": return try escape()
        default: return literal(scalar)
        }
    }

    private mutating func group() throws(RegexProblem) -> RegexSyntax? {
        let outer = flags
        if current == "?" {
            position += 1
            if take("P<") || (current == "<" && peek(1) != "=" && peek(1) != "!" && take("<")) {
                try groupName()
            } else if try !groupFlags() {
                return nil
            }
        }
        let inner = try alternatives()
        flags = outer
        guard take(")") else { throw RegexProblem("the pattern has a '(' that is not closed") }
        return inner
    }

    private mutating func groupName() throws(RegexProblem) {
        let start = position
        while let scalar = current, scalar != ">" {
            guard scalar == "_" || scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) else { break }
            position += 1
        }
        guard position > start, take(">") else { throw RegexProblem("the name of a group is not valid") }
    }

    /// Reads `i-s:` of `(?i-s:…)`; false when the parenthesis closes at once, so that the flags hold from here on.
    private mutating func groupFlags() throws(RegexProblem) -> Bool {
        var new = flags
        var value = true
        while let scalar = current {
            position += 1
            switch scalar {
            case "i": new.ignoresCase = value
            case "m": new.isMultiline = value
            case "s": new.dotTakesNewline = value
            case "U": break
            case "-" where value: value = false
            case ")", ":":
                flags = new
                return scalar == ":"
            case "=", "!", "<": throw RegexProblem("the pattern looks around, which no linear engine can do")
            default: throw RegexProblem("'(?\(scalar)' is no group")
            }
        }
        throw RegexProblem("the pattern has a '(' that is not closed")
    }

    // MARK: Repetition

    private mutating func repetition(of part: RegexSyntax) throws(RegexProblem) -> RegexSyntax {
        var part = part
        var wasRepeated = false
        while let (least, most) = try bounds() {
            guard !wasRepeated else { throw RegexProblem("a repetition is repeated; put it into a group") }
            // A lazy repetition matches the same texts.
            _ = take("?")
            part = .repeat(part, least: least, most: most)
            wasRepeated = true
        }
        return part
    }

    private mutating func bounds() throws(RegexProblem) -> (least: Int, most: Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        guard current == "{" else { return nil }
        let start = position
        position += 1
        guard let least = number() else {
            position = start
            return nil
        }
        var most: Int? = least
        if take(",") { most = number() }
        guard take("}") else {
            // As in RE2, braces that are no repetition stand for themselves.
            position = start
            return nil
        }
        guard least <= RegexLimits.repeats, most ?? 0 <= RegexLimits.repeats, most.map({ $0 >= least }) ?? true else {
            throw RegexProblem("a repetition is not within 0 and \(RegexLimits.repeats), or ends before it starts")
        }
        return (least, most)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let scalar = current, ("0"..."9").contains(scalar), value ?? 0 < 100_000 {
            value = (value ?? 0) * 10 + Int(scalar.value - 0x30)
            position += 1
        }
        return value
    }
}
