import ArgumentParser
import Records
import Store

struct RecordCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "One record: what it is, where it is linked, what happened to it, and what becomes of it.",
        subcommands: [
            Show.self, Find.self, Timeline.self, Merge.self, Archive.self, Restore.self, Exclude.self, Include.self,
            Release.self, Erase.self, Admit.self,
        ]
    )

    struct Show: RelaisSubcommand {
        static let configuration = CommandConfiguration(abstract: "A record's properties, links and open questions.")

        @OptionGroup var options: GlobalOptions
        @Argument(help: "The beginning of the record's id, or its e-mail address.") var record: String

        func run(in context: CommandContext) async throws -> ExitStatus {
            try context.workspace.openStore().read { transaction in
                let finder = RecordFinder(transaction, context.workspace.schema)
                let portrait = try RecordPortrait(try finder.record(self.record), in: transaction)
                portrait.print(to: context.output)
                context.output.document(portrait.json)
            }
            return .done
        }
    }

    struct Find: RelaisSubcommand {
        static let configuration = CommandConfiguration(abstract: "Records with a text in any of their properties.")

        @OptionGroup var options: GlobalOptions
        @Argument(help: "A part of a name, an address, a phone number.") var text: String
        @Option(help: "How many at most.") var limit = 50

        func validate() throws {
            guard self.text.isEmpty || self.limit < 1 else { return }
            throw ValidationError("give a text to look for, and a --limit from 1")
        }

        func run(in context: CommandContext) async throws -> ExitStatus {
            try context.workspace.openStore().read { transaction in
                let finder = RecordFinder(transaction, context.workspace.schema)
                let found = try finder.records(containing: self.text, limit: self.limit)
                if found.isEmpty { context.output.line("No record contains \(Printable.line(self.text)).") }
                var table = Table()
                for record in found { table.add(record.id.description, record.schema.name, record.title) }
                for line in table.lines { context.output.line(line) }
                if found.count == self.limit { context.output.line("There may be more: raise --limit.") }
                let entries = found.map { record -> JSON in
                    [
                        "record": .string(record.id.description), "object": .string(record.schema.name),
                        "title": .string(record.title),
                    ]
                }
                context.output.document(["records": .array(entries)])
            }
            return .done
        }
    }

    struct Timeline: RelaisSubcommand {
        static let configuration = CommandConfiguration(abstract: "Who changed what, when, and in which run.")

        @OptionGroup var options: GlobalOptions
        @Argument(help: "The beginning of the record's id, or its e-mail address.") var record: String

        func run(in context: CommandContext) async throws -> ExitStatus {
            try context.workspace.openStore().read { transaction in
                let finder = RecordFinder(transaction, context.workspace.schema)
                let record = try finder.record(self.record)
                let history = try transaction.history(of: record.id)
                context.output.line("\(record.schema.name) \(record.id): \(record.title)")
                // Conflicts say why a value won; they stand where they were settled.
                var conflicts = try transaction.conflicts(ConflictFilter(record: record.id), limit: 1000)
                    .sorted { ($0.settledAt ?? $0.createdAt, $0.id) < ($1.settledAt ?? $1.createdAt, $1.id) }[...]
                for entry in history {
                    while let conflict = conflicts.first, conflict.settledAt ?? conflict.createdAt < entry.at {
                        Self.print(conflict, to: context.output)
                        conflicts.removeFirst()
                    }
                    Self.print(entry, by: try transaction.name(of: entry.actor), to: context.output)
                }
                for conflict in conflicts { Self.print(conflict, to: context.output) }
                context.output.document([
                    "record": .string(record.id.description),
                    "timeline": .array(try history.map { try $0.json(in: transaction) }),
                    "conflicts": .array(
                        try transaction.conflicts(ConflictFilter(record: record.id), limit: 1000).map {
                            [
                                "conflict": .number($0.id), "field": .string($0.about.field),
                                "rule": .string($0.about.rule), "winner": .text($0.winner?.rawValue),
                                "at": .time($0.settledAt ?? $0.createdAt), "run": .number($0.run?.rawValue),
                            ]
                        }
                    ),
                ])
            }
            return .done
        }

        private static func print(_ conflict: Conflict, to output: Output) {
            let about = conflict.about
            let values = "\(Printable.value(about.local)) here, \(Printable.value(about.remote)) in the CRM"
            let end =
                conflict.winner.map { "\($0.rawValue) won by \(Printable.line(about.rule))" } ?? "waits for a person"
            let run = conflict.run.map { ", run \($0.rawValue)" } ?? ""
            output.line(
                "\(conflict.settledAt ?? conflict.createdAt)  conflict \(conflict.id) of \(about.field): \(end)\(run)"
            )
            output.line("    \(values)")
        }

        private static func print(_ entry: JournalEntry, by actor: String, to output: Output) {
            let run = entry.run.map { ", run \($0.rawValue)" } ?? ""
            let detail = entry.detail.map { " " + Printable.line($0) } ?? ""
            output.line("\(entry.at)  \(entry.kind.rawValue)\(detail)  by \(Printable.line(actor))\(run)")
            for change in entry.changes {
                let old = entry.kind == .create ? "" : "\(Printable.value(change.old)) → "
                output.line("    \(change.property): \(old)\(Printable.value(change.new))")
            }
        }
    }
}

extension JournalEntry {
    fileprivate func json(in transaction: Transaction) throws -> JSON {
        [
            "at": .time(self.at), "kind": .string(self.kind.rawValue),
            "by": .string(try transaction.name(of: self.actor)), "run": .number(self.run?.rawValue),
            "detail": .text(self.detail),
            "changes": .array(
                self.changes.map {
                    ["property": .string($0.property), "old": .value($0.old), "new": .value($0.new)]
                }
            ),
        ]
    }
}
