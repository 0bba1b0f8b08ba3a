/// Turns a checked tree into nodes that can be evaluated.
struct Compiler {
    let checked: CheckedExpression
    let environment: CELEnvironment
    private(set) var reads: Set<CELProgram.Read> = []
    /// The nodes made so far, by the number of the expression.
    private var nodes: [(any Node)?]

    init(_ checked: CheckedExpression, _ environment: CELEnvironment) {
        self.checked = checked
        self.environment = environment
        nodes = Array(repeating: nil, count: checked.nodeCount)
    }

    /// Makes the nodes of an expression from the leaves up, without recursion.
    mutating func compile(_ root: CELExpression) -> any Node {
        var steps: [(expression: CELExpression, isReady: Bool)] = [(root, false)]
        while let (expression, isReady) = steps.popLast() {
            if isReady {
                nodes[expression.id] = make(expression)
            } else {
                steps.append((expression, true))
                for child in children(of: expression) { steps.append((child, false)) }
            }
        }
        return node(root)
    }

    /// The children that are evaluated; a namespace or an object variable in front of a dot is not.
    private func children(of expression: CELExpression) -> [CELExpression] {
        switch expression.kind {
        case .select(let operand, _, _):
            switch checked.reference(of: expression) {
            case .field, .variable, .constant, .unknown: return []
            default: return [operand]
            }
        case .has(let operand, _):
            if case .field = checked.reference(of: expression) { return [] }
            return [operand]
        case .call(let target, _, let arguments):
            if case .function(_, true) = checked.reference(of: expression) { return arguments }
            return (target.map { [$0] } ?? []) + arguments
        default:
            var children: [CELExpression] = []
            expression.forEachChild { children.append($0) }
            return children
        }
    }

    /// The node of an expression whose node was made.
    func node(_ expression: CELExpression) -> any Node {
        nodes[expression.id] ?? FailingNode(Failure(.unbound, "this is no expression").placed(at: place(expression)))
    }

    private mutating func make(_ expression: CELExpression) -> any Node {
        switch expression.kind {
        case .literal(let value): ConstantNode(value)
        case .identifier: name(expression)
        case .select, .has, .index: access(expression)
        case .call: call(expression)
        case .unary, .binary, .logical, .conditional: operation(expression)
        case .list, .map: literal(expression)
        case .comprehension(let macro): comprehension(expression, macro)
        case .bind, .optionalMap: binding(expression)
        case .message(let name):
            FailingNode(Failure(.undeclared, "'\(name)' is no message type").placed(at: place(expression)))
        }
    }

    func place(_ expression: CELExpression) -> Int32 { Int32(truncatingIfNeeded: expression.offset) }

    // MARK: Names

    mutating func name(_ expression: CELExpression) -> any Node {
        switch checked.reference(of: expression) {
        case .variable(let number):
            reads.insert(CELProgram.Read(variable: number, field: nil))
            return VariableNode(
                variable: number,
                name: environment.variableNames[number],
                offset: place(expression)
            )
        case .constant(let value): return ConstantNode(value)
        case .local(let slot): return LocalNode(slot: slot)
        case .bound(let slot): return BoundNode(slot: slot)
        case .unknown(let name):
            return FailingNode(Failure(.undeclared, "'\(name)' is not declared").placed(at: place(expression)))
        default:
            return FailingNode(Failure(.undeclared, "the name stands for nothing").placed(at: place(expression)))
        }
    }

    private mutating func access(_ expression: CELExpression) -> any Node {
        switch expression.kind {
        case .select(let operand, let field, let isOptional): select(expression, operand, field, isOptional)
        case .has(let operand, let field): has(expression, operand, field)
        case .index(let operand, let index, let isOptional):
            IndexNode(node(operand), node(index), isOptional: isOptional, offset: place(expression))
        default: name(expression)
        }
    }

    private mutating func select(
        _ expression: CELExpression,
        _ operand: CELExpression,
        _ name: String,
        _ isOptional: Bool
    ) -> any Node {
        let offset = place(expression)
        switch checked.reference(of: expression) {
        case .field(let variable, let field):
            reads.insert(CELProgram.Read(variable: variable, field: field))
            if isOptional { return OptionalFieldNode(variable: variable, slot: field.slot) }
            return FieldNode(
                variable: variable,
                slot: field.slot,
                name: name,
                missingIsNull: environment.missingIsNull,
                offset: offset
            )
        case .slot(let type, let field) where !isOptional:
            return SlotNode(
                node(operand),
                type: type,
                slot: field.slot,
                name: name,
                missingIsNull: environment.missingIsNull,
                offset: offset
            )
        case .variable, .constant, .unknown: return self.name(expression)
        default:
            return SelectNode(
                node(operand),
                name: name,
                isOptional: isOptional,
                missingIsNull: environment.missingIsNull,
                isRecord: isRecord(operand),
                offset: offset
            )
        }
    }

    private func isRecord(_ expression: CELExpression) -> Bool {
        switch checked.type(of: expression) {
        case .object, .nullable: true
        default: false
        }
    }

    private mutating func has(_ expression: CELExpression, _ operand: CELExpression, _ name: String) -> any Node {
        if case .field(let variable, let field) = checked.reference(of: expression) {
            reads.insert(CELProgram.Read(variable: variable, field: field))
            return HasFieldNode(variable: variable, slot: field.slot)
        }
        return HasNode(node(operand), name: name, isRecord: isRecord(operand), offset: place(expression))
    }

    // MARK: Literals and macros

    private mutating func literal(_ expression: CELExpression) -> any Node {
        let offset = place(expression)
        switch expression.kind {
        case .list(let elements):
            var nodes: [(node: any Node, isOptional: Bool)] = []
            for element in elements { nodes.append((node(element.value), element.isOptional)) }
            let list = ListNode(elements: nodes, offset: offset)
            return constant(list, nodes.allSatisfy { $0.node is ConstantNode })
        case .map(let entries):
            var nodes: [MapNode.Entry] = []
            for entry in entries {
                nodes.append(
                    MapNode.Entry(key: node(entry.key), value: node(entry.value), isOptional: entry.isOptional)
                )
            }
            let map = MapNode(entries: nodes, offset: offset)
            return constant(map, nodes.allSatisfy { $0.key is ConstantNode && $0.value is ConstantNode })
        default: return name(expression)
        }
    }

    /// What evaluating beforehand may cost.
    private static let constantBudget = 20_000

    /// The value of something made of constants, found once; the node itself when finding it fails or costs much.
    func constant(_ node: any Node, _ isConstant: Bool) -> any Node {
        guard isConstant else { return node }
        var frame = Frame(activation: CELBindings(), remaining: Self.constantBudget, locals: [])
        do throws(Failure) {
            return ConstantNode(try node.evaluate(&frame))
        } catch {
            return node
        }
    }

    private mutating func comprehension(_ expression: CELExpression, _ macro: CELExpression.Comprehension) -> any Node {
        let slots = checked.slots[expression.id] ?? []
        let walk = Walk(
            range: node(macro.range),
            slot: slots.first ?? 0,
            secondSlot: slots.count > 1 ? slots[1] : nil,
            offset: place(expression)
        )
        let test = macro.condition.map { node($0) }
        let transform = macro.transform.map { node($0) }
        let always = ConstantNode(.bool(true))
        return switch macro.macro {
        case .all: QuantifierNode(walk, test ?? always, decisive: false)
        case .exists: QuantifierNode(walk, test ?? always, decisive: true)
        case .existsOne: ExistsOneNode(walk, test ?? always)
        case .filter, .map, .transformList: TransformListNode(walk, test: test, transform: transform)
        case .transformMap: TransformMapNode(walk, test: test, transform: transform ?? always, givesEntries: false)
        case .transformMapEntry:
            TransformMapNode(walk, test: test, transform: transform ?? always, givesEntries: true)
        }
    }

    private mutating func binding(_ expression: CELExpression) -> any Node {
        let slot = checked.slots[expression.id]?.first ?? 0
        switch expression.kind {
        case .bind(_, let value, let body): return BindNode(slot: slot, value: node(value), body: node(body))
        case .optionalMap(let operand, _, let body, let isFlat):
            return OptionalMapNode(
                node(operand),
                slot: slot,
                body: node(body),
                isFlat: isFlat,
                offset: place(expression)
            )
        default: return name(expression)
        }
    }
}
