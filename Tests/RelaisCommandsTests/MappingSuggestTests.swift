import FakeCRM
import Foundation
import Records
import Testing

@testable import RelaisCommands

@Suite struct MappingSuggestTests {
    /// The objects of the fake CRM with their tables of right answers.
    private static let objects = [
        ("contacts", "hubspot-contacts"), ("companies", "hubspot-companies"), ("deals", "hubspot-deals"),
    ]

    private static func proposals(_ answer: TestWorkspace.Answer) throws -> [PropertyTable.Proposal] {
        try #require(answer.json()["suggestions"]?.array).map { json in
            PropertyTable.Proposal(
                isAssociation: json["section"]?.string == "associations",
                local: try #require(json["local"]?.string),
                remote: try #require(json["remote"]?.string),
                confidence: try #require(json["confidence"]?.string),
                reason: try #require(json["reason"]?.string)
            )
        }
    }

    @Test func theRightPartnersOfAFakeCRMAreProposed() async throws {
        try await LiveWorkspace.run { workspace, crm in
            for (object, name) in Self.objects {
                let table = try PropertyTable(name)
                let names = Set(crm.propertyNames(of: object))
                let answer = try await workspace.run("mapping", "suggest", "hubspot", object, "--json")
                #expect(answer.status == .done)
                let score = table.score(try Self.proposals(answer), of: names)
                #expect(score.foundPercent >= 90, "\(object): \(score.misses)")
                #expect(score.rightPercent >= 90, "\(object): \(score.misses)")
                #expect(score.wrongButCertain == [])
            }
        }
    }

    @Test func whatIsWrittenPassesTheCheckAsItIs() async throws {
        try await LiveWorkspace.run { workspace, _ in
            for file in ["contact", "company", "deal", "task"] {
                try FileManager.default.removeItem(
                    at: workspace.root.appending(path: "Mappings/hubspot/\(file).yaml")
                )
                let answer = try await workspace.run(
                    "mapping",
                    "suggest",
                    "hubspot",
                    file,
                    "--write",
                    "--sample",
                    "20",
                    "--region",
                    "FR"
                )
                #expect(answer.status == .done, "\(answer.complaints)")
            }
            let deal = try workspace.text("Mappings/hubspot/deal.yaml")
            #expect(deal.contains("  - { fields: [pipeline, stage] }\n"), "\(deal)")
            #expect(try await workspace.run("mapping", "fmt", "--check").status == .done)
            let check = try await workspace.run("check", "--live", "hubspot")
            #expect(check.status == .done, "\(check.text)")
            // People in the CRM chose options that no row of ours has: a sample of real records shows it, and nothing else.
            let others = check.lines.dropLast().filter { !$0.contains("have no counterpart for") }
            #expect(others.isEmpty, "\(check.text)")
        }
    }

    @Test func aPropertyThatIsCalledLikeASegmentOfTheWorkspaceIsSaid() async throws {
        try await LiveWorkspace.run { workspace, _ in
            try workspace.write(
                "Config/segments.yaml",
                "unsubscribed_from_all_email: { when: \"contact.unsubscribed == true\" }\n"
                    + "salutation: { when: \"contact.job_title != ''\" }\n"
            )
            let answer = try await workspace.run("mapping", "suggest", "hubspot", "contacts")
            // The first is what a property of ours is paired with; the second is free.
            #expect(!answer.text.contains("segment: unsubscribed_from_all_email"))
            #expect(answer.text.contains("# lists:\n"), "\(answer.text)")
            #expect(
                answer.text.contains("  # - { segment: salutation, remote: salutation, in: salutation, out: \"\" }")
            )
        }
    }

    @Test func aFileThatIsThereIsLeftAlone() async throws {
        try await LiveWorkspace.run { workspace, _ in
            let before = try workspace.text("Mappings/hubspot/contact.yaml")
            let answer = try await workspace.run("mapping", "suggest", "hubspot", "contact", "--write")
            #expect(answer.status == .usage)
            #expect(try workspace.text("Mappings/hubspot/contact.yaml") == before)
        }
    }

    @Test func sampledValuesAreReasons() async throws {
        try await LiveWorkspace.run { workspace, _ in
            let answer = try await workspace.run("mapping", "suggest", "hubspot", "contacts", "--sample", "25")
            #expect(answer.text.contains("sampled values look like e-mail addresses"), "\(answer.text)")
        }
    }

    @Test func aCredentialWhoseVariableIsNotSetIsNamed() async throws {
        let workspace = try await TestWorkspace(environment: [:])
        let answer = try await workspace.run("mapping", "suggest", "hubspot", "contacts")
        #expect(answer.status == .notAllowed)
        #expect(answer.complaints.first == "relais: the credential token is empty", "\(answer.complaints)")
        #expect(answer.complaints.last?.contains("variables of the environment") ?? false)
    }

    @Test func anUnknownObjectIsNamedWithTheNearestOne() async throws {
        let workspace = try await TestWorkspace(environment: ["HUBSPOT_TOKEN": "x"])
        let answer = try await workspace.run("mapping", "suggest", "hubspot", "contakts")
        #expect(answer.status == .usage)
        #expect(answer.complaints.first?.contains("did you mean contacts?") ?? false, "\(answer.complaints)")
    }
}
