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

    /// A list that comes to a connection at work is shown before it is written.
    @Test func aNewListOfAConnectionAtWorkIsApproved() async throws {
        try await LiveWorkspace.run(contacts: 20) { workspace, crm in
            try await workspace.run("connect", "hubspot")
            try await workspace.run("sync", "hubspot", "--approve")
            try self.add("lists:\n  - { segment: nurturing, list: Nurturing }\n", to: workspace)
            let list = crm.addList("Nurturing", of: .contacts)
            let held = try await workspace.run("sync", "hubspot")
            #expect(held.status == .attention)
            #expect(held.text.contains("the list is new in the mapping"), "\(held)")
            #expect(crm.members(of: list).isEmpty)
            let plan = try await workspace.run("plan", "hubspot")
            #expect(plan.text.contains("put on a list in the CRM"), "\(plan)")
            let done = try await workspace.run("sync", "hubspot", "--approve")
            #expect(!done.text.contains("nobody has") && !crm.members(of: list).isEmpty, "\(done)")
            let member = try #require(crm.members(of: list).first)
            let email = try #require(crm.value(.contacts, member, "email"))
            let timeline = try await workspace.run("record", "timeline", email)
            #expect(timeline.text.contains("list_add segment nurturing, hubspot/contacts/\(member)"), "\(timeline)")
        }
    }

    /// A plan in a file holds the activities too, also those of contacts that the plan itself makes.
    @Test func aPlanInAFileCarriesActivities() async throws {
        try await LiveWorkspace.run(contacts: 2) { workspace, crm in
            let note = "activities:\n  - { event: form_submitted, kind: note, text: event.form }\n"
            try self.add(note, to: workspace)
            try await workspace.run("connect", "hubspot")
            try await workspace.run("sync", "hubspot", "--approve")
            try workspace.write("new.csv", "email,first_name\nnew@acme.example,Ada\n")
            try await workspace.run("import", workspace.root.appending(path: "new.csv").path)
            try await workspace.run("event", "add", "new@acme.example", "form_submitted", "--set", "form=pricing")
            let file = workspace.root.appending(path: "plan.jsonl").path
            try await workspace.run("plan", "hubspot", "--out", file)
            #expect(try workspace.text("plan.jsonl").contains("write an activity in the CRM"))
            let sync = try await workspace.run("sync", "hubspot", "--plan", file)
            #expect(crm.ids(.notes).count == 1, "\(sync)")
        }
    }

    /// What was written about an erased person is named, taken out, and part of what is confirmed.
    @Test func anErasureTakesTheNotesWithIt() async throws {
        try await LiveWorkspace.run(contacts: 2) { workspace, crm in
            let note = "activities:\n  - { event: form_submitted, kind: note, text: event.form }\n"
            try self.add(note, to: workspace)
            try await workspace.run("connect", "hubspot")
            try await workspace.run("sync", "hubspot", "--approve")
            let email = try #require(crm.ids(.contacts).compactMap { crm.value(.contacts, $0, "email") }.first)
            try await workspace.run("event", "add", email, "form_submitted", "--set", "form=pricing")
            try await workspace.run("sync", "hubspot")
            #expect(crm.ids(.notes).count == 1)
            let plan = try await workspace.run("record", "erase", email, "--reason", "asked")
            #expect(plan.text.contains("1 activities that were written about them: taken out"), "\(plan)")
            let done = try await workspace.run("record", "erase", email, "--reason", "asked", "--approve")
            #expect(done.text.contains("Confirmed everywhere."), "\(done)")
            #expect(crm.ids(.notes).isEmpty)
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
