/// Builds the syntax tree (cel-spec, langdef, "Syntax").
///
/// The parser does not call itself: open brackets and operators without their right operand wait on stacks of its
/// own, so that a deep expression costs no thread stack.
struct Parser {
    let source: SourceText
    let limits: CELLimits
    let expandsMacros: Bool
    /// The open brackets, the whole expression being the first.
    var levels = [Level(opener: .root)]
    private let tokens: [PlacedToken]
    private var position = 0
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
    mutating func parse() throws(CELError) -> CELExpression {
        while true {
            prefixes()
            var operand = try primary()
            while let complete = operand {
                if let extended = try postfix(of: complete) {
                    operand = extended.value
                } else if try infix(complete) {
                    break
                } else {
                    let value = try reduce(complete, above: 0)
                    if case .root = levels[top].opener {
                        guard case .end = current.token else { throw unexpected("an operator or the end") }
                        return value
                    }
                    operand = try close(with: value)
                }
            }
        }
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

    mutating func make(_ kind: CELExpression.Kind, at offset: Int) throws(CELError) -> CELExpression {
        let node = CELExpression(id: nextID, offset: offset, kind: kind)
        nextID += 1
        guard node.height <= limits.depth else { throw tooDeep(offset) }
        return node
    }

    func tooDeep(_ offset: Int) -> CELError {
        source.error(
            at: offset,
            .limit,
            "the expression is nested too deep (\(limits.depth) operations, \(limits.brackets) brackets)",
            mend: "name its parts with cel.bind, or split it"
        )
    }
}
