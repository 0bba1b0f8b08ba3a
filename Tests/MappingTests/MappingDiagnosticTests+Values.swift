import Mapping
import Records
import Testing

/// What the CRM's schema, the schema of ours and the connection say against the values of a file.
extension MappingDiagnosticTests {
    static let remote = RemoteObjectDescription(properties: [
        .init(name: "email", type: "string"), .init(name: "firstname", type: "string"),
        .init(name: "score", type: "number", isReadOnly: true), .init(name: "birth", type: "datetime"),
        .init(name: "seen", type: "date"), .init(name: "stage", type: "enumeration", options: ["lead", "customer"]),
        .init(name: "name_of_pet", type: "string", isRequired: true),
        // What the CRM fills by itself is nobody's to give.
        .init(name: "created", type: "datetime", isReadOnly: true, isRequired: true),
    ])

    static let brokenAgainstTheCRM: [(field: String, column: Int, expected: String)] = [
        (
            "- { local: first_name, remote: fristname }", 32,
            "contacts has no property \"fristname\": did you mean firstname?"
        ),
        (
            "- { local: score, remote: score }", 3,
            "the CRM refuses writes to score: add direction: pull"
        ),
        (
            "- { local: birthday, remote: birth }", 3,
            "birth is a time, but birthday is a day: add { date: { zone: Europe/Paris } } to via, with the zone that decides which day it is"
        ),
        (
            "- { local: last_engaged_at, remote: seen }", 3,
            "seen is a day, but last_engaged_at is a time: map it to a property of type date"
        ),
        (
            "- { local: lifecycle_stage, remote: stage, via: [ { enum: { lead: lead, customer: custmer } } ] }", 83,
            "stage has no option \"custmer\" in the CRM: did you mean customer?"
        ),
        (
            "- { local: source, remote: stage, via: [ { enum: { web: [lead, custmer] } } ] }", 64,
            "stage has no option \"custmer\" in the CRM: did you mean customer?"
        ),
        (
            "- { local: source, remote: stage, via: [ { enum: { web: lead }, else: { remote: custmer } } ] }", 81,
            "stage has no option \"custmer\" in the CRM: did you mean customer?"
        ),
        (
            "- { constant: custmer, remote: stage }", 15,
            "stage has no option \"custmer\" in the CRM: did you mean customer?"
        ),
        (
            "- { local: source, remote: stage, via: [ { lookup: sources.csv } ] }", 52,
            "stage has no option \"custmer\" in the CRM: did you mean customer?"
        ),
        (
            "- { local: lead_status, remote: stage }", 3,
            "stage has no option \"new\" in the CRM: add via: [ { enum: { … } } ] with the CRM's values"
        ),
        (
            "- { local: lifecycle_stage, remote: stage, direction: push }", 3,
            "stage has no option \"subscriber\" in the CRM: add via: [ { enum: { … } } ] with the CRM's values"
        ),
    ]

    @Test(arguments: brokenAgainstTheCRM)
    func checksAgainstWhatTheCRMSays(field: String, column: Int, expected: String) throws {
        let text = """
            mapping: a
            connection: crm
            object: { local: contact, remote: contacts }
            match: [ [email] ]
            fields:
            - { local: email, remote: email }
            \(field)

            """
        let actual = try Self.check(text, remote: Self.remote).diagnostics.map(\.description)
        #expect(
            actual.first
                == "m.yaml:1:1: warning: the CRM requires name_of_pet of a new record, but no field writes it: "
                + "map it, or set create: { push: false }"
        )
        #expect(actual.dropFirst().first == "m.yaml:7:\(column): error: \(expected)")
    }

    @Test(arguments: [
        "- { local: source, remote: stage, via: [ { enum: { web: [lead, customer] }, else: { remote: lead } } ] }",
        "- { constant: customer, remote: stage }", "- { local: lead_status, remote: stage, direction: pull }",
        "- { local: source, remote: stage }",
    ])
    func optionsThatTheCRMHasAreFine(field: String) throws {
        let text = """
            mapping: a
            connection: crm
            object: { local: contact, remote: contacts }
            match: [ [email] ]
            create: { push: false }
            fields:
            - { local: email, remote: email }
            \(field)

            """
        #expect(try Self.check(text, remote: Self.remote).diagnostics.map(\.description) == [])
    }

    /// A file for one account must not be read for another one.
    @Test func aMappingNamesTheConnectionThatReadsIt() throws {
        var compiler = MappingCompiler(schema: try ShippedFiles.schema())
        compiler.connection = "sandbox"
        func check(_ connection: String) -> [String] {
            let text = """
                mapping: a
                connection: \(connection)
                object: { local: contact, remote: contacts }
                match: [ [email] ]
                fields: [ { local: email, remote: email } ]

                """
            return compiler.compile([MappingFile(path: "m.yaml", bytes: Array(text.utf8))]).diagnostics.map(
                \.description
            )
        }
        #expect(check("sandbox") == [])
        #expect(
            check("production") == [
                "m.yaml:2:13: error: the mapping is of the connection production, but stands in the folder of sandbox: "
                    + "write ${connection}, which is sandbox here, or move the file"
            ]
        )
    }

    @Test(arguments: [
        ("score, constant: abc", 29, "score cannot be \"abc\": write a number, such as 12.5"),
        ("newsletter, constant: maybe", 34, "newsletter cannot be \"maybe\": write true or false"),
        ("birthday, constant: 31/12/2020", 32, "birthday cannot be \"31/12/2020\": write a day, such as 2026-11-22"),
        (
            "last_engaged_at, constant: 2026-11-22", 39,
            "last_engaged_at cannot be \"2026-11-22\": write a time, such as 2026-11-22T09:30:00Z"
        ),
        ("lead_status, constant: opened", 35, "lead_status cannot be \"opened\": did you mean open?"),
        ("lifecycle_stage, constant: leed", 39, "lifecycle_stage cannot be \"leed\": did you mean lead?"),
        (
            "lead_status, remote: x, via: [ { enum: { new: NEW }, else: { local: opened } } ]", 80,
            "lead_status cannot be \"opened\": did you mean open?"
        ),
    ])
    func aConstantIsAValueOfItsProperty(field: String, column: Int, expected: String) throws {
        let found = try Self.check(BrokenMapping("", fields: ["- { local: \(field) }"]).text).diagnostics
        #expect(found.map(\.description) == ["m.yaml:7:\(column): error: \(expected)"])
    }

    @Test(arguments: [
        ("birthday", "2020-12-31", "a date", "2020-12-31"), ("score", "12.5", "a number", "12.5"),
        ("newsletter", "false", "true or false", "false"), ("interests", "it's", "a set", "{it's}"),
        ("last_engaged_at", "2026-11-22T09:30:00Z", "a date and time", "2026-11-22T09:30:00.000Z"),
        ("lead_status", "open", "text", "open"), ("source", "it's \\ two", "text", "it's \\ two"),
    ])
    func aConstantIsPulledInTheTypeOfItsProperty(
        property: String,
        text: String,
        kind: String,
        expected: String
    ) throws {
        let field = "- { local: \(property), constant: \(text) }"
        let mapping = try #require(try Self.check(BrokenMapping("", fields: [field]).text).get().first)
        let blank = [Value](repeating: .absent, count: mapping.remoteProperties.count)
        guard case .value(let value) = mapping.computedLocal(1, remote: blank) else {
            Issue.record("no value")
            return
        }
        #expect(value.kindName == kind)
        #expect(value.description == expected)
    }
}
