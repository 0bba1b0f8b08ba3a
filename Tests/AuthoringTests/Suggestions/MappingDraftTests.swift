import Authoring
import Mapping
import Records
import Testing

/// What is written down of a proposal.
@Suite struct MappingDraftTests {
    private static func draft(_ name: String, _ object: String) throws -> MappingDraft {
        let suggester = try PropertyTable(name).suggester(for: object)
        return MappingDraft(
            name: "crm/\(object)",
            connection: "${crm}",
            connectionName: "crm",
            object: suggester.object,
            remoteObject: "things",
            remote: suggester.remote,
            fields: suggester.suggestions()
        )
    }

    private static func check(_ draft: MappingDraft, against name: String) throws -> MappingCheck {
        let schema = try SchemaFile.parse(Repository.bytes("Config/schema.yaml"), file: "schema.yaml")
        let rows = try PropertyTable(name).rows
        let description = RemoteObjectDescription(
            properties: rows.map {
                .init(
                    name: $0.field.name,
                    type: $0.field.type,
                    options: $0.field.options,
                    isReadOnly: $0.field.isReadOnly
                )
            }
        )
        let compiler = MappingCompiler(schema: schema, variables: ["crm": "crm"]) { _, _ in description }
        return compiler.compile([MappingFile(path: "draft.yaml", bytes: Array(draft.text.utf8))])
    }

    @Test(arguments: SuggesterTests.tables)
    func aDraftPassesTheCheckAgainstTheSchemaThatItWasMadeFrom(name: String, object: String, percent: Int) throws {
        let draft = try Self.draft(name, object)
        let check = try Self.check(draft, against: name)
        #expect(check.diagnostics.map(\.description) == [], "\(draft.text)")
        let mapped = try #require(check.mappings.first).fields.compactMap(\.local)
        #expect(mapped.count == draft.fields.count { $0.confidence > .guess })
    }

    @Test func everyLineSaysHowSureItIsAndWhy() throws {
        let draft = try Self.draft("hubspot-contacts", "contact")
        for field in draft.fields {
            #expect(draft.text.contains("# \(field.confidence.rawValue): "))
            #expect(!field.reason.isEmpty)
        }
    }

    /// An amount that could be written without its currency would be written in whatever currency stands there.
    @Test func anAmountIsOnlyReadWhereItsCurrencyIs() throws {
        let schema = try SchemaFile.parse(Repository.bytes("Config/schema.yaml"), file: "schema.yaml")
        let deal = try #require(schema.object("deal"))
        func draft(isReadOnly: Bool) -> MappingDraft {
            let remote = [
                RemoteField(name: "amount", label: "Amount", type: "number"),
                RemoteField(name: "currency", label: "Currency", type: "string", isReadOnly: isReadOnly),
            ]
            let suggester = Suggester(object: deal, lifecycle: schema.lifecycle, remote: remote, ties: [])
            return MappingDraft(
                name: "crm/deal",
                connection: "${crm}",
                connectionName: "crm",
                object: deal,
                remoteObject: "deals",
                remote: remote,
                fields: suggester.suggestions()
            )
        }
        let read = draft(isReadOnly: true).fields
        #expect(read.first { $0.local == "amount" }?.direction == .pull)
        // What is only pulled overwrites ours, so somebody looks at it first.
        #expect(read.first { $0.local == "currency" }?.confidence == .likely)
        let written = draft(isReadOnly: false).fields
        #expect(written.first { $0.local == "amount" }?.direction == .both)
        #expect(written.first { $0.local == "currency" }?.confidence == .certain)
    }
}
