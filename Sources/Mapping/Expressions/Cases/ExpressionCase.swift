import CEL
package import Records

/// An expression with what it may speak of and the values to try it on, in the JSON of the official cases.
///
/// `expr` is the expression. `type_env` declares names (`{"name": "x", "ident": "int64"}`), `bindings` gives them values
/// (`{"x": {"value": {"int": "1"}}}`; one with an `error` or `unknown` has none); a name with a value and no declaration
/// may be anything. `container` is the namespace of names, `disable_check` leaves types unchecked, `disable_macros` knows
/// no macros, `check_only` asks for the type alone. Other members are passed over. The functions for contact data,
/// phone numbers included, are there.
package struct ExpressionCase: Sendable {
    private let expression: String
    private let environment: CELEnvironment
    private let bindings: CELBindings
    private let isCheckOnly: Bool

    /// Reads a case; throws a `CaseProblem` for anything else.
    package init(_ json: JSON) throws(CaseProblem) {
        guard case .object = json else { throw CaseProblem("a case is a JSON object") }
        guard let expression = json["expr"]?.string else { throw CaseProblem("a case has its expression as \"expr\"") }
        self.expression = expression
        self.isCheckOnly = try Self.flag("check_only", json)
        var environment = CELEnvironment()
        environment.declare(library: .phone)
        environment.checksTypes = try !Self.flag("disable_check", json)
        environment.expandsMacros = try !Self.flag("disable_macros", json)
        if let container = json["container"], !container.isNull {
            guard let name = container.string else { throw CaseProblem("\"container\" is text") }
            environment.container = name
        }
        let given = try Self.bindings(json["bindings"])
        var declared: [String] = []
        for declaration in try Self.elements("type_env", json["type_env"]) {
            guard let name = declaration["name"]?.string else { throw CaseProblem("a declaration has a \"name\"") }
            if let type = declaration["ident"] {
                environment.declare(variable: name, try CELType(case: type))
                declared.append(name)
            } else if let function = declaration["function"] {
                try Self.declare(name, function, in: &environment)
            } else {
                throw CaseProblem("a declaration has an \"ident\" or a \"function\"")
            }
        }
        for (name, _) in given where !declared.contains(where: { $0.hasSameBytes(as: name) }) {
            environment.declare(variable: name, .dyn)
            declared.append(name)
        }
        self.environment = environment
        self.bindings = CELBindings(
            declared.map { name in given.first { $0.name.hasSameBytes(as: name) }.flatMap(\.value) }
        )
    }

    /// What the expression gives: `{"value": …}`, `{"deduced_type": …}` when only that is asked for, or `{"error": […]}`.
    package func answer() -> JSON {
        let problems = self.environment.problems(in: self.expression)
        guard problems.isEmpty else { return Self.answer(problems) }
        do throws(CELError) {
            let program = try self.environment.compile(self.expression)
            if self.isCheckOnly { return ["deduced_type": .string(program.resultType.description)] }
            return ["value": try program.evaluate(self.bindings).caseJSON]
        } catch {
            return Self.answer([error])
        }
    }

    private static func answer(_ errors: [CELError]) -> JSON {
        let list = errors.map { error -> JSON in
            var members: [(key: String, value: JSON)] = [
                ("message", .string(error.message)), ("kind", .string(error.kind.rawValue)),
                ("line", .number(String(error.line))), ("column", .number(String(error.column))),
            ]
            if let mend = error.mend { members.append(("mend", .string(mend))) }
            return .object(members)
        }
        return ["error": .array(list)]
    }

    // MARK: Reading

    private static func flag(_ name: String, _ json: JSON) throws(CaseProblem) -> Bool {
        guard let member = json[name], !member.isNull else { return false }
        guard let flag = member.bool else { throw CaseProblem("\"\(name)\" is true or false") }
        return flag
    }

    private static func elements(_ name: String, _ json: JSON?) throws(CaseProblem) -> [JSON] {
        guard let json, !json.isNull else { return [] }
        guard let elements = json.array else { throw CaseProblem("\"\(name)\" is a list") }
        return elements
    }

    private static func bindings(_ json: JSON?) throws(CaseProblem) -> [(name: String, value: CELValue?)] {
        guard let json, !json.isNull else { return [] }
        guard case .object(let members) = json else { throw CaseProblem("\"bindings\" is an object") }
        var bindings: [(name: String, value: CELValue?)] = []
        for (name, binding) in members {
            if let value = binding["value"] {
                bindings.append((name, try CELValue(case: value)))
            } else if binding["error"] != nil || binding["unknown"] != nil {
                bindings.append((name, nil))
            } else {
                throw CaseProblem("a binding has a \"value\", an \"error\" or an \"unknown\"")
            }
        }
        return bindings
    }

    private static func declare(
        _ name: String,
        _ json: JSON,
        in environment: inout CELEnvironment
    ) throws(CaseProblem) {
        for overload in try Self.elements("overloads", json["overloads"]) {
            var parameters: [CELType] = []
            for parameter in try Self.elements("params", overload["params"]) {
                parameters.append(try CELType(case: parameter))
            }
            let result = try (overload["result_type"] ?? overload["result"]).map { type throws(CaseProblem) in
                try CELType(case: type)
            }
            let isMember = try Self.flag("is_instance_function", overload)
            environment.declare(
                function: CELFunction(
                    name,
                    isMember: isMember,
                    parameters: parameters,
                    result: result ?? .dyn,
                    body: nil
                )
            )
        }
    }
}

extension CELType {
    /// Reads a type of a case: a name such as `int64`, `{"list": type}` or `{"map": [key, value]}`.
    init(case json: JSON) throws(CaseProblem) {
        let names: [String: CELType] = [
            "bool": .bool, "int": .int, "int64": .int, "uint": .uint, "uint64": .uint, "double": .double,
            "string": .string, "bytes": .bytes, "null": .null, "dyn": .dyn, "any": .dyn, "timestamp": .timestamp,
            "duration": .duration,
        ]
        if let name = json.string, let type = names[name] {
            self = type
        } else if let element = json["list"] {
            self = .list(try CELType(case: element))
        } else if let element = json["optional"] {
            self = .optional(try CELType(case: element))
        } else if let pair = json["map"]?.array, pair.count == 2 {
            self = .map(try CELType(case: pair[0]), try CELType(case: pair[1]))
        } else {
            throw CaseProblem("a type is bool, int64, string, …, {\"list\": type} or {\"map\": [type, type]}")
        }
    }
}
