import FakeCRM
import Foundation
import Logging
import Records

/// The world of the demo: a fake CRM account with its people, and a workspace that is connected to it.
struct DemoWorld: Sendable {
    /// The CRM.
    let crm: FakeCRMAccount
    /// The marketing side's own list, to be imported.
    let marketing: [Population.MarketingEntry]
    /// The addresses of the CRM's active sellers.
    let owners: [String]
    /// The workspace's folder.
    let folder: URL

    /// How long the CRM's search index lags, so that the demo shows what a real one does without long waits.
    static let indexLag = Duration.milliseconds(600)
    /// The token of the fake account; a secret of nobody.
    static let token = "pat-fake-0001"

    /// Makes a new world in a folder.
    static func make(seed: UInt64, contacts: Int, folder: URL) throws -> DemoWorld {
        let population = Population.generate(
            seed: seed,
            contacts: contacts,
            companies: max(1, contacts * 12 / 100),
            deals: max(1, contacts / 5),
            now: WallClock.system.now.milliseconds - 3_600_000
        )
        var habits = Habits.realistic
        habits.indexLag = 600
        let crm = FakeCRMAccount(
            options: AccountOptions(owners: population.owners),
            habits: habits,
            clock: .system
        )
        crm.load(population)
        return DemoWorld(
            crm: crm,
            marketing: population.marketing,
            owners: population.owners.filter { !$0.isArchived }.map { $0.email.lowercased() },
            folder: folder
        )
    }

    /// Where the fake CRM keeps its data.
    static func crmFolder(of workspace: URL) -> URL { workspace.appending(path: "crm") }

    /// Writes the workspace's configuration: the shipped one, with the fake CRM as its HubSpot.
    func writeWorkspace(port: Int, mailPort: Int) throws {
        for shipped in WorkspaceTemplate.shipped {
            let file = self.folder.appending(path: shipped.path)
            let parent = file.deletingLastPathComponent()
            try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
            try Data(shipped.bytes).write(to: file)
        }
        let configuration = """
            # The demo's workspace: a fake HubSpot on this machine. Start it again with `relais demo serve DIR`.
            store: relais.sqlite
            connections:
              hubspot:
                connector: hubspot
                base_url: http://127.0.0.1:\(port)
                budget: unlimited
                credentials: { token: \(Self.token) }
            mail:
              url: smtp://127.0.0.1:\(mailPort)
              from: relais@demo.example
              plain: true

            """
        let file = self.folder.appending(path: "Config/relais.yaml")
        try Data(configuration.utf8).write(to: file)
        try self.writeOwners()
    }

    /// The shipped hand-off with this CRM's sellers in its pool, so that the rotation has somebody to choose from.
    private func writeOwners() throws {
        let file = self.folder.appending(path: "Config/handoff.yaml")
        var lines = try String(contentsOf: file, encoding: .utf8).split(
            separator: "\n",
            omittingEmptySubsequences: false
        )
        .map(String.init)
        let sellers = self.owners.map { "    - { email: \($0) }" }
        guard let pool = lines.firstIndex(where: { $0.hasPrefix("  pool:") }) else { return }
        let end = lines[(pool + 1)...].firstIndex { !$0.hasPrefix("    -") } ?? lines.endIndex
        lines.replaceSubrange((pool + 1)..<end, with: sellers)
        lines = lines.map { $0.hasPrefix("  keep: true") ? "  keep: false" : $0 }
        try Data(lines.joined(separator: "\n").utf8).write(to: file)
    }
}

extension FakeClock {
    /// The system's clock.
    static var system: FakeClock { FakeClock(reading: { WallClock.system.now.milliseconds }) }
}
