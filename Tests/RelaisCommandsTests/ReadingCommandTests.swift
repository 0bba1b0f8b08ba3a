import FakeCRM
import Foundation
import Logging
import Records
import Store
import Testing

@testable import RelaisCommands

/// `relais sync` over all connections, its sweep, its lease, and what `doctor` tells of reading.
@Suite struct ReadingCommandTests {
    /// A workspace with two accounts, connected and approved; the second one is named first in nothing but the alphabet.
    private static func withTwoAccounts(
        _ body: @escaping @Sendable (TestWorkspace, FakeCRMAccount, FakeCRMAccount) async throws -> Void
    ) async throws {
        let clock = FakeClock { WallClock.system.now.milliseconds }
        let europe = FakeCRMAccount(options: AccountOptions(), habits: .none, clock: clock)
        let options = AccountOptions(portalID: 139_000_002, tokens: [AccessToken("pat-america")])
        let america = FakeCRMAccount(options: options, habits: .none, clock: clock)
        _ = try europe.add(.contacts, ["email": "ada@acme.example", "firstname": "Ada"], by: 7)
        let server = FakeCRMServer(
            accounts: [europe, america],
            controlToken: "control",
            logger: Logger(label: "crm") { _ in SwiftLogNoOpLogHandler() }
        )
        try await server.serving { address in
            let workspace = try await TestWorkspace(environment: ["USER": "grace"])
            try workspace.write(
                "Config/relais.yaml",
                """
                store: relais.sqlite
                connections:
                  europe:
                    connector: hubspot
                    base_url: \(address)
                    budget: unlimited
                    credentials: { token: pat-fake-0001, client_secret: s3cret }
                  america:
                    connector: hubspot
                    base_url: \(address)
                    budget: { daily: 5000 }
                    reconcile_every: 1d
                    credentials: { token: pat-america }
                """
            )
            for name in ["europe", "america"] { #expect(try await workspace.run("connect", name).status == .done) }
            try await body(workspace, europe, america)
        }
    }

    /// A connection that was copied with its token would make every deal of the CRM a second time.
    @Test(.timeLimit(.minutes(2))) func r10OneAccountIsNotTwoCRMs() async throws {
        try await Self.withTwoAccounts { workspace, _, _ in
            let file = "Config/relais.yaml"
            try workspace.write(file, try workspace.text(file).replacing("  america:", with: "  asia:"))
            try workspace.write(file, try workspace.text(file).replacing("pat-america", with: "pat-fake-0001"))
            let refused = try await workspace.run("connect", "asia")
            #expect(refused.status == .notAllowed)
            #expect(refused.complaints.joined().contains("pinned to europe already"), "\(refused.complaints)")
            #expect(try await workspace.run("plan", "asia").status != .done, "it was not pinned")
            // The one that was there goes on.
            #expect(try await workspace.run("connect", "europe").status == .done)
        }
    }

    @Test(.timeLimit(.minutes(2))) func withoutAnArgumentAllConnectionsRunToAFixpoint() async throws {
        try await Self.withTwoAccounts { workspace, europe, america in
            let plan = try await workspace.run("sync")
            #expect(plan.status == .attention && plan.text.contains("relais sync america --approve"))
            #expect(america.ids(.contacts).isEmpty)
            #expect(try await workspace.run("sync", "--approve").status == .done)
            #expect(america.ids(.contacts).count == 1)
            let id = try #require(america.ids(.contacts).first)
            try america.edit(.contacts, id, set: ["jobtitle": "Countess"], by: 7)
            let answer = try await workspace.run("sync", "--json").json()
            #expect(answer["settled"]?.bool == true)
            #expect(answer["connections"]?.array?.map { $0["connection"]?.string } == ["europe", "america"])
            let first = try #require(europe.ids(.contacts).first)
            #expect(europe.value(.contacts, first, "jobtitle") == "Countess")
            let quiet = try await workspace.run("sync", "--json").json()
            #expect(quiet["rounds"]?.int == 1)
        }
    }

    /// One that cannot be reached does not keep the other from being synced, and the answer says which failed.
    @Test(.timeLimit(.minutes(2))) func aConnectionThatFailsStopsNobodyElse() async throws {
        try await Self.withTwoAccounts { workspace, _, america in
            _ = try await workspace.run("sync", "--approve")
            let id = try #require(america.ids(.contacts).first)
            try america.edit(.contacts, id, set: ["jobtitle": "Countess"], by: 7)
            try workspace.edit("Config/relais.yaml", "pat-fake-0001", "wrong")
            let answer = try await workspace.run("sync")
            #expect(answer.status == .notAllowed)
            #expect(answer.text.contains("europe failed:") && answer.text.contains("Synced america"))
            let store = try Workspace.load(workspace.root.path, environment: [:]).openStore()
            let contact = try store.read { try $0.liveRecords($0.object("contact"), limit: 1)[0] }
            #expect(contact["job_title"] == "Countess")
        }
    }

    @Test(.timeLimit(.minutes(2))) func aSweepAndWhatIsLeftAreTold() async throws {
        try await Self.withTwoAccounts { workspace, _, _ in
            _ = try await workspace.run("sync", "--approve")
            let swept = try await workspace.run("sync", "america", "--reconcile", "--json").json()
            #expect(
                swept["counts"]?["drift_changed"]?.int == 0 && swept["counts"]?["drift_fields"]?.object?.isEmpty == true
            )
            let runs = try await workspace.run("runs", "list", "--json").json()
            #expect(runs["runs"]?[0]?["kind"]?.string == "reconcile")
            let run = try await workspace.run("runs", "show", String(try #require(runs["runs"]?[0]?["run"]?.int)))
            for words in ["requests spent by the run", "requests of the day so far", "left of what may be spent today"]
            {
                #expect(run.text.contains(words), "\(run.text)")
            }
            let doctor = try await workspace.run("doctor")
            for text in [
                "of 5000 left, 500 of them kept for what is urgent", "signed with client_secret", "is not set",
            ] {
                #expect(doctor.text.contains(text), "\(doctor.text)")
            }
        }
    }

    @Test(.timeLimit(.minutes(2))) func aSecondSyncSaysThatOneIsRunning() async throws {
        try await Self.withTwoAccounts { workspace, _, _ in
            _ = try await workspace.run("sync", "--approve")
            let store = try Workspace.load(workspace.root.path, environment: [:]).openStore()
            try store.write { transaction in
                let now = WallClock.system.now
                let until = now.advanced(by: .seconds(600))
                _ = try transaction.acquireLease("sync:europe", holder: "other/boot/1/2", at: now, until: until)
            }
            let busy = try await workspace.run("sync", "europe")
            #expect(busy.status == .failed)
            #expect(busy.complaints.joined().contains("another process is syncing europe (other/boot/1/2)"), "\(busy)")
            #expect(try await workspace.run("sync", "america").status == .done)
        }
    }
}
