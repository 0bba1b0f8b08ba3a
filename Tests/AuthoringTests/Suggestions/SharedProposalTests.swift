import Authoring
import Mapping
import Records
import Testing

/// Proposals beyond one property for one: parts of a name, counts, segments.
@Suite struct SharedProposalTests {
    private static func schema(_ more: String = "", contact: String = "full_name: { type: text }") throws -> Schema {
        let text = """
            lifecycle: { stages: [lead, customer] }
            objects:
              contact:
                email: { type: text }
                first_name: { type: text, label: First name }
                last_name: { type: text, label: Last name }
                \(contact)
                company: { type: reference, object: company }
              company:
                name: { type: text }
                domain: { type: text }
                employees: { type: number }
                \(more)

            """
        return try SchemaFile.parse(Array(text.utf8), file: "schema.yaml")
    }

    private static func suggester(
        _ object: String,
        _ remote: [RemoteField],
        schema: Schema? = nil
    ) throws -> Suggester {
        let schema = try schema ?? Self.schema()
        var suggester = Suggester(
            object: try #require(schema.object(object)),
            lifecycle: schema.lifecycle,
            remote: remote,
            ties: []
        )
        suggester.others = schema.objects.filter { $0.name != object }
        return suggester
    }

    private static func text(_ name: String, _ label: String = "", isReadOnly: Bool = false) -> RemoteField {
        RemoteField(name: name, label: label, type: "string", isReadOnly: isReadOnly)
    }

    private static func lines(_ fields: [SuggestedField]) -> [String] {
        fields.map { field in
            let keys = field.keys.map { " \($0.name)=\($0.value)" }.joined()
            return "\(field.confidence) \(field.local) \(field.remote)\(keys)"
        }
    }

    private static func draft(_ suggester: Suggester, schema: Schema) throws -> MappingDraft {
        MappingDraft(
            name: "crm/a",
            connection: "crm",
            connectionName: "crm",
            object: suggester.object,
            remoteObject: "things",
            remote: suggester.remote,
            fields: suggester.suggestions()
        )
    }

    private static let email = Self.text("email", "Email")
    private static let parts = [
        "likely first_name name via=[whitespace, { split: { by: \" \", part: 1, alone: 2 } }]",
        "likely last_name name via=[whitespace, { split: { by: \" \", part: 2, alone: 2 } }]",
    ]

    // MARK: Names

    @Test func aNameInOneTextIsProposedAsItsParts() throws {
        let schema = try Self.schema()
        let suggester = try Self.suggester("contact", [Self.email, Self.text("name", "Name")], schema: schema)
        let lines = Self.lines(suggester.suggestions())
        #expect(lines[1...2].elementsEqual(Self.parts), "\(lines)")
        #expect(lines[3] == "likely full_name name direction=pull via=[whitespace]")
        let text = try Self.draft(suggester, schema: schema).text
        let check = MappingCompiler(schema: schema).compile([MappingFile(path: "a.yaml", bytes: Array(text.utf8))])
        #expect(check.diagnostics.map(\.description) == [], "\(text)")
        #expect(check.mappings.first?.joints.count == 1)
        #expect(text.contains("match: [[email]]"))
    }

    @Test func withoutAFullNameOfOursTheTextIsFoundToo() throws {
        let schema = try Self.schema(contact: "phone: { type: text }")
        let remote = [Self.email, Self.text("name", "Name"), Self.text("nick", "Nickname")]
        let lines = Self.lines(try Self.suggester("contact", remote, schema: schema).suggestions())
        #expect(lines[1...2].elementsEqual(Self.parts), "\(lines)")
    }

    /// Where the CRM has both, or refuses writes, nothing is split.
    @Test func namesThatStandAloneAreNotSplit() throws {
        let tables = [
            [
                Self.email, Self.text("firstname", "First Name"), Self.text("lastname", "Last Name"),
                Self.text("name", "Name"),
            ],
            [Self.email, Self.text("name", "Name", isReadOnly: true)],
        ]
        for remote in tables {
            let found = try Self.suggester("contact", remote).suggestions()
            #expect(!Self.lines(found).contains { $0.contains("split") })
        }
    }

    @Test func namesOfThreeWordsMakeAGuessOfIt() throws {
        var suggester = try Self.suggester("contact", [Self.email, Self.text("name", "Name")])
        let two = ["Ada Lovelace", "Grace Hopper", "Cher", "Jean  Dupont"]
        suggester.remoteSamples["name"] = (two + ["Anne Marie Leclerc"]).map { Text($0) }
        #expect(Self.lines(suggester.suggestions()).contains(Self.parts[0]))
        #expect(suggester.suggestions()[1].reason.contains("4 of 5 sampled values have no more"))
        suggester.remoteSamples["name"] = (two + ["Anne Marie Leclerc", "Acme France SAS"]).map { Text($0) }
        let found = suggester.suggestions()
        #expect(found.filter { $0.remote == "name" }.map(\.confidence.rawValue) == ["guess", "guess", "likely"])
        #expect(found.last { $0.remote == "name" }?.direction == .both, "the whole name goes on both ways")
    }

    @Test func aLastNameThatComesFirstIsAGuess() throws {
        let lines = Self.lines(
            try Self.suggester("contact", [Self.email, Self.text("nom_prenom", "Nom et prénom")]).suggestions()
        )
        #expect(
            lines.contains("guess last_name nom_prenom via=[whitespace, { split: { by: \" \", part: 1, alone: 1 } }]")
        )
        #expect(
            lines.contains("guess first_name nom_prenom via=[whitespace, { split: { by: \" \", part: 2, alone: 1 } }]")
        )
    }

    // MARK: Roll-ups

    private static func number(_ name: String, _ label: String, isReadOnly: Bool = false) -> RemoteField {
        RemoteField(name: name, label: label, type: "number", isReadOnly: isReadOnly)
    }

    @Test func aNumberThatIsCalledAfterThoseWhoReferToItIsARollUp() throws {
        let schema = try Self.schema("contact_count: { type: number, label: Number of contacts }")
        let remote = [Self.text("domain", "Domain"), Self.number("known_contacts", "Known contacts")]
        let suggester = try Self.suggester("company", remote, schema: schema)
        #expect(
            Self.lines(suggester.suggestions()).last
                == "likely contact_count known_contacts of=contact.company give=count"
        )
        let text = try Self.draft(suggester, schema: schema).text
        let check = MappingCompiler(schema: schema).compile([MappingFile(path: "a.yaml", bytes: Array(text.utf8))])
        #expect(check.diagnostics.map(\.description) == [], "\(text)")
        #expect(check.mappings.first?.rollUps.count == 1)
    }

    @Test func otherNumbersAreNoRollUps() throws {
        let schema = try Self.schema("contact_count: { type: number, label: Number of contacts }")
        let remote = [
            [Self.number("num_associated_contacts", "Number of Associated Contacts", isReadOnly: true)],
            [Self.number("numberofemployees", "Number of Employees")],
            [Self.number("open_contact_tasks", "Open contact tasks")],
        ]
        for fields in remote {
            let found = try Self.suggester("company", fields, schema: schema).suggestions()
            #expect(!found.contains { $0.section == .rollups })
        }
    }

    // MARK: Segments

    @Test func aPropertyThatIsCalledLikeASegmentIsACommentLine() throws {
        let schema = try Self.schema()
        let remote = [
            Self.email, RemoteField(name: "relais_hot_leads", label: "Hot leads", type: "bool"),
            Self.text("in_vip", "VIP"), Self.text("vip_code", "VIP code"),
        ]
        var suggester = try Self.suggester("contact", remote, schema: schema)
        suggester.segments = ["hot_leads", "vip", "nurturing"].map { Suggester.NamedSegment(name: $0) }
        let lists = suggester.suggestions().filter { $0.section == .lists }
        #expect(Self.lines(lists) == ["guess hot_leads relais_hot_leads", "guess vip in_vip in=vip out=\"\""])
        let draft = try Self.draft(suggester, schema: schema)
        #expect(draft.text.contains("\n# lists:\n"))
        // Taken in, the lines run.
        var isList = false
        let taken = draft.text.split(separator: "\n").map { part -> String in
            let line = String(part)
            isList = isList || line == "# lists:"
            let isTaken = line == "# lists:" || (isList && line.hasPrefix("  # - "))
            return isTaken ? line.replacing("# ", with: "", maxReplacements: 1) : line
        }
        var compiler = MappingCompiler(schema: schema)
        compiler.readFile = { _ in Array("hot_leads: { when: \"true\" }\nvip: { when: \"true\" }\n".utf8) }
        for text in [draft.text, taken.prefix { !$0.contains("Nothing there is like") }.joined(separator: "\n") + "\n"]
        {
            let check = compiler.compile([MappingFile(path: "a.yaml", bytes: Array(text.utf8))])
            #expect(check.diagnostics.map(\.description) == [], "\(text)")
            let count = check.mappings.first?.fields.count { $0.rules.membership != nil }
            #expect(count == (text == draft.text ? 0 : 2))
        }
    }
}
