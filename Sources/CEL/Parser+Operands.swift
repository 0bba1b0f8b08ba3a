/// Literals, names, brackets, and what follows them: `.field`, `[index]`, `(arguments)`.
extension Parser {
    private static let reservedWords: Set<String> = [
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package",
        "namespace", "return", "var", "void", "while",
    ]

    mutating func operand() throws(CELError) -> Expression {
        var operand = try primary()
        while case .symbol(let symbol) = current.token {
            switch symbol {
            case .dot: operand = try member(of: operand)
            case .leftBracket: operand = try index(of: operand)
            case .leftBrace:
                guard let name = Self.qualifiedName(of: operand) else { return operand }
                operand = try message(name, at: operand.offset)
            default: return operand
            }
        }
        return operand
    }

    private mutating func primary() throws(CELError) -> Expression {
        let offset = current.offset
        switch current.token {
        case .symbol(.leftParenthesis):
            advance()
            let inner = try expression()
            try expect(.rightParenthesis)
            guard case .select = inner.kind else { return inner }
            return Expression(id: inner.id, offset: inner.offset, kind: inner.kind, isGrouped: true)
        case .symbol(.leftBracket): return try list()
        case .symbol(.leftBrace): return try map()
        case .symbol(.dot):
            advance()
            guard case .identifier(let name) = current.token else { throw unexpected("a name") }
            return try named(name, at: offset, isAbsolute: true)
        case .identifier(let name): return try named(name, at: offset, isAbsolute: false)
        default: return try make(.literal(try literal()), at: offset)
        }
    }

    private mutating func named(_ name: String, at offset: Int, isAbsolute: Bool) throws(CELError) -> Expression {
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
        let arguments = try self.arguments()
        return try call(isAbsolute ? "." + name : name, target: nil, arguments, at: offset)
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

    private mutating func member(of operand: Expression) throws(CELError) -> Expression {
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
        let arguments = try self.arguments()
        return try call(field, target: operand, arguments, at: offset)
    }

    private mutating func index(of operand: Expression) throws(CELError) -> Expression {
        let offset = current.offset
        advance()
        let isOptional = take(.question)
        let index = try expression()
        try expect(.rightBracket)
        return try make(.index(operand, index, isOptional: isOptional), at: offset)
    }

    private mutating func arguments() throws(CELError) -> [Expression] {
        var arguments: [Expression] = []
        guard !take(.rightParenthesis) else { return arguments }
        repeat {
            arguments.append(try expression())
        } while take(.comma)
        try expect(.rightParenthesis)
        return arguments
    }

    private mutating func list() throws(CELError) -> Expression {
        let offset = current.offset
        advance()
        var elements: [Expression.ListElement] = []
        while current.token != .symbol(.rightBracket) {
            let isOptional = take(.question)
            elements.append(Expression.ListElement(value: try expression(), isOptional: isOptional))
            guard take(.comma) else { break }
        }
        try expect(.rightBracket)
        return try make(.list(elements), at: offset)
    }

    private mutating func map() throws(CELError) -> Expression {
        let offset = current.offset
        advance()
        var entries: [Expression.MapEntry] = []
        while current.token != .symbol(.rightBrace) {
            let isOptional = take(.question)
            let key = try expression()
            try expect(.colon)
            entries.append(Expression.MapEntry(key: key, value: try expression(), isOptional: isOptional))
            guard take(.comma) else { break }
        }
        try expect(.rightBrace)
        return try make(.map(entries), at: offset)
    }

    private mutating func message(_ name: String, at offset: Int) throws(CELError) -> Expression {
        advance()
        while current.token != .symbol(.rightBrace) {
            _ = take(.question)
            switch current.token {
            case .identifier, .quotedIdentifier: advance()
            default: throw unexpected("a field name")
            }
            try expect(.colon)
            _ = try expression()
            guard take(.comma) else { break }
        }
        try expect(.rightBrace)
        return try make(.message(type: name), at: offset)
    }

    /// The dotted name that a chain of selections spells; nil for anything else.
    static func qualifiedName(of expression: Expression) -> String? {
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
