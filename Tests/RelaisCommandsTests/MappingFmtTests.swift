import Foundation
import Records
import Testing

@testable import RelaisCommands

@Suite struct MappingFmtTests {
    private static let file = "Mappings/hubspot/contact.yaml"

    @Test func whatInitWritesIsCanonical() async throws {
        let workspace = try await TestWorkspace()
        let answer = try await workspace.run("mapping", "fmt", "--check")
        #expect(answer.status == .done, "\(answer.text)")
        #expect(answer.lines == ["7 files, all canonical"])
    }

    @Test func aFileIsLaidOutAnewAndKeepsItsComments() async throws {
        let workspace = try await TestWorkspace()
        let before = try workspace.text(Self.file)
        try workspace.edit(Self.file, "{ local: city, remote: city,", "{remote:  \"city\",local: city, ")
        let check = try await workspace.run("mapping", "fmt", "--check")
        #expect(check.status == .data)
        let place = try workspace.place(of: "- {remote", in: Self.file).split(separator: ":")[1]
        #expect(check.lines.first?.hasPrefix("\(Self.file):\(place):1: error: ") ?? false, "\(check.text)")
        let answer = try await workspace.run("mapping", "fmt", "--json")
        #expect(answer.status == .done)
        #expect(try answer.json()["changed"]?.array?.compactMap(\.string) == [Self.file])
        #expect(try workspace.text(Self.file) == before)
        #expect(try await workspace.run("check").status == .done)
    }

    /// Files of fields may stand anywhere below the folder.
    @Test func filesBelowMappingsAreLaidOutToo() async throws {
        let workspace = try await TestWorkspace()
        for file in ["Mappings/person.yaml", "Mappings/fields/eu/person.yaml"] {
            try workspace.write(file, "fields: [ {remote: city,local: city} ]\n")
        }
        let answer = try await workspace.run("mapping", "fmt", "--json").json()
        let changed = answer["changed"]?.array?.compactMap(\.string)
        #expect(changed == ["Mappings/fields/eu/person.yaml", "Mappings/person.yaml"])
    }

    @Test func aBrokenFileIsLeftAlone() async throws {
        let workspace = try await TestWorkspace()
        try workspace.edit(Self.file, "fields:", "fields: [")
        let before = try workspace.text(Self.file)
        let answer = try await workspace.run("mapping", "fmt")
        #expect(answer.status == .data)
        #expect(answer.lines.first?.hasPrefix(Self.file + ":") ?? false, "\(answer.text)")
        #expect(try workspace.text(Self.file) == before)
    }
}
