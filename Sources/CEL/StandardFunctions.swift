/// The functions of the standard library that are no operators (cel-spec, langdef, "List of Standard Definitions").
enum StandardFunctions {
    static let overloads: [Overload] =
        [
            global("size", .string, .int, size), global("size", .bytes, .int, size),
            global("size", .list(.dyn), .int, size), global("size", .map(.dyn, .dyn), .int, size),
            member("size", .string, .int, size), member("size", .bytes, .int, size),
            member("size", .list(.dyn), .int, size), member("size", .map(.dyn, .dyn), .int, size),
            global("dyn", .parameter("T"), .dyn, { value, _ in value }),
            global("type", .parameter("T"), .type(.parameter("T")), { value, _ in .type(value.typeName) }),
            member("startsWith", .string, .string, .bool, startsWith),
            member("endsWith", .string, .string, .bool, endsWith),
            member("contains", .string, .string, .bool, contains),
        ]

    // MARK: Declaring

    static func global(
        _ name: String,
        _ parameter: CELType,
        _ result: CELType,
        _ body: @escaping FunctionBody.Unary
    ) -> Overload {
        Overload(name: name, isMember: false, parameters: [parameter], result: result, body: .unary(body))
    }

    static func global(
        _ name: String,
        _ first: CELType,
        _ second: CELType,
        _ result: CELType,
        _ body: @escaping FunctionBody.Binary
    ) -> Overload {
        Overload(name: name, isMember: false, parameters: [first, second], result: result, body: .binary(body))
    }

    static func member(
        _ name: String,
        _ receiver: CELType,
        _ result: CELType,
        _ body: @escaping FunctionBody.Unary
    ) -> Overload {
        Overload(name: name, isMember: true, parameters: [receiver], result: result, body: .unary(body))
    }

    static func member(
        _ name: String,
        _ receiver: CELType,
        _ argument: CELType,
        _ result: CELType,
        _ body: @escaping FunctionBody.Binary
    ) -> Overload {
        Overload(name: name, isMember: true, parameters: [receiver, argument], result: result, body: .binary(body))
    }

    static func member(
        _ name: String,
        _ parameters: [CELType],
        _ result: CELType,
        _ body: @escaping FunctionBody.Variadic
    ) -> Overload {
        Overload(name: name, isMember: true, parameters: parameters, result: result, body: .variadic(body))
    }

    // MARK: Bodies

    private static func size(_ value: CELValue, _ frame: inout Frame) throws(Failure) -> CELValue {
        switch value {
        case .string(let text):
            try frame.spend(bytes: text.utf8.count)
            return .int(Int64(text.unicodeScalars.count))
        case .bytes(let bytes): return .int(Int64(bytes.count))
        case .list(let values): return .int(Int64(values.count))
        case .map(let map): return .int(Int64(map.count))
        default: throw .overload("size", value.kind)
        }
    }

    private static func startsWith(
        _ text: CELValue,
        _ prefix: CELValue,
        _ frame: inout Frame
    ) throws(Failure) -> CELValue {
        guard case .string(let text) = text, case .string(let prefix) = prefix else {
            throw .overload("startsWith", text.kind, prefix.kind)
        }
        return .bool(Text.hasPrefix(text, prefix))
    }

    private static func endsWith(
        _ text: CELValue,
        _ suffix: CELValue,
        _ frame: inout Frame
    ) throws(Failure) -> CELValue {
        guard case .string(let text) = text, case .string(let suffix) = suffix else {
            throw .overload("endsWith", text.kind, suffix.kind)
        }
        return .bool(Text.hasSuffix(text, suffix))
    }

    private static func contains(
        _ text: CELValue,
        _ part: CELValue,
        _ frame: inout Frame
    ) throws(Failure) -> CELValue {
        guard case .string(let text) = text, case .string(let part) = part else {
            throw .overload("contains", text.kind, part.kind)
        }
        try frame.spend(bytes: text.utf8.count)
        return .bool(Text.contains(text, part))
    }
}
