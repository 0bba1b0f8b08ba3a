/// What expressions may speak of: variables, records with fields, constants, functions.
///
/// The standard library and the extensions for strings, math, optionals, bindings and encoders are always there.
///
/// **Null and absent.** A declared field whose value is blank or absent reads as `null` (`missingIsNull`).
/// Ordering `null` is an evaluation error in CEL, so `contact.score > 5` fails for a contact without a score, and so
/// does its negation; `&&` and `||` absorb such a failure exactly as SQL's `UNKNOWN` does. Guard it with
/// `has(contact.score) && …` or `contact.?score.orValue(0) > 5`. `==` and `!=` never fail. `has(contact.score)` is
/// false for absent and null alike, and so is `has(contact.company.name)` when there is no company.
package struct CELEnvironment: Sendable {
    /// What a name stands for.
    enum Declaration: Sendable {
        case variable(Int, CELType)
        case constant(CELValue, CELType)
    }

    /// The limits for sources and evaluations.
    package var limits = CELLimits()
    /// The namespace in which names are looked up first (`com.example`); empty for none.
    package var container = ""
    /// Whether an absent field reads as `null`; otherwise reading it is an error, and `has` or `.?` must guard it.
    package var missingIsNull = true
    /// Whether macros (`has`, `all`, …) are known.
    package var expandsMacros = true
    /// Whether types are checked before anything runs; without, mistakes show only when evaluating.
    package var checksTypes = true

    private(set) var declarations: [String: Declaration] = [:]
    private(set) var functions: FunctionTable
    private(set) var variableNames: [String] = []
    private(set) var clockVariables: Set<Int> = []

    /// An environment with the standard library and nothing declared.
    package init() {
        functions = .standard
        for (name, type) in Self.typeNames {
            declarations[name] = .constant(.type(name), .type(type))
        }
    }

    private static let typeNames: [(String, CELType)] = [
        ("bool", .bool), ("int", .int), ("uint", .uint), ("double", .double), ("string", .string), ("bytes", .bytes),
        ("list", .list(.dyn)), ("map", .map(.dyn, .dyn)), ("null_type", .null), ("type", .type(.dyn)),
        ("optional_type", .optional(.dyn)), ("google.protobuf.Timestamp", .timestamp),
        ("google.protobuf.Duration", .duration),
    ]

    /// Declares a variable and returns its number, counted from 0 in the order of declaration.
    ///
    /// A variable with `readsClock` makes a program that uses it `readsClock`; `now` and `today` are such.
    @discardableResult
    package mutating func declare(variable name: String, _ type: CELType, readsClock: Bool = false) -> Int {
        let number = variableNames.count
        variableNames.append(name)
        declarations[name] = .variable(number, type)
        if readsClock { clockVariables.insert(number) }
        return number
    }

    /// Declares a record variable whose fields are read by slot, and returns its number.
    @discardableResult
    package mutating func declare(object name: String, fields: [CELObjectType.Field]) -> Int {
        declare(variable: name, .object(CELObjectType(name: name, fields: fields)))
    }

    /// Declares `now`, the moment of the evaluation, given by the activation; `now()` is the same.
    @discardableResult
    package mutating func declareNow() -> Int {
        declare(variable: "now", .timestamp, readsClock: true)
    }

    /// Declares `today`, the first moment of the day of the evaluation in the activation's zone.
    @discardableResult
    package mutating func declareToday() -> Int {
        declare(variable: "today", .timestamp, readsClock: true)
    }

    /// Declares a constant under a name, which may have dots.
    package mutating func declare(constant name: String, _ value: CELValue) {
        declarations[name] = .constant(value, value.staticType)
    }

    /// Declares constants as members of a namespace, as in `stage.lead`; an unknown member is an error that names the
    /// nearest one.
    package mutating func declare(constants namespace: String, _ values: [String: CELValue]) {
        for (name, value) in values { declare(constant: "\(namespace).\(name)", value) }
    }

    /// Adds a function, or another signature of one.
    package mutating func declare(function: CELFunction) {
        functions.add(function.overload)
    }

    /// Adds the functions of a library.
    package mutating func declare(library: CELLibrary) {
        for function in library.functions { declare(function: function) }
    }

    /// Checks an expression and prepares it for evaluation; throws the first problem.
    package func compile(_ source: String) throws(CELError) -> CELProgram {
        let checked = try check(source)
        if let problem = checked.problems.first { throw problem }
        return CELProgram(checked.expression, environment: self)
    }

    /// Every problem of an expression in the order of the source; empty when it compiles.
    package func problems(in source: String) -> [CELError] {
        do throws(CELError) {
            return try check(source).problems
        } catch {
            return [error]
        }
    }

    private func check(_ source: String) throws(CELError) -> (expression: CheckedExpression, problems: [CELError]) {
        let text = SourceText(source)
        var parser = try Parser(text, limits: limits, expandsMacros: expandsMacros)
        let root = try parser.parse()
        var checker = Checker(self, text, nodeCount: parser.nodeCount)
        return checker.check(root)
    }
}

extension CELValue {
    /// The type of a constant.
    var staticType: CELType {
        switch self {
        case .null: .null
        case .bool: .bool
        case .int: .int
        case .uint: .uint
        case .double: .double
        case .string: .string
        case .bytes: .bytes
        case .timestamp: .timestamp
        case .duration: .duration
        case .list: .list(.dyn)
        case .map: .map(.dyn, .dyn)
        case .type: .type(.dyn)
        case .optional: .optional(.dyn)
        case .object(let object): .object(object.objectType)
        }
    }
}
