/// Literals, names, brackets, and what follows them: `.field`, `[index]`, `(arguments)`.
extension Parser {
    private static let reservedWords: Set<String> = [
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package",
        "namespace", "return", "var", "void", "while",
    ]

    /// An operand made longer.
    struct Extension {
        let value: CELExpression?
    }

    /// The start of an operand; nil when a bracket was opened, so that an expression must follow.
    mutating func primary() throws(CELError) -> CELExpression? {
        let offset = current.offset
        switch current.token {
        case .symbol(.leftParenthesis):
            advance()
            try open(.parenthesis)
            return nil
        case .symbol(.leftBracket): return try openList()
        case .symbol(.leftBrace): return try openMap()
        case .symbol(.dot):
            advance()
            guard case .identifier(let name) = current.token else { throw unexpected("a name") }
            return try named(name, at: offset, isAbsolute: true)
        case .identifier(let name): return try named(name, at: offset, isAbsolute: false)
        default: return try make(.literal(try literal()), at: offset)
        }
    }

    /// Takes what follows an operand and belongs to it; nil when nothing does.
    ///
    /// The value inside is nil when a bracket was opened, so that an expression must follow.
    mutating func postfix(of operand: CELExpression) throws(CELError) -> Extension? {
        guard case .symbol(let symbol) = current.token else { return nil }
        switch symbol {
        case .dot: return Extension(value: try member(of: operand))
        case .leftBracket:
            let offset = current.offset
            advance()
            let isOptional = take(.question)
            try open(.index(offset: offset, operand: operand, isOptional: isOptional))
            return Extension(value: nil)
        case .leftBrace:
            guard let name = Self.qualifiedName(of: operand) else { return nil }
            return Extension(value: try openMessage(name, at: operand.offset))
        default: return nil
        }
    }

    private mutating func named(_ name: String, at offset: Int, isAbsolute: Bool) throws(CELError) -> CELExpression? {
        guard !Self.reservedWords.contains(name) else {
            throw source.error(
                at: current.offset,
                .syntax,
                "'\(name)' is a reserved word",
                mend: "use another name"
            )
        }
        advance()
        guard take(.leftParenthesis) else {
            return try make(.identifier(name, isAbsolute: isAbsolute), at: offset)
        }
        return try openCall(isAbsolute ? "." + name : name, target: nil, at: offset)
    }

    /// After the opening parenthesis of a call; nil when an argument must follow.
    private mutating func openCall(
        _ name: String,
        target: CELExpression?,
        at offset: Int
    ) throws(CELError) -> CELExpression? {
        if take(.rightParenthesis) { return try call(name, target: target, [], at: offset) }
        try open(.call(offset: offset, name: name, target: target))
        return nil
    }

    private mutating func literal() throws(CELError) -> CELValue {
        let place = current
        let isNegative = take(.minus)
        let token = current.token
        advance()
        switch token {
        case .int(let magnitude):
            let value = isNegative ? Int64(exactly: -Int128(magnitude)) : Int64(exactly: magnitude)
            guard let value else {
                throw source.error(at: place.offset, .syntax, "the number is too large for an int")
            }
            return .int(value)
        case .double(let value): return .double(isNegative ? -value : value)
        case .uint(let value): return .uint(value)
        case .string(let text): return .string(text)
        case .bytes(let bytes): return .bytes(bytes)
        case .trueLiteral: return .bool(true)
        case .falseLiteral: return .bool(false)
        case .nullLiteral: return .null
        default:
            throw source.error(
                at: place.offset,
                .syntax,
                "expected a value, found \(place.token.plainText)"
            )
        }
    }

    private mutating func member(of operand: CELExpression) throws(CELError) -> CELExpression? {
        advance()
        let isOptional = take(.question)
        let offset = current.offset
        let field: String
        switch current.token {
        case .identifier(let name): field = name
        case .quotedIdentifier(let name):
            advance()
            return try make(.select(operand, field: name, isOptional: isOptional), at: offset)
        default: throw unexpected("a field or function name")
        }
        advance()
        guard !isOptional, take(.leftParenthesis) else {
            return try make(.select(operand, field: field, isOptional: isOptional), at: offset)
        }
        return try openCall(field, target: operand, at: offset)
    }

    /// The dotted name that a chain of selections spells; nil for anything else.
    static func qualifiedName(of expression: CELExpression) -> String? {
        var parts: [String] = []
        var rest = expression
        while case .select(let operand, let field, false) = rest.kind {
            guard !operand.isGrouped else { return nil }
            parts.append(field)
            rest = operand
        }
        guard case .identifier(let name, let isAbsolute) = rest.kind else { return nil }
        parts.append(isAbsolute ? "." + name : name)
        return parts.reversed().joined(separator: ".")
    }
}
