import ArgumentParser
import Authoring
import Mapping
import Planning
import Records
import Store
import SyncEngine

extension MappingCommand {
    struct Backfill: RelaisSubcommand {
        static let configuration = CommandConfiguration(
            abstract: "Bring a field that was added to a mapping to the records that are linked already.",
            discussion: """
                Shows its plan first and writes nothing; --approve carries out just what was shown, as far as no side has \
                moved since. No workflow starts because of it, breakers apply, and stopped anywhere it goes on with the same \
                command.
                """
        )

        @OptionGroup var options: GlobalOptions
        @Argument(help: "The field, by our name or the CRM's.") var field: String
        @Option(help: "The connection, if several have the field.") var connection: String?
        @Option(help: "The object, if several have the field.") var object: String?
        @Flag(help: "Carry out the plan that was shown.") var approve = false
        @Option(help: "Change at most so many records.") var limit: Int?
        @Option(help: "How many changes to show.") var changes = 20
        @Option(help: "Let this run go beyond the breaker: deletes, blanks, overwrites; may be repeated.")
        var allow: [Breaker.Kind] = []

        func validate() throws {
            if let limit, limit < 1 { throw ValidationError("--limit takes a number from 1") }
            if self.changes < 0 { throw ValidationError("--changes takes a number from 0") }
        }

        func run(in context: CommandContext) async throws -> ExitStatus {
            let (entry, field) = try self.chosen(in: context.workspace)
            let store = try context.workspace.openStore()
            // What is approved is what was shown, change by change.
            let key = "backfill:\(entry.connection.name):\(entry.mapping.name):\(field.name)"
            let shown =
                try store.read { try $0.setting(key) }.map { Set($0.split(separator: " ").map(String.init)) } ?? []
            if self.approve, shown.isEmpty {
                throw CommandError(.usage, "no plan was shown yet: run this without --approve first")
            }
            return try await context.withAccount(entry.connection) { account in
                let syncer = try context.syncer(entry.connection, account: account, store: store)
                guard self.approve else { return try await self.plan(entry, field, syncer, store, key, in: context) }
                let gate = FieldBackfill(field, in: entry.mapping, limit: self.limit, approved: shown)
                let report = try await syncer.backfill(
                    through: gate,
                    allowing: Set(self.allow)
                )
                if gate.left == 0 { try store.write { try $0.setSetting(key, to: "") } }
                return self.tell(report, gate, entry, field, to: context.output)
            }
        }

        private func chosen(in workspace: Workspace) throws -> (MappingChoice.Entry, MappingField) {
            let entries = try MappingChoice(self.connection, nil, in: workspace).entries.filter { entry in
                self.object.map { name in
                    [entry.mapping.localObject, entry.mapping.remoteObject].contains { $0.hasSameBytes(as: name) }
                } ?? true
            }
            let found = entries.flatMap { entry in
                entry.mapping.fields.filter { field in
                    field.name.hasSameBytes(as: self.field) || field.remote?.hasSameBytes(as: self.field) ?? false
                }
                .map { (entry, $0) }
            }
            guard let first = found.first else {
                let names = Set(entries.flatMap { $0.mapping.fields.map(\.name) })
                let isOurs = entries.contains { $0.mapping.localSchema.property(self.field) != nil }
                let mend =
                    isOurs
                    ? "add it to one first; `relais mapping diff` says what it looks like in the CRM"
                    : NearestName.mend(self.field, among: names)
                throw CommandError(.usage, "no mapping has a field \(Printable.line(self.field)): \(mend)")
            }
            guard found.count == 1 else {
                let names = found.map { "\($0.0.mapping.name) of \($0.0.connection.name)" }.joined(separator: ", ")
                throw CommandError(
                    .usage,
                    "\(first.1.name) is a field of \(names): say which with --object or --connection"
                )
            }
            return first
        }

        // MARK: The plan

        private func plan(
            _ entry: MappingChoice.Entry,
            _ field: MappingField,
            _ syncer: Syncer,
            _ store: Store,
            _ key: String,
            in context: CommandContext
        ) async throws -> ExitStatus {
            let gathered = FieldBackfill(field, in: entry.mapping)
            let report = try await syncer.plan(samples: 0) { gathered.hear($0) }
            let subjects = gathered.subjects
            let hashes = subjects.flatMap { $0.changes.map { FieldBackfill.hash($0) } }
            try store.write { try $0.setSetting(key, to: hashes.joined(separator: " ")) }
            let all = subjects.flatMap(\.changes)
            let (here, there) = (all.count { $0.action == .updateLocally }, all.count { $0.action == .updateRemotely })
            let output = context.output
            output.line(
                "Plan to backfill \(field.name) of \(entry.mapping.name) (run \(report.run)); nothing was written."
            )
            var table = Table()
            table.add("  \(here)", "records would be changed here")
            table.add("  \(there)", "records would be changed in the CRM")
            if gathered.waiting > 0 {
                table.add("  \(gathered.waiting)", "records have other changes too, and wait for the next sync")
            }
            for line in table.lines { output.line(line) }
            try store.read { transaction in
                for change in all.prefix(self.changes) { try Self.print(change, in: transaction, to: output) }
            }
            if all.count > self.changes {
                output.line("  … and \(all.count - self.changes) more; --changes N shows them")
            }
            if all.isEmpty {
                output.line("Nothing to bring: no linked record has a value that its other side lacks.")
            } else {
                output.line(
                    "No workflow will start because of it. Carry it out: relais mapping backfill \(self.words)--approve"
                )
            }
            output.document([
                "exit": .number(of: all.isEmpty ? 0 : 3), "connection": .string(entry.connection.name),
                "mapping": .string(entry.mapping.name), "field": .string(field.name), "run": .number(report.run),
                "here": .number(of: here), "there": .number(of: there), "waiting": .number(of: gathered.waiting),
                "changes": .array(all.prefix(self.changes).map(Self.json)),
            ])
            return all.isEmpty ? .done : .attention
        }

        /// The command line as it was given, without its flags.
        private var words: String {
            var words = self.field + " "
            if let connection { words += "--connection \(connection) " }
            if let object { words += "--object \(object) " }
            return words
        }

        private static func print(_ change: PlannedChange, in transaction: Transaction, to output: Output) throws {
            let title = try change.record.map { try transaction.title(of: $0) } ?? change.remote?.string ?? ""
            let side = change.action == .updateLocally ? "here" : "in the CRM"
            for field in change.fields {
                let (old, new) = (Printable.value(field.old), Printable.value(field.new))
                output.line(
                    "  \(Printable.line(title, width: 50)), \(side): \(field.name) \(field.old.isBlank ? "nothing" : old) → \(new)"
                )
            }
        }

        private static func json(_ change: PlannedChange) -> JSON {
            [
                "action": .string(change.action.rawValue), "record": .text(change.record?.description),
                "remote": .text(change.remote),
                "fields": .array(
                    change.fields.map { ["field": .string($0.name), "old": .value($0.old), "new": .value($0.new)] }
                ),
            ]
        }

        // MARK: What was done

        private func tell(
            _ report: SyncReport,
            _ gate: FieldBackfill,
            _ entry: MappingChoice.Entry,
            _ field: MappingField,
            to output: Output
        ) -> ExitStatus {
            let counts = report.counts
            output.line("Backfilled \(field.name) of \(entry.mapping.name) (run \(report.run)).")
            var table = Table()
            table.add("  \(counts.updatedLocally)", "records changed here")
            table.add("  \(counts.updatedRemotely)", "records changed in the CRM")
            if gate.left > 0 { table.add("  \(gate.left)", "records left: a side has moved, or the limit was reached") }
            for line in table.lines { output.line(line) }
            if gate.left > 0 { output.line("Next: relais mapping backfill \(self.words)shows what is left") }
            let status: ExitStatus = gate.left > 0 ? .attention : .done
            output.document([
                "exit": .number(of: Int(status.rawValue)), "connection": .string(entry.connection.name),
                "mapping": .string(entry.mapping.name), "field": .string(field.name), "run": .number(report.run),
                "changed_here": .number(of: Int(counts.updatedLocally)),
                "changed_there": .number(of: Int(counts.updatedRemotely)),
                "left": .number(of: gate.left),
            ])
            return status
        }
    }
}
