/// Resolves names and finds type errors before anything runs.
///
/// With `checksTypes` off it only resolves names, and what it cannot resolve fails when it is evaluated.
struct Checker {
    /// A variable of a macro.
    struct Local {
        let name: String
        let type: CELType
        let slot: Int
        let isBound: Bool
    }

    let environment: CELEnvironment
    let source: SourceText
    var inference = Inference()
    var problems: [CELError] = []
    var scope: [Local] = []
    var types: [CELType]
    var references: [CheckedExpression.Reference?]
    var overloads: [Int: [Overload]] = [:]
    var slots: [Int: [Int]] = [:]
    private var localCount = 0

    init(_ environment: CELEnvironment, _ source: SourceText, nodeCount: Int) {
        self.environment = environment
        self.source = source
        types = Array(repeating: .dyn, count: nodeCount)
        references = Array(repeating: nil, count: nodeCount)
    }

    mutating func check(_ root: CELExpression) -> (expression: CheckedExpression, problems: [CELError]) {
        walk(root)
        let checked = CheckedExpression(
            root: root,
            types: types.map { inference.resolve($0, final: true) },
            references: references,
            overloads: overloads,
            slots: slots,
            source: source,
            localCount: localCount
        )
        let ordered = problems.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
        return (checked, ordered)
    }

    // MARK: Walking

    /// What is still to be done; a stack of these instead of recursion, so that deep trees cost no thread stack.
    private enum Step {
        case visit(CELExpression)
        /// Make the variables of a macro known, its range being checked.
        case declare(CELExpression)
        /// Find the type of a node, its children being checked.
        case finish(CELExpression)
    }

    private mutating func walk(_ root: CELExpression) {
        var steps = [Step.visit(root)]
        while let step = steps.popLast() {
            switch step {
            case .visit(let node):
                if let type = leaf(node) {
                    types[node.id] = type
                } else {
                    steps += [.finish(node)] + inside(node).reversed()
                }
            case .declare(let node): declareVariables(of: node)
            case .finish(let node): types[node.id] = inference.resolve(branch(node))
            }
        }
    }

    /// The type of a node that needs no other; nil when its children must be checked first.
    private mutating func leaf(_ node: CELExpression) -> CELType? {
        switch node.kind {
        case .literal(let value): return value.staticType
        case .identifier(let name, let isAbsolute): return identifier(node, name, isAbsolute)
        case .select(_, _, let isOptional): return isOptional ? nil : qualified(node)
        case .message(let name):
            report(node, .undeclared, "'\(name)' is no message type", mend: "write a map: {'field': value}")
            return .error
        default: return nil
        }
    }

    private mutating func inside(_ node: CELExpression) -> [Step] {
        switch node.kind {
        case .comprehension(let macro):
            let body = [macro.condition, macro.transform].compactMap { $0.map(Step.visit) }
            return [.visit(macro.range), .declare(node)] + body
        case .bind(_, let value, let body), .optionalMap(let value, _, let body, _):
            return [.visit(value), .declare(node), .visit(body)]
        case .call(let target?, let function, let arguments):
            if let name = namespacedFunction(target, function) {
                references[node.id] = .function(name: name, isQualified: true)
                return arguments.map(Step.visit)
            }
            return [.visit(target)] + arguments.map(Step.visit)
        default:
            var children: [Step] = []
            node.forEachChild { children.append(.visit($0)) }
            return children
        }
    }

    /// The type of a node from those of its children.
    private mutating func branch(_ node: CELExpression) -> CELType {
        switch node.kind {
        case .select, .has: name(node)
        case .call, .index: call(node)
        case .unary, .binary, .logical, .conditional: operation(node)
        case .list, .map: literal(node)
        default: macro(node)
        }
    }

    /// The type that was found for a node.
    func type(of node: CELExpression) -> CELType { types[node.id] }

    /// Notes a problem, unless types are not checked.
    mutating func report(_ node: CELExpression, _ kind: CELError.Kind, _ message: String, mend: String? = nil) {
        guard environment.checksTypes else { return }
        problems.append(source.error(at: node.offset, kind, message, mend: mend))
    }

    /// Makes a variable of a macro known to what is checked inside.
    mutating func declare(_ name: String, _ type: CELType, isBound: Bool = false) -> Int {
        let slot = scope.count
        scope.append(Local(name: name, type: type, slot: slot, isBound: isBound))
        localCount = max(localCount, scope.count)
        return slot
    }

    // MARK: Literals and macros

    private mutating func literal(_ node: CELExpression) -> CELType {
        switch node.kind {
        case .list(let elements):
            var joined: CELType?
            for element in elements {
                let type = unwrapOptional(type(of: element.value), element.isOptional, element.value)
                joined = inference.join(joined, type)
            }
            return .list(joined ?? inference.unknown())
        case .map(let entries):
            var key: CELType?
            var value: CELType?
            for entry in entries {
                let keyType = type(of: entry.key)
                requireKey(keyType, entry.key)
                key = inference.join(key, keyType)
                let type = unwrapOptional(type(of: entry.value), entry.isOptional, entry.value)
                value = inference.join(value, type)
            }
            return .map(key ?? inference.unknown(), value ?? inference.unknown())
        default: return .error
        }
    }

    private mutating func requireKey(_ type: CELType, _ node: CELExpression) {
        switch inference.resolve(type).unwrapped {
        case .bool, .int, .uint, .string, .dyn, .parameter, .error: break
        case let other:
            report(node, .type, "a map key cannot be of type \(other)", mend: "use a string, an int, a uint or a bool")
        }
    }

    private mutating func unwrapOptional(_ type: CELType, _ isOptional: Bool, _ node: CELExpression) -> CELType {
        guard isOptional else { return type }
        switch inference.resolve(type) {
        case .optional(let wrapped): return wrapped
        case .dyn, .parameter, .error: return .dyn
        case let other:
            report(node, .type, "'?' needs an optional value, not \(other)", mend: "remove the '?'")
            return other
        }
    }

    private mutating func declareVariables(of node: CELExpression) {
        switch node.kind {
        case .bind(let name, let value, _):
            slots[node.id] = [declare(name, type(of: value), isBound: true)]
        case .optionalMap(let operand, let name, _, _):
            slots[node.id] = [declare(name, optionalContent(type(of: operand), operand))]
        case .comprehension(let macro):
            let (first, second) = elements(of: type(of: macro.range), macro)
            var declared = [declare(macro.variable, first)]
            if let name = macro.secondVariable { declared.append(declare(name, second)) }
            slots[node.id] = declared
        default: break
        }
    }

    private mutating func macro(_ node: CELExpression) -> CELType {
        let variables = scope.suffix(slots[node.id]?.count ?? 0)
        scope.removeLast(variables.count)
        switch node.kind {
        case .bind(_, _, let body): return type(of: body)
        case .optionalMap(_, _, let body, let isFlat):
            let result = type(of: body)
            return isFlat ? .optional(optionalContent(result, body)) : .optional(result)
        case .comprehension(let macro): return comprehension(macro, variables.first?.type ?? .dyn)
        default: return .error
        }
    }

    private mutating func optionalContent(_ type: CELType, _ node: CELExpression) -> CELType {
        switch inference.resolve(type) {
        case .optional(let wrapped): return wrapped
        case .dyn, .parameter, .error: return .dyn
        case let other:
            report(node, .type, "this needs an optional value, not \(other)", mend: "write optional.of(…) around it")
            return .error
        }
    }

    private mutating func comprehension(_ macro: CELExpression.Comprehension, _ first: CELType) -> CELType {
        if let condition = macro.condition { require(.bool, type(of: condition), condition) }
        let transformed = macro.transform.map { type(of: $0) } ?? first
        switch macro.macro {
        case .all, .exists, .existsOne: return .bool
        case .filter, .map, .transformList: return .list(transformed)
        case .transformMap: return .map(first, transformed)
        case .transformMapEntry:
            if case .map = inference.resolve(transformed) { return transformed }
            return .map(.dyn, .dyn)
        }
    }

    private mutating func elements(
        of range: CELType,
        _ macro: CELExpression.Comprehension
    ) -> (first: CELType, second: CELType) {
        switch inference.resolve(range).unwrapped {
        case .list(let element): return macro.secondVariable == nil ? (element, .dyn) : (.int, element)
        case .map(let key, let value): return (key, value)
        case .dyn, .error: return (.dyn, .dyn)
        case .parameter:
            inference.settle(range)
            return (.dyn, .dyn)
        case let other:
            report(
                macro.range,
                .type,
                "'\(macro.macro.rawValue)' walks a list or a map, not \(other)",
                mend: nil
            )
            return (.error, .error)
        }
    }

    /// Reports when a value is not of the wanted type.
    mutating func require(_ wanted: CELType, _ type: CELType, _ node: CELExpression) {
        guard !inference.assign([type], to: [wanted]) else { return }
        report(node, .type, "expected \(wanted), found \(inference.resolve(type, final: true))")
    }
}
