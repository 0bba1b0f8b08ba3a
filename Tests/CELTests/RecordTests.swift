import CEL
import Testing

/// A record as an array of values by slot, the shape of the hot path.
final class SlotRecord: CELActivation, CELObject {
    let objectType: CELObjectType
    let values: [CELValue]

    init(_ values: [CELValue], type: CELObjectType = CELObjectType(name: "contact", fields: [])) {
        self.values = values
        objectType = type
    }

    func value(variable: Int) -> CELValue? { .object(self) }
    func field(variable: Int, slot: Int) -> CELValue { values[slot] }
    func field(slot: Int) -> CELValue { values[slot] }
}

@Suite struct RecordTests {
    private static func environment() -> CELEnvironment {
        var environment = CELEnvironment()
        environment.declare(
            object: "contact",
            fields: [
                .init("score", .int, slot: 0), .init("lifecycle", .string, slot: 1), .init("email", .string, slot: 2),
                .init("lifecycle_stage", .int, slot: 3),
            ]
        )
        environment.declare(constants: "stage", ["lead": .int(1), "mql": .int(2)])
        environment.declareNow()
        return environment
    }

    private static let ada = SlotRecord([.int(60), .string("lead"), .string("ada@acme.com"), .int(2)])
    private static let blank = SlotRecord([.null, .null, .null, .null])

    @Test(arguments: [
        ("contact.score >= 50 && contact.lifecycle in ['lead', 'mql'] && contact.email.endsWith('@acme.com')", true),
        ("contact.score + 1 == 61 ? contact.email.startsWith('b') : true", false),
        ("contact.lifecycle_stage >= stage.lead", true),
        ("contact.lifecycle_stage == stage.lead", false),
        ("has(contact.email) && !(contact.score < 3)", true),
        ("contact.email.size() == 12 || contact.email == 'x'", true),
    ])
    func readsFieldsBySlot(_ source: String, _ expected: Bool) throws {
        let program = try Self.environment().compile(source)
        #expect(try program.evaluate(Self.ada).asBool == expected)
        #expect(program.resultType == .bool)
    }

    @Test func aBlankFieldIsNullAndAnswersHas() throws {
        let environment = Self.environment()
        #expect(try environment.compile("has(contact.score)").evaluate(Self.blank).asBool == false)
        #expect(try environment.compile("contact.score == null").evaluate(Self.blank).asBool == true)
        #expect(try environment.compile("contact.score > 5").matches(Self.blank) == nil)
        #expect(try environment.compile("!(contact.score > 5)").matches(Self.blank) == nil)
        #expect(try environment.compile("contact.score > 5 || true").matches(Self.blank) == true)
    }

    @Test func namesWhatItReads() throws {
        let program = try Self.environment().compile("contact.score > 1 && has(contact.email)")
        #expect(Set(program.reads.map { $0.field?.name }) == ["score", "email"])
        #expect(!program.readsClock)
    }

    @Test(arguments: [
        ("contact.scor > 1", "1:9: contact has no field 'scor'; did you mean 'score'?"),
        ("contact.score > \"50\"", "1:15: '>' does not take int and string; write 50 without quotes"),
        ("contact.score >\n  stage.leed", "2:9: 'stage' has no 'leed'; did you mean 'stage.lead'?"),
        ("contcat.score > 1", "1:1: 'contcat' is not declared; did you mean 'contact'?"),
        ("contact.email.endWith('x')", "1:15: there is no function 'endWith'; did you mean 'endsWith'?"),
    ])
    func explainsMistakes(_ source: String, _ message: String) {
        #expect(Self.environment().problems(in: source).map(\.description) == [message])
    }
}
