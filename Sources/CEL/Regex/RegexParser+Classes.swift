/// Escapes and character classes.
extension RegexParser {
    mutating func escape() throws(RegexProblem) -> RegexSyntax {
        guard let scalar = current else { throw RegexProblem("the pattern ends after a backslash") }
        switch scalar {
        case "A", "z", "b", "B":
            position += 1
            return .assertion(
                scalar == "A" ? .textStart : scalar == "z" ? .textEnd : scalar == "b" ? .wordBoundary : .noWordBoundary
            )
        default: break
        }
        if let set = try escapedClass() { return .set(set) }
        return literal(try escapedScalar())
    }

    /// `\d`, `\W`, `\pL` and their relatives; nil for an escaped code point.
    private mutating func escapedClass() throws(RegexProblem) -> CodePointSet? {
        guard let scalar = current else { return nil }
        let set: CodePointSet
        switch scalar {
        case "d", "D": set = .digits
        case "w", "W": set = .words
        case "s", "S": set = .blanks
        case "p", "P":
            position += 1
            return try property(isNegated: scalar == "P")
        default: return nil
        }
        position += 1
        return scalar.properties.isUppercase ? set.inverted : set
    }

    private mutating func property(isNegated: Bool) throws(RegexProblem) -> CodePointSet {
        var name = ""
        var isNegated = isNegated
        if take("{") {
            if take("^") { isNegated.toggle() }
            while let scalar = current, scalar != "}" {
                name.unicodeScalars.append(scalar)
                position += 1
            }
            guard take("}") else { throw RegexProblem("the name of a property is not closed") }
        } else if let scalar = current {
            name = String(scalar)
            position += 1
        }
        guard let set = CodePointSet(category: name) else {
            throw RegexProblem("the property is not known; known are general categories such as L, Lu and Nd")
        }
        let folded = flags.ignoresCase ? set.foldingCase : set
        return isNegated ? folded.inverted : folded
    }

    private mutating func escapedScalar() throws(RegexProblem) -> Unicode.Scalar {
        guard let scalar = current else { throw RegexProblem("the pattern ends after a backslash") }
        position += 1
        switch scalar {
        case "a": return "\u{07}"
        case "f": return "\u{0C}"
        case "t": return "\t"
        case "n": return "\n"
        case "r": return "\r"
        case "v": return "\u{0B}"
        case "x": return try hexadecimal()
        case "0"..."7":
            var value = scalar.value - 0x30
            var digits = 1
            while digits < 3, let next = current, ("0"..."7").contains(next) {
                value = value * 8 + next.value - 0x30
                position += 1
                digits += 1
            }
            guard scalar == "0" || digits > 1, let result = Unicode.Scalar(value) else {
                throw RegexProblem("the pattern refers back to a group, which no linear engine can do")
            }
            return result
        default:
            guard scalar.isASCII, !scalar.properties.isAlphabetic, !("8"..."9").contains(scalar) else {
                throw RegexProblem("'\\\(scalar)' is no escape of a pattern")
            }
            return scalar
        }
    }

    private mutating func hexadecimal() throws(RegexProblem) -> Unicode.Scalar {
        var value: UInt32 = 0
        var digits = 0
        let isBraced = take("{")
        while let scalar = current, scalar.isASCII, let digit = UInt8(truncatingIfNeeded: scalar.value).hexValue,
            digits < (isBraced ? 8 : 2)
        {
            value = value << 4 | digit
            digits += 1
            position += 1
        }
        guard digits == 2 || (isBraced && digits > 0), !isBraced || take("}"), let scalar = Unicode.Scalar(value) else {
            throw RegexProblem("'\\x' needs two hexadecimal digits, or a code point in braces")
        }
        return scalar
    }

    // MARK: Classes

    /// What stands between `[` and `]`.
    mutating func characterClass() throws(RegexProblem) -> CodePointSet {
        let isNegated = take("^")
        var set = CodePointSet()
        var isFirst = true
        while true {
            guard let scalar = current else { throw RegexProblem("the pattern has a '[' that is not closed") }
            if scalar == "]", !isFirst {
                position += 1
                break
            }
            isFirst = false
            set = set.union(try classItem())
        }
        if flags.ignoresCase { set = set.foldingCase }
        return isNegated ? set.inverted : set
    }

    private mutating func classItem() throws(RegexProblem) -> CodePointSet {
        if current == "[", peek(1) == ":", let set = try namedClass() { return set }
        if current == "\\" {
            position += 1
            if let set = try escapedClass() { return set }
            position -= 1
        }
        let first = try classScalar()
        guard current == "-", let after = peek(1), after != "]" else { return CodePointSet(first.value) }
        position += 1
        let last = try classScalar()
        guard first.value <= last.value else { throw RegexProblem("a range of a class ends before it starts") }
        return CodePointSet([first.value...last.value])
    }

    private mutating func classScalar() throws(RegexProblem) -> Unicode.Scalar {
        guard let scalar = current else { throw RegexProblem("the pattern has a '[' that is not closed") }
        position += 1
        return scalar == "\\" ? try escapedScalar() : scalar
    }

    /// `[:alpha:]` and `[:^alpha:]`; nil when it is neither.
    private mutating func namedClass() throws(RegexProblem) -> CodePointSet? {
        let start = position
        position += 2
        let isNegated = take("^")
        var name = ""
        while let scalar = current, ("a"..."z").contains(scalar) {
            name.unicodeScalars.append(scalar)
            position += 1
        }
        guard take(":]") else {
            position = start
            return nil
        }
        guard let set = CodePointSet.named[name] else { throw RegexProblem("the class '[:\(name):]' is not known") }
        return isNegated ? set.inverted : set
    }
}

extension CodePointSet {
    /// The ASCII classes of POSIX.
    static let named: [String: CodePointSet] = [
        "alnum": CodePointSet([0x30...0x39, 0x41...0x5A, 0x61...0x7A]),
        "alpha": CodePointSet([0x41...0x5A, 0x61...0x7A]), "ascii": CodePointSet([0...0x7F]),
        "blank": CodePointSet([0x09...0x09, 0x20...0x20]), "cntrl": CodePointSet([0...0x1F, 0x7F...0x7F]),
        "digit": .digits, "graph": CodePointSet([0x21...0x7E]), "lower": CodePointSet([0x61...0x7A]),
        "print": CodePointSet([0x20...0x7E]),
        "punct": CodePointSet([0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E]),
        "space": CodePointSet([0x09...0x0D, 0x20...0x20]), "upper": CodePointSet([0x41...0x5A]), "word": .words,
        "xdigit": CodePointSet([0x30...0x39, 0x41...0x46, 0x61...0x66]),
    ]

    /// All code points of a general category (`L`, `Lu`, …) or `Any`; nil for other names.
    init?(category name: String) {
        if name == "Any" {
            self = .everything
            return
        }
        let wanted = Self.categories.filter { $0.key == name || (name.utf8.count == 1 && $0.key.hasPrefix(name)) }
        guard !wanted.isEmpty else { return nil }
        self.init(wanted.values.flatMap { Self.members[$0] ?? [] })
    }

    /// The assigned code points of each category; found once, which takes some milliseconds.
    private static let members: [Unicode.GeneralCategory: [ClosedRange<UInt32>]] = {
        var members: [Unicode.GeneralCategory: [ClosedRange<UInt32>]] = [:]
        for plane in [0...UInt32(0x323AF), 0xE0000...0xE01EF] {
            var run: (category: Unicode.GeneralCategory, start: UInt32)?
            for codePoint in plane {
                let category = Unicode.Scalar(codePoint)?.properties.generalCategory ?? .surrogate
                guard category != run?.category else { continue }
                if let run { members[run.category, default: []].append(run.start...(codePoint - 1)) }
                run = (category, codePoint)
            }
            if let run { members[run.category, default: []].append(run.start...plane.upperBound) }
        }
        return members
    }()

    private static let categories: [String: Unicode.GeneralCategory] = [
        "Lu": .uppercaseLetter, "Ll": .lowercaseLetter, "Lt": .titlecaseLetter, "Lm": .modifierLetter,
        "Lo": .otherLetter, "Mn": .nonspacingMark, "Mc": .spacingMark, "Me": .enclosingMark, "Nd": .decimalNumber,
        "Nl": .letterNumber, "No": .otherNumber, "Pc": .connectorPunctuation, "Pd": .dashPunctuation,
        "Ps": .openPunctuation, "Pe": .closePunctuation, "Pi": .initialPunctuation, "Pf": .finalPunctuation,
        "Po": .otherPunctuation, "Sm": .mathSymbol, "Sc": .currencySymbol, "Sk": .modifierSymbol, "So": .otherSymbol,
        "Zs": .spaceSeparator, "Zl": .lineSeparator, "Zp": .paragraphSeparator, "Cc": .control, "Cf": .format,
        "Co": .privateUse,
    ]
}
