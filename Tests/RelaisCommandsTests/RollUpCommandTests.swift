import FakeCRM
import Foundation
import Records
import Store
import Testing

@testable import RelaisCommands

/// The number of its contacts, in HubSpot's companies, over HTTP.
@Suite struct RollUpCommandTests {
    private static let file = "Mappings/hubspot/company.yaml"
    private static let field =
        "  - { local: employees, remote: numberofemployees, via: [{ scale: 0 }], on_conflict: newest }\n"
    private static let rollUp = """
        rollups:
          - { local: employees, remote: numberofemployees, of: contact.company, give: count, drift: restore }
        examples:

        """

    /// Sandbox and production share a file, and may; two files that count one property differently may not.
    @Test func connectionsCountAPropertyInOneWay() async throws {
        let workspace = try await TestWorkspace(environment: ["HUBSPOT_TOKEN": "x"])
        try workspace.edit(Self.file, Self.field, "")
        try workspace.edit(Self.file, "examples:\n", Self.rollUp)
        try workspace.edit(Self.file, ", numberofemployees: \"42\"", "")
        try workspace.edit(Self.file, "employees: 42, ", "")
        let second = """
            connections:
              sandbox: { connector: hubspot, mappings: FOLDER, credentials: { token: x } }

            """
        let text = try workspace.text(Self.file)
        for (folder, count, expected) in [
            ("hubspot", "count", 0), ("other", "count", 0), ("other", "{ sum: score }", 1),
        ] {
            try workspace.write("Mappings/other/company.yaml", text.replacing("give: count", with: "give: \(count)"))
            let before = try workspace.text("Config/relais.yaml")
            try workspace.edit("Config/relais.yaml", "connections:\n", second.replacing("FOLDER", with: folder))
            let check = try await workspace.run("check", "--json")
            let errors = (try check.json()["problems"]?.array ?? []).filter { $0["severity"]?.string == "error" }
            let told = errors.compactMap { $0["message"]?.string }.filter { $0.contains("is counted otherwise for") }
            #expect(told.count == expected, "\(folder) \(count): \(errors.map(\.text))")
            try workspace.write("Config/relais.yaml", before)
        }
    }

    private static func contacts(_ workspace: TestWorkspace) throws -> [StoredRecord] {
        let store = try Workspace.load(workspace.root.path, environment: [:]).openStore()
        defer { try? store.close() }
        return try store.read { try $0.liveRecords($0.object("contact"), limit: 1000) }
    }

    @Test func companiesShowHowManyContactsTheyHave() async throws {
        try await LiveWorkspace.run(contacts: 20) { workspace, crm in
            try workspace.edit(Self.file, Self.field, "")
            try workspace.edit(Self.file, "examples:\n", Self.rollUp)
            try workspace.edit(Self.file, ", numberofemployees: \"42\"", "")
            try workspace.edit(Self.file, "employees: 42, ", "")
            let check = try await workspace.run("check")
            #expect(check.status == .done, "\(check.complaints)")
            try await workspace.run("connect", "hubspot")
            try await workspace.run("sync", "hubspot", "--approve")
            func shown() -> [Int] {
                crm.ids(.companies).map { Int(crm.value(.companies, $0, "numberofemployees") ?? "") ?? -1 }
            }
            let tied = try Self.contacts(workspace).count { !$0["company"].isBlank }
            #expect(tied > 0 && shown().reduce(0, +) == tied, "\(shown())")
            // One contact goes elsewhere here, and somebody types a number over ours there.
            let companies = Set(try Self.contacts(workspace).compactMap { $0["company"].text?.string }).sorted()
            let mover = try #require(try Self.contacts(workspace).first { $0["company"].text?.string == companies[0] })
            try workspace.change(mover.id.description, ["company": companies[1]])
            let before = shown().sorted()
            let first = try #require(crm.ids(.companies).first)
            try crm.edit(.companies, first, set: ["numberofemployees": "999"], by: 1)
            for _ in 0..<2 { try await workspace.run("sync", "hubspot") }
            #expect(shown().reduce(0, +) == tied, "\(before) became \(shown())")
            #expect(shown().sorted() != before || companies.count < 2 || !shown().contains(999))
            let quiet = try await workspace.run("sync", "hubspot", "--json").json()
            #expect(quiet["counts"]?["updated_remotely"]?.int ?? 0 == 0)
            #expect(quiet["counts"]?["updated_locally"]?.int ?? 0 == 0)
        }
    }
}
