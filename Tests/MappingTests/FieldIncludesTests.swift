import Mapping
import Records
import Testing

/// Fields that several mappings take from one file.
@Suite struct FieldIncludesTests {
    private static let head = "mapping: a\nconnection: crm\nobject: { local: contact, remote: contacts }\nmatch: []\n"

    private func check(_ rest: String, _ files: [String: String]) throws -> MappingCheck {
        var compiler = MappingCompiler(schema: try ShippedFiles.schema(), variables: ["crm": "crm"])
        let segments = "warm: { object: contact, when: \"contact.score >= 50.0\" }\n"
        compiler.readFile = { path in
            (path == "Config/segments.yaml" ? segments : files[path]).map { Array($0.utf8) }
        }
        return compiler.compile([MappingFile(path: "Mappings/crm/m.yaml", bytes: Array((Self.head + rest).utf8))])
    }

    private static let person = """
        # People everywhere.
        fields:
          - { local: first_name, remote: firstname, via: trim }
          - { local: city, remote: city, on_conflict: newest }
          - { local: region, remote: state, on_conflict: newest }
        groups: [ { fields: [city, region] } ]

        """

    @Test func anIncludedFieldIsAsIfWrittenInPlace() throws {
        let own = "  - { local: last_name, remote: lastname }\n"
        let included = try self.check(
            "on_conflict: prefer_remote\ninclude: fields/person.yaml\nfields:\n" + own,
            ["Mappings/fields/person.yaml": Self.person]
        )
        let lines = Self.person.split(separator: "\n").map { $0 + "\n" }
        let written = try self.check("on_conflict: prefer_remote\n" + lines[..<5].joined() + own + lines[5], [:])
        #expect(included.diagnostics.map(\.description) == [])
        let (one, other) = (try #require(included.mappings.first), try #require(written.mappings.first))
        #expect(one.fingerprint == other.fingerprint)
        #expect(one.fields.map(\.fingerprint) == other.fields.map(\.fingerprint))
        #expect(one.fields.map(\.name) == ["first_name", "city", "region", "last_name"])
        #expect(one.fields.map(\.onConflict) == other.fields.map(\.onConflict))
        #expect(one.groups == [[1, 2]])
        #expect(one.fields[0].location.description == "Mappings/fields/person.yaml:3:5")
        #expect(included.included == ["Mappings/fields/person.yaml"])
    }

    @Test func aFieldOfTheFileItselfReplacesTheIncludedOne() throws {
        let check = try self.check(
            "include: [fields/person.yaml]\nfields: [ { local: first_name, remote: given_name } ]\n",
            ["Mappings/fields/person.yaml": Self.person]
        )
        #expect(check.diagnostics.map(\.description) == [])
        #expect(check.mappings.first?.fields.map(\.remote) == ["city", "state", "given_name"])
    }

    @Test func aFileMayIncludeOthersAndOneCountsOnce() throws {
        let check = try self.check(
            "include: [ \"${crm}/a.yaml\", fields/b.yaml, fields/c.yaml ]\n",
            [
                "Mappings/crm/a.yaml": "include: fields/c.yaml\nfields: [ { local: city, remote: ville } ]\n",
                "Mappings/fields/b.yaml": "include: fields/c.yaml\nassociations: [ { local: company, remote: cs } ]\n",
                "Mappings/fields/c.yaml":
                    "fields: [ { local: city, remote: city }, { local: street, remote: street } ]\n",
            ]
        )
        #expect(check.diagnostics.map(\.description) == [])
        #expect(check.mappings.first?.fields.map(\.remote) == ["street", "ville", "cs"])
        #expect(check.included == ["Mappings/crm/a.yaml", "Mappings/fields/b.yaml", "Mappings/fields/c.yaml"])
    }

    @Test func ofTwoFilesTheLaterOneReplacesTheEarlierOne() throws {
        let check = try self.check(
            "include: [ a.yaml, b.yaml ]\n",
            [
                "Mappings/a.yaml": "fields: [ { local: city, remote: city }, { local: street, remote: street } ]\n",
                "Mappings/b.yaml": "fields: [ { local: city, remote: town } ]\n",
            ]
        )
        #expect(check.diagnostics.map(\.description) == [])
        #expect(check.mappings.first?.fields.map(\.remote) == ["street", "town"])
    }

    @Test func listsAreIncludedAndTheFilesOwnReplacesOneOfTheSameProperty() throws {
        let check = try self.check(
            "include: fields/marks.yaml\nlists: [ { segment: warm, remote: relais_warm, in: \"yes\", out: \"no\" } ]\n",
            [
                "Mappings/fields/marks.yaml":
                    "lists:\n  - { segment: warm, remote: relais_warm }\n  - { segment: warm, remote: relais_list }\n"
            ]
        )
        #expect(check.diagnostics.map(\.description) == [])
        let fields = try #require(check.mappings.first).fields
        #expect(fields.map(\.remote) == ["relais_list", "relais_warm"])
        #expect(fields[0].location.description == "Mappings/fields/marks.yaml:3:5")
        #expect(fields[1].rules.membership?.yes == .text("yes"))
    }

    /// A mapping of companies with further lines, which includes `fields/counts.yaml`.
    private func companies(_ lines: String, including shared: String) throws -> MappingCheck {
        var compiler = MappingCompiler(schema: try ShippedFiles.schema())
        compiler.readFile = { $0 == "Mappings/fields/counts.yaml" ? Array(shared.utf8) : nil }
        let file = """
            mapping: a
            connection: crm
            object: { local: company, remote: companies }
            match: [ [domain] ]
            include: fields/counts.yaml
            \(lines)

            """
        return compiler.compile([MappingFile(path: "a.yaml", bytes: Array(file.utf8))])
    }

    @Test func rollUpsAreIncludedAndTheFilesOwnReplacesOneOfTheSameProperty() throws {
        let check = try self.companies(
            """
            fields: [ { local: domain, remote: domain } ]
            rollups: [ { local: employees, remote: people, of: contact.company, give: count } ]
            """,
            including: """
                rollups:
                  - { local: employees, remote: known_contacts, of: contact.company, give: count }
                  - { local: annual_revenue, remote: relais_won, of: deal.company, give: { sum: amount } }

                """
        )
        #expect(check.diagnostics.map(\.description) == [])
        let mapping = try #require(check.mappings.first)
        #expect(mapping.fields.map(\.remote) == ["domain", "relais_won", "people"])
        #expect(mapping.rollUps.map(\.local) == ["annual_revenue", "employees"])
        #expect(mapping.rollUps[0].location.description == "Mappings/fields/counts.yaml:3:5")
    }

    @Test func whatIsCountedElsewhereIsNamedWithItsFile() throws {
        let check = try self.companies(
            """
            fields:
              - { local: domain, remote: domain }
              - { remote: known, constant: "3" }
            """,
            including: "rollups: [ { local: employees, remote: known, of: contact.company, give: count } ]\n"
        )
        #expect(
            check.diagnostics.map(\.description) == [
                "Mappings/fields/counts.yaml:1:12: error: the remote property known is also written by the field in line 8 "
                    + "of a.yaml: remove one of them, or give one a direction"
            ]
        )
    }

    @Test func settingsOfAnIncludedFileHoldUnlessSomethingLaterSaysOtherwise() throws {
        let files = [
            "Mappings/fields/house.yaml":
                "initial: prefer_local\non_clear: ignore\non_conflict: newest\nduplicates: oldest\ndelete: { pull: archive }\n",
            "Mappings/fields/later.yaml": "on_clear: fill\n",
        ]
        let fields = "fields: [ { local: city, remote: city } ]\n"
        let rest = "on_conflict: prefer_remote\ninclude: [ fields/house.yaml, fields/later.yaml ]\n" + fields
        let check = try self.check(rest, files)
        #expect(check.diagnostics.map(\.description) == [])
        let mapping = try #require(check.mappings.first)
        let field = try #require(mapping.fields.first)
        #expect(field.onConflict == .preferRemote && field.onClear == .fill && field.initial == .preferLocal)
        #expect(mapping.duplicates == .oldest && mapping.delete.pull == .archive)
        let settings = "initial: prefer_local\non_clear: fill\nduplicates: oldest\ndelete: { pull: archive }\n"
        let written = try self.check("on_conflict: prefer_remote\n" + settings + fields, [:])
        #expect(mapping.fingerprint == written.mappings.first?.fingerprint)
    }

    @Test func aMistakeInAnIncludedFileIsNamedThereAndOnce() throws {
        var compiler = MappingCompiler(schema: try ShippedFiles.schema())
        let part = "fields:\n  - { local: emial, remote: email }\n  - { local: score, value: \"remote.x +\" }\n"
        compiler.readFile = { $0 == "Mappings/fields/p.yaml" ? Array(part.utf8) : nil }
        let check = compiler.compile(
            ["a", "b"].map { name in
                let text = "mapping: \(name)\nconnection: c\nobject: { local: contact, remote: \(name) }\nmatch: []\n"
                return MappingFile(path: "\(name).yaml", bytes: Array((text + "include: fields/p.yaml\n").utf8))
            }
        )
        #expect(check.diagnostics.count == 2)
        #expect(
            check.diagnostics.first?.description
                == "Mappings/fields/p.yaml:2:14: error: contact has no property \"emial\": did you mean email?"
        )
        #expect(check.diagnostics.last?.location.line == 3)
        #expect(check.diagnostics.last?.location.file == "Mappings/fields/p.yaml")
    }

    /// What stands after the head, the files, and the one finding.
    private static let refused: [(String, [String: String], String)] = [
        (
            "include: ../../etc/x.yaml\n", [:],
            "Mappings/crm/m.yaml:5:10: error: an include stays within the folder Mappings, and \"../../etc/x.yaml\" may "
                + "not: write the path from there, such as fields/person.yaml"
        ),
        (
            "include: [/etc/x.yaml]\n", [:],
            "Mappings/crm/m.yaml:5:11: error: an include stays within the folder Mappings, and \"/etc/x.yaml\" may not: "
                + "write the path from there, such as fields/person.yaml"
        ),
        (
            "include: fields/x.txt\n", ["Mappings/fields/x.txt": "fields: []\n"],
            "Mappings/crm/m.yaml:5:10: error: fields/x.txt is no file of fields: name a file that ends in .yaml, such as "
                + "fields/person.yaml"
        ),
        (
            "include: fields/x.yaml\n", [:],
            "Mappings/crm/m.yaml:5:10: error: there is no file Mappings/fields/x.yaml: write its path from the folder "
                + "Mappings, such as fields/person.yaml"
        ),
        (
            "include: a.yaml\n", ["Mappings/a.yaml": "include: b.yaml\n", "Mappings/b.yaml": "include: [ a.yaml ]\n"],
            "Mappings/b.yaml:1:12: error: the file includes itself: Mappings/a.yaml, which includes Mappings/b.yaml, which "
                + "includes Mappings/a.yaml: remove one of these includes"
        ),
        (
            "include: crm/m.yaml\n", [:],
            "Mappings/crm/m.yaml:5:10: error: the file includes itself: Mappings/crm/m.yaml, which includes "
                + "Mappings/crm/m.yaml: remove one of these includes"
        ),
        (
            "include: a.yaml\n", ["Mappings/a.yaml": "field: []\n"],
            "Mappings/a.yaml:1:1: error: the included file has no key \"field\": did you mean fields?"
        ),
        (
            "include: a.yaml\n", ["Mappings/a.yaml": "fields: [\n"],
            "Mappings/a.yaml:2:1: error: …"
        ),
        (
            "include: a.yaml\nfields: [ { local: region, remote: city } ]\n",
            ["Mappings/a.yaml": "fields:\n- { local: city, remote: city }\n"],
            "Mappings/crm/m.yaml:6:11: error: the remote property city is also written by the field in line 2 of "
                + "Mappings/a.yaml: remove one of them, or give one a direction"
        ),
        (
            "include: a.yaml\n",
            ["Mappings/a.yaml": "fields:\n- { local: city, remote: city }\n- { local: city, remote: town }\n"],
            "Mappings/a.yaml:3:3: error: the local property city is also written by the field in line 2: remove one of "
                + "them, or give one a direction"
        ),
        (
            "include: a.yaml\n",
            ["Mappings/a.yaml": "lists: [ { segment: warm, remote: relais_warm, inn: x } ]\n"],
            "Mappings/a.yaml:1:48: error: the list has no key \"inn\": did you mean in?"
        ),
        (
            "include: a.yaml\nfields: [ { local: city, remote: relais_warm } ]\n",
            ["Mappings/a.yaml": "lists: [ { segment: warm, remote: relais_warm } ]\n"],
            "Mappings/a.yaml:1:10: error: the remote property relais_warm is also written by the field in line 6 of "
                + "Mappings/crm/m.yaml: remove one of them, or give one a direction"
        ),
        (
            "include: a.yaml\n", ["Mappings/a.yaml": "on_clear: forget\n"],
            "Mappings/a.yaml:1:11: error: on_clear cannot be \"forget\": …"
        ),
        (
            "include: a.yaml\n", ["Mappings/a.yaml": "object: { local: contact, remote: cs }\nfields: []\n"],
            "Mappings/a.yaml:1:1: error: a mapping of its own cannot be included: move what both share into a file of "
                + "fields, such as Mappings/fields/person.yaml"
        ),
    ]

    @Test(arguments: refused.indices) func whatCannotBeIncludedIsSaid(index: Int) throws {
        let (rest, files, expected) = Self.refused[index]
        let found = try self.check(rest, files).diagnostics.map(\.description)
        #expect(found.count == 1, "\(found)")
        let isPrefix = expected.hasSuffix("…")
        #expect(isPrefix ? found.first?.hasPrefix(expected.dropLast()) ?? false : found.first == expected, "\(found)")
    }

    @Test func aFileOfFieldsAmongTheMappingsIsSaidToBeOne() throws {
        let compiler = MappingCompiler(schema: try ShippedFiles.schema())
        let check = compiler.compile([MappingFile(path: "p.yaml", bytes: Array(Self.person.utf8))])
        #expect(
            check.diagnostics.map(\.description) == [
                "p.yaml:2:1: error: the file is a list of fields, but no mapping: move it to Mappings/fields, to include "
                    + "it, or add mapping, connection and object"
            ]
        )
    }
}
