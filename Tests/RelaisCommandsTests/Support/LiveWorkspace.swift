import FakeCRM
import Foundation
import Logging
import Records
import Store
import Testing

@testable import RelaisCommands

/// A workspace beside a fake CRM that listens on loopback.
enum LiveWorkspace {
    private static let token = "pat-fake-0001"

    /// Runs `body` with a filled workspace, its connection `hubspot`, and the CRM's account; ends the CRM afterwards.
    static func run(
        contacts: Int = 30,
        _ body: @escaping @Sendable (TestWorkspace, FakeCRMAccount) async throws -> Void
    ) async throws {
        let now = Int64(Date().timeIntervalSince1970 * 1_000)
        let population = Population.generate(seed: 5, contacts: contacts, companies: 6, deals: 8, now: now - 3_600_000)
        let crm = FakeCRMAccount(
            options: AccountOptions(owners: population.owners),
            habits: .none,
            clock: FakeClock(reading: { Int64(Date().timeIntervalSince1970 * 1_000) })
        )
        crm.load(population)
        let server = FakeCRMServer(
            accounts: [crm],
            controlToken: Self.token,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        try await server.serving { base in
            let workspace = try await TestWorkspace()
            try workspace.write(
                "Config/relais.yaml",
                """
                store: relais.sqlite
                connections:
                  hubspot:
                    connector: hubspot
                    base_url: \(base)
                    budget: unlimited
                    credentials: { token: \(Self.token) }

                """
            )
            try await body(workspace, crm)
        }
    }
}

extension TestWorkspace {
    /// Changes texts of a record of ours, as a person would.
    func change(_ record: String, _ values: [String: String]) throws {
        let store = try Workspace.load(self.root.path, environment: [:]).openStore()
        defer { try? store.close() }
        let id = try #require(RecordID(record))
        try store.write { transaction in
            let cause = Cause(actor: try transaction.actor("person:test"), at: WallClock.system.now)
            let settings = values.sorted { $0.key < $1.key }.map { PropertySetting($0.key, .text(Text($0.value))) }
            try transaction.change(id, set: settings, cause: cause)
        }
    }
}
