import FakeCRM
import Records
import SyncEngine
import Testing

@testable import RelaisCommands

/// What runs and plans say to whoever steers them.
@Suite struct SteeringCommandTests {
    /// "They stay here" was said of records that the next run deleted.
    @Test func whatIsMissingStaysOnlyWhereTheMappingSaysSo() {
        #expect(SyncReport.missing(isFollowed: false).contains("they stay here"))
        let followed = SyncReport.missing(isFollowed: true)
        #expect(!followed.contains("stay here") && followed.contains("a later run looks again"))
    }

    /// The run wrote 25 records and stopped; the plan before it had been silent.
    @Test(.timeLimit(.minutes(1))) func aPlanTellsOfTheBreakerAndOfTheLineThatAllowsIt() async throws {
        try await LiveWorkspace.run { workspace, crm in
            try workspace.edit(
                "Config/relais.yaml",
                "    budget: unlimited\n",
                "    budget: unlimited\n    breaker: { floor: 0, percent: 1 }\n"
            )
            try await workspace.run("connect", "hubspot")
            try await workspace.run("sync", "hubspot", "--approve")
            for id in crm.ids(.contacts).prefix(3) { try crm.edit(.contacts, id, set: ["firstname": "Another"], by: 1) }
            let plan = try await workspace.run("plan", "hubspot")
            #expect(plan.status == .attention)
            #expect(plan.text.contains("overwrites: 3 contact records, more than 1 % of 30 links"), "\(plan.text)")
            #expect(plan.text.contains("relais sync hubspot --allow overwrites"), "\(plan.text)")
            let json = try await workspace.run("plan", "hubspot", "--json").json()
            #expect(json["breakers"]?[0]?["planned"]?.int == 3)
            #expect(json["allow"]?.string == "relais sync hubspot --allow overwrites")
            #expect(try await workspace.run("sync", "hubspot").status == .attention)
            let done = try await workspace.run("sync", "hubspot", "--allow", "overwrites", "--json").json()
            #expect(done["kind"]?.string == "sync" && done["counts"]?["updated_locally"]?.int ?? 0 >= 1, "\(done)")
        }
    }

    /// The list of runs ended with the last success while the token was wrong.
    @Test(.timeLimit(.minutes(1))) func aRunThatCannotBeginIsARunThatFailed() async throws {
        try await LiveWorkspace.run(contacts: 3) { workspace, _ in
            try await workspace.run("connect", "hubspot")
            try await workspace.run("sync", "hubspot", "--approve")
            try workspace.edit("Config/relais.yaml", "token: pat-fake-0001", "token: pat-wrong-0009")
            #expect(try await workspace.run("sync", "hubspot").status == .notAllowed)
            let runs = try await workspace.run("runs", "list", "--json")
            let last = try runs.json()["runs"]?[0]
            #expect(last?["state"]?.string == "failed" && last?["kind"]?.string == "sync", "\(runs.text)")
            #expect(last?["requests"]?.int ?? 0 > 0 && last?["error"]?.string?.isEmpty == false)
            #expect(!runs.text.contains("pat-wrong-0009"))
        }
    }
}
