import FakeCRM
import Records
import Store
import Testing

@testable import RelaisCommands

/// R12: a property of HubSpot that only we fill, and that an automation there keeps filling otherwise, over HTTP.
@Suite struct FightCommandTests {
    private static let file = "Mappings/hubspot/contact.yaml"

    @Test func aFightOverAConstantIsShownAndSettledByAPerson() async throws {
        try await LiveWorkspace.run(contacts: 3) { workspace, crm in
            // Called like a property of ours, which has nothing to do with it.
            let field =
                "  - { remote: website, constant: https://relais.example, drift: restore, initial: prefer_local }\n"
            let own = "  - { local: website, remote: website, via: [trim], on_conflict: newest }\n"
            try workspace.edit(Self.file, own, "")
            try workspace.edit(Self.file, "fields:\n", "fields:\n" + field)
            let check = try await workspace.run("check")
            #expect(check.status == .done, "\(check.text)")
            try await workspace.run("connect", "hubspot")
            try await workspace.run("sync", "hubspot", "--approve")
            let id = try #require(crm.ids(.contacts).first)
            for _ in 0..<4 {
                try crm.edit(.contacts, id, set: ["website": "https://other.example"], by: 1)
                try await workspace.run("sync", "hubspot")
            }
            #expect(crm.value(.contacts, id, "website") == "https://other.example")
            let list = try await workspace.run("conflicts", "list", "--json").json()
            let conflict = try #require(list["conflicts"]?.array?.first { $0["field"]?.string == "website" })
            #expect(conflict["rule"]?.string == "fight: sync:hubspot and somebody in the CRM")
            let number = String(try #require(conflict["id"]?.int))
            let typed = try await workspace.run("conflicts", "resolve", number, "--value", "https://third.example")
            #expect(typed.status == .attention)
            #expect(typed.complaints.contains { $0.contains("take local or remote") }, "\(typed.complaints)")
            let taken = try await workspace.run("conflicts", "resolve", number, "--take", "local")
            #expect(taken.status == .done, "\(taken.complaints)")
            try await workspace.run("sync", "hubspot")
            #expect(crm.value(.contacts, id, "website") == "https://relais.example")
            let rest = try await workspace.run("conflicts", "list", "--json").json()
            #expect(rest["conflicts"]?.array?.contains { $0["field"]?.string == "website" } == false)
        }
    }
}
