/// Builds the syntax tree (cel-spec, langdef, "Syntax").
///
/// Operators are reduced on a stack of our own; only brackets recurse, and no deeper than the limit.
struct Parser {
    let source: SourceText
    let limits: CELLimits
    let expandsMacros: Bool
    private let tokens: [PlacedToken]
    private var position = 0
    private var depth = 0
    private var nextID = 0

    init(_ source: SourceText, limits: CELLimits, expandsMacros: Bool) throws(CELError) {
        guard source.bytes.count <= limits.sourceBytes else {
            throw CELError(
                line: 1,
                column: 1,
                kind: .limit,
                message: "the expression has \(source.bytes.count) bytes; at most \(limits.sourceBytes) are allowed",
                mend: "split it, or move the data out of it"
            )
        }
        self.source = source
        self.limits = limits
        self.expandsMacros = expandsMacros
        var lexer = Lexer(source)
        tokens = try lexer.tokens()
    }

    /// The whole source as one expression.
    mutating func parse() throws(CELError) -> Expression {
        let root = try expression()
        guard case .end = current.token else { throw unexpected("an operator or the end") }
        return root
    }

    // MARK: Tokens

    var current: PlacedToken { tokens[position] }

    var nodeCount: Int { nextID }

    func token(after distance: Int) -> Token {
        let index = position + distance
        return index < tokens.count ? tokens[index].token : .end
    }

    mutating func advance() {
        if position < tokens.count - 1 { position += 1 }
    }

    mutating func take(_ symbol: Token.Symbol) -> Bool {
        guard current.token == .symbol(symbol) else { return false }
        advance()
        return true
    }

    mutating func expect(_ symbol: Token.Symbol) throws(CELError) {
        guard take(symbol) else { throw unexpected("'\(symbol.rawValue)'") }
    }

    func unexpected(_ wanted: String) -> CELError {
        source.error(at: current.offset, .syntax, "expected \(wanted), found \(current.token.plainText)")
    }

    // MARK: Nodes

    mutating func make(_ kind: Expression.Kind, at offset: Int) throws(CELError) -> Expression {
        let node = Expression(id: nextID, offset: offset, kind: kind)
        nextID += 1
        guard node.height <= limits.depth else { throw tooDeep(offset) }
        return node
    }

    private func tooDeep(_ offset: Int) -> CELError {
        source.error(
            at: offset,
            .limit,
            "the expression is nested deeper than \(limits.depth) levels",
            mend: "name its parts with cel.bind, or split it"
        )
    }

    // MARK: Operators

    /// What waits for its right operand.
    private struct Pending {
        enum Work {
            case prefix(UnaryOperator)
            case binary(BinaryOperator, Expression)
            case logical(LogicalOperator)
            case conditional(Expression, then: Expression)
        }

        let work: Work
        let precedence: Int
        let offset: Int
        /// The operands so far of a chain of `&&` or `||`.
        var operands: [Expression] = []
    }

    private static let prefixPrecedence = 7

    private static func binary(_ symbol: Token.Symbol) -> (Pending.Work?, BinaryOperator?, Int)? {
        switch symbol {
        case .or: (.logical(.or), nil, 1)
        case .and: (.logical(.and), nil, 2)
        case .equal: (nil, .equal, 3)
        case .notEqual: (nil, .notEqual, 3)
        case .less: (nil, .less, 3)
        case .lessOrEqual: (nil, .lessOrEqual, 3)
        case .greater: (nil, .greater, 3)
        case .greaterOrEqual: (nil, .greaterOrEqual, 3)
        case .isIn: (nil, .isIn, 3)
        case .plus: (nil, .add, 4)
        case .minus: (nil, .subtract, 4)
        case .times: (nil, .multiply, 5)
        case .divide: (nil, .divide, 5)
        case .remainder: (nil, .remainder, 5)
        default: nil
        }
    }

    /// One expression; without `allowsConditional` it ends before a `?`, as the middle of a conditional must.
    mutating func expression(allowsConditional: Bool = true) throws(CELError) -> Expression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= limits.depth else { throw tooDeep(current.offset) }
        var pending: [Pending] = []
        while true {
            prefixes(into: &pending)
            var operand = try self.operand()
            guard try continues(&pending, &operand, allowsConditional) else {
                return try reduce(&pending, operand, above: 0)
            }
        }
    }

    private mutating func prefixes(into pending: inout [Pending]) {
        while case .symbol(let symbol) = current.token, symbol == .not || symbol == .minus {
            if symbol == .minus {
                switch token(after: 1) {
                case .int, .double: return
                default: break
                }
            }
            let work = Pending.Work.prefix(symbol == .not ? .not : .negate)
            pending.append(Pending(work: work, precedence: Self.prefixPrecedence, offset: current.offset))
            advance()
        }
    }

    /// Takes the operator after an operand; false when there is none.
    private mutating func continues(
        _ pending: inout [Pending],
        _ operand: inout Expression,
        _ allowsConditional: Bool
    ) throws(CELError) -> Bool {
        guard case .symbol(let symbol) = current.token else { return false }
        let offset = current.offset
        if symbol == .question, allowsConditional {
            advance()
            let condition = try reduce(&pending, operand, above: 1)
            let then = try expression(allowsConditional: false)
            try expect(.colon)
            pending.append(Pending(work: .conditional(condition, then: then), precedence: 0, offset: offset))
            return true
        }
        guard let (work, binary, precedence) = Self.binary(symbol) else { return false }
        advance()
        if let work {
            operand = try reduce(&pending, operand, above: precedence + 1)
            if pending.last?.precedence != precedence {
                pending.append(Pending(work: work, precedence: precedence, offset: offset))
            }
            pending[pending.count - 1].operands.append(operand)
        } else if let binary {
            operand = try reduce(&pending, operand, above: precedence)
            pending.append(Pending(work: .binary(binary, operand), precedence: precedence, offset: offset))
        }
        return true
    }

    /// Completes what binds at least as tight as `precedence`.
    private mutating func reduce(
        _ pending: inout [Pending],
        _ operand: Expression,
        above precedence: Int
    ) throws(CELError) -> Expression {
        var operand = operand
        while let last = pending.last, last.precedence >= precedence {
            pending.removeLast()
            let kind: Expression.Kind =
                switch last.work {
                case .prefix(let symbol): .unary(symbol, operand)
                case .binary(let symbol, let left): .binary(symbol, left, operand)
                case .logical(let symbol): .logical(symbol, last.operands + [operand])
                case .conditional(let condition, let then): .conditional(condition, then: then, otherwise: operand)
                }
            operand = try make(kind, at: last.offset)
        }
        return operand
    }
}
