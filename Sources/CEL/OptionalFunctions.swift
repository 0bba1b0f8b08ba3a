/// The optional library: `optional.of`, `orValue` and their relatives.
enum OptionalFunctions {
    private static let element = CELType.parameter("T")
    private static let optional = CELType.optional(.parameter("T"))

    static let overloads: [Overload] = [
        StandardFunctions.global("optional.of", element, optional) { value, _ in .optional(value) },
        StandardFunctions.global("optional.ofNonZeroValue", element, optional) { value, _ in
            .optional(value.isZero ? nil : value)
        },
        Overload(
            name: "optional.none",
            isMember: false,
            parameters: [],
            result: optional,
            body: .variadic { _, _ in .optional(nil) }
        ),
        StandardFunctions.member("hasValue", optional, .bool, hasValue),
        StandardFunctions.member("value", optional, element, value),
        StandardFunctions.member("or", optional, optional, optional, or),
        StandardFunctions.member("orValue", optional, element, element, orValue),
        StandardFunctions.global("optional.unwrap", .list(optional), .list(element), unwrap),
        StandardFunctions.member("unwrapOpt", .list(optional), .list(element), unwrap),
        StandardFunctions.member("first", .list(element), optional) { (value, _) throws(Failure) in
            guard case .list(let values) = value else { throw .overload("first", value.kind) }
            return .optional(values.first)
        },
        StandardFunctions.member("last", .list(element), optional) { (value, _) throws(Failure) in
            guard case .list(let values) = value else { throw .overload("last", value.kind) }
            return .optional(values.last)
        },
    ]

    private static func hasValue(_ value: CELValue, _ frame: inout Frame) throws(Failure) -> CELValue {
        guard case .optional(let wrapped) = value else { throw .overload("hasValue", value.kind) }
        return .bool(wrapped != nil)
    }

    private static func value(_ value: CELValue, _ frame: inout Frame) throws(Failure) -> CELValue {
        guard case .optional(let wrapped) = value else { throw .overload("value", value.kind) }
        guard let wrapped else { throw Failure(.invalidArgument, "the optional has no value") }
        return wrapped
    }

    private static func or(
        _ first: CELValue,
        _ second: CELValue,
        _ frame: inout Frame
    ) throws(Failure) -> CELValue {
        guard case .optional(let wrapped) = first, case .optional = second else {
            throw .overload("or", first.kind, second.kind)
        }
        return wrapped == nil ? second : first
    }

    private static func orValue(
        _ first: CELValue,
        _ second: CELValue,
        _ frame: inout Frame
    ) throws(Failure) -> CELValue {
        guard case .optional(let wrapped) = first else { throw .overload("orValue", first.kind, second.kind) }
        return wrapped ?? second
    }

    private static func unwrap(_ value: CELValue, _ frame: inout Frame) throws(Failure) -> CELValue {
        guard case .list(let values) = value else { throw .overload("unwrap", value.kind) }
        try frame.spend(values.count)
        var unwrapped: [CELValue] = []
        for value in values {
            guard case .optional(let wrapped) = value else { throw .overload("unwrap", value.kind) }
            if let wrapped { unwrapped.append(wrapped) }
        }
        return .list(unwrapped)
    }
}

/// `a.or(b)` and `a.orValue(b)`, which look at `b` only when `a` has no value.
final class OptionalOrNode: Node {
    private let first: any Node
    private let second: any Node
    private let givesValue: Bool
    private let offset: Int32

    init(_ first: any Node, _ second: any Node, givesValue: Bool, offset: Int32) {
        self.first = first
        self.second = second
        self.givesValue = givesValue
        self.offset = offset
    }

    func evaluate(_ frame: inout Frame) throws(Failure) -> CELValue {
        frame.remaining &-= 1
        let value = try first.evaluate(&frame)
        guard case .optional(let wrapped) = value else {
            throw .overload(givesValue ? "orValue" : "or", value.kind).placed(at: offset)
        }
        if let wrapped { return givesValue ? wrapped : value }
        return try checked(second.evaluate(&frame))
    }

    private func checked(_ other: CELValue) throws(Failure) -> CELValue {
        if givesValue { return other }
        guard case .optional = other else { throw .overload("or", .optional, other.kind).placed(at: offset) }
        return other
    }
}
