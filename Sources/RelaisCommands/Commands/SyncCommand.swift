import ArgumentParser
import Planning
import Records
import Store
import SyncEngine

struct PlanCommand: RelaisSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Show what a sync would do on either side; writes nothing."
    )

    @OptionGroup var options: GlobalOptions
    @Argument(help: "The connection; may be left out if there is only one.") var connection: String?

    func run(in context: CommandContext) async throws -> ExitStatus {
        let connection = try context.workspace.connection(self.connection)
        let store = try context.workspace.openStore()
        return try await context.withAccount(connection) { account in
            let report = try await context.syncer(connection, account: account, store: store).plan()
            report.print(to: context.output, verbose: true)
            let approved = try store.read { try $0.connection(connection.name)?.approvedAt != nil }
            if !approved { context.output.line("Approve and carry it out: relais sync \(connection.name) --approve") }
            context.output.document(report.json)
            return report.counts.needsAttention || !approved ? .attention : .done
        }
    }
}

struct SyncCommand: RelaisSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "sync",
        abstract: "Bring the store and its CRMs together.",
        discussion: """
            Without a connection all run, in the order of Config/relais.yaml, until none has news for another. The first sync of \
            a connection shows its plan and writes nothing; --approve carries it out.
            """
    )

    @OptionGroup var options: GlobalOptions
    @Argument(help: "The connection; all if left out.") var connection: String?
    @Flag(help: "Approve the first plan of the connection and carry it out.") var approve = false
    @Flag(help: "Read everything and compare it, beside what changed; reports what was missed.") var reconcile = false
    @Option(help: "Let one run go beyond the breaker: deletes, blanks, overwrites.") var allow: String?

    func validate() throws {
        guard let allow, Breaker.Kind(rawValue: allow) == nil else { return }
        throw ValidationError("--allow takes \(Breaker.Kind.allCases.map(\.rawValue).joined(separator: ", "))")
    }

    func run(in context: CommandContext) async throws -> ExitStatus {
        let all = context.workspace.configuration.connections
        let connections = self.connection == nil && !all.isEmpty ? all : [try context.workspace.connection(self.connection)]
        let store = try context.workspace.openStore()
        let summary = try await context.withAccounts(connections) { accounts in
            let syncers = try zip(connections, accounts).map { connection, account in
                try context.syncer(connection, account: account, store: store)
            }
            let automation = try Automation(context, store: store)
            defer { automation.stop() }
            var sweeps = Set(self.reconcile ? connections.map(\.name) : [])
            return try await SyncRounds(syncers, store: store).run { syncer in
                try await syncer.sync(
                    approvedBy: self.approve ? context.person : nil,
                    allowing: self.allow.flatMap { Breaker.Kind(rawValue: $0) },
                    reconciling: sweeps.remove(syncer.connection) != nil
                )
            } between: { reports in
                // What came in may start workflows, confirm hand-offs or tell of deals that were won.
                if reports.contains(where: { $0.kind == .sync }) { try await automation.tick(now: context.clock.now) }
            }
        }
        // One connection answers as it always did.
        if connections.count == 1, let failure = summary.results[0].failure { throw failure }
        summary.print(to: context.output)
        return summary.status
    }
}
