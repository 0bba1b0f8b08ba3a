import ArgumentParser
import Connectors
import Records
import Store
import SyncEngine

struct UndoCommand: RelaisSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "undo",
        abstract: "Put back what a run wrote and nobody touched since.",
        discussion: """
            Shows a plan; --approve carries it out. What is put back is held, so that no sync repeats the run, until you \
            let it go with `relais record release` or the mapping of the field changes. It starts no workflow.
            """
    )

    @OptionGroup var options: GlobalOptions
    @Argument(help: "The run's number, from `relais runs list`.") var number: Int64
    @Option(help: "Whose values: local, what the run wrote here; remote, in the CRM; or both.") var side = UndoSide.both
    @Flag(help: "Carry it out.") var approve = false

    func run(in context: CommandContext) async throws -> ExitStatus {
        let store = try context.workspace.openStore()
        let connection = try store.read { transaction in
            guard let run = try transaction.run(RunNumber(rawValue: self.number)), let number = run.connection else {
                throw CommandError(
                    .usage,
                    "there is no run \(self.number) of a connection; `relais runs list` shows them"
                )
            }
            return try transaction.name(of: number)
        }
        return try await context.withAccount(try context.workspace.connection(connection)) { account in
            let syncer = try context.syncer(
                try context.workspace.connection(connection),
                account: account,
                store: store
            )
            let report = try await syncer.undo(
                RunNumber(rawValue: self.number),
                side: self.side,
                carryOut: self.approve
            )
            let titles = try store.read { transaction in
                try Dictionary(
                    uniqueKeysWithValues: Set(report.samples.map(\.record)).map { ($0, try transaction.title(of: $0)) }
                )
            }
            report.print(to: context.output, titles)
            if report.isPlan, report.total > 0 {
                context.output.line(
                    "Nothing was written. Carry it out: relais undo \(self.number) --side \(self.side.rawValue) --approve"
                )
            }
            context.output.document(report.json(titles))
            if let failure = report.failure { throw failure }
            return report.isPlan && report.total > 0 || report.leftTotal > 0 ? .attention : .done
        }
    }
}

extension UndoSide: ExpressibleByArgument {}

extension UndoReport {
    /// `titles` are what people call the records of the changes.
    fileprivate func print(to output: Output, _ titles: [RecordID: String]) {
        let title =
            self.failure == nil
            ? "Undid run \(self.run), in run \(self.undoing)."
            : "Undid part of run \(self.run), in run \(self.undoing); undo it again once the CRM answers."
        output.line(self.isPlan ? "Plan to undo run \(self.run)." : title)
        var table = Table()
        let counts = [
            (self.local, "values put back here"), (self.remote, "values put back in the CRM"),
            (self.unmade, "records unmade"), (self.restored, "records brought back here"),
        ]
        for (count, what) in counts where count > 0 { table.add("  \(count)", what) }
        for (reason, count) in self.left.sorted(by: { $0.key < $1.key }) { table.add("  \(count)", "left: \(reason)") }
        for line in table.lines.isEmpty ? ["  Nothing to put back."] : table.lines { output.line(line) }
        for change in self.samples { output.line("  \(change.sentence(titles[change.record]))") }
    }

    fileprivate func json(_ titles: [RecordID: String]) -> JSON {
        [
            "run": .number(self.run), "undone_in": .number(self.undoing), "side": .string(self.side.rawValue),
            "kind": .string(self.isPlan ? "plan" : "undo"), "local": .number(of: self.local),
            "remote": .number(of: self.remote), "unmade": .number(of: self.unmade),
            "restored": .number(of: self.restored),
            "left": .object(
                self.left.sorted { $0.key < $1.key }.map { (key: $0.key, value: JSON.number(of: $0.value)) }
            ),
            "changes": .array(self.samples.map { $0.json(titles[$0.record]) }), "failure": .text(self.failure?.message),
        ]
    }
}

extension UndoneChange {
    fileprivate func sentence(_ title: String?) -> String {
        let id = self.record.description
        // Who has no name is called by the id.
        let record = title.map { $0 == id ? id : "\($0) (\(id))" } ?? id
        let what = self.field.map { " \($0)" } ?? ""
        switch self.fate {
        case .left(let reason): return "\(record)\(what) stays: \(reason)"
        case .putBack:
            guard self.field != nil else { return "\(record) as a whole" }
            let values = "\(Printable.value(self.now)) → \(Printable.value(self.before))"
            return "\(record)\(what), \(self.side.rawValue): \(values)"
        }
    }

    fileprivate func json(_ title: String?) -> JSON {
        let reason: String? = if case .left(let reason) = self.fate { reason } else { nil }
        return [
            "record": .string(self.record.description), "title": .text(title), "side": .string(self.side.rawValue),
            "field": .text(self.field),
            "now": .value(self.now), "before": .value(self.before), "left": .text(reason),
        ]
    }
}
