/// Operators and calls.
extension Compiler {
    /// Up to so many texts are searched one by one; above, by hash.
    private static let linearSearchLimit = 8

    mutating func operation(_ expression: CELExpression) -> any Node {
        let offset = place(expression)
        switch expression.kind {
        case .unary(.not, let operand): return NotNode(node(operand), offset: offset)
        case .unary(.negate, let operand): return NegateNode(node(operand), offset: offset)
        case .binary(let symbol, let left, let right): return binary(symbol, node(left), node(right), offset)
        case .logical(let symbol, let operands):
            var nodes: [any Node] = []
            for operand in operands { nodes.append(node(operand)) }
            return LogicalNode(symbol, nodes, offset: offset)
        case .conditional(let condition, let then, let otherwise):
            return ConditionalNode(node(condition), then: node(then), otherwise: node(otherwise), offset: offset)
        default: return FailingNode(Failure(.unbound, "this is no operator").placed(at: offset))
        }
    }

    private func binary(
        _ symbol: BinaryOperator,
        _ left: any Node,
        _ right: any Node,
        _ offset: Int32
    ) -> any Node {
        switch symbol {
        case .add, .subtract, .multiply, .divide, .remainder: ArithmeticNode(symbol, left, right, offset: offset)
        case .equal: EqualNode(left, right, wanted: true, offset: offset)
        case .notEqual: EqualNode(left, right, wanted: false, offset: offset)
        case .less, .lessOrEqual, .greater, .greaterOrEqual: OrderNode(symbol, left, right, offset: offset)
        case .isIn: membership(left, right, offset)
        }
    }

    private func membership(_ element: any Node, _ container: any Node, _ offset: Int32) -> any Node {
        guard let constant = container as? ConstantNode, case .list(let values) = constant.value else {
            return InNode(element, container, offset: offset)
        }
        var keys: Set<MapKey> = []
        var texts: [String] = []
        for value in values {
            // Doubles that are no whole number, and values that are no keys, cannot be in the set.
            guard let key = MapKey(value) else { return InNode(element, container, offset: offset) }
            keys.insert(key)
            if case .string(let text) = value { texts.append(text) }
        }
        let isShortTexts = texts.count == values.count && values.count <= Self.linearSearchLimit
        return InConstantsNode(element, keys: keys, texts: isShortTexts ? texts : nil)
    }

    mutating func call(_ expression: CELExpression) -> any Node {
        guard case .call(let target, _, let arguments) = expression.kind else { return operation(expression) }
        let offset = place(expression)
        if case .variable = checked.reference(of: expression) { return name(expression) }
        guard case .function(let name, let isQualified) = checked.reference(of: expression) else {
            return FailingNode(Failure(.unbound, "this is no function").placed(at: offset))
        }
        var nodes: [any Node] = []
        if let target, !isQualified { nodes.append(node(target)) }
        for argument in arguments { nodes.append(node(argument)) }
        let overloads = checked.overloads(of: expression)
        let isConstant = overloads.allSatisfy(\.isFoldable) && nodes.allSatisfy { $0 is ConstantNode }
        return constant(call(name, overloads, nodes, offset), isConstant)
    }

    private func call(_ name: String, _ overloads: [Overload], _ nodes: [any Node], _ offset: Int32) -> any Node {
        if overloads.count == 1, let overload = overloads.first {
            if let special = special(overload, nodes, offset) { return special }
            switch (overload.body, nodes.count) {
            case (.unary(let body), 1): return UnaryCallNode(body, nodes[0], offset: offset)
            case (.binary(let body), 2): return BinaryCallNode(body, nodes[0], nodes[1], offset: offset)
            default: break
            }
        }
        return CallNode(name, overloads, nodes, offset: offset)
    }

    /// Nodes made for one function, where that is faster.
    private func special(_ overload: Overload, _ nodes: [any Node], _ offset: Int32) -> (any Node)? {
        guard nodes.count == 2 else { return nil }
        if overload.name == "matches" { return matches(nodes[0], nodes[1], offset) }
        if overload.parameters == [.timestamp, .string], let field = TimeFunctions.field(overload.name),
            case .string(let name)? = (nodes[1] as? ConstantNode)?.value, let zone = Zone(name)
        {
            return ZonedFieldNode(nodes[0], zone, field, name: overload.name, offset: offset)
        }
        guard overload.isMember else { return nil }
        if overload.name == "or" || overload.name == "orValue", case .optional = overload.parameters[0] {
            return OptionalOrNode(nodes[0], nodes[1], givesValue: overload.name == "orValue", offset: offset)
        }
        guard overload.parameters == [.string, .string] else { return nil }
        let test: TextTestNode.Test? =
            switch overload.name {
            case "startsWith": .prefix
            case "endsWith": .suffix
            case "contains": .part
            default: nil
            }
        return test.map { TextTestNode($0, nodes[0], nodes[1], name: overload.name, offset: offset) }
    }

    /// A pattern known now gets its automaton now; nil when it is not known, or not valid (which fails when it runs).
    private func matches(_ text: any Node, _ pattern: any Node, _ offset: Int32) -> (any Node)? {
        guard let constant = pattern as? ConstantNode, case .string(let pattern) = constant.value,
            let program = try? RegexProgram(pattern)
        else { return nil }
        var automaton = RegexAutomaton(program)
        automaton.complete()
        return MatchesNode(text, automaton, offset: offset)
    }
}
