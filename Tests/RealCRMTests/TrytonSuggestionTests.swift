import Authoring
import Connectors
import Mapping
import Records
import Testing
import Transport

extension RealTryton {
    /// Proposals for a real server's schema, against the right answers of `Tests/properties`.
    @Suite struct TrytonSuggestionTests {
        static let objects = [
            ("contacts", "contact", "tryton-contacts"), ("companies", "company", "tryton-companies"),
            ("deals", "deal", "tryton-deals"),
        ]

        @Test(arguments: objects)
        func theRightPartnersAreProposed(remote: String, local: String, name: String) async throws {
            let client = try CurlClient()
            defer { client.stop() }
            let account = try TrytonBench.account(TrytonServer.required(), through: client)
            let manifest = try ConnectorManifest.load(
                TrytonBench.bytes("Config/connectors/tryton.yaml"),
                file: "tryton.yaml"
            )
            let schema = try SchemaFile.parse(TrytonBench.bytes("Config/schema.yaml"), file: "schema.yaml")
            let coded = manifest.codedProperties(of: remote)
            let found = try await account.discover(remote)
            let suggester = Suggester(
                object: try #require(schema.object(local)),
                lifecycle: schema.lifecycle,
                remote: found.filter { $0.name != account.traits.createKeys[remote] }
                    .map { property in
                        RemoteField(
                            name: property.name,
                            label: property.label,
                            type: property.type,
                            options: property.options,
                            isReadOnly: property.isReadOnly,
                            isCoded: coded.contains(property.name)
                        )
                    },
                ties: manifest.ties(from: remote).map { RemoteTie(remoteObject: $0.remoteObject, label: $0.label) }
            )
            let table = try PropertyTable(name)
            let score = table.score(suggester.suggestions().map { .init($0) }, of: Set(found.map(\.name)))
            #expect(score.foundPercent >= 90, "\(score.misses)")
            #expect(score.rightPercent >= 90, "\(score.misses)")
            #expect(score.wrongButCertain == [])
        }
    }
}
