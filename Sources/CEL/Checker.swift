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

    mutating func check(_ root: Expression) -> (expression: CheckedExpression, problems: [CELError]) {
        _ = type(of: root)
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

    /// Checks a node and what is below it; the result is also kept for the tree.
    mutating func type(of node: Expression) -> CELType {
        let type: CELType
        switch node.kind {
        case .literal(let value): type = value.staticType
        case .identifier, .select, .has: type = self.name(node)
        case .call, .index: type = call(node)
        case .unary, .binary, .logical, .conditional: type = operation(node)
        case .list, .map: type = literal(node)
        case .comprehension, .bind, .optionalMap: type = macro(node)
        case .message(let name):
            report(node, .undeclared, "'\(name)' is no message type", mend: "write a map: {'field': value}")
            type = .error
        }
        types[node.id] = type
        return type
    }

    /// Notes a problem, unless types are not checked.
    mutating func report(_ node: Expression, _ kind: CELError.Kind, _ message: String, mend: String? = nil) {
        guard environment.checksTypes else { return }
        problems.append(source.error(at: node.offset, kind, message, mend: mend))
    }

    /// Makes a variable of a macro known to what is checked inside; call `scope.removeLast()` afterwards.
    mutating func declare(_ name: String, _ type: CELType, isBound: Bool = false) -> Int {
        let slot = scope.count
        scope.append(Local(name: name, type: type, slot: slot, isBound: isBound))
        localCount = max(localCount, scope.count)
        return slot
    }

    // MARK: Literals and macros

    private mutating func literal(_ node: Expression) -> CELType {
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

    private mutating func requireKey(_ type: CELType, _ node: Expression) {
        switch inference.resolve(type).unwrapped {
        case .bool, .int, .uint, .string, .dyn, .parameter, .error: break
        case let other:
            report(node, .type, "a map key cannot be of type \(other)", mend: "use a string, an int, a uint or a bool")
        }
    }

    private mutating func unwrapOptional(_ type: CELType, _ isOptional: Bool, _ node: Expression) -> CELType {
        guard isOptional else { return type }
        switch inference.resolve(type) {
        case .optional(let wrapped): return wrapped
        case .dyn, .parameter, .error: return .dyn
        case let other:
            report(node, .type, "'?' needs an optional value, not \(other)", mend: "remove the '?'")
            return other
        }
    }

    private mutating func macro(_ node: Expression) -> CELType {
        switch node.kind {
        case .bind(let name, let value, let body):
            let valueType = type(of: value)
            slots[node.id] = [declare(name, valueType, isBound: true)]
            defer { scope.removeLast() }
            return type(of: body)
        case .optionalMap(let operand, let name, let body, let isFlat):
            let wrapped = optionalContent(type(of: operand), operand)
            slots[node.id] = [declare(name, wrapped)]
            defer { scope.removeLast() }
            let result = type(of: body)
            return isFlat ? .optional(optionalContent(result, body)) : .optional(result)
        case .comprehension(let comprehension): return self.comprehension(node, comprehension)
        default: return .error
        }
    }

    private mutating func optionalContent(_ type: CELType, _ node: Expression) -> CELType {
        switch inference.resolve(type) {
        case .optional(let wrapped): return wrapped
        case .dyn, .parameter, .error: return .dyn
        case let other:
            report(node, .type, "this needs an optional value, not \(other)", mend: "write optional.of(…) around it")
            return .error
        }
    }

    private mutating func comprehension(_ node: Expression, _ macro: Expression.Comprehension) -> CELType {
        let (first, second) = elements(of: type(of: macro.range), macro)
        var used = [declare(macro.variable, first)]
        if let name = macro.secondVariable { used.append(declare(name, second)) }
        slots[node.id] = used
        defer { scope.removeLast(used.count) }
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
        _ macro: Expression.Comprehension
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
    mutating func require(_ wanted: CELType, _ type: CELType, _ node: Expression) {
        guard !inference.assign([type], to: [wanted]) else { return }
        report(node, .type, "expected \(wanted), found \(inference.resolve(type, final: true))")
    }
}
