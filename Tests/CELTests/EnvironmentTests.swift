import CEL
import Testing

@Suite struct EnvironmentTests {
    private static let company = CELObjectType(
        name: "company",
        fields: [.init("name", .string, slot: 0), .init("size", .int, slot: 1, isRequired: true)]
    )

    private static func environment() -> CELEnvironment {
        var environment = CELEnvironment()
        environment.declare(
            object: "contact",
            fields: [
                .init("email", .string, slot: 0), .init("score", .int, slot: 1),
                .init("company", .object(company), slot: 2),
                .init("deals", .list(.object(company)), slot: 3), .init("tags", .list(.string), slot: 4),
                .init("born", .timestamp, slot: 5),
            ]
        )
        environment.declareNow()
        environment.declare(constants: "stage", ["lead": .int(1), "mql": .int(2)])
        return environment
    }

    private struct Bindings: CELActivation {
        let contact: SlotRecord
        let now: CELTimestamp?

        func value(variable: Int) -> CELValue? { variable == 0 ? .object(contact) : now.map { .timestamp($0) } }
        func field(variable: Int, slot: Int) -> CELValue { contact.values[slot] }
    }

    private static func bindings(_ values: [CELValue]) -> Bindings {
        Bindings(contact: SlotRecord(values), now: CELTimestamp(seconds: 86_400))
    }

    private static let acme = SlotRecord([.string("Acme"), .int(7)], type: company)
    private static let ada = bindings([
        .string("Ada@Example.com"), .int(5), .object(acme), .list([.object(acme)]),
        .list([.string("a"), .string("b")]),
        CELTimestamp(seconds: 0).map { .timestamp($0) } ?? .null,
    ])
    private static let blank = bindings(Array(repeating: .null, count: 6))

    @Test(arguments: [
        ("contact.company.name == 'Acme' && contact.company.size > 6", true),
        ("contact.deals.exists(d, d.size == 7)", true),
        ("contact.deals.map(d, d.name) == ['Acme']", true), ("'a' in contact.tags && contact.tags.size() == 2", true),
        ("contact.?email.orValue('none') != 'none'", true), ("contact.company.?name.hasValue()", true),
        ("has(contact.company) && has(contact.company.name)", true),
        ("contact.born < now && now() - contact.born == duration('24h')", true),
        ("contact.score >= stage.lead && stage.mql > stage.lead", true),
        ("contact.email.domain() == 'example.com'", true),
        ("contact == contact", true), ("type(contact.score) == int", true),
        ("contact.born == null || contact.score == null", false),
    ])
    func readsRecordsInRecords(_ source: String, _ expected: Bool) throws {
        #expect(try Self.environment().compile(source).evaluate(Self.ada).asBool == expected)
    }

    @Test(
        arguments: [
            ("contact.?email.orValue('none') == 'none'", true), ("contact.?email.hasValue()", false),
            ("has(contact.deals)", false),
            ("contact.email == null", true), ("contact.email != ''", true), ("contact.score > 1", nil),
            ("!(contact.score > 1)", nil),
            ("contact.score > 1 || contact.email == null", true), ("contact.score > 1 && contact.email != null", false),
            ("has(contact.score) && contact.score > 1", false), ("has(contact.company.name)", false),
            ("contact.company.?name.hasValue()", false), ("contact.company.name == 'x'", nil),
            ("contact.?company.?name.orValue('x') == 'x'", true), ("contact.tags.exists(t, t == 'a')", nil),
            ("contact.email.endsWith('m')", nil),
        ] as [(String, Bool?)]
    )
    func blanksAreUnknownAsInSQL(_ source: String, _ expected: Bool?) throws {
        #expect(try Self.environment().compile(source).matches(Self.blank) == expected)
    }

    @Test func canInsistOnValues() throws {
        var environment = Self.environment()
        environment.missingIsNull = false
        let program = try environment.compile("contact.email == null")
        let error = #expect(throws: CELError.self) { try program.evaluate(Self.blank) }
        #expect(error?.description == "1:9: 'email' has no value; guard it with has(…) or use .?field.orValue(…)")
        #expect(try environment.compile("has(contact.email)").evaluate(Self.blank).asBool == false)
    }

    @Test(
        arguments: [
            ("contact.company.nam == 'x'", "1:17: company has no field 'nam'; did you mean 'name'?"),
            ("contact.deals.all(d, d.siz > 1)", "1:24: company has no field 'siz'; did you mean 'size'?"),
            ("contact.email.foo", "1:15: string has no fields, so '.foo' cannot be read"),
            ("has(contact.emial)", "1:13: contact has no field 'emial'; did you mean 'email'?"),
            ("contact.score + 'a' == 'b'", "1:15: '+' does not take int and string; convert one side, as in string(…)"),
            ("contact.email", nil),
            ("contact.company.size == null", "1:22: '==' does not take int and null; this value is never null"),
            ("contact.tags == ['a', 1]", nil),
            (
                "contact.score in ['1', '2']",
                "1:15: 'in' does not take int and list(string); write a list of int on the right"
            ),
            ("contact.score && true", "1:9: '&&' joins conditions, but this is int; compare it with something"),
            ("contact.score.exists(x, true)", "1:9: 'exists' walks a list or a map, not int"),
            ("stage.customer == 1", "1:7: 'stage' has no 'customer'; it has: lead, mql"),
            ("contact.score ? 1 : 2", "1:9: expected bool, found int"),
            (
                "true ? 1 : 'a'",
                "1:6: the two results of '?:' have different types, int and string; convert one of them, or write dyn(…) around it"
            ),
            ("contact.email.matches('(')", "1:23: the pattern has a '(' that is not closed"),
            (
                "contact.born > timestamp('yesterday')",
                "1:26: this is no RFC 3339 time; write it as '2026-03-02T09:00:00Z'"
            ),
            (
                "contact.born + duration('3 days') > now",
                "1:25: this is no duration; write it as '90s', '1h30m' or '168h'"
            ),
            (
                "contact.born.getHours('Europe/Pariss') > 1",
                "1:23: there is no time zone of this name; write it as 'Europe/Paris'"
            ),
            (
                "startsWith(contact.email, 'a')",
                "1:1: 'startsWith' is not called like this; write string.startsWith(string)"
            ),
            (
                "contact.email.startsWith(1)",
                "1:15: 'startsWith' does not take (string, int); it is string.startsWith(string)"
            ),
            (
                "math.greatest('a')",
                "1:6: 'math.greatest' does not take (string); it is math.greatest(int) or math.greatest(uint) or math.greatest(double)"
            ),
            ("nowt > now", "1:1: 'nowt' is not declared; did you mean 'now'?"),
        ] as [(String, String?)]
    )
    func checksBeforeAnythingRuns(_ source: String, _ message: String?) {
        #expect(Self.environment().problems(in: source).map(\.description) == (message.map { [$0] } ?? []))
    }

    @Test func tellsWhatAProgramReads() throws {
        let program = try Self.environment().compile(
            "contact.deals.exists(d, d.size > 1) && has(contact.email) && now() > contact.born"
        )
        #expect(
            Set(program.reads.map { "\($0.variable) \($0.field?.name ?? "*")" }) == [
                "0 deals", "0 email", "0 born", "1 *",
            ]
        )
        #expect(program.readsClock)
        #expect(program.resultType == .bool)
        #expect(try Self.environment().compile("contact.email").resultType == .nullable(.string))
        #expect(try Self.environment().compile("contact.tags.map(t, t.size())").resultType == .list(.int))
    }

    @Test func keepsTheCheckedTree() throws {
        let program = try Self.environment().compile("contact.score >= stage.mql")
        let checked = program.expression
        guard case .binary(.greaterOrEqual, let left, let right) = checked.root.kind else {
            Issue.record("not a comparison")
            return
        }
        guard case .field(variable: 0, let field) = checked.reference(of: left) else {
            Issue.record("not a field")
            return
        }
        #expect(field.name == "score" && field.slot == 1)
        guard case .constant(.int(2)) = checked.reference(of: right) else {
            Issue.record("not a constant")
            return
        }
        #expect(checked.type(of: right) == .int)
        #expect(checked.position(of: right) == (1, 24))
    }

    @Test func hostFunctionsJoinTheLanguage() throws {
        var environment = Self.environment()
        environment.declare(
            function: CELFunction("e164", parameters: [.string, .string], result: .string) { arguments in
                guard let number = arguments[0].asString, number != "bad" else {
                    throw CELFunctionError("this is no phone number")
                }
                return .string("+33\(number.dropFirst())")
            }
        )
        environment.declare(
            function: CELFunction("text.repeat", isMember: false, parameters: [.string, .int], result: .string) {
                arguments in
                .string(String(repeating: arguments[0].asString ?? "", count: arguments[1].asInt ?? 0))
            }
        )
        environment.declare(function: CELFunction("unbound", isMember: false, parameters: [], result: .int, body: nil))
        #expect(shown("'0612'.e164('FR')", environment) == "+33612")
        #expect(shown("'bad'.e164('FR')", environment) == "1:7: this is no phone number")
        #expect(shown("text.repeat('ab', 2)", environment) == "abab")
        #expect(
            shown("'x'.e164(1)", environment) == "1:5: 'e164' does not take (string, int); it is string.e164(string)"
        )
        #expect(shown("unbound()", environment) == "1:1: the function 'unbound' has no body here")
        #expect(try environment.compile("contact.email.e164('FR') == ''").matches(Self.blank) == nil)
    }

    @Test func findsNamesInTheContainerFirst() throws {
        var environment = CELEnvironment()
        environment.container = "com.example"
        environment.declare(variable: "com.example.x", .int)
        environment.declare(variable: "x", .string)
        let bindings = CELBindings([.int(1), .string("root")])
        #expect(try environment.compile("x").evaluate(bindings).asInt == 1)
        #expect(try environment.compile(".x").evaluate(bindings).asString == "root")
        #expect(try environment.compile("[5].map(x, x)[0]").evaluate(bindings).asInt == 5)
    }

    @Test func withoutAValueAVariableFails() throws {
        let program = try Self.environment().compile("now > contact.born")
        let error = #expect(throws: CELError.self) { try program.evaluate(Bindings(contact: SlotRecord([]), now: nil)) }
        #expect(error?.description == "1:1: 'now' has no value")
    }
}
