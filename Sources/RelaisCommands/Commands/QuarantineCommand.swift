import ArgumentParser
import Records
import Store

struct QuarantineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quarantine",
        abstract: "Records that are set aside, and why.",
        subcommands: [List.self, Retry.self]
    )

    struct List: RelaisSubcommand {
        static let configuration = CommandConfiguration(abstract: "What is set aside.")

        @OptionGroup var options: GlobalOptions

        func run(in context: CommandContext) async throws -> ExitStatus {
            try context.workspace.openStore().read { transaction in
                let entries = try transaction.quarantined(limit: .max)
                if entries.isEmpty { context.output.line("Nothing is set aside.") }
                var table = Table()
                for entry in entries {
                    table.add(
                        "\(entry.id)",
                        try transaction.subject(entry.connection, entry.object, entry.remote),
                        try entry.record.map { try transaction.title(of: $0) } ?? "—",
                        "tried \(entry.attempts)×",
                        Printable.line(entry.detail.isEmpty ? entry.reason : entry.detail)
                    )
                }
                for line in table.lines { context.output.line(line) }
                if !entries.isEmpty { context.output.line("Once mended: relais quarantine retry ID, or --all") }
                context.output.document(.array(try entries.map { try $0.json(in: transaction) }))
            }
            return .done
        }
    }

    struct Retry: RelaisSubcommand {
        static let configuration = CommandConfiguration(abstract: "Let the next sync try records again.")

        @OptionGroup var options: GlobalOptions
        @Argument(help: "Numbers of the list.") var ids: [Int64] = []
        @Flag(help: "All that is set aside.") var all = false

        func validate() throws {
            guard self.ids.isEmpty == self.all else { throw ValidationError("give the numbers of the list, or --all") }
        }

        func run(in context: CommandContext) async throws -> ExitStatus {
            let released = try context.workspace.openStore().write { transaction in
                let cause = Cause(actor: try transaction.actor("person:\(context.person)"), at: context.clock.now)
                let entries =
                    self.all
                    ? try transaction.quarantined(limit: .max) : try self.ids.map { try Self.entry($0, transaction) }
                for entry in entries {
                    try transaction.releaseQuarantine(entry.id)
                    // A record that was never made in the CRM is found by the journal only.
                    if let record = entry.record, try transaction.record(record)?.isLive ?? false {
                        try transaction.appendJournal(record, kind: .update, detail: "retry", cause: cause)
                    }
                }
                return entries
            }
            context.output.line("\(released.count) let back in; the next sync tries them again.")
            if released.contains(where: { $0.side == .local }) {
                context.output.line("What could not be read from the CRM is read again when it changes there.")
            }
            context.output.document(["released": .array(released.map { .number($0.id) })])
            return .done
        }

        private static func entry(_ id: Int64, _ transaction: Transaction) throws -> QuarantineEntry {
            guard let entry = try transaction.quarantined(id) else {
                throw CommandError(.usage, "nothing with the number \(id) is set aside; see `relais quarantine list`")
            }
            return entry
        }
    }
}

extension QuarantineEntry {
    fileprivate func json(in transaction: Transaction) throws -> JSON {
        [
            "id": .number(self.id), "connection": .string(try transaction.name(of: self.connection)),
            "object": .string(try transaction.name(of: self.object)), "refused_by": .string(self.side.rawValue),
            "remote": .text(self.remote), "record": .text(self.record?.description),
            "reason": .string(self.reason), "detail": .string(self.detail),
            "attempts": .number(of: self.attempts), "since": .time(self.since), "last_at": .time(self.lastAt),
        ]
    }
}
