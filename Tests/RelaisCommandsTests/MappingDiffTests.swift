import FakeCRM
import Foundation
import Records
import Testing

@testable import RelaisCommands

@Suite struct MappingDiffTests {
    private static func synced(
        _ body: @escaping @Sendable (TestWorkspace, FakeCRMAccount) async throws -> Void
    ) async throws {
        try await LiveWorkspace.run { workspace, crm in
            try await workspace.run("connect", "hubspot")
            try await workspace.run("sync", "hubspot", "--approve")
            try await body(workspace, crm)
        }
    }

    private static func contact(_ answer: TestWorkspace.Answer) throws -> JSON {
        let mappings = try #require(answer.json()["mappings"]?.array)
        return try #require(mappings.first { $0["mapping"]?.string == "hubspot/contact" })
    }

    @Test func whatIsLiveIsComparedWithTheFile() async throws {
        try await Self.synced { workspace, _ in
            let answer = try await workspace.run("mapping", "diff", "hubspot", "--json")
            #expect(answer.status == .attention, "\(answer.text)")
            let contact = try Self.contact(answer)
            #expect(contact["problems"]?.array?.isEmpty == true)
            #expect(contact["shadows"]?[0]?["links"]?.int == 30)
            #expect(contact["shadows"]?[0]?["changed"]?.array?.isEmpty == true)
            let kinds = contact["drifts"]?.array?.compactMap { $0["kind"]?.string }
            #expect(kinds == ["unread_options", "unwritten_options"])
            #expect(contact["drifts"]?[0]?["text"]?.string == "no row reads these options of the CRM: other")
            let proposals = contact["proposals"]?.array?.compactMap { $0["local"]?.string } ?? []
            #expect(proposals.contains("language") && proposals.contains("lead_status"), "\(proposals)")
        }
    }

    @Test func aPropertyThatIsGoneBreaksTheMapping() async throws {
        try await Self.synced { workspace, crm in
            try await workspace.run("mapping", "diff", "hubspot")
            crm.setArchived(true, property: "mobilephone", of: .contacts)
            let answer = try await workspace.run("mapping", "diff", "hubspot", "contact")
            #expect(answer.status == .data)
            let place = try workspace.place(of: "mobilephone", in: "Mappings/hubspot/contact.yaml")
            #expect(answer.text.contains("\(place): error: contacts has no property \"mobilephone\""), "\(answer.text)")
            #expect(answer.text.contains(": mobilephone is gone"), "\(answer.text)")
            // Once it is accepted, only the mapping is wrong.
            try await workspace.run("mapping", "diff", "hubspot", "contact", "--accept")
            let later = try await workspace.run("mapping", "diff", "hubspot", "contact")
            #expect(!later.text.contains("mobilephone is gone"), "\(later.text)")
            #expect(later.status == .data)
        }
    }

    @Test func fieldsThatLinksRememberOtherwiseAreNamed() async throws {
        try await Self.synced { workspace, _ in
            let file = "Mappings/hubspot/contact.yaml"
            try workspace.edit(
                file,
                "{ local: city, remote: city, via: [trim] }",
                "{ local: city, remote: city, via: [trim, nfc] }"
            )
            try workspace.edit(
                file,
                "  - { local: website, remote: website, via: [trim], on_conflict: newest }",
                "  - { local: language, remote: hs_language, initial: manual }"
            )
            let answer = try await workspace.run("mapping", "diff", "hubspot", "contact")
            #expect(answer.status == .attention)
            #expect(answer.text.contains("30 links: shadows of an earlier mapping"), "\(answer.text)")
            #expect(answer.text.contains("new: language, under initial: manual"), "\(answer.text)")
            #expect(answer.text.contains("defined anew: city, under initial: prefer_remote"), "\(answer.text)")
            #expect(answer.text.contains("no longer mapped: website"), "\(answer.text)")
        }
    }
}
