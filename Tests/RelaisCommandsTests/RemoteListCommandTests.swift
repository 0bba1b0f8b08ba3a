import FakeCRM
import Foundation
import Records
import Testing

@testable import RelaisCommands

/// Lists of HubSpot's own and notes there, over HTTP.
@Suite struct RemoteListCommandTests {
    private static let file = "Mappings/hubspot/contact.yaml"

    private func add(_ lines: String, to workspace: TestWorkspace) throws {
        try workspace.edit(Self.file, "examples:\n", lines + "examples:\n")
    }

    @Test func aSegmentIsPutOnAList() async throws {
        try await LiveWorkspace.run(contacts: 20) { workspace, crm in
            try self.add("lists:\n  - { segment: nurturing, list: Nurturing }\n", to: workspace)
            #expect(try await workspace.run("check").status == .done)
            try await workspace.run("connect", "hubspot")
            let missing = try await workspace.run("check", "--live", "hubspot")
            #expect(missing.status == .data)
            #expect(missing.text.contains("the CRM has no list \"Nurturing\" of contacts"), "\(missing)")
            let list = crm.addList("Nurturing", of: .contacts)
            let found = try await workspace.run("check", "--live", "hubspot")
            #expect(!found.text.contains("Nurturing"), "\(found)")
            let plan = try await workspace.run("plan", "hubspot")
            #expect(plan.text.contains("records would be put on lists of the CRM"), "\(plan)")
            #expect(crm.members(of: list).isEmpty)
            let sync = try await workspace.run("sync", "hubspot", "--approve")
            #expect(sync.text.contains("records put on lists of the CRM"), "\(sync)")
            let leads = crm.ids(.contacts).filter { crm.value(.contacts, $0, "lifecyclestage") == "lead" }
            let members = crm.members(of: list)
            #expect(!members.isEmpty && Set(members).isSubset(of: leads))
        }
    }

    @Test func aListThatIsGoneEndsTheRunWithAWordToPeople() async throws {
        try await LiveWorkspace.run(contacts: 5) { workspace, _ in
            try self.add("lists:\n  - { segment: nurturing, list: Nurturing }\n", to: workspace)
            try await workspace.run("connect", "hubspot")
            let sync = try await workspace.run("sync", "hubspot", "--approve")
            #expect(sync.status == .attention)
            #expect(sync.text.contains("was left alone: the CRM has no such list of contacts"), "\(sync)")
        }
    }

    @Test func whatAProductDoesNotHaveIsAFinding() async throws {
        try await LiveWorkspace.run(contacts: 0) { workspace, _ in
            let lists = "lists:\n  - { segment: nurturing, campaign: Spring }\n"
            let pigeon = "activities:\n  - { event: form_submitted, kind: pigeon, text: event.form }\n"
            try self.add(lists + pigeon, to: workspace)
            let check = try await workspace.run("check")
            #expect(check.status == .data)
            #expect(check.text.contains("HubSpot has no campaign that contacts can be put on"), "\(check)")
            #expect(check.text.contains("HubSpot takes no pigeon about contacts"), "\(check)")
        }
    }
}
