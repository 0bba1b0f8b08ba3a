import FakeCRM
import Foundation
import Records
import Store
import Testing

@testable import RelaisCommands

/// A street and a city that share HubSpot's one line of address, over HTTP.
@Suite struct JointTextCommandTests {
    private static let file = "Mappings/hubspot/contact.yaml"

    @Test func partsOfAnAddressTravelBothWays() async throws {
        try await LiveWorkspace.run(contacts: 6) { workspace, crm in
            let ids = crm.ids(.contacts)
            for (index, id) in ids.enumerated() {
                try crm.edit(.contacts, id, set: ["address": "\(index) rue X, Paris"], by: 1)
            }
            func split(_ part: Int) -> String { "via: [ trim, { split: { by: \", \", part: \(part) } } ] }" }
            try workspace.edit(Self.file, "remote: address, via: [trim] }", "remote: address, \(split(1))")
            try workspace.edit(Self.file, "remote: city, via: [trim] }", "remote: address, \(split(2))")
            try workspace.edit(Self.file, "fields: [street, city, postal_code,", "fields: [postal_code,")
            try workspace.edit(Self.file, "      city: Paris\n    local:", "      address: 1 rue X, Paris\n    local:")
            let check = try await workspace.run("check")
            #expect(check.status == .done, "\(check.complaints)")
            try await workspace.run("connect", "hubspot")
            try await workspace.run("sync", "hubspot", "--approve")
            func contacts() throws -> [StoredRecord] {
                let store = try Workspace.load(workspace.root.path, environment: [:]).openStore()
                defer { try? store.close() }
                return try store.read { try $0.liveRecords($0.object("contact"), limit: 100) }
            }
            #expect(try contacts().allSatisfy { $0["city"] == "Paris" })
            let first = try #require(try contacts().first { $0["street"] == "0 rue X" })
            // One part here, the other there: no conflict.
            try workspace.change(first.id.description, ["city": "Lyon"])
            let id = try #require(ids.first)
            try crm.edit(.contacts, id, set: ["address": "9 rue Q, Paris"], by: 1)
            for _ in 0..<2 { try await workspace.run("sync", "hubspot") }
            #expect(crm.value(.contacts, id, "address") == "9 rue Q, Lyon")
            let now = try #require(try contacts().first { $0.id == first.id })
            #expect(now["street"] == "9 rue Q" && now["city"] == "Lyon")
            let quiet = try await workspace.run("sync", "hubspot", "--json").json()
            #expect(quiet["counts"]?["updated_remotely"]?.int ?? 0 == 0)
            #expect(quiet["counts"]?["updated_locally"]?.int ?? 0 == 0)
            let shown = try await workspace.run("mapping", "test", first.id.description, "--field", "city")
            #expect(shown.text.contains("Lyon") && !shown.text.contains("rue Q"), "\(shown.text)")
        }
    }
}
