/// What a function does with its arguments; the shapes with one or two need no array.
enum FunctionBody: Sendable {
    typealias Nullary = @Sendable (inout Frame) throws(Failure) -> CELValue
    typealias Unary = @Sendable (CELValue, inout Frame) throws(Failure) -> CELValue
    typealias Binary = @Sendable (CELValue, CELValue, inout Frame) throws(Failure) -> CELValue
    typealias Variadic = @Sendable ([CELValue], inout Frame) throws(Failure) -> CELValue

    case unary(Unary)
    case binary(Binary)
    case variadic(Variadic)
    /// Declared for the checker only.
    case unbound
}

/// A call with one argument.
final class UnaryCallNode: Node {
    private let body: FunctionBody.Unary
    private let argument: any Node
    private let offset: Int32

    init(_ body: @escaping FunctionBody.Unary, _ argument: any Node, offset: Int32) {
        self.body = body
        self.argument = argument
        self.offset = offset
    }

    func evaluate(_ frame: inout Frame) throws(Failure) -> CELValue {
        frame.remaining &-= 1
        let argument = try argument.evaluate(&frame)
        do throws(Failure) {
            return try body(argument, &frame)
        } catch {
            throw error.placed(at: offset)
        }
    }
}

/// A call with two arguments.
final class BinaryCallNode: Node {
    private let body: FunctionBody.Binary
    private let first: any Node
    private let second: any Node
    private let offset: Int32

    init(_ body: @escaping FunctionBody.Binary, _ first: any Node, _ second: any Node, offset: Int32) {
        self.body = body
        self.first = first
        self.second = second
        self.offset = offset
    }

    func evaluate(_ frame: inout Frame) throws(Failure) -> CELValue {
        frame.remaining &-= 1
        let first = try first.evaluate(&frame)
        let second = try second.evaluate(&frame)
        do throws(Failure) {
            return try body(first, second, &frame)
        } catch {
            throw error.placed(at: offset)
        }
    }
}

/// A call with any number of arguments, or with several overloads to choose from while running.
final class CallNode: Node {
    private let name: String
    private let overloads: [Overload]
    private let arguments: [any Node]
    private let offset: Int32

    init(_ name: String, _ overloads: [Overload], _ arguments: [any Node], offset: Int32) {
        self.name = name
        self.overloads = overloads
        self.arguments = arguments
        self.offset = offset
    }

    func evaluate(_ frame: inout Frame) throws(Failure) -> CELValue {
        try frame.spend(1)
        var values: [CELValue] = []
        values.reserveCapacity(arguments.count)
        for argument in arguments { values.append(try argument.evaluate(&frame)) }
        do throws(Failure) {
            return try call(values, &frame)
        } catch {
            throw error.placed(at: offset)
        }
    }

    private func call(_ values: [CELValue], _ frame: inout Frame) throws(Failure) -> CELValue {
        for overload in overloads where overload.accepts(values) {
            switch overload.body {
            case .unary(let body): return try body(values[0], &frame)
            case .binary(let body): return try body(values[0], values[1], &frame)
            case .variadic(let body): return try body(values, &frame)
            case .unbound: throw Failure(.unbound, "the function '\(name)' has no body here")
            }
        }
        throw .overload(
            name,
            values.first?.kind ?? .none,
            values.count > 1 ? values[1].kind : .none
        )
    }
}

/// `startsWith`, `endsWith` and `contains` with text on both sides.
final class TextTestNode: ConditionNode {
    enum Test: Sendable {
        case prefix
        case suffix
        case part
    }

    private let test: Test
    private let text: any Node
    private let part: any Node
    private let name: String
    private let offset: Int32

    init(_ test: Test, _ text: any Node, _ part: any Node, name: String, offset: Int32) {
        self.test = test
        self.text = text
        self.part = part
        self.name = name
        self.offset = offset
    }

    func condition(_ frame: inout Frame) throws(Failure) -> Bool {
        frame.remaining &-= 1
        let value = try text.evaluate(&frame)
        let wanted = try part.evaluate(&frame)
        guard case .string(let text) = value, case .string(let part) = wanted else {
            throw .overload(name, value.kind, wanted.kind).placed(at: offset)
        }
        switch test {
        case .prefix: return Text.hasPrefix(text, part)
        case .suffix: return Text.hasSuffix(text, part)
        case .part:
            try frame.spend(bytes: text.utf8.count)
            return Text.contains(text, part)
        }
    }
}
