/// Names and selections.
extension Checker {
    mutating func name(_ node: CELExpression) -> CELType {
        switch node.kind {
        case .select(let operand, let field, let isOptional):
            return select(node, operand, field, isOptional: isOptional)
        case .has(let operand, let field):
            _ = select(node, operand, field, isOptional: false)
            return .bool
        default: return .error
        }
    }

    /// The declared names that a written name may mean, the most specific first.
    func candidates(_ name: String) -> [String] {
        if name.hasPrefix(".") { return [String(name.dropFirst())] }
        var container = environment.container
        var candidates: [String] = []
        while !container.isEmpty {
            candidates.append("\(container).\(name)")
            container = container.lastIndex(of: ".").map { String(container[..<$0]) } ?? ""
        }
        return candidates + [name]
    }

    func local(_ name: String) -> Local? { scope.last { $0.name == name } }

    mutating func identifier(_ node: CELExpression, _ name: String, _ isAbsolute: Bool) -> CELType {
        if !isAbsolute, let local = local(name) {
            references[node.id] = local.isBound ? .bound(local.slot) : .local(local.slot)
            return local.type
        }
        if let type = declared(node, isAbsolute ? "." + name : name) { return type }
        references[node.id] = .unknown(name)
        let known = environment.declarations.keys.filter { !$0.contains(".") }.sorted()
        let nearest = NearestName.of(name, in: scope.map(\.name) + known)
        report(
            node,
            .undeclared,
            "'\(name)' is not declared",
            mend: nearest.map { "did you mean '\($0)'?" } ?? hint(known)
        )
        return .error
    }

    private func hint(_ known: [String]) -> String? {
        let variables = environment.variableNames.sorted()
        return variables.isEmpty ? nil : "declared are: \(variables.prefix(8).joined(separator: ", "))"
    }

    private mutating func declared(_ node: CELExpression, _ name: String) -> CELType? {
        for candidate in candidates(name) {
            switch environment.declarations[candidate] {
            case .variable(let number, let type):
                references[node.id] = .variable(number)
                return type
            case .constant(let value, let type):
                references[node.id] = .constant(value)
                return type
            case nil: continue
            }
        }
        return nil
    }

    /// The type when a chain of selections spells a declared name; nil otherwise.
    mutating func qualified(_ node: CELExpression) -> CELType? {
        guard let name = Parser.qualifiedName(of: node) else { return nil }
        let first = name.prefix { $0 != "." }
        guard first.isEmpty || local(String(first)) == nil else { return nil }
        if let type = declared(node, name) { return type }
        return unknownConstant(node, name)
    }

    /// Reports a misspelt member of a namespace of constants; nil when the name is none.
    private mutating func unknownConstant(_ node: CELExpression, _ name: String) -> CELType? {
        guard case .select(let operand, let field, _) = node.kind, case .identifier(let first, _) = operand.kind,
            environment.declarations[first] == nil
        else { return nil }
        let prefix = first + "."
        let members = environment.declarations.keys.filter { $0.hasPrefix(prefix) }.sorted()
            .map { String($0.dropFirst(prefix.count)) }
        guard !members.isEmpty else { return nil }
        references[node.id] = .unknown(name)
        let nearest = NearestName.of(field, in: members)
        report(
            node,
            .unknownField,
            "'\(first)' has no '\(field)'",
            mend: nearest.map { "did you mean '\(first).\($0)'?" }
                ?? "it has: \(members.prefix(8).joined(separator: ", "))"
        )
        return .error
    }

    private mutating func select(
        _ node: CELExpression,
        _ operand: CELExpression,
        _ field: String,
        isOptional: Bool
    ) -> CELType {
        let operandType = inference.resolve(type(of: operand))
        let (content, wasOptional) = optionalContent(operandType)
        let type: CELType
        switch content.unwrapped {
        case .map(_, let value): type = value
        case .object(let object): type = self.field(node, operand, object, field, isDirect: !wasOptional)
        case .dyn, .error: type = .dyn
        case .parameter:
            inference.settle(content)
            type = .dyn
        case let other:
            report(node, .type, "\(other) has no fields, so '.\(field)' cannot be read")
            type = .error
        }
        if case .error = type { return .error }
        return isOptional || wasOptional ? .optional(isOptional ? type.unwrapped : type) : type
    }

    private func optionalContent(_ type: CELType) -> (CELType, Bool) {
        guard case .optional(let wrapped) = type else { return (type, false) }
        return (inference.resolve(wrapped), true)
    }

    private mutating func field(
        _ node: CELExpression,
        _ operand: CELExpression,
        _ object: CELObjectType,
        _ name: String,
        isDirect: Bool
    ) -> CELType {
        guard let field = object.field(named: name) else {
            let names = object.fields.map(\.name)
            let nearest = NearestName.of(name, in: names)
            report(
                node,
                .unknownField,
                "\(object.name) has no field '\(name)'",
                mend: nearest.map { "did you mean '\($0)'?" }
            )
            return .error
        }
        if isDirect {
            if case .variable(let number) = references[operand.id] {
                references[node.id] = .field(variable: number, field)
            } else {
                references[node.id] = .slot(object, field)
            }
        }
        return field.type
    }
}
