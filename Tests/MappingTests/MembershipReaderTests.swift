import Mapping
import Records
import Testing

/// Lists of the CRM and activities in mapping files.
@Suite struct MembershipReaderTests {
    private static func check(_ lists: String...) throws -> MappingCheck {
        var compiler = MappingCompiler(schema: try ShippedFiles.schema())
        let segments = """
            warm: { object: contact, when: "contact.score >= 50.0" }
            cold: { object: contact, when: "contact.score < 10.0" }

            """
        compiler.readFile = { $0 == "Config/segments.yaml" ? Array(segments.utf8) : nil }
        let text = """
            mapping: a
            connection: crm
            object: { local: contact, remote: contacts }
            match: [ [email] ]
            fields: [ { local: email, remote: email } ]
            lists:
            \(lists.map { "- \($0)" }.joined(separator: "\n"))

            """
        return compiler.compile([MappingFile(path: "m.yaml", bytes: Array(text.utf8))])
    }

    @Test func aListIsNamedByItsNameOrItsID() throws {
        let mapping = try #require(
            try Self.check(
                "{ segment: warm, list: Warm leads }",
                "{ segment: cold, list: { id: \"17\" } }",
                "{ segment: cold, campaign: Spring }",
                "{ segment: warm, remote: relais_warm }"
            ).get().first
        )
        #expect(mapping.memberships.map(\.name) == ["list Warm leads", "list 17", "campaign Spring"])
        #expect(mapping.memberships.map(\.isID) == [false, true, false])
        #expect(mapping.fields.compactMap(\.remote) == ["email", "relais_warm"])
    }

    /// Two segments on one list would take each other's members off it.
    @Test func oneListFollowsOneSegment() throws {
        let found = try Self.check("{ segment: warm, list: Warm }", "{ segment: cold, list: Warm }").diagnostics
        #expect(
            found.map(\.description) == [
                "m.yaml:8:3: error: the list Warm follows another segment already: "
                    + "leave one of them, and say in its segment who is meant"
            ]
        )
        #expect(try Self.check("{ segment: warm, list: A }", "{ segment: cold, campaign: A }").diagnostics.isEmpty)
    }

    @Test func theWordsOfAPropertyAreNoneOfAList() throws {
        let found = try Self.check("{ segment: warm, list: Warm, in: yes }").diagnostics.map(\.description)
        #expect(found.count == 1 && found.first?.contains("the list has no key \"in\"") == true, "\(found)")
    }

    @Test func whoCannotBeToldIsNotInTheSegment() throws {
        let membership = try #require(try Self.check("{ segment: warm, list: A }").get().first?.memberships.first)
        let schema = try #require(try ShippedFiles.schema().object("contact"))
        func holds(_ score: Value) -> Bool {
            membership.holds(schema.properties.map { $0.name == "score" ? score : .absent })
        }
        #expect(holds(.number(50)) && !holds(.number(49)) && !holds(.absent) && !holds(.null))
    }
}
