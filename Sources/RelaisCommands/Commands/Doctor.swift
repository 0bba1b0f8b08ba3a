import ArgumentParser
import Connectors
import Mapping
import Records
import Store
import SyncEngine

struct Doctor: RelaisSubcommand {
    static let configuration = CommandConfiguration(
        abstract: "Look at the store and at each connection, and say what needs attention."
    )

    @OptionGroup var options: GlobalOptions
    @Argument(help: "The connection; all if left out.") var connection: String?

    func run(in context: CommandContext) async throws -> ExitStatus {
        let workspace = context.workspace
        let connections =
            try self.connection.map { [try workspace.connection($0)] } ?? workspace.configuration.connections
        var report = HealthReport()
        let store = try workspace.openStore()
        try Self.examine(store, &report)
        for connection in connections {
            try StoreExamination(connection: connection.name, store: store, today: context.clock.now).run(&report)
            Self.lookAtNotifications(connection, workspace, &report)
            await Self.examine(connection, store: store, context, &report)
        }
        report.print(to: context.output)
        return report.status
    }

    private static func examine(_ store: Store, _ report: inout HealthReport) throws {
        let problems = try store.read { try $0.integrityProblems() }
        report.add(
            "store",
            "integrity",
            problems.isEmpty,
            problems.isEmpty ? "sound" : problems.joined(separator: "; ")
        )
    }

    /// Whether the CRM's notifications could be taken in, which is no duty: the ordinary reading finds the same, later.
    private static func lookAtNotifications(
        _ connection: ConnectionConfiguration,
        _ workspace: Workspace,
        _ report: inout HealthReport
    ) {
        guard let manifest = try? workspace.manifest(connection), let key = manifest.webhooks?.key else { return }
        let isSet = connection.webhookSecrets(manifest).contains { !$0.reveal().isEmpty }
        let text = isSet ? "signed with \(key)" : "refused: the credential \(key) is not set"
        report.add(connection.name, "notifications are", true, text)
    }

    /// Asks the CRM; a connection that cannot be asked does not keep the others from being looked at.
    private static func examine(
        _ connection: ConnectionConfiguration,
        store: Store,
        _ context: CommandContext,
        _ report: inout HealthReport
    ) async {
        do {
            let mappings = try context.workspace.mappings(connection)
            report.add(connection.name, "mappings", true, "\(mappings.count)")
            let pinned = try store.read { try $0.connection(connection.name)?.account }
            let found = try await context.withAccount(connection) { account in
                let examination = AccountExamination(
                    connection: connection.name,
                    objects: Set(mappings.map(\.remoteObject)).sorted(),
                    pinned: pinned,
                    account: account
                )
                return try await examination.run()
            }
            report.add(found)
        } catch {
            let list = (error as? DiagnosticList)?.diagnostics.map(\.description).joined(separator: "\n  ")
            let text = list ?? (error as? any DispositionedError)?.description ?? "\(error)"
            report.fail(connection.name, "account", ExitStatus(for: error), text)
        }
    }
}

/// What the store knows of one connection.
private struct StoreExamination {
    let connection: String
    let store: Store
    let today: Instant

    func run(_ report: inout HealthReport) throws {
        try self.store.read { transaction in
            guard let known = try transaction.connection(self.connection) else {
                report.add(self.connection, "set up", false, "not yet: relais connect \(self.connection)")
                return
            }
            let approval = known.approvedAt.map { "approved \($0) by \(known.approvedBy ?? "")" }
            let advice = "first plan not approved: relais sync \(self.connection) --approve"
            report.add(self.connection, "approval", approval != nil, approval ?? advice)
            try self.lookAtRuns(transaction, known, &report)
            try self.lookAtReading(transaction, known, &report)
            try self.lookAtOperations(transaction, known, &report)
            try self.lookAtQuestions(transaction, known, &report)
        }
    }

    private func lookAtRuns(_ transaction: Transaction, _ known: Connection, _ report: inout HealthReport) throws {
        guard let run = try transaction.runs(limit: 200).first(where: { $0.connection == known.number }) else {
            report.add(self.connection, "last run", true, "none yet")
            return
        }
        let isFine = run.state == .done || run.state == .attention || run.state == .running
        let error = run.error.map { ": \(Printable.line($0))" } ?? ""
        let text = "\(run.kind) \(run.number.rawValue), \(run.startedAt), \(run.state.rawValue)\(error)"
        report.add(self.connection, "last run", isFine, text)
    }

    private func lookAtReading(_ transaction: Transaction, _ known: Connection, _ report: inout HealthReport) throws {
        let sweep = try transaction.cursor(Syncer.sweepCursor(self.connection)).map { "\($0)" } ?? "never"
        report.add(self.connection, "everything read", true, sweep)
        let hints = try transaction.countHints(known.number)
        let words = hints == 0 ? "none waits" : "\(hints) records wait to be read by the next sync"
        report.add(self.connection, "notifications", true, words)
        let spent = try transaction.spending(of: known.number, day: Int64(self.today.date.days))
        report.add(self.connection, "requests today", spent?.left != 0, spent?.sentence ?? "none yet")
    }

    private func lookAtOperations(
        _ transaction: Transaction,
        _ known: Connection,
        _ report: inout HealthReport
    ) throws {
        let counts = try OperationState.allCases.map { try transaction.countOperations(known.number, in: $0) }
        let words = zip(counts, OperationState.allCases).map { "\($0) \($1.rawValue)" }
        report.add(self.connection, "operations", counts.allSatisfy { $0 == 0 }, words.joined(separator: ", "))
    }

    private func lookAtQuestions(_ transaction: Transaction, _ known: Connection, _ report: inout HealthReport) throws {
        let filter = ConflictFilter(state: .open, connection: known.number)
        let conflicts = try transaction.conflicts(filter, limit: .max).count
        report.add(self.connection, "conflicts", conflicts == 0, "\(conflicts) open", "relais conflicts list")
        let reviews = try transaction.openReviews(limit: .max).count { $0.connection == known.number }
        report.add(self.connection, "reviews", reviews == 0, "\(reviews) open", "relais conflicts list --reviews")
        let aside = try transaction.quarantined(limit: .max).count { $0.connection == known.number }
        report.add(self.connection, "quarantine", aside == 0, "\(aside) set aside", "relais quarantine list")
        let holds = try transaction.holds(known.number, limit: .max)
        let reasons = HoldReason.allCases.compactMap { reason -> String? in
            let count = holds.count { $0.reason == reason }
            return count == 0 ? nil : "\(count) \(reason.rawValue)"
        }
        let text = reasons.isEmpty ? "none" : reasons.joined(separator: ", ")
        report.add(self.connection, "fields left alone", holds.isEmpty, text, "relais quarantine list --fields")
    }
}

/// What the CRM says of one connection.
private struct AccountExamination {
    let connection: String
    let objects: [String]
    let pinned: Text?
    let account: any RemoteAccount

    func run() async throws -> [HealthReport.Line] {
        var report = HealthReport()
        let id = try await self.account.accountID()
        let traits = self.account.traits
        if let pinned = self.pinned, pinned != id {
            let text = "the credentials belong to \(id), and the connection is pinned to \(pinned)"
            report.fail(self.connection, "account", .notAllowed, text)
            return report.lines
        }
        let advice = "\(id), not pinned: relais connect \(self.connection)"
        report.add(self.connection, "account", self.pinned != nil, self.pinned == nil ? advice : "\(id), as pinned")
        report.add(self.connection, "product", true, traits.product)
        report.add(self.connection, "lost updates", true, traits.lostUpdate.sentence)
        if let size = traits.historyBatchSize {
            let text = "asked after each write, \(size) records a request; `lost_updates: window` leaves that"
            report.add(self.connection, "property history", true, text)
        } else {
            report.add(self.connection, "property history", true, "not asked")
        }
        let lag = traits.indexLag == .zero ? "none" : "searches may lag by \(traits.indexLag)"
        report.add(self.connection, "index", true, lag)
        try await self.lookAtKeys(traits, &report)
        let owners = try await self.account.owners()
        let active = owners.count(where: \.isActive)
        report.add(self.connection, "owners", active > 0, "\(active) active, \(owners.count - active) not")
        return report.lines
    }

    /// Whether each object has the property that keeps a record from being made twice (R4).
    private func lookAtKeys(_ traits: RemoteTraits, _ report: inout HealthReport) async throws {
        for object in self.objects {
            guard let key = traits.createKeys[object] else {
                let text = "the product keeps none; an unanswered create is looked up by its values"
                report.add(self.connection, "create key of \(object)", true, text)
                continue
            }
            let isThere = try await self.account.discover(object).contains { $0.name.hasSameBytes(as: key) }
            let advice = "relais connect \(self.connection)"
            let patience =
                "\(key), which the CRM does not keep unique: a create without an answer waits \(traits.indexLag)"
            let text = traits.unenforcedKeys.contains(object) ? patience : key
            report.add(
                self.connection,
                "create key of \(object)",
                isThere,
                isThere ? text : "\(key) is missing",
                advice
            )
        }
    }
}

extension LostUpdateProtection {
    /// What it means, in words.
    fileprivate var sentence: String {
        switch self {
        case .none: "none: the CRM refuses a write that is based on an old version"
        case .detected: "detected: a value overwritten unseen is found in the CRM's history afterwards"
        case .window: "possible between the read just before a write and the write itself"
        }
    }
}

extension DaySpending {
    /// What was spent and what is left, in words.
    fileprivate var sentence: String {
        let spent =
            "\(self.total) spent (\(self.urgent) urgent, \(self.incremental) incremental, \(self.backfill) backfill)"
        guard let left = self.left else { return spent }
        let limit = self.limit.map { " of \($0)" } ?? ""
        return "\(spent), \(left)\(limit) left, \(self.reserve) of them kept for what is urgent"
    }
}
