/// `!operand`.
final class NotNode: ConditionNode {
    private let operand: any Node
    private let offset: Int32

    init(_ operand: any Node, offset: Int32) {
        self.operand = operand
        self.offset = offset
    }

    func condition(_ frame: inout Frame) throws(Failure) -> Bool {
        frame.remaining &-= 1
        let value = try operand.evaluate(&frame)
        guard case .bool(let isTrue) = value else { throw .overload("!", value.kind).placed(at: offset) }
        return !isTrue
    }
}

/// `-operand`.
final class NegateNode: Node {
    private let operand: any Node
    private let offset: Int32

    init(_ operand: any Node, offset: Int32) {
        self.operand = operand
        self.offset = offset
    }

    func evaluate(_ frame: inout Frame) throws(Failure) -> CELValue {
        frame.remaining &-= 1
        return try negate(operand.evaluate(&frame))
    }

    private func negate(_ value: CELValue) throws(Failure) -> CELValue {
        switch value {
        case .int(let value):
            guard value != .min else { throw Arithmetic.overflow.placed(at: offset) }
            return .int(-value)
        case .double(let value): return .double(-value)
        default: throw .overload("-", value.kind).placed(at: offset)
        }
    }
}

/// `left + right` and the other arithmetic.
final class ArithmeticNode: Node {
    private let operation: BinaryOperator
    private let left: any Node
    private let right: any Node
    private let offset: Int32

    init(_ operation: BinaryOperator, _ left: any Node, _ right: any Node, offset: Int32) {
        self.operation = operation
        self.left = left
        self.right = right
        self.offset = offset
    }

    func evaluate(_ frame: inout Frame) throws(Failure) -> CELValue {
        frame.remaining &-= 1
        let left = try left.evaluate(&frame)
        let right = try right.evaluate(&frame)
        do throws(Failure) {
            return try Arithmetic.apply(operation, left, right, &frame)
        } catch {
            throw error.placed(at: offset)
        }
    }
}

/// `left == right` and `left != right`.
final class EqualNode: ConditionNode {
    private let left: any Node
    private let right: any Node
    private let wanted: Bool
    private let offset: Int32

    init(_ left: any Node, _ right: any Node, wanted: Bool, offset: Int32) {
        self.left = left
        self.right = right
        self.wanted = wanted
        self.offset = offset
    }

    func condition(_ frame: inout Frame) throws(Failure) -> Bool {
        frame.remaining &-= 1
        let left = try left.evaluate(&frame)
        let right = try right.evaluate(&frame)
        return try CELValue.equal(left, right, &frame) == wanted
    }
}

/// `left < right` and the other orderings.
final class OrderNode: ConditionNode {
    private let operation: BinaryOperator
    private let left: any Node
    private let right: any Node
    private let offset: Int32

    init(_ operation: BinaryOperator, _ left: any Node, _ right: any Node, offset: Int32) {
        self.operation = operation
        self.left = left
        self.right = right
        self.offset = offset
    }

    func condition(_ frame: inout Frame) throws(Failure) -> Bool {
        frame.remaining &-= 1
        let left = try left.evaluate(&frame)
        let right = try right.evaluate(&frame)
        guard let order = CELValue.order(left, right) else {
            throw .overload(operation.rawValue, left.kind, right.kind).placed(at: offset)
        }
        return switch operation {
        case .less: order == .less
        case .lessOrEqual: order == .less || order == .same
        case .greater: order == .greater
        default: order == .greater || order == .same
        }
    }
}

/// `a && b && …`: false wins over every failure, a failure over true (and the reverse for `||`).
final class LogicalNode: ConditionNode {
    private let operation: LogicalOperator
    /// The value that decides: false for `&&`, true for `||`.
    private let decisive: Bool
    private let operands: [any Node]
    private let offset: Int32

    init(_ operation: LogicalOperator, _ operands: [any Node], offset: Int32) {
        self.operation = operation
        decisive = operation == .or
        self.operands = operands
        self.offset = offset
    }

    func condition(_ frame: inout Frame) throws(Failure) -> Bool {
        frame.remaining &-= 1
        var failure: Failure?
        for operand in operands {
            do throws(Failure) {
                if try operand.condition(&frame) == decisive { return decisive }
            } catch {
                if error.kind == .budget { throw error }
                if failure == nil { failure = error }
            }
        }
        if let failure { throw failure.placed(at: offset) }
        return !decisive
    }
}

/// `condition ? then : otherwise`.
final class ConditionalNode: Node {
    private let test: any Node
    private let then: any Node
    private let otherwise: any Node
    private let offset: Int32

    init(_ test: any Node, then: any Node, otherwise: any Node, offset: Int32) {
        self.test = test
        self.then = then
        self.otherwise = otherwise
        self.offset = offset
    }

    func evaluate(_ frame: inout Frame) throws(Failure) -> CELValue {
        frame.remaining &-= 1
        let isTrue: Bool
        do throws(Failure) {
            isTrue = try test.condition(&frame)
        } catch {
            throw error.placed(at: offset)
        }
        return try isTrue ? then.evaluate(&frame) : otherwise.evaluate(&frame)
    }
}

/// `value in list` and `key in map`.
final class InNode: ConditionNode {
    private let element: any Node
    private let container: any Node
    private let offset: Int32

    init(_ element: any Node, _ container: any Node, offset: Int32) {
        self.element = element
        self.container = container
        self.offset = offset
    }

    func condition(_ frame: inout Frame) throws(Failure) -> Bool {
        frame.remaining &-= 1
        let element = try element.evaluate(&frame)
        return try find(element, in: container.evaluate(&frame), &frame)
    }

    private func find(
        _ element: CELValue,
        in container: CELValue,
        _ frame: inout Frame
    ) throws(Failure) -> Bool {
        switch container {
        case .list(let values):
            for value in values {
                try frame.spend(1)
                if try CELValue.equal(element, value, &frame) { return true }
            }
            return false
        case .map(let map): return map[key: element] != nil
        default: throw .overload("in", element.kind, container.kind).placed(at: offset)
        }
    }
}

/// `value in ["constant", …]`, with the constants as a set.
final class InConstantsNode: ConditionNode {
    private let element: any Node
    private let keys: Set<MapKey>
    /// Up to a few texts are compared one after another, which is faster than hashing.
    private let texts: [String]?

    init(_ element: any Node, keys: Set<MapKey>, texts: [String]?) {
        self.element = element
        self.keys = keys
        self.texts = texts
    }

    func condition(_ frame: inout Frame) throws(Failure) -> Bool {
        frame.remaining &-= 1
        let value = try element.evaluate(&frame)
        if let texts {
            guard case .string(let text) = value else { return false }
            for candidate in texts where Text.equal(text, candidate) { return true }
            return false
        }
        guard let key = MapKey(value) else { return false }
        return keys.contains(key)
    }
}
