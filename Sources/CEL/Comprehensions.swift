/// What the macros have in common: walking a list, or a map's entries, in order.
struct Walk: Sendable {
    let range: any Node
    let slot: Int
    let secondSlot: Int?
    let offset: Int32

    /// Calls `body` for each element with the variables set, until it returns false.
    @inline(__always)
    func forEach(
        _ frame: inout Frame,
        _ body: (inout Frame) throws(Failure) -> Bool
    ) throws(Failure) {
        let value = try range.evaluate(&frame)
        switch value {
        case .list(let values):
            for (index, element) in values.enumerated() {
                try frame.spend(1)
                if let secondSlot {
                    frame.locals[slot] = .int(Int64(index))
                    frame.locals[secondSlot] = element
                } else {
                    frame.locals[slot] = element
                }
                guard try body(&frame) else { return }
            }
        case .map(let map):
            for entry in map.entries {
                try frame.spend(1)
                frame.locals[slot] = entry.key
                if let secondSlot { frame.locals[secondSlot] = entry.value }
                guard try body(&frame) else { return }
            }
        default:
            throw .overload("comprehension", value.kind).placed(at: offset)
        }
    }
}

/// `all` and `exists`: as `&&` and `||` over the elements, absorbing failures.
final class QuantifierNode: ConditionNode {
    private let walk: Walk
    private let test: any Node
    /// The value that decides: false for `all`, true for `exists`.
    private let decisive: Bool

    init(_ walk: Walk, _ test: any Node, decisive: Bool) {
        self.walk = walk
        self.test = test
        self.decisive = decisive
    }

    func condition(_ frame: inout Frame) throws(Failure) -> Bool {
        frame.remaining &-= 1
        var failure: Failure?
        var isDecided = false
        try walk.forEach(&frame) { (frame: inout Frame) throws(Failure) -> Bool in
            do throws(Failure) {
                isDecided = try test.condition(&frame) == decisive
            } catch {
                if error.kind == .budget { throw error }
                if failure == nil { failure = error }
            }
            return !isDecided
        }
        if isDecided { return decisive }
        if let failure { throw failure.placed(at: walk.offset) }
        return !decisive
    }
}

/// `exists_one`: true when exactly one element passes; a failure is not absorbed.
final class ExistsOneNode: ConditionNode {
    private let walk: Walk
    private let test: any Node

    init(_ walk: Walk, _ test: any Node) {
        self.walk = walk
        self.test = test
    }

    func condition(_ frame: inout Frame) throws(Failure) -> Bool {
        frame.remaining &-= 1
        var count = 0
        try walk.forEach(&frame) { (frame: inout Frame) throws(Failure) -> Bool in
            if try test.condition(&frame) { count += 1 }
            return true
        }
        return count == 1
    }
}

/// `filter`, `map` and `transformList`.
final class TransformListNode: Node {
    private let walk: Walk
    private let test: (any Node)?
    /// What to keep of an element; nil keeps the element.
    private let transform: (any Node)?

    init(_ walk: Walk, test: (any Node)?, transform: (any Node)?) {
        self.walk = walk
        self.test = test
        self.transform = transform
    }

    func evaluate(_ frame: inout Frame) throws(Failure) -> CELValue {
        frame.remaining &-= 1
        var values: [CELValue] = []
        try walk.forEach(&frame) { (frame: inout Frame) throws(Failure) -> Bool in
            if let test, !(try test.condition(&frame)) { return true }
            if let transform {
                values.append(try transform.evaluate(&frame))
            } else {
                values.append(frame.locals[walk.slot])
            }
            return true
        }
        return .list(values)
    }
}

/// `transformMap` and `transformMapEntry`.
final class TransformMapNode: Node {
    private let walk: Walk
    private let test: (any Node)?
    private let transform: any Node
    /// Whether the transform gives whole entries (as maps) instead of values.
    private let givesEntries: Bool

    init(_ walk: Walk, test: (any Node)?, transform: any Node, givesEntries: Bool) {
        self.walk = walk
        self.test = test
        self.transform = transform
        self.givesEntries = givesEntries
    }

    func evaluate(_ frame: inout Frame) throws(Failure) -> CELValue {
        frame.remaining &-= 1
        var entries: [CELMap.Entry] = []
        try walk.forEach(&frame) { (frame: inout Frame) throws(Failure) -> Bool in
            if let test, !(try test.condition(&frame)) { return true }
            let key = frame.locals[walk.slot]
            let value = try transform.evaluate(&frame)
            guard givesEntries else {
                entries.append(CELMap.Entry(key: key, value: value))
                return true
            }
            guard case .map(let map) = value else {
                throw .overload("transformMapEntry", value.kind).placed(at: walk.offset)
            }
            try frame.spend(map.count)
            entries += map.entries
            return true
        }
        return try MapNode.map(entries, at: walk.offset)
    }
}

/// `optMap` and `optFlatMap`.
final class OptionalMapNode: Node {
    private let operand: any Node
    private let slot: Int
    private let body: any Node
    private let isFlat: Bool
    private let offset: Int32

    init(_ operand: any Node, slot: Int, body: any Node, isFlat: Bool, offset: Int32) {
        self.operand = operand
        self.slot = slot
        self.body = body
        self.isFlat = isFlat
        self.offset = offset
    }

    func evaluate(_ frame: inout Frame) throws(Failure) -> CELValue {
        frame.remaining &-= 1
        let value = try operand.evaluate(&frame)
        guard case .optional(let wrapped) = value else {
            throw .overload(isFlat ? "optFlatMap" : "optMap", value.kind).placed(at: offset)
        }
        guard let wrapped else { return .optional(nil) }
        frame.locals[slot] = wrapped
        let result = try body.evaluate(&frame)
        return try checked(result)
    }

    private func checked(_ result: CELValue) throws(Failure) -> CELValue {
        guard isFlat else { return .optional(result) }
        guard case .optional = result else {
            throw .overload("optFlatMap", result.kind).placed(at: offset)
        }
        return result
    }
}
