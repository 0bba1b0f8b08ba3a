import Mapping
import Records
import Testing

/// Decisions that are written into the mapping.
@Suite struct PolicyEditTests {
    private static let head = """
        # Ours.
        mapping: crm/contact
        connection: crm
        object: { local: contact, remote: contacts }
        fields:

        """

    private func edit(_ fields: String, _ field: String, _ policy: ConflictPolicy = .preferRemote) throws -> String {
        let text = Self.head + fields
        let edit = try PolicyEdit(
            policy,
            ofField: field,
            in: MappingFile(path: "contact.yaml", bytes: Array(text.utf8))
        )
        let new = String(decoding: edit.bytes, as: UTF8.self)
        #expect(new.hasPrefix(Self.head))
        // What was written reads back as the policy.
        let root = try YAMLDocument.parse(text: new, file: "contact.yaml")
        let nodes =
            (root["fields"]?.elements ?? []) + (root["groups"]?.elements ?? []) + (root["associations"]?.elements ?? [])
        #expect(nodes.filter { $0["on_conflict"]?.scalar?.text == policy.rawValue }.count == 1)
        return String(new.dropFirst(Self.head.count))
    }

    @Test func aFieldOnOneLine() throws {
        let fields =
            "  - { local: émail, remote: email } # é\n  - { local: city, remote: city, via: [trim] }   # town\n"
        #expect(
            try self.edit(fields, "city")
                == "  - { local: émail, remote: email } # é\n"
                + "  - { local: city, on_conflict: prefer_remote, remote: city, via: [trim] }   # town\n"
        )
    }

    @Test func aFieldAsABlock() throws {
        let fields = "  - local: city\n    # The town.\n    remote: town\n    via: [trim]\n"
        #expect(
            try self.edit(fields, "city")
                == "  - local: city\n    # The town.\n    on_conflict: prefer_remote\n    remote: town\n    via: [trim]\n"
        )
    }

    @Test(arguments: ["manual", "'manual'", "\"manual\""])
    func aFieldThatHasAPolicy(old: String) throws {
        let fields = "  - { local: city, on_conflict: \(old), remote: city }\n"
        #expect(try self.edit(fields, "city") == "  - { local: city, on_conflict: prefer_remote, remote: city }\n")
    }

    @Test func aFieldOfAGroupDecidesForTheGroup() throws {
        let fields =
            "  - { local: city, remote: city }\n  - { local: street, remote: street }\ngroups:\n  - { fields: [street, city] }\n"
        let new = try self.edit(fields, "city", .newest)
        #expect(new.hasSuffix("groups:\n  - { on_conflict: newest, fields: [street, city] }\n"))
    }

    @Test func aFieldWithoutALocalPropertyIsFoundByItsRemoteOne() throws {
        #expect(try self.edit("  - { remote: score }\n", "score").contains("on_conflict: prefer_remote, remote: score"))
    }

    @Test func aFieldThatIsNotThereIsAClearError() throws {
        let error = #expect(throws: DiagnosticList.self) {
            try self.edit("  - { local: city, remote: city }\n", "town")
        }
        #expect(error?.diagnostics.first?.message == "the mapping has no field \"town\" of its own")
    }
}
