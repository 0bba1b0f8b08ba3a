import FakeCRM
import Foundation
import Records
import Store
import Testing

@testable import RelaisCommands

/// Who is in a segment, in a property of HubSpot, over HTTP.
@Suite struct ListCommandTests {
    private static let file = "Mappings/hubspot/contact.yaml"

    @Test func whoIsInASegmentIsTold() async throws {
        try await LiveWorkspace.run(contacts: 20) { workspace, crm in
            try workspace.edit(Self.file, "  - { local: job_title, remote: jobtitle, via: [trim] }\n", "")
            let list = "lists:\n  - { segment: nurturing, remote: jobtitle, in: Nurturing, out: Others }\n"
            try workspace.edit(Self.file, "examples:\n", list + "examples:\n")
            let check = try await workspace.run("check")
            #expect(check.status == .done, "\(check.complaints)")
            try await workspace.run("connect", "hubspot")
            try await workspace.run("sync", "hubspot", "--approve")
            func leads() -> Set<Text> {
                Set(
                    crm.ids(.contacts).filter { id in
                        crm.value(.contacts, id, "lifecyclestage") == "lead"
                            && crm.value(.contacts, id, "email")?.isEmpty == false
                    }
                    .map { Text("\($0)") }
                )
            }
            func told() -> Set<Text> {
                Set(
                    crm.ids(.contacts).filter { crm.value(.contacts, $0, "jobtitle") == "Nurturing" }
                        .map { Text("\($0)") }
                )
            }
            #expect(!leads().isEmpty && leads().isSuperset(of: told()) && !told().isEmpty)
            let before = told()
            let one = try #require(crm.ids(.contacts).first { crm.value(.contacts, $0, "jobtitle") == "Nurturing" })
            try crm.edit(.contacts, one, set: ["lifecyclestage": "marketingqualifiedlead"], by: 1)
            for _ in 0..<2 { try await workspace.run("sync", "hubspot") }
            #expect(told() == before.subtracting([Text("\(one)")]))
            #expect(crm.value(.contacts, one, "jobtitle") == "Others")
        }
    }
}
