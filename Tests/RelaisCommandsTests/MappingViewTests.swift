import FakeCRM
import Foundation
import Records
import Testing

@testable import RelaisCommands

/// `mapping show` and `mapping test`.
@Suite struct MappingViewTests {
    /// A workspace in step with its CRM.
    private static func synced(
        _ body: @escaping @Sendable (TestWorkspace, FakeCRMAccount) async throws -> Void
    ) async throws {
        try await LiveWorkspace.run { workspace, crm in
            try await workspace.run("connect", "hubspot")
            let answer = try await workspace.run("sync", "hubspot", "--approve")
            #expect(answer.status == .done || answer.status == .attention, "\(answer.complaints)")
            try await body(workspace, crm)
        }
    }

    private static func field(_ name: String, in document: JSON?) -> JSON? {
        document?["fields"]?.array?.first { $0["local"]?.string == name }
    }

    @Test func bothSidesStandInATableWithClassPolicyAndASample() async throws {
        try await Self.synced { workspace, _ in
            let answer = try await workspace.run("mapping", "show", "hubspot", "contacts")
            let email = try #require(answer.lines.first { $0.hasPrefix("email ") })
            #expect(email.contains("<->  email"), "\(email)")
            #expect(email.contains("quotient  trim, lowercase"), "\(email)")
            #expect(email.contains("@"), "\(email)")
            let full = try #require(answer.lines.first { $0.hasPrefix("full_name ") })
            #expect(full.contains("<-   an expression"), "\(full)")
            let document = try await workspace.run("mapping", "show", "Mappings/hubspot/contact.yaml", "--json").json()[
                0
            ]
            #expect(document?["links"]?.int == 30)
            #expect(Self.field("phone", in: document)?["class"]?.string == "partial")
            #expect(Self.field("lifecycle_stage", in: document)?["on_conflict"]?.string == "furthest")
        }
    }

    @Test func theSampleIsReadWhenAsked() async throws {
        try await Self.synced { workspace, crm in
            let before = try await workspace.run("mapping", "show", "hubspot", "contact", "--json").json()[0]
            let id = try #require(before?["sample"]?["remote"]?.string.flatMap(Int64.init))
            try crm.edit(.contacts, id, set: ["city": "Nantes"], by: 1)
            let seen = try await workspace.run("mapping", "show", "hubspot", "contact", "--json").json()[0]
            #expect(Self.field("city", in: seen)?["remote_value"]?.string != "Nantes")
            let live = try await workspace.run("mapping", "show", "hubspot", "contact", "--live", "--json").json()[0]
            #expect(Self.field("city", in: live)?["remote_value"]?.string == "Nantes")
            #expect(live?["sample"]?["is_live"]?.bool == true)
        }
    }

    @Test func anUnknownMappingIsNamedWithTheNearestOne() async throws {
        let workspace = try await TestWorkspace(environment: ["HUBSPOT_TOKEN": "x"])
        #expect(try await workspace.run("mapping", "show", "hubspot", "contakt").status == .usage)
        #expect(try await workspace.run("mapping", "show", "Mappings/hubspot/lead.yaml").status == .usage)
    }

    @Test func aChangeInTheCRMIsToldWithItsWayAndItsReason() async throws {
        try await Self.synced { workspace, crm in
            let id = try #require(crm.ids(.contacts).first)
            try crm.edit(.contacts, id, set: ["email": "  New@Example.COM"], by: 1)
            let journal = try await workspace.run("runs", "list", "--json").json()
            let answer = try await workspace.run("mapping", "test", "contacts/\(id)", "--live", "--field", "email")
            #expect(
                answer.text.contains("email <-> email: pull, changed in the CRM since both last agreed"),
                "\(answer.text)"
            )
            #expect(
                answer.text.contains(#"trim -> "New@Example.COM"  lowercase -> "new@example.com""#),
                "\(answer.text)"
            )
            #expect(answer.text.contains(#"becomes "new@example.com""#), "\(answer.text)")
            // A misspelt field is no field without news.
            let slip = try await workspace.run("mapping", "test", "contacts/\(id)", "--field", "emial")
            #expect(slip.status == .usage && slip.lines.isEmpty)
            #expect(slip.complaints.joined().contains("has a field emial: did you mean email?"), "\(slip.complaints)")
            // Nothing was written: no run, and the same answer again.
            #expect(try await workspace.run("runs", "list", "--json").json() == journal)
            let again = try await workspace.run("mapping", "test", "contacts/\(id)", "--live", "--field", "email")
            #expect(again.text == answer.text)
        }
    }

    @Test func aConflictIsToldWithTheRuleThatDecides() async throws {
        try await Self.synced { workspace, crm in
            let id = try #require(crm.ids(.contacts).first)
            let document = try await workspace.run("mapping", "test", "contacts/\(id)", "--json").json()[0]
            let record = try #require(document?["record"]?.string)
            try workspace.change(record, ["job_title": "Head of Data", "phone": "+33612345678"])
            try crm.edit(.contacts, id, set: ["jobtitle": "Chief Data Officer"], by: 1)
            let answer = try await workspace.run("mapping", "test", "contacts/\(id)", "--live")
            #expect(
                answer.text.contains("job_title <-> jobtitle: wait, both sides changed, and manual asks a person"),
                "\(answer.text)"
            )
            #expect(
                answer.text.contains("phone <-> phone: push, changed here since both last agreed"),
                "\(answer.text)"
            )
        }
    }

    @Test func aRecordWithoutALinkIsToldAsWhatItWouldBecome() async throws {
        try await Self.synced { workspace, crm in
            try workspace.write("new.csv", "email,first_name\nnobody@example.com,Nobody\n")
            let imported = try await workspace.run("import", workspace.root.appending(path: "new.csv").path)
            #expect(imported.status == .done, "\(imported.complaints)")
            let here = try await workspace.run("mapping", "test", "nobody@example.com", "--json").json()[0]
            #expect(here?["tie"]?.string == "made_remotely")
            #expect(Self.field("first_name", in: here)?["becomes_remote"]?.string == "Nobody")
            let id = try crm.add(.contacts, ["email": "NOBODY@example.com", "firstname": "No"], by: 1)
            let there = try await workspace.run("mapping", "test", "contacts/\(id)", "--json").json()[0]
            #expect(there?["tie"]?.string == "matched")
            let alone = try crm.add(.contacts, ["email": "alone@example.com"], by: 1)
            let made = try await workspace.run("mapping", "test", "contacts/\(alone)", "--json").json()[0]
            #expect(made?["tie"]?.string == "made_locally")
            #expect(try await workspace.run("mapping", "test", "contacts/1").status == .usage)
        }
    }
}
