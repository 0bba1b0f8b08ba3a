/// Reading fields, keys and elements of values.
enum Access {
    /// `operand.name`; nil when a map or a record lacks it.
    static func field(_ name: String, of operand: CELValue) throws(Failure) -> CELValue? {
        switch operand {
        case .map(let map): return map[name: name]
        case .object(let object):
            guard let field = object.objectType.field(named: name) else {
                throw Failure(.unknownField, "\(object.objectType.name) has no field '\(name)'")
            }
            let value = object.field(slot: field.slot)
            return value.isNull ? nil : value
        default: throw .overload(".\(name)", operand.kind)
        }
    }

    /// `operand[index]`; nil when it lacks the key or the index.
    static func element(_ index: CELValue, of operand: CELValue) throws(Failure) -> CELValue? {
        switch operand {
        case .map(let map): return map[key: index]
        case .list(let values):
            guard let position = try position(index) else { return nil }
            return values.indices.contains(position) ? values[position] : nil
        default: throw .overload("[]", operand.kind, index.kind)
        }
    }

    /// A list index from a number of any type; nil when it is far outside every list.
    private static func position(_ index: CELValue) throws(Failure) -> Int? {
        switch index {
        case .int(let value): return Int(exactly: value)
        case .uint(let value): return Int(exactly: value)
        case .double(let value):
            guard let position = Int(exactly: value) else {
                throw Failure(.invalidArgument, "a list index is no whole number")
            }
            return position
        default: throw .overload("[]", .list, index.kind)
        }
    }

    static func missing(_ name: String) -> Failure { Failure(.noSuchKey, "there is no '\(name)'") }

    /// The failure for an element that is not there; never shows the key, which may be data.
    static func missingElement(of operand: CELValue) -> Failure {
        guard case .list = operand else { return Failure(.noSuchKey, "the map has no such key") }
        return Failure(.outOfRange, "the list has no such index")
    }
}

/// `operand.name` and `operand.?name` on values whose fields are found by name while running.
final class SelectNode: Node {
    private let operand: any Node
    private let name: String
    private let isOptional: Bool
    private let missingIsNull: Bool
    /// Whether the operand is a record, which may be absent.
    private let isRecord: Bool
    private let offset: Int32

    init(
        _ operand: any Node,
        name: String,
        isOptional: Bool,
        missingIsNull: Bool,
        isRecord: Bool,
        offset: Int32
    ) {
        self.operand = operand
        self.name = name
        self.isOptional = isOptional
        self.missingIsNull = missingIsNull
        self.isRecord = isRecord
        self.offset = offset
    }

    func evaluate(_ frame: inout Frame) throws(Failure) -> CELValue {
        frame.remaining &-= 1
        return try select(operand.evaluate(&frame))
    }

    private func select(_ value: CELValue) throws(Failure) -> CELValue {
        do throws(Failure) {
            if case .optional(let wrapped) = value {
                guard let wrapped else { return .optional(nil) }
                return .optional(try Access.field(name, of: wrapped))
            }
            if isOptional, isRecord, value.isNull { return .optional(nil) }
            let field = try Access.field(name, of: value)
            if isOptional { return .optional(field) }
            if let field { return field }
            if missingIsNull, case .object = value { return .null }
            throw Access.missing(name)
        } catch {
            throw error.placed(at: offset)
        }
    }
}

/// `operand.field` of a record whose type is known, by slot.
final class SlotNode: Node {
    private let operand: any Node
    private let type: CELObjectType
    private let slot: Int
    private let name: String
    private let missingIsNull: Bool
    private let offset: Int32

    init(
        _ operand: any Node,
        type: CELObjectType,
        slot: Int,
        name: String,
        missingIsNull: Bool,
        offset: Int32
    ) {
        self.operand = operand
        self.type = type
        self.slot = slot
        self.name = name
        self.missingIsNull = missingIsNull
        self.offset = offset
    }

    func evaluate(_ frame: inout Frame) throws(Failure) -> CELValue {
        frame.remaining &-= 1
        return try read(operand.evaluate(&frame))
    }

    private func read(_ value: CELValue) throws(Failure) -> CELValue {
        guard case .object(let object) = value, object.objectType === type else {
            throw .overload(".\(name)", value.kind).placed(at: offset)
        }
        let field = object.field(slot: slot)
        if !missingIsNull, field.isNull { throw Access.missing(name).placed(at: offset) }
        return field
    }
}

/// `variable.?field` of an object variable: no value when it is null.
final class OptionalFieldNode: Node {
    private let variable: Int
    private let slot: Int

    init(variable: Int, slot: Int) {
        self.variable = variable
        self.slot = slot
    }

    func evaluate(_ frame: inout Frame) throws(Failure) -> CELValue {
        frame.remaining &-= 1
        let value = frame.activation.field(variable: variable, slot: slot)
        return .optional(value.isNull ? nil : value)
    }
}

/// `has(variable.field)` of an object variable.
final class HasFieldNode: ConditionNode {
    private let variable: Int
    private let slot: Int

    init(variable: Int, slot: Int) {
        self.variable = variable
        self.slot = slot
    }

    func condition(_ frame: inout Frame) throws(Failure) -> Bool {
        frame.remaining &-= 1
        return !frame.activation.field(variable: variable, slot: slot).isNull
    }
}

/// `has(operand.name)`.
final class HasNode: ConditionNode {
    private let operand: any Node
    private let name: String
    /// Whether the operand is a record; an absent one has no fields.
    private let isRecord: Bool
    private let offset: Int32

    init(_ operand: any Node, name: String, isRecord: Bool, offset: Int32) {
        self.operand = operand
        self.name = name
        self.isRecord = isRecord
        self.offset = offset
    }

    func condition(_ frame: inout Frame) throws(Failure) -> Bool {
        frame.remaining &-= 1
        return try test(operand.evaluate(&frame))
    }

    private func test(_ value: CELValue) throws(Failure) -> Bool {
        do throws(Failure) {
            if case .optional(let wrapped) = value {
                guard let wrapped else { return false }
                return try Access.field(name, of: wrapped) != nil
            }
            if isRecord, value.isNull { return false }
            return try Access.field(name, of: value) != nil
        } catch {
            throw error.placed(at: offset)
        }
    }
}

/// `operand[index]` and `operand[?index]`.
final class IndexNode: Node {
    private let operand: any Node
    private let index: any Node
    private let isOptional: Bool
    private let offset: Int32

    init(_ operand: any Node, _ index: any Node, isOptional: Bool, offset: Int32) {
        self.operand = operand
        self.index = index
        self.isOptional = isOptional
        self.offset = offset
    }

    func evaluate(_ frame: inout Frame) throws(Failure) -> CELValue {
        frame.remaining &-= 1
        let value = try operand.evaluate(&frame)
        return try element(index.evaluate(&frame), of: value)
    }

    private func element(_ index: CELValue, of value: CELValue) throws(Failure) -> CELValue {
        do throws(Failure) {
            if case .optional(let wrapped) = value {
                guard let wrapped else { return .optional(nil) }
                return .optional(try Access.element(index, of: wrapped))
            }
            let element = try Access.element(index, of: value)
            if isOptional { return .optional(element) }
            guard let element else { throw Access.missingElement(of: value) }
            return element
        } catch {
            throw error.placed(at: offset)
        }
    }
}
