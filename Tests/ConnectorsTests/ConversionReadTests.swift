import Connectors
import Records
import Testing

/// A manifest says what its product makes of texts.
@Suite struct StoredFormTests {
    @Test func theShippedManifestsSayWhatTheirProductsStore() throws {
        let tryton = try TrytonWireTests.account(ScriptedTransport([])).traits.storedForms["contacts"]
        #expect(tryton?.stored("  Ada  Lovelace ", in: "name") == "Ada  Lovelace")
        let hubspot = try Workbench.account(ScriptedTransport([])).traits.storedForms["contacts"]
        #expect(hubspot?.stored("Ada@Example.COM", in: "email") == "ada@example.com")
        #expect(hubspot?.stored("Ada", in: "firstname") == "Ada")
    }

    @Test func anUnknownFormIsAFinding() {
        let text = ManifestDiagnosticTests.right + "\nvalues: { stored: [lowercse] }\n"
        #expect(
            ManifestDiagnosticTests.findings(text).contains("stored cannot be \"lowercse\": did you mean lowercase?")
        )
    }
}

/// A manifest says where a record names the one of another object that took its place.
@Suite struct ConversionReadTests {
    @Test func aConvertedRecordNamesItsSuccessor() async throws {
        let text = ManifestDiagnosticTests.right
            .replacing(
                "version: [updated] }",
                with: "version: [updated], converted: { into: people, path: links.became } }"
            )
        let page = #"""
            {"data":[
              {"id":"1","updated":"2026-11-22T08:00:00Z","links":{"became":"77"}},
              {"id":"2","updated":"2026-11-22T08:00:00Z","links":{"became":null}},
              {"id":"3","updated":"2026-11-22T08:00:00Z","links":{"became":""}},
              {"id":"4","updated":"2026-11-22T08:00:00Z"},
              {"id":"5","updated":"2026-11-22T08:00:00Z","links":{"became":78}}
            ]}
            """#
        let account = try Workbench.account(
            ScriptedTransport([.answer(200, page)]),
            manifest: Workbench.manifest(text: text)
        )
        let read = try await account.page(of: "people", selecting: RemoteSelection(properties: ["name"]), at: nil)
        #expect(
            read.records.map(\.successor) == [
                RemoteSuccessor(object: "people", id: "77"), nil, nil, nil, RemoteSuccessor(object: "people", id: "78"),
            ]
        )
    }
}
