package import CEL
package import Records

/// Turns a condition over one record into a form that a database can decide for all records at once.
///
/// Where the record has the properties that it has, both select the same records: a condition that fails or has no
/// answer selects nothing, nor does its opposite. The budget of an evaluation has no counterpart.
package struct ConditionCompiler {
    private let program: CELProgram
    private let object: ObjectSchema
    private let stages: [RecordField.Stage]
    private let variables: Set<Int>

    /// The condition of a program whose variables with these numbers are one record of the object.
    ///
    /// Throws the first part that has no such form.
    package static func condition(
        of program: CELProgram,
        over object: ObjectSchema,
        lifecycle: Lifecycle,
        variables: Set<Int> = [0]
    ) throws(NoRecordCondition) -> RecordCondition {
        let compiler = ConditionCompiler(program, object, lifecycle, variables)
        return try compiler.condition(program.expression.root)
    }

    private init(_ program: CELProgram, _ object: ObjectSchema, _ lifecycle: Lifecycle, _ variables: Set<Int>) {
        self.program = program
        self.object = object
        self.variables = variables
        self.stages = (lifecycle.stages + lifecycle.sideStages).compactMap { name in
            lifecycle.comparisonRank(of: name).map { RecordField.Stage(name: name, rank: $0) }
        }
    }

    private func none(_ node: CELExpression, _ reason: NoRecordCondition.Reason) -> NoRecordCondition {
        NoRecordCondition(node, of: self.program, reason)
    }

    // MARK: Conditions

    private func condition(_ node: CELExpression) throws(NoRecordCondition) -> RecordCondition {
        if let constant = self.program.constant(node) {
            guard case .value(.bool(let value)) = constant else { return .constant(nil) }
            return .constant(value)
        }
        switch node.kind {
        case .logical(let word, let operands):
            var parts: [RecordCondition] = []
            for operand in operands { parts.append(try self.condition(operand)) }
            return word == .and ? .all(parts) : .any(parts)
        case .unary(.not, let operand): return .not(try self.condition(operand))
        case .conditional(let test, let then, let otherwise):
            return .choice(
                try self.condition(test),
                then: try self.condition(then),
                otherwise: try self.condition(otherwise)
            )
        case .binary(let symbol, let left, let right): return try self.binary(node, symbol, left, right)
        case .has: return .not(.isNull(try self.field(node)))
        case .call(let target, let name, let arguments): return try self.call(node, target, name, arguments)
        default:
            let operand = try self.operand(node)
            guard let flag = operand.terms[.flag] else { return .constant(nil) }
            return .comparison(flag, .equal, .constant(.flag(true)))
        }
    }

    private func binary(
        _ node: CELExpression,
        _ symbol: BinaryOperator,
        _ left: CELExpression,
        _ right: CELExpression
    ) throws(NoRecordCondition) -> RecordCondition {
        let comparison: RecordCondition.Comparison
        switch symbol {
        case .equal: return try self.operand(left).equals(try self.operand(right))
        case .notEqual: return .not(try self.operand(left).equals(try self.operand(right)))
        case .isIn: return try self.membership(left, right)
        case .less: comparison = .less
        case .lessOrEqual: comparison = .lessOrEqual
        case .greater: comparison = .greater
        case .greaterOrEqual: comparison = .greaterOrEqual
        case .add, .subtract, .multiply, .divide, .remainder: throw self.none(node, .operation(symbol.rawValue))
        }
        return try self.operand(left).compares(comparison, try self.operand(right))
    }

    private func membership(
        _ element: CELExpression,
        _ container: CELExpression
    ) throws(NoRecordCondition) -> RecordCondition {
        let operand = try self.operand(element)
        if case .value(let value)? = self.program.constant(container) {
            guard case .list(let values) = value else { throw self.none(container, .value(value.typeName)) }
            var constants: [ConditionOperand] = []
            for value in values {
                guard let constant = ConditionOperand(constant: value) else {
                    throw self.none(container, .value(value.typeName))
                }
                constants.append(constant)
            }
            return operand.isAmong(constants)
        }
        let field = try self.field(container)
        guard let text = operand.terms[.text] else {
            return .choice(
                .hasValue(.field(field, .set)),
                then: operand.whereDefined(with: nil, .constant(false)),
                otherwise: .constant(nil)
            )
        }
        return operand.whereDefined(with: nil, .element(text, of: field))
    }

    private func call(
        _ node: CELExpression,
        _ target: CELExpression?,
        _ name: String,
        _ arguments: [CELExpression]
    ) throws(NoRecordCondition) -> RecordCondition {
        let tests: [String: RecordCondition.Containment] = [
            "startsWith": .prefix, "endsWith": .suffix, "contains": .part,
        ]
        guard let target, case .function(_, false)? = self.program.expression.reference(of: node) else {
            throw self.none(node, .function(name))
        }
        if name == "hasValue", arguments.isEmpty { return .not(.isNull(try self.optionalField(target))) }
        guard let test = tests[name], let argument = arguments.first else { return try self.flag(node) }
        let (text, part) = (try self.operand(target), try self.operand(argument))
        guard let left = text.terms[.text], let right = part.terms[.text] else { return .constant(nil) }
        return .text(left, test, right)
    }

    /// A call whose result is a truth value by itself, such as `contact.?vip.orValue(false)`.
    private func flag(_ node: CELExpression) throws(NoRecordCondition) -> RecordCondition {
        guard let flag = try self.operand(node).terms[.flag] else { return .constant(nil) }
        return .comparison(flag, .equal, .constant(.flag(true)))
    }

    // MARK: Operands

    private func operand(_ node: CELExpression) throws(NoRecordCondition) -> ConditionOperand {
        if let constant = self.program.constant(node) {
            guard case .value(let value) = constant else { return .failure }
            guard let operand = ConditionOperand(constant: value) else {
                throw self.none(node, .value(value.typeName))
            }
            return operand
        }
        switch node.kind {
        case .select(_, _, isOptional: false): return ConditionOperand(try self.field(node))
        case .logical, .has, .unary(.not, _): return ConditionOperand(.flag, .truth(try self.condition(node)))
        case .binary(let symbol, _, _):
            switch symbol {
            case .add, .subtract, .multiply, .divide, .remainder: throw self.none(node, .operation(symbol.rawValue))
            default: return ConditionOperand(.flag, .truth(try self.condition(node)))
            }
        case .unary(.negate, _): throw self.none(node, .operation("-"))
        case .conditional: throw self.none(node, .operation("?:"))
        case .comprehension(let comprehension): throw self.none(node, .function(comprehension.macro.rawValue))
        case .call(let target, let name, let arguments): return try self.function(node, target, name, arguments)
        case .identifier: throw self.none(node, .otherVariable)
        default: throw self.none(node, .part)
        }
    }

    private func function(
        _ node: CELExpression,
        _ target: CELExpression?,
        _ name: String,
        _ arguments: [CELExpression]
    ) throws(NoRecordCondition) -> ConditionOperand {
        let all = (target.map { [$0] } ?? []) + arguments
        if name == "orValue", let target, let argument = arguments.first {
            let other = try self.operand(argument)
            let field = ConditionOperand(try self.optionalField(target))
            guard other.bounds.isEmpty, other.isNull == nil, other.isDefined == nil else {
                throw self.none(argument, .part)
            }
            return field.orElse(other)
        }
        guard all.count == 1, let argument = all.first else {
            switch name {
            case "startsWith", "endsWith", "contains": return ConditionOperand(.flag, .truth(try self.condition(node)))
            default: throw self.none(node, .function(name))
            }
        }
        if name == "size" { return try self.size(argument) }
        if name == "hasValue" { return ConditionOperand(.flag, .truth(try self.condition(node))) }
        let changes: [String: @Sendable (RecordTerm) -> RecordTerm] = [
            "lowerAscii": { .lowered($0) }, "upperAscii": { .raised($0) }, "trim": { .trimmed($0) },
            "domain": { .lowered(.trimmed(.afterAt($0))) },
        ]
        guard let change = changes[name] else { throw self.none(node, .function(name)) }
        guard let text = try self.operand(argument).terms[.text] else { return .failure }
        return ConditionOperand(.text, change(text))
    }

    private func size(_ argument: CELExpression) throws(NoRecordCondition) -> ConditionOperand {
        guard case .select(_, _, isOptional: false) = argument.kind else {
            guard let text = try self.operand(argument).terms[.text] else { return .failure }
            return ConditionOperand(.number, .length(text))
        }
        let field = try self.field(argument)
        let text = RecordTerm.field(field, .text)
        return ConditionOperand(.number, .choice(.hasValue(text), .length(text), .count(field)))
    }

    /// The property that `contact.name` or `has(contact.name)` reads.
    private func field(_ node: CELExpression) throws(NoRecordCondition) -> RecordField {
        guard case .field(let variable, let field)? = self.program.expression.reference(of: node) else {
            if case .call(_, let name, _) = node.kind { throw self.none(node, .function(name)) }
            throw self.none(node, .otherVariable)
        }
        guard self.variables.contains(variable), let property = self.object.property(field.name) else {
            throw self.none(node, .otherVariable)
        }
        let reading: RecordField.Reading =
            switch property.type {
            case .date: .date
            case .instant: .instant
            case .stage: .stage(self.stages)
            case .text, .number, .flag, .option, .set, .owner, .reference: .plain
            }
        return RecordField(name: property.name, reading: reading)
    }

    /// The property of `contact.?name`.
    private func optionalField(_ node: CELExpression) throws(NoRecordCondition) -> RecordField {
        guard case .select(_, _, isOptional: true) = node.kind else { throw self.none(node, .part) }
        return try self.field(node)
    }
}
