import Mapping
import Records
import Testing

/// Fields that several mappings take from one file.
@Suite struct FieldIncludesTests {
    private static let head = "mapping: a\nconnection: crm\nobject: { local: contact, remote: contacts }\nmatch: []\n"

    private func check(_ rest: String, _ files: [String: String]) throws -> MappingCheck {
        var compiler = MappingCompiler(schema: try ShippedFiles.schema(), variables: ["crm": "crm"])
        compiler.readFile = { path in files[path].map { Array($0.utf8) } }
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
            "include: [ a.yaml, b.yaml ]\n",
            [
                "Mappings/a.yaml": "fields: [ { local: city, remote: city } ]\n",
                "Mappings/b.yaml": "fields: [ { local: city, remote: town } ]\n",
            ],
            "Mappings/b.yaml:1:11: error: the local property city is also written by the field in line 1 of "
                + "Mappings/a.yaml: remove one of them, or give one a direction"
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
