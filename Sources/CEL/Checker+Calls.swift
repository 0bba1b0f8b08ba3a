/// Operators, indices and function calls.
extension Checker {
    mutating func operation(_ node: CELExpression) -> CELType {
        switch node.kind {
        case .unary(let symbol, let operand):
            let type = type(of: operand)
            guard let result = Self.result(of: symbol, inference.resolve(type).unwrapped) else {
                report(node, .type, "'\(symbol.rawValue)' does not take \(plain(type))")
                return .error
            }
            return result
        case .binary(let symbol, let left, let right):
            return binary(node, symbol, left, right)
        case .logical(let symbol, let operands):
            for operand in operands {
                let type = type(of: operand)
                guard !inference.assign([type], to: [.bool]) else { continue }
                report(
                    operand,
                    .type,
                    "'\(symbol.rawValue)' joins conditions, but this is \(plain(type))",
                    mend: "compare it with something"
                )
            }
            return .bool
        case .conditional(let condition, let then, let otherwise):
            require(.bool, type(of: condition), condition)
            let thenType = type(of: then)
            let otherType = type(of: otherwise)
            if inference.assign([thenType], to: [otherType]) { return inference.join(thenType, otherType) }
            report(
                node,
                .type,
                "the two results of '?:' have different types, \(plain(thenType)) and \(plain(otherType))",
                mend: "convert one of them, or write dyn(…) around it"
            )
            return .error
        default: return .error
        }
    }

    func plain(_ type: CELType) -> String { inference.resolve(type, final: true).description }

    private static func result(of symbol: UnaryOperator, _ type: CELType) -> CELType? {
        switch (symbol, type) {
        case (_, .dyn), (_, .parameter), (_, .error): symbol == .not ? .bool : .dyn
        case (.not, .bool): .bool
        case (.negate, .int), (.negate, .double): type
        default: nil
        }
    }

    private mutating func binary(
        _ node: CELExpression,
        _ symbol: BinaryOperator,
        _ left: CELExpression,
        _ right: CELExpression
    ) -> CELType {
        let types = [type(of: left), type(of: right)]
        var result: CELType?
        for (parameters, signature) in Signatures.of(symbol) {
            let instance = inference.instantiate(parameters + [signature])
            guard inference.assign(types, to: Array(instance.prefix(2))) else { continue }
            let found = inference.resolve(instance[2])
            result = result == nil || result == found ? found : .dyn
        }
        if let result { return result }
        reportMismatch(node, symbol, (left, types[0]), (right, types[1]))
        return .error
    }

    private mutating func reportMismatch(
        _ node: CELExpression,
        _ symbol: BinaryOperator,
        _ left: (node: CELExpression, type: CELType),
        _ right: (node: CELExpression, type: CELType)
    ) {
        let leftName = plain(left.type)
        let rightName = plain(right.type)
        let message = "'\(symbol.rawValue)' does not take \(leftName) and \(rightName)"
        let mend: String?
        if let number = Self.quotedNumber(left.node) ?? Self.quotedNumber(right.node) {
            mend = "write \(number) without quotes"
        } else if symbol == .isIn {
            mend = "write a list of \(leftName) on the right"
        } else if leftName == "null" || rightName == "null" {
            mend = "this value is never null"
        } else if leftName == "string" || rightName == "string" {
            mend = "convert one side, as in string(…)"
        } else {
            mend = environment.functions.contains(leftName) ? "convert one side, as in \(leftName)(…)" : nil
        }
        report(node, .type, message, mend: mend)
    }

    /// The number that somebody put into quotes by mistake.
    private static func quotedNumber(_ node: CELExpression) -> String? {
        guard case .literal(.string(let text)) = node.kind, text.utf8.count <= 20, Double(text) != nil,
            text.utf8.allSatisfy({ $0.isDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") })
        else { return nil }
        return text
    }

    // MARK: Calls

    mutating func call(_ node: CELExpression) -> CELType {
        switch node.kind {
        case .index(let operand, let index, let isOptional):
            return self.index(node, operand, index, isOptional: isOptional)
        case .call(let target, let function, let arguments):
            return call(node, target, function, arguments)
        default: return .error
        }
    }

    private mutating func index(
        _ node: CELExpression,
        _ operand: CELExpression,
        _ index: CELExpression,
        isOptional: Bool
    ) -> CELType {
        let types = [type(of: operand), type(of: index)]
        var result: CELType?
        for (parameters, signature) in Signatures.index(isOptional: isOptional) {
            let instance = inference.instantiate(parameters + [signature])
            guard inference.assign(types, to: Array(instance.prefix(2))) else { continue }
            let found = inference.resolve(instance[2])
            result = result == nil || result == found ? found : .dyn
        }
        if let result { return result }
        report(node, .type, "\(plain(types[0])) has no index of type \(plain(types[1]))")
        return .error
    }

    private mutating func call(
        _ node: CELExpression,
        _ target: CELExpression?,
        _ function: String,
        _ arguments: [CELExpression]
    ) -> CELType {
        if case .function(let name, true) = references[node.id] {
            return resolve(node, name, isMember: false, arguments)
        }
        guard let target else {
            let name = candidates(function).first(where: environment.functions.contains) ?? function
            if arguments.isEmpty, let type = clock(node, name) { return type }
            references[node.id] = .function(name: name, isQualified: false)
            return resolve(node, name, isMember: false, arguments)
        }
        references[node.id] = .function(name: function, isQualified: false)
        return resolve(node, function, isMember: true, [target] + arguments)
    }

    /// `now()` is the variable `now`.
    private mutating func clock(_ node: CELExpression, _ name: String) -> CELType? {
        guard !environment.functions.contains(name),
            case .variable(let number, let type)? = environment.declarations[name],
            environment.clockVariables.contains(number)
        else { return nil }
        references[node.id] = .variable(number)
        return type
    }

    /// The full name when the target of a call is a namespace (`math.abs`); nil when it is a value.
    func namespacedFunction(_ target: CELExpression, _ function: String) -> String? {
        guard let prefix = Parser.qualifiedName(of: target) else { return nil }
        let first = String(prefix.prefix { $0 != "." })
        guard first.isEmpty || local(first) == nil else { return nil }
        return candidates("\(prefix).\(function)").first(where: environment.functions.contains)
    }

    private mutating func resolve(
        _ node: CELExpression,
        _ name: String,
        isMember: Bool,
        _ arguments: [CELExpression]
    ) -> CELType {
        var types: [CELType] = []
        for argument in arguments { types.append(type(of: argument)) }
        let known = environment.functions.overloads(name, isMember: isMember)
        let fitting = known.filter { $0.fits(types.count) }
        guard environment.checksTypes else {
            overloads[node.id] = fitting
            return .dyn
        }
        var matching: [Overload] = []
        var result: CELType?
        for overload in fitting {
            // Next to another signature, the one for mixed numbers would make the result `dyn` without need.
            if overload.parameters == [.number], !matching.isEmpty, !types.contains(where: isUnknown) { continue }
            let wanted = types.indices.map(overload.parameter)
            let instance = inference.instantiate(wanted + [overload.result])
            guard inference.assign(types, to: Array(instance.dropLast())), let last = instance.last else { continue }
            let found = inference.resolve(last)
            result = result == nil || result == found ? found : .dyn
            matching.append(overload)
        }
        overloads[node.id] = matching
        if let overload = matching.first, matching.count == 1 { checkLiterals(overload, arguments) }
        if let result { return result }
        reportCall(node, name, isMember: isMember, known, types)
        return .error
    }

    private func isUnknown(_ type: CELType) -> Bool {
        switch inference.resolve(type) {
        case .dyn, .parameter: true
        default: false
        }
    }

    private mutating func reportCall(
        _ node: CELExpression,
        _ name: String,
        isMember: Bool,
        _ known: [Overload],
        _ types: [CELType]
    ) {
        // A mistake inside an argument was reported already.
        guard !types.contains(.error) || known.isEmpty else { return }
        guard !known.isEmpty else {
            if let other = environment.functions.overloads(name, isMember: !isMember).first {
                report(node, .undeclared, "'\(name)' is not called like this", mend: "write \(other.signature)")
                return
            }
            let nearest = NearestName.of(name, in: environment.functions.names)
            report(
                node,
                .undeclared,
                "there is no function '\(name)'",
                mend: nearest.map { "did you mean '\($0)'?" }
            )
            return
        }
        let given = types.map(plain).joined(separator: ", ")
        let signatures = known.prefix(3).map(\.signature).joined(separator: " or ")
        report(node, .type, "'\(name)' does not take (\(given))", mend: "it is \(signatures)")
    }
}
