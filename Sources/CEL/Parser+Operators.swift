/// Operators before, between and after operands.
extension Parser {
    /// What waits for its right operand.
    struct Pending {
        enum Work {
            case prefix(UnaryOperator)
            case binary(BinaryOperator, CELExpression)
            case logical(LogicalOperator)
            case conditional(CELExpression, then: CELExpression)
        }

        let work: Work
        let precedence: Int
        let offset: Int
        /// The operands so far of a chain of `&&` or `||`.
        var operands: [CELExpression] = []
    }

    private static let prefixPrecedence = 7
    /// Below `||`, so that everything else is complete when a conditional is.
    private static let conditionalPrecedence = 0

    private static func infix(_ symbol: Token.Symbol) -> (LogicalOperator?, BinaryOperator?, precedence: Int)? {
        switch symbol {
        case .or: (.or, nil, 1)
        case .and: (.and, nil, 2)
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

    mutating func push(_ pending: Pending) {
        levels[top].pending.append(pending)
    }

    /// Takes all `!` and `-` before an operand; a `-` right before a number belongs to the number.
    mutating func prefixes() {
        while case .symbol(let symbol) = current.token, symbol == .not || symbol == .minus {
            if symbol == .minus {
                switch token(after: 1) {
                case .int, .double: return
                default: break
                }
            }
            let work = Pending.Work.prefix(symbol == .not ? .not : .negate)
            push(Pending(work: work, precedence: Self.prefixPrecedence, offset: current.offset))
            advance()
        }
    }

    /// Takes the operator after an operand, so that another operand must follow; false when there is none.
    mutating func infix(_ operand: CELExpression) throws(CELError) -> Bool {
        guard case .symbol(let symbol) = current.token else { return false }
        let offset = current.offset
        if symbol == .question { return try conditional(operand) }
        guard let (logical, binary, precedence) = Self.infix(symbol) else { return false }
        advance()
        if let logical {
            let value = try reduce(operand, above: precedence + 1)
            if levels[top].pending.last?.precedence != precedence {
                push(Pending(work: .logical(logical), precedence: precedence, offset: offset))
            }
            levels[top].pending[levels[top].pending.count - 1].operands.append(value)
        } else if let binary {
            let value = try reduce(operand, above: precedence)
            push(Pending(work: .binary(binary, value), precedence: precedence, offset: offset))
        }
        return true
    }

    /// Opens the middle of `condition ? then : otherwise`, which itself must not be a conditional.
    private mutating func conditional(_ operand: CELExpression) throws(CELError) -> Bool {
        if case .conditional = levels[top].opener { return false }
        let offset = current.offset
        advance()
        let condition = try reduce(operand, above: Self.conditionalPrecedence + 1)
        try open(.conditional(condition, offset: offset))
        return true
    }

    mutating func push(condition: CELExpression, then: CELExpression, at offset: Int) {
        push(
            Pending(work: .conditional(condition, then: then), precedence: Self.conditionalPrecedence, offset: offset)
        )
    }

    /// Completes what binds at least as tight as `precedence`.
    mutating func reduce(_ operand: CELExpression, above precedence: Int) throws(CELError) -> CELExpression {
        var operand = operand
        while let last = levels[top].pending.last, last.precedence >= precedence {
            levels[top].pending.removeLast()
            let kind: CELExpression.Kind =
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
