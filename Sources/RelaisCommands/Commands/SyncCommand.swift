import ArgumentParser
import Planning
import Records
import Store
import SyncEngine

struct SyncCommand: RelaisSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "sync",
        abstract: "Bring the store and its CRMs together.",
        discussion: """
            Without a connection all run, in the order of Config/relais.yaml, until none has news for another. The first sync of \
            a connection shows its plan and writes nothing; --approve carries it out. So does a list of the CRM that is new in \
            the mapping, or follows another segment: it is left alone until a run with --approve.

            For a careful first run: --limit 10, --only contact, --only ada@example.com, or --plan FILE, which carries out \
            just the changes of that file that are still the same. What is left out waits for the next run.
            """
    )

    @OptionGroup var options: GlobalOptions
    @Argument(help: "The connection; all if left out.") var connection: String?
    @Flag(help: "Approve the first plan of the connection, or what new lists would do, and carry it out.") var approve =
        false
    @Flag(help: "Read everything and compare it, beside what changed; reports what was missed.") var reconcile = false
    @Option(help: "Let one run go beyond the breaker: deletes, blanks, overwrites; may be repeated.")
    var allow: [Breaker.Kind] = []
    @Option(help: "Change at most so many records.") var limit: Int?
    @Option(help: "Change only this: an object, object/id of the CRM, or a record; may be repeated.") var only:
        [String] = []
    @Option(help: "Carry out the changes of a plan that `relais plan --out FILE` wrote, and nothing else.")
    var plan: String?

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit takes a number from 1") }
        if self.reconcile, self.limit != nil || !self.only.isEmpty || self.plan != nil {
            throw ValidationError("--reconcile reads everything and does not go with --limit, --only or --plan")
        }
    }

    func run(in context: CommandContext) async throws -> ExitStatus {
        let all = context.workspace.configuration.connections
        let connections =
            self.connection == nil && !all.isEmpty ? all : [try context.workspace.connection(self.connection)]
        let store = try context.workspace.openStore()
        if self.limit != nil || !self.only.isEmpty || self.plan != nil {
            return try await self.runCarefully(try context.workspace.connection(self.connection), store: store, context)
        }
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
                    allowing: Set(self.allow),
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

    private func runCarefully(
        _ connection: ConnectionConfiguration,
        store: Store,
        _ context: CommandContext
    ) async throws -> ExitStatus {
        let careful = try self.carefulRun(connection, store: store, context)
        return try await context.withAccount(connection) { account in
            let syncer = try context.syncer(connection, account: account, store: store)
            let automation = try Automation(context, store: store)
            defer { automation.stop() }
            let report = try await syncer.sync(
                // Who names a plan has seen it.
                approvedBy: self.approve || self.plan != nil ? context.person : nil,
                allowing: Set(self.allow),
                through: careful
            )
            // What came in may start workflows, confirm hand-offs or tell of deals that were won.
            if report.kind == .sync { try await automation.tick(now: context.clock.now) }
            let mappings = try context.workspace.mappings(connection)
            try store.read { try careful.checkSelection(connection.name, mappings: mappings, in: $0) }
            return self.tell(report, careful, to: context.output)
        }
    }

    private func carefulRun(
        _ connection: ConnectionConfiguration,
        store: Store,
        _ context: CommandContext
    ) throws -> CarefulRun {
        let plan = try self.plan.map { try PlanFile(path: $0) }
        if let plan, !plan.connection.hasSameBytes(as: connection.name) {
            throw CommandError(.usage, "the plan is one of \(plan.connection), not of \(connection.name)")
        }
        let mappings = try context.workspace.mappings(connection)
        let only = try store.read { transaction in
            try self.only.map {
                try CarefulRun.Selector($0, mappings: mappings, schema: context.workspace.schema, in: transaction)
            }
        }
        return CarefulRun(limit: self.limit, only: only, plan: plan)
    }

    private func tell(_ report: SyncReport, _ careful: CarefulRun, to output: Output) -> ExitStatus {
        report.print(to: output, verbose: report.kind == .plan)
        if report.kind == .plan {
            output.line("Nothing was written. Approve and carry it out: relais sync \(report.connection) --approve")
        }
        var extra: [(key: String, value: JSON)] = []
        var waits = report.kind == .plan || report.counts.needsAttention
        if report.kind == .sync {
            if careful.left > 0 { output.line("  \(careful.left) records were left for a later run") }
            if careful.refused > 0 {
                output.line(
                    "  \(careful.refused) changes of the plan were not made: a side has moved since, or they were made already"
                )
            }
            waits = waits || careful.refused > 0
            extra = [
                (
                    key: "careful",
                    value: [
                        "records_changed": .number(of: careful.admitted), "records_left": .number(of: careful.left),
                        "changes_refused": .number(of: careful.refused),
                    ]
                )
            ]
        }
        output.document(report.json(and: extra))
        return waits ? .attention : .done
    }
}

extension Breaker.Kind: ExpressibleByArgument {}
