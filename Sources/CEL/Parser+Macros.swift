/// Calls, and the macros among them (cel-spec, langdef, "Macros").
extension Parser {
    mutating func call(
        _ name: String,
        target: CELExpression?,
        _ arguments: [CELExpression],
        at offset: Int
    ) throws(CELError) -> CELExpression {
        if expandsMacros, let macro = try macro(name, target: target, arguments) {
            // Messages about has() point to the field, not to the word.
            if case .has = macro { return try make(macro, at: arguments[0].offset) }
            return try make(macro, at: offset)
        }
        return try make(.call(target: target, function: name, arguments: arguments), at: offset)
    }

    private func macro(
        _ name: String,
        target: CELExpression?,
        _ arguments: [CELExpression]
    ) throws(CELError) -> CELExpression.Kind? {
        guard let target else {
            return name == "has" && arguments.count == 1 ? try has(arguments[0]) : nil
        }
        switch (name, arguments.count) {
        case ("all", 2), ("exists", 2), ("exists_one", 2), ("existsOne", 2), ("filter", 2):
            return try comprehension(name, target, arguments, variables: 1, condition: 1, transform: nil)
        case ("map", 2):
            return try comprehension(name, target, arguments, variables: 1, condition: nil, transform: 1)
        case ("map", 3):
            return try comprehension(name, target, arguments, variables: 1, condition: 1, transform: 2)
        case ("all", 3), ("exists", 3), ("exists_one", 3), ("existsOne", 3):
            return try comprehension(name, target, arguments, variables: 2, condition: 2, transform: nil)
        case ("transformList", 3), ("transformMap", 3), ("transformMapEntry", 3):
            return try comprehension(name, target, arguments, variables: 2, condition: nil, transform: 2)
        case ("transformList", 4), ("transformMap", 4), ("transformMapEntry", 4):
            return try comprehension(name, target, arguments, variables: 2, condition: 2, transform: 3)
        case ("optMap", 2), ("optFlatMap", 2):
            let variable = try variable(arguments[0])
            return .optionalMap(target, name: variable, body: arguments[1], isFlat: name == "optFlatMap")
        case ("bind", 3):
            guard case .identifier("cel", _) = target.kind else { return nil }
            return .bind(name: try variable(arguments[0]), value: arguments[1], body: arguments[2])
        default:
            return nil
        }
    }

    private func has(_ argument: CELExpression) throws(CELError) -> CELExpression.Kind {
        guard case .select(let operand, let field, let isOptional) = argument.kind, !isOptional else {
            throw source.error(
                at: argument.offset,
                .syntax,
                "has() needs a field selection",
                mend: "write has(record.field)"
            )
        }
        return .has(operand, field: field)
    }

    private func comprehension(
        _ name: String,
        _ range: CELExpression,
        _ arguments: [CELExpression],
        variables: Int,
        condition: Int?,
        transform: Int?
    ) throws(CELError) -> CELExpression.Kind? {
        let spelling = name == "existsOne" ? "exists_one" : name
        guard let macro = CELExpression.Comprehension.Macro(rawValue: spelling) else { return nil }
        let first = try variable(arguments[0])
        let second = variables == 2 ? try variable(arguments[1]) : nil
        guard first != second else {
            throw source.error(at: arguments[1].offset, .syntax, "both variables have the name '\(first)'")
        }
        return .comprehension(
            CELExpression.Comprehension(
                macro: macro,
                range: range,
                variable: first,
                secondVariable: second,
                condition: condition.map { arguments[$0] },
                transform: transform.map { arguments[$0] }
            )
        )
    }

    private func variable(_ argument: CELExpression) throws(CELError) -> String {
        guard case .identifier(let name, false) = argument.kind else {
            throw source.error(
                at: argument.offset,
                .syntax,
                "the macro needs the name of a variable here",
                mend: "write a plain name, as in list.all(x, x > 0)"
            )
        }
        return name
    }
}
