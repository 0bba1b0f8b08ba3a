/// The math library.
enum MathFunctions {
    static let overloads: [Overload] =
        roundings + tests + signs + bits + extremes("math.greatest", keepsGreater: true)
        + extremes("math.least", keepsGreater: false)
        + [CELType.int, .uint, .double].map { StandardFunctions.global("math.sqrt", $0, .double, squareRoot) }

    // MARK: Rounding

    private static let roundings: [Overload] = [
        rounding("math.ceil", .up), rounding("math.floor", .down),
        rounding("math.round", .toNearestOrAwayFromZero), rounding("math.trunc", .towardZero),
    ]

    private static func rounding(_ name: String, _ rule: FloatingPointRoundingRule) -> Overload {
        StandardFunctions.global(name, .double, .double) { (value, _) throws(Failure) in
            guard case .double(let value) = value else { throw .overload(name, value.kind) }
            return .double(value.rounded(rule))
        }
    }

    private static func squareRoot(_ value: CELValue, _ frame: inout Frame) throws(Failure) -> CELValue {
        switch value {
        case .int(let value): .double(Double(value).squareRoot())
        case .uint(let value): .double(Double(value).squareRoot())
        case .double(let value): .double(value.squareRoot())
        default: throw .overload("math.sqrt", value.kind)
        }
    }

    // MARK: Tests and signs

    private static let tests: [Overload] = [
        test("math.isNaN") { $0.isNaN }, test("math.isInf") { $0.isInfinite }, test("math.isFinite") { $0.isFinite },
    ]

    private static func test(_ name: String, _ test: @escaping @Sendable (Double) -> Bool) -> Overload {
        StandardFunctions.global(name, .double, .bool) { (value, _) throws(Failure) in
            guard case .double(let value) = value else { throw .overload(name, value.kind) }
            return .bool(test(value))
        }
    }

    private static let signs: [Overload] = [CELType.int, .uint, .double].flatMap { type in
        [
            StandardFunctions.global("math.abs", type, type, magnitude),
            StandardFunctions.global("math.sign", type, type, sign),
        ]
    }

    private static func magnitude(_ value: CELValue, _ frame: inout Frame) throws(Failure) -> CELValue {
        switch value {
        case .int(let value):
            guard value != .min else { throw Arithmetic.overflow }
            return .int(abs(value))
        case .uint: return value
        case .double(let value): return .double(value.magnitude)
        default: throw .overload("math.abs", value.kind)
        }
    }

    private static func sign(_ value: CELValue, _ frame: inout Frame) throws(Failure) -> CELValue {
        switch value {
        case .int(let value): .int(value.signum())
        case .uint(let value): .uint(value == 0 ? 0 : 1)
        case .double(let value): .double(value > 0 ? 1 : value < 0 ? -1 : value.isNaN ? value : 0)
        default: throw .overload("math.sign", value.kind)
        }
    }

    // MARK: Bits

    private static let bits: [Overload] =
        [
            bitwise("math.bitAnd") { $0 & $1 }, bitwise("math.bitOr") { $0 | $1 }, bitwise("math.bitXor") { $0 ^ $1 },
            [
                StandardFunctions.global("math.bitNot", .int, .int, bitNot),
                StandardFunctions.global("math.bitNot", .uint, .uint, bitNot),
            ],
            shift("math.bitShiftLeft") { $0 << $1 }, shift("math.bitShiftRight") { $0 >> $1 },
        ].flatMap { $0 }

    private static func bitwise(
        _ name: String,
        _ operation: @escaping @Sendable (UInt64, UInt64) -> UInt64
    ) -> [Overload] {
        [CELType.int, .uint].map { type in
            StandardFunctions.global(name, type, type, type) { (left, right, _) throws(Failure) in
                switch (left, right) {
                case (.int(let left), .int(let right)):
                    return .int(Int64(bitPattern: operation(UInt64(bitPattern: left), UInt64(bitPattern: right))))
                case (.uint(let left), .uint(let right)): return .uint(operation(left, right))
                default: throw .overload(name, left.kind, right.kind)
                }
            }
        }
    }

    private static func bitNot(_ value: CELValue, _ frame: inout Frame) throws(Failure) -> CELValue {
        switch value {
        case .int(let value): .int(~value)
        case .uint(let value): .uint(~value)
        default: throw .overload("math.bitNot", value.kind)
        }
    }

    /// Shifts are logical: the sign of an int moves like any other bit.
    private static func shift(
        _ name: String,
        _ operation: @escaping @Sendable (UInt64, UInt64) -> UInt64
    ) -> [Overload] {
        [CELType.int, .uint].map { type in
            StandardFunctions.global(name, type, .int, type) { (value, places, _) throws(Failure) in
                guard case .int(let places) = places else { throw .overload(name, value.kind, places.kind) }
                guard places >= 0 else { throw Failure(.invalidArgument, "'\(name)' by a negative number of places") }
                switch value {
                case .int(let value):
                    return .int(Int64(bitPattern: operation(UInt64(bitPattern: value), UInt64(places))))
                case .uint(let value): return .uint(operation(value, UInt64(places)))
                default: throw .overload(name, value.kind, ValueKind.int)
                }
            }
        }
    }

    // MARK: Greatest and least

    private static func extremes(_ name: String, keepsGreater: Bool) -> [Overload] {
        let body: FunctionBody.Variadic = { (values, frame) throws(Failure) in
            if values.count == 1, case .list(let elements) = values[0] {
                return try extreme(name, elements, keepsGreater, &frame)
            }
            return try extreme(name, values, keepsGreater, &frame)
        }
        let types: [CELType] = [.int, .uint, .double]
        var overloads = types.map {
            Overload(name: name, isMember: false, parameters: [$0], result: $0, isVariadic: true, body: .variadic(body))
        }
        overloads += types.map {
            Overload(name: name, isMember: false, parameters: [.list($0)], result: $0, body: .variadic(body))
        }
        overloads.append(
            Overload(
                name: name,
                isMember: false,
                parameters: [CELType.number],
                result: .dyn,
                isVariadic: true,
                body: .variadic(body)
            )
        )
        return overloads
    }

    private static func extreme(
        _ name: String,
        _ values: [CELValue],
        _ keepsGreater: Bool,
        _ frame: inout Frame
    ) throws(Failure) -> CELValue {
        try frame.spend(values.count)
        guard var best = values.first else { throw Failure(.invalidArgument, "'\(name)' of an empty list") }
        for value in values {
            guard let order = Number.order(value, best) else { throw .overload(name, value.kind) }
            if order == (keepsGreater ? .greater : .less) { best = value }
        }
        return best
    }
}
