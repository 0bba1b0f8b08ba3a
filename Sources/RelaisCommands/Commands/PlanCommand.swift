import ArgumentParser
import Records
import Store
import SyncEngine

struct PlanCommand: RelaisSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Show what a sync would do on either side; writes nothing.",
        discussion: """
            Shows counts, then each change with the old and the new value of each field. --out FILE writes all changes, one \
            on each line; take lines out if you like, then: relais sync --plan FILE
            """
    )

    @OptionGroup var options: GlobalOptions
    @Argument(help: "The connection; may be left out if there is only one.") var connection: String?
    @Option(help: "How many changes to show.") var changes = 50
    @Option(help: "Write all changes into this file.") var out: String?

    func validate() throws {
        if self.changes < 0 { throw ValidationError("--changes takes a number from 0") }
    }

    func run(in context: CommandContext) async throws -> ExitStatus {
        let connection = try context.workspace.connection(self.connection)
        let store = try context.workspace.openStore()
        let file = try self.out.map {
            try PlanFileWriter(path: $0, connection: connection.name, at: context.clock.now)
        }
        return try await context.withAccount(connection) { account in
            let syncer = try context.syncer(connection, account: account, store: store)
            let hear: (@Sendable (PlannedChange) -> Void)? = if let file { { file.add($0) } } else { nil }
            let report = try await syncer.plan(samples: self.changes, telling: hear)
            try file?.finish()
            report.print(to: context.output, verbose: true)
            if report.samples.count == self.changes, self.changes > 0 {
                context.output.line("There may be more: --changes N shows more, --out FILE writes all of them.")
            }
            if let out {
                context.output.line("The plan is in \(out); carry it out: relais sync \(connection.name) --plan \(out)")
            }
            let approved = try store.read { try $0.connection(connection.name)?.approvedAt != nil }
            if !approved { context.output.line("Approve and carry it out: relais sync \(connection.name) --approve") }
            context.output.document(report.json)
            return report.counts.needsAttention || !report.breakers.isEmpty || !approved ? .attention : .done
        }
    }
}
