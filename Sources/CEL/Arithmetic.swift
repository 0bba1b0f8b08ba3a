/// `+ - * / %` (cel-spec, langdef, "Numeric values"): overflow is an error, integer division truncates.
enum Arithmetic {
    static let overflow = Failure(.overflow, "the result is out of range")

    static func apply(
        _ operation: BinaryOperator,
        _ left: CELValue,
        _ right: CELValue,
        _ frame: inout Frame
    ) throws(Failure) -> CELValue {
        switch (left, right) {
        case (.int(let left), .int(let right)): return .int(try integers(operation, left, right))
        case (.uint(let left), .uint(let right)): return .uint(try integers(operation, left, right))
        case (.double(let left), .double(let right)): return .double(try doubles(operation, left, right))
        default: break
        }
        switch operation {
        case .add: return try add(left, right, &frame)
        case .subtract: return try subtract(left, right)
        default: throw .overload(operation.rawValue, left.kind, right.kind)
        }
    }

    private static func integers<Value: FixedWidthInteger>(
        _ operation: BinaryOperator,
        _ left: Value,
        _ right: Value
    ) throws(Failure) -> Value {
        let result: (partialValue: Value, overflow: Bool)
        switch operation {
        case .add: result = left.addingReportingOverflow(right)
        case .subtract: result = left.subtractingReportingOverflow(right)
        case .multiply: result = left.multipliedReportingOverflow(by: right)
        case .divide:
            guard right != 0 else { throw Failure(.divisionByZero, "division by zero") }
            result = left.dividedReportingOverflow(by: right)
        default:
            guard right != 0 else { throw Failure(.divisionByZero, "remainder of a division by zero") }
            result = left.remainderReportingOverflow(dividingBy: right)
        }
        guard !result.overflow else { throw overflow }
        return result.partialValue
    }

    private static func doubles(_ operation: BinaryOperator, _ left: Double, _ right: Double) throws(Failure) -> Double
    {
        switch operation {
        case .add: left + right
        case .subtract: left - right
        case .multiply: left * right
        case .divide: left / right
        default: throw .overload(operation.rawValue, .double, .double)
        }
    }

    private static func add(_ left: CELValue, _ right: CELValue, _ frame: inout Frame) throws(Failure) -> CELValue {
        switch (left, right) {
        case (.string(let left), .string(let right)):
            try frame.spend(bytes: left.utf8.count + right.utf8.count)
            return .string(left + right)
        case (.bytes(let left), .bytes(let right)):
            try frame.spend(bytes: left.count + right.count)
            return .bytes(left + right)
        case (.list(let left), .list(let right)):
            try frame.spend(left.count + right.count)
            return .list(left + right)
        case (.timestamp(let moment), .duration(let span)), (.duration(let span), .timestamp(let moment)):
            return .timestamp(try moment.adding(span.totalNanoseconds))
        case (.duration(let left), .duration(let right)):
            let (sum, overflows) = left.totalNanoseconds.addingReportingOverflow(right.totalNanoseconds)
            guard !overflows else { throw overflow }
            return .duration(CELDuration(totalNanoseconds: sum))
        default:
            throw .overload("+", left.kind, right.kind)
        }
    }

    private static func subtract(_ left: CELValue, _ right: CELValue) throws(Failure) -> CELValue {
        switch (left, right) {
        case (.timestamp(let moment), .duration(let span)):
            guard span.totalNanoseconds != .min else { throw overflow }
            return .timestamp(try moment.adding(-span.totalNanoseconds))
        case (.timestamp(let left), .timestamp(let right)):
            let seconds = left.seconds - right.seconds
            let nanoseconds = Int64(left.nanoseconds - right.nanoseconds)
            guard let span = CELDuration(seconds: seconds, nanoseconds: nanoseconds) else { throw overflow }
            return .duration(span)
        case (.duration(let left), .duration(let right)):
            let (rest, overflows) = left.totalNanoseconds.subtractingReportingOverflow(right.totalNanoseconds)
            guard !overflows else { throw overflow }
            return .duration(CELDuration(totalNanoseconds: rest))
        default:
            throw .overload("-", left.kind, right.kind)
        }
    }
}

extension CELTimestamp {
    /// The moment so many nanoseconds later; fails outside the years 1 to 9999.
    func adding(_ span: Int64) throws(Failure) -> CELTimestamp {
        let nanosecondsPerSecond = CELDuration.nanosecondsPerSecond
        var wholeSeconds = seconds + span / nanosecondsPerSecond
        var rest = Int64(nanoseconds) + span % nanosecondsPerSecond
        if rest < 0 {
            rest += nanosecondsPerSecond
            wholeSeconds -= 1
        } else if rest >= nanosecondsPerSecond {
            rest -= nanosecondsPerSecond
            wholeSeconds += 1
        }
        guard let moment = CELTimestamp(seconds: wholeSeconds, nanoseconds: Int32(rest)) else {
            throw Arithmetic.overflow
        }
        return moment
    }
}
