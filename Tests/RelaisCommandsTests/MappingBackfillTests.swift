import FakeCRM
import Foundation
import Records
import Store
import Testing

@testable import RelaisCommands

@Suite struct MappingBackfillTests {
    private static let file = "Mappings/hubspot/contact.yaml"
    private static let line = "  - { local: job_title, remote: jobtitle, via: [trim] }\n"

    /// A workspace that was in step before the field of job titles was added; every contact of the CRM has one.
    private static func added(
        _ body: @escaping @Sendable (TestWorkspace, FakeCRMAccount) async throws -> Void
    ) async throws {
        try await LiveWorkspace.run(contacts: 12) { workspace, crm in
            for id in crm.ids(.contacts) { try crm.edit(.contacts, id, set: ["jobtitle": "Title \(id)"], by: 1) }
            try workspace.edit(Self.file, Self.line, "")
            try await workspace.run("connect", "hubspot")
            try await workspace.run("sync", "hubspot", "--approve")
            try workspace.edit(Self.file, "  - { local: street,", "\(Self.line)  - { local: street,")
            try await body(workspace, crm)
        }
    }

    private static func titles(_ workspace: TestWorkspace) throws -> Int { try Self.filled("job_title", workspace) }

    private static func tied(_ workspace: TestWorkspace) throws -> Int { try Self.filled("company", workspace) }

    /// How many contacts have something in a property.
    private static func filled(_ property: String, _ workspace: TestWorkspace) throws -> Int {
        let store = try Workspace.load(workspace.root.path, environment: [:]).openStore()
        defer { try? store.close() }
        return try store.read { transaction in
            let contacts = try transaction.liveRecords(transaction.object("contact"), limit: 1000)
            return contacts.count { !$0[property].isBlank }
        }
    }

    private static func contacts(_ workspace: TestWorkspace) throws -> [StoredRecord] {
        let store = try Workspace.load(workspace.root.path, environment: [:]).openStore()
        defer { try? store.close() }
        return try store.read { try $0.liveRecords($0.object("contact"), limit: 1000) }
    }

    private static func ids(_ workspace: TestWorkspace) throws -> [String] {
        try Self.contacts(workspace).map(\.id.description)
    }

    private static func values(_ property: String, _ workspace: TestWorkspace) throws -> [Value] {
        try Self.contacts(workspace).map { $0[property] }
    }

    @Test func aPropertyThatNoFileMapsIsToBeAddedFirst() async throws {
        let workspace = try await TestWorkspace(environment: ["HUBSPOT_TOKEN": "x"])
        let answer = try await workspace.run("mapping", "backfill", "birthday")
        #expect(answer.status == .usage)
        #expect(answer.complaints.first?.contains("add it to one first") ?? false, "\(answer.complaints)")
    }

    @Test func aNewFieldComesToTheRecordsThatAreThere() async throws {
        try await Self.added { workspace, _ in
            let plan = try await workspace.run("mapping", "backfill", "job_title", "--json")
            #expect(plan.status == .attention, "\(plan.text) \(plan.complaints)")
            #expect(try plan.json()["here"]?.int == 12)
            #expect(try plan.json()["there"]?.int == 0)
            #expect(try Self.titles(workspace) == 0)
            let done = try await workspace.run("mapping", "backfill", "job_title", "--approve", "--json")
            #expect(done.status == .done, "\(done.text) \(done.complaints)")
            #expect(try done.json()["changed_here"]?.int == 12)
            #expect(try Self.titles(workspace) == 12)
            let again = try await workspace.run("mapping", "backfill", "job_title")
            #expect(again.status == .done, "\(again.text)")
            // Nothing is left for a sync either.
            let sync = try await workspace.run("sync", "hubspot", "--json").json()
            #expect(sync["counts"]?["updated_locally"]?.int ?? 0 == 0)
        }
    }

    @Test func nothingIsDoneThatWasNotShown() async throws {
        try await Self.added { workspace, crm in
            let early = try await workspace.run("mapping", "backfill", "job_title", "--approve")
            #expect(early.status == .usage)
            try await workspace.run("mapping", "backfill", "job_title")
            let id = try #require(crm.ids(.contacts).first)
            try crm.edit(.contacts, id, set: ["jobtitle": "Another"], by: 1)
            let done = try await workspace.run("mapping", "backfill", "job_title", "--approve", "--json")
            #expect(done.status == .attention)
            #expect(try done.json()["changed_here"]?.int == 11)
            #expect(try done.json()["left"]?.int == 1)
            #expect(try Self.titles(workspace) == 11)
        }
    }

    @Test func itGoesOnWhereItStopped() async throws {
        try await Self.added { workspace, _ in
            try await workspace.run("mapping", "backfill", "job_title")
            let some = try await workspace.run(
                "mapping",
                "backfill",
                "job_title",
                "--approve",
                "--limit",
                "5",
                "--json"
            )
            #expect(try some.json()["changed_here"]?.int == 5)
            #expect(try Self.titles(workspace) == 5)
            let rest = try await workspace.run("mapping", "backfill", "job_title", "--approve", "--json")
            #expect(try rest.json()["changed_here"]?.int == 7, "\(rest.text) \(rest.complaints)")
            #expect(try Self.titles(workspace) == 12)
        }
    }

    @Test func aFieldThatIsAddedLeavesTheTiesOfRecordsAlone() async throws {
        try await Self.added { workspace, _ in
            let before = try Self.tied(workspace)
            #expect(before > 0)
            let plan = try await workspace.run("plan", "hubspot", "--changes", "100", "--json")
            #expect(!plan.text.contains("\"company\""), "\(plan.text)")
            let sync = try await workspace.run("sync", "hubspot", "--json")
            #expect(try sync.json()["counts"]?["updated_locally"]?.int == 12, "\(sync.text) \(sync.complaints)")
            #expect(try Self.tied(workspace) == before)
        }
    }

    /// R11: what the field would overwrite is counted, and nothing beyond the share is written unless it is allowed.
    @Test func itStopsAtTheBreakerUnlessThatIsAllowed() async throws {
        try await Self.added { workspace, _ in
            try workspace.edit(
                "Config/relais.yaml",
                "budget: unlimited",
                "budget: unlimited\n    breaker: { floor: 3, percent: 20 }"
            )
            for id in try Self.ids(workspace) { try workspace.change(id, ["job_title": "Ours"]) }
            let plan = try await workspace.run("mapping", "backfill", "job_title", "--json")
            #expect(try plan.json()["here"]?.int == 12, "\(plan.text) \(plan.complaints)")
            let stopped = try await workspace.run("mapping", "backfill", "job_title", "--approve")
            #expect(stopped.status == .attention, "\(stopped.text)")
            #expect(stopped.complaints.contains { $0.contains("overwrites in 24 hours are more than 20 %") })
            #expect(try Self.values("job_title", workspace).allSatisfy { $0 == "Ours" })
            let other = try await workspace.run("mapping", "backfill", "job_title", "--approve", "--allow", "deletes")
            #expect(other.status == .attention)
            let done = try await workspace.run(
                "mapping",
                "backfill",
                "job_title",
                "--approve",
                "--allow",
                "overwrites",
                "--json"
            )
            #expect(done.status == .done, "\(done.text) \(done.complaints)")
            #expect(try done.json()["changed_here"]?.int == 12)
            #expect(try Self.values("job_title", workspace).allSatisfy { $0 != "Ours" })
        }
    }

    @Test func noWorkflowStartsBecauseOfIt() async throws {
        try await Self.added { workspace, _ in
            try await workspace.run("mapping", "backfill", "job_title")
            let done = try await workspace.run("mapping", "backfill", "job_title", "--approve", "--json").json()
            let store = try Workspace.load(workspace.root.path, environment: [:]).openStore()
            defer { try? store.close() }
            try store.read { transaction in
                let run = RunNumber(rawValue: Int64(try #require(done["run"]?.int)))
                #expect(try transaction.run(run)?.kind == "backfill")
                #expect(try transaction.startsNothing(run))
            }
        }
    }

    @Test func aFieldOfSeveralMappingsMustBeSaidWithItsObject() async throws {
        let workspace = try await TestWorkspace(environment: ["HUBSPOT_TOKEN": "x"])
        let answer = try await workspace.run("mapping", "backfill", "city")
        #expect(answer.status == .usage)
        #expect(answer.complaints.first?.contains("--object") ?? false, "\(answer.complaints)")
        #expect(
            try await workspace.run("mapping", "backfill", "citty").complaints.first?.contains("did you mean city?")
                ?? false
        )
    }
}
