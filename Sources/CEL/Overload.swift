/// One signature of a function with its body.
struct Overload: Sendable {
    let name: String
    /// Whether it is called as `first.name(rest)`.
    let isMember: Bool
    /// The types of the arguments, the receiver first.
    let parameters: [CELType]
    let result: CELType
    /// Whether the last parameter may be repeated.
    var isVariadic = false
    /// Whether a call with constant arguments may be evaluated beforehand; a host's function may depend on the moment.
    var isFoldable = true
    /// What is wrong with a text written as the last argument; nil for nothing.
    var literalProblem: (@Sendable (String) -> CELFunctionError?)?
    let body: FunctionBody

    /// Whether runtime values may be passed; looks at kinds only.
    func accepts(_ values: [CELValue]) -> Bool {
        guard fits(values.count) else { return false }
        for (index, value) in values.enumerated() where !parameter(index).accepts(value.kind) { return false }
        return true
    }

    /// Whether it takes so many arguments.
    func fits(_ count: Int) -> Bool {
        isVariadic ? count >= parameters.count : count == parameters.count
    }

    /// The type of an argument by position.
    func parameter(_ index: Int) -> CELType { parameters[min(index, parameters.count - 1)] }

    /// The signature as messages show it: `string.startsWith(string)`.
    var signature: String {
        let names = parameters.map(\.description)
        guard isMember, let receiver = names.first else { return "\(name)(\(names.joined(separator: ", ")))" }
        return "\(receiver).\(name)(\(names.dropFirst().joined(separator: ", ")))"
    }
}

/// A function that another part of the program adds to the language.
package struct CELFunction: Sendable {
    /// The name; with dots for functions in a namespace (`phone.format`).
    package let name: String
    /// Whether it is called as `receiver.name(…)`; the receiver is the first argument.
    package let isMember: Bool
    /// The types of the arguments, the receiver first.
    package let parameters: [CELType]
    /// The type of the result.
    package let result: CELType
    /// What one call costs of the budget, beside its arguments.
    package let cost: Int
    /// The work; gets arguments of the declared types.
    ///
    /// Nil declares the function for checking only.
    package let body: (@Sendable ([CELValue]) throws -> CELValue)?
    /// What is wrong with a text that is written in the expression as the last argument; nil for nothing.
    ///
    /// Such a mistake is then found before anything runs.
    package var literalProblem: (@Sendable (String) -> CELFunctionError?)?

    /// A function.
    ///
    /// `body` throws a `CELFunctionError` to fail with a message; the message of any other error is not shown.
    package init(
        _ name: String,
        isMember: Bool = true,
        parameters: [CELType],
        result: CELType,
        cost: Int = 1,
        body: (@Sendable ([CELValue]) throws -> CELValue)?
    ) {
        self.name = name
        self.isMember = isMember
        self.parameters = parameters
        self.result = result
        self.cost = cost
        self.body = body
    }

    var overload: Overload {
        Overload(
            name: name,
            isMember: isMember,
            parameters: parameters,
            result: result,
            isFoldable: false,
            literalProblem: literalProblem,
            body: functionBody
        )
    }

    private var functionBody: FunctionBody {
        guard let body else { return .unbound }
        let name = name
        let cost = cost
        return .variadic { (values: [CELValue], frame: inout Frame) throws(Failure) -> CELValue in
            try frame.spend(cost)
            do {
                return try body(values)
            } catch let error as CELFunctionError {
                throw Failure(.host, error.message)
            } catch {
                throw Failure(.host, "the function '\(name)' failed")
            }
        }
    }
}

/// How a host function fails; the message must not hold data of a record.
package struct CELFunctionError: Error, Sendable {
    /// What went wrong.
    package let message: String
    /// How to mend it; nil when there is nothing to say beyond the message.
    package let mend: String?

    /// A failure with a message.
    package init(_ message: String, mend: String? = nil) {
        self.message = message
        self.mend = mend
    }
}
