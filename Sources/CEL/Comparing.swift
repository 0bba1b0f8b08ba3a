/// Equality and order of values (cel-spec, langdef, "Equality" and "Ordering").
extension CELValue {
    /// Whether two values are equal: numbers across types by value, texts by bytes, different types never.
    package static func equal(_ left: CELValue, _ right: CELValue) -> Bool {
        var remaining = Int.max
        return equal(left, right, &remaining)
    }

    /// As `equal`, paying for each element of lists and maps.
    static func equal(_ left: CELValue, _ right: CELValue, _ frame: inout Frame) throws(Failure) -> Bool {
        let isEqual = equal(left, right, &frame.remaining)
        if frame.remaining < 0 { throw .budget }
        return isEqual
    }

    private static func equal(_ left: CELValue, _ right: CELValue, _ remaining: inout Int) -> Bool {
        switch (left, right) {
        case (.string(let left), .string(let right)): return Text.equal(left, right)
        case (.int(let left), .int(let right)): return left == right
        case (.bool(let left), .bool(let right)): return left == right
        case (.null, .null): return true
        case (.double(let left), .double(let right)): return left == right
        case (.uint(let left), .uint(let right)): return left == right
        case (.bytes(let left), .bytes(let right)): return left == right
        case (.timestamp(let left), .timestamp(let right)): return left == right
        case (.duration(let left), .duration(let right)): return left == right
        case (.type(let left), .type(let right)): return Text.equal(left, right)
        case (.object(let left), .object(let right)): return left === right
        case (.list(let left), .list(let right)): return equal(left, right, &remaining)
        case (.map(let left), .map(let right)): return equal(left, right, &remaining)
        case (.optional(let left), .optional(let right)): return equal(left, right, &remaining)
        default: return Number.order(left, right) == .same
        }
    }

    private static func equal(_ left: [CELValue], _ right: [CELValue], _ remaining: inout Int) -> Bool {
        guard left.count == right.count else { return false }
        for index in left.indices {
            remaining -= 1
            // Out of budget, the answer does not matter any more.
            guard remaining >= 0, equal(left[index], right[index], &remaining) else { return false }
        }
        return true
    }

    private static func equal(_ left: CELMap, _ right: CELMap, _ remaining: inout Int) -> Bool {
        guard left.count == right.count else { return false }
        for entry in left.entries {
            remaining -= 1
            guard remaining >= 0, let other = right[key: entry.key], equal(entry.value, other, &remaining) else {
                return false
            }
        }
        return true
    }

    private static func equal(_ left: CELValue?, _ right: CELValue?, _ remaining: inout Int) -> Bool {
        guard let left, let right else { return left == nil && right == nil }
        return equal(left, right, &remaining)
    }

    /// How two values compare; nil when the language does not order their types.
    static func order(_ left: CELValue, _ right: CELValue) -> Order? {
        switch (left, right) {
        case (.int(let left), .int(let right)): return Order(left, right)
        case (.string(let left), .string(let right)): return Order(Text.compare(left, right), 0)
        case (.bool(let left), .bool(let right)): return Order(left ? 1 : 0, right ? 1 : 0)
        case (.timestamp(let left), .timestamp(let right)): return Order(left, right)
        case (.duration(let left), .duration(let right)): return Order(left, right)
        case (.bytes(let left), .bytes(let right)):
            return left.withUnsafeBufferPointer { left in
                right.withUnsafeBufferPointer { right in Order(Text.compare(left, right), 0) }
            }
        default: return Number.order(left, right)
        }
    }
}

/// How two values compare.
enum Order {
    case less
    case same
    case greater
    /// One is NaN.
    case unordered

    init<Value: Comparable>(_ left: Value, _ right: Value) {
        self = left < right ? .less : left == right ? .same : left > right ? .greater : .unordered
    }

    var reversed: Order {
        switch self {
        case .less: .greater
        case .greater: .less
        case .same, .unordered: self
        }
    }
}

/// Exact comparison of numbers of different types.
enum Number {
    /// How two numbers compare; nil when one is no number.
    static func order(_ left: CELValue, _ right: CELValue) -> Order? {
        switch (left, right) {
        case (.int(let left), .int(let right)): Order(left, right)
        case (.uint(let left), .uint(let right)): Order(left, right)
        case (.double(let left), .double(let right)): Order(left, right)
        case (.int(let left), .uint(let right)): left < 0 ? .less : Order(UInt64(left), right)
        case (.uint(let left), .int(let right)): right < 0 ? .greater : Order(left, UInt64(right))
        case (.int(let left), .double(let right)): order(left, right)
        case (.double(let left), .int(let right)): order(right, left).reversed
        case (.uint(let left), .double(let right)): order(left, right)
        case (.double(let left), .uint(let right)): order(right, left).reversed
        default: nil
        }
    }

    /// Compares without rounding where the double's whole part is such an integer: that part, then its fraction.
    private static func order<Whole: FixedWidthInteger>(_ whole: Whole, _ double: Double) -> Order {
        guard !double.isNaN else { return .unordered }
        let truncated = double.rounded(.towardZero)
        // Beyond the integers the official cases compare as doubles: 2^63 is not above the greatest int.
        guard let other = Whole(exactly: truncated) else { return Order(Double(whole), double) }
        return whole == other ? Order(0, double - truncated) : Order(whole, other)
    }
}
