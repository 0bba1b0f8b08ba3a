/// Brackets: opening them, and what becomes of the expressions inside.
extension Parser {
    /// An open bracket with what is complete inside it.
    struct Level {
        let opener: Opener
        /// Operators that wait for their right operand.
        var pending: [Pending] = []
        /// Elements, arguments, or keys and values in turn.
        var items: [CELExpression] = []
        /// Which elements or entries were written with a `?`.
        var optionals: [Bool] = []
    }

    /// What was opened.
    enum Opener {
        case root
        case parenthesis
        case list(offset: Int)
        case map(offset: Int)
        case call(offset: Int, name: String, target: CELExpression?)
        case index(offset: Int, operand: CELExpression, isOptional: Bool)
        case message(offset: Int, name: String)
        case conditional(CELExpression, offset: Int)
    }

    var top: Int { levels.count - 1 }

    mutating func open(_ opener: Opener) throws(CELError) {
        guard levels.count < limits.brackets else { throw tooDeep(current.offset) }
        levels.append(Level(opener: opener))
    }

    /// Gives a complete expression to the bracket it stands in; nil when another expression must follow.
    mutating func close(with value: CELExpression) throws(CELError) -> CELExpression? {
        switch levels[top].opener {
        case .root: throw unexpected("an operator or the end")
        case .parenthesis:
            try expect(.rightParenthesis)
            levels.removeLast()
            guard case .select = value.kind else { return value }
            return CELExpression(id: value.id, offset: value.offset, kind: value.kind, isGrouped: true)
        case .index(let offset, let operand, let isOptional):
            return try finish(.index(operand, value, isOptional: isOptional), .rightBracket, at: offset)
        case .conditional(let condition, let offset):
            try expect(.colon)
            levels.removeLast()
            push(condition: condition, then: value, at: offset)
            return nil
        case .call(let offset, let name, let target):
            levels[top].items.append(value)
            guard !take(.comma) else { return nil }
            try expect(.rightParenthesis)
            let level = levels.removeLast()
            return try call(name, target: target, level.items, at: offset)
        case .list(let offset):
            levels[top].items.append(value)
            return take(.comma) ? try nextElement(offset) : try finishList(offset)
        case .map(let offset):
            levels[top].items.append(value)
            if levels[top].items.count % 2 == 1 {
                try expect(.colon)
                return nil
            }
            return take(.comma) ? try nextEntry(offset) : try finishMap(offset)
        case .message(let offset, let name):
            guard !take(.comma) else { return try messageField(offset, name) }
            return try finish(.message(type: name), .rightBrace, at: offset)
        }
    }

    /// Takes the closing bracket and leaves the level.
    private mutating func finish(
        _ kind: CELExpression.Kind,
        _ bracket: Token.Symbol,
        at offset: Int
    ) throws(CELError) -> CELExpression {
        try expect(bracket)
        levels.removeLast()
        return try make(kind, at: offset)
    }

    // MARK: Lists

    mutating func openList() throws(CELError) -> CELExpression? {
        let offset = current.offset
        advance()
        try open(.list(offset: offset))
        return try nextElement(offset)
    }

    private mutating func nextElement(_ offset: Int) throws(CELError) -> CELExpression? {
        if current.token == .symbol(.rightBracket) { return try finishList(offset) }
        levels[top].optionals.append(take(.question))
        return nil
    }

    private mutating func finishList(_ offset: Int) throws(CELError) -> CELExpression {
        let level = levels[top]
        let elements = zip(level.items, level.optionals).map { CELExpression.ListElement(value: $0, isOptional: $1) }
        return try finish(.list(elements), .rightBracket, at: offset)
    }

    // MARK: Maps

    mutating func openMap() throws(CELError) -> CELExpression? {
        let offset = current.offset
        advance()
        try open(.map(offset: offset))
        return try nextEntry(offset)
    }

    private mutating func nextEntry(_ offset: Int) throws(CELError) -> CELExpression? {
        if current.token == .symbol(.rightBrace) { return try finishMap(offset) }
        levels[top].optionals.append(take(.question))
        return nil
    }

    private mutating func finishMap(_ offset: Int) throws(CELError) -> CELExpression {
        let level = levels[top]
        let entries = level.optionals.enumerated().map { index, isOptional in
            CELExpression.MapEntry(
                key: level.items[2 * index],
                value: level.items[2 * index + 1],
                isOptional: isOptional
            )
        }
        return try finish(.map(entries), .rightBrace, at: offset)
    }

    // MARK: Messages

    mutating func openMessage(_ name: String, at offset: Int) throws(CELError) -> CELExpression? {
        advance()
        try open(.message(offset: offset, name: name))
        return try messageField(offset, name)
    }

    /// Takes the name of a field and its colon, so that the value follows.
    private mutating func messageField(_ offset: Int, _ name: String) throws(CELError) -> CELExpression? {
        if current.token == .symbol(.rightBrace) { return try finish(.message(type: name), .rightBrace, at: offset) }
        _ = take(.question)
        switch current.token {
        case .identifier, .quotedIdentifier: advance()
        default: throw unexpected("a field name")
        }
        try expect(.colon)
        return nil
    }
}
