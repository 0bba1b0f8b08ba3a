/// A value known before anything runs.
final class ConstantNode: Node {
    let value: CELValue

    init(_ value: CELValue) {
        self.value = value
    }

    func evaluate(_ frame: inout Frame) throws(Failure) -> CELValue {
        frame.remaining &-= 1
        return value
    }
}

/// A declared variable.
final class VariableNode: Node {
    private let variable: Int
    private let name: String
    private let offset: Int32

    init(variable: Int, name: String, offset: Int32) {
        self.variable = variable
        self.name = name
        self.offset = offset
    }

    func evaluate(_ frame: inout Frame) throws(Failure) -> CELValue {
        frame.remaining &-= 1
        guard let value = frame.activation.value(variable: variable) else {
            throw Failure(.undeclared, "'\(name)' has no value").placed(at: offset)
        }
        return value
    }
}

/// A field of an object variable, read by slot.
final class FieldNode: Node {
    let variable: Int
    let slot: Int
    private let name: String
    private let missingIsNull: Bool
    private let offset: Int32

    init(variable: Int, slot: Int, name: String, missingIsNull: Bool, offset: Int32) {
        self.variable = variable
        self.slot = slot
        self.name = name
        self.missingIsNull = missingIsNull
        self.offset = offset
    }

    @inline(__always)
    func evaluate(_ frame: inout Frame) throws(Failure) -> CELValue {
        frame.remaining &-= 1
        let value = frame.activation.field(variable: variable, slot: slot)
        if !missingIsNull, case .null = value {
            throw Failure(.noSuchKey, "'\(name)' has no value").placed(at: offset)
        }
        return value
    }

    func isPresent(_ frame: inout Frame) -> Bool {
        frame.remaining &-= 1
        if case .null = frame.activation.field(variable: variable, slot: slot) { return false }
        return true
    }
}

/// A variable of a macro.
final class LocalNode: Node {
    private let slot: Int

    init(slot: Int) {
        self.slot = slot
    }

    func evaluate(_ frame: inout Frame) throws(Failure) -> CELValue {
        frame.remaining &-= 1
        return frame.locals[slot]
    }
}

/// A name given by `cel.bind`, whose value may have failed.
final class BoundNode: Node {
    private let slot: Int

    init(slot: Int) {
        self.slot = slot
    }

    func evaluate(_ frame: inout Frame) throws(Failure) -> CELValue {
        frame.remaining &-= 1
        if let failure = frame.bindFailures[slot] { throw failure }
        return frame.locals[slot]
    }
}

/// Something that an unchecked program can only fail at.
final class FailingNode: Node {
    private let failure: Failure

    init(_ failure: Failure) {
        self.failure = failure
    }

    func evaluate(_ frame: inout Frame) throws(Failure) -> CELValue {
        frame.remaining &-= 1
        throw failure
    }
}

/// `cel.bind(name, value, body)`.
final class BindNode: Node {
    private let slot: Int
    private let value: any Node
    private let body: any Node

    init(slot: Int, value: any Node, body: any Node) {
        self.slot = slot
        self.value = value
        self.body = body
    }

    func evaluate(_ frame: inout Frame) throws(Failure) -> CELValue {
        do throws(Failure) {
            frame.locals[slot] = try value.evaluate(&frame)
            // A bind inside the value may have used, and failed at, the same slot.
            if !frame.bindFailures.isEmpty { frame.bindFailures[slot] = nil }
        } catch {
            guard error.kind != .budget else { throw error }
            frame.bindFailures[slot] = error
        }
        return try body.evaluate(&frame)
    }
}

/// `[a, ?b]`.
final class ListNode: Node {
    private let elements: [(node: any Node, isOptional: Bool)]
    private let offset: Int32

    init(elements: [(node: any Node, isOptional: Bool)], offset: Int32) {
        self.elements = elements
        self.offset = offset
    }

    func evaluate(_ frame: inout Frame) throws(Failure) -> CELValue {
        try frame.spend(1)
        var values: [CELValue] = []
        values.reserveCapacity(elements.count)
        for element in elements {
            try append(element.node.evaluate(&frame), element.isOptional, to: &values)
        }
        return .list(values)
    }

    private func append(_ value: CELValue, _ isOptional: Bool, to values: inout [CELValue]) throws(Failure) {
        guard isOptional else {
            values.append(value)
            return
        }
        guard case .optional(let wrapped) = value else { throw .overload("[?…]", value.kind).placed(at: offset) }
        if let wrapped { values.append(wrapped) }
    }
}

/// `{a: b, ?c: d}`.
final class MapNode: Node {
    struct Entry: Sendable {
        let key: any Node
        let value: any Node
        let isOptional: Bool
    }

    private let entries: [Entry]
    private let offset: Int32

    init(entries: [Entry], offset: Int32) {
        self.entries = entries
        self.offset = offset
    }

    func evaluate(_ frame: inout Frame) throws(Failure) -> CELValue {
        try frame.spend(1)
        var built: [CELMap.Entry] = []
        built.reserveCapacity(entries.count)
        for entry in entries {
            let key = try entry.key.evaluate(&frame)
            try append(key, entry.value.evaluate(&frame), entry.isOptional, to: &built)
        }
        return try Self.map(built, at: offset)
    }

    private func append(
        _ key: CELValue,
        _ value: CELValue,
        _ isOptional: Bool,
        to entries: inout [CELMap.Entry]
    ) throws(Failure) {
        guard isOptional else {
            entries.append(CELMap.Entry(key: key, value: value))
            return
        }
        guard case .optional(let wrapped) = value else { throw .overload("{?…}", value.kind).placed(at: offset) }
        if let wrapped { entries.append(CELMap.Entry(key: key, value: wrapped)) }
    }

    static func map(_ entries: [CELMap.Entry], at offset: Int32) throws(Failure) -> CELValue {
        do throws(CELMap.Problem) {
            return .map(try CELMap(entries))
        } catch {
            switch error {
            case .unsupportedKey:
                throw Failure(.invalidArgument, "a map key is no bool, int, uint or string").placed(at: offset)
            case .repeatedKey:
                throw Failure(.invalidArgument, "a map has the same key twice").placed(at: offset)
            }
        }
    }
}
