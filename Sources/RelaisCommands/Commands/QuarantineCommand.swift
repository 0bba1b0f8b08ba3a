import ArgumentParser
import Records
import Store

struct QuarantineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quarantine",
        abstract: "Records that are set aside and fields that are left alone, and why.",
        subcommands: [List.self, Retry.self]
    )

    struct List: RelaisSubcommand {
        static let configuration = CommandConfiguration(abstract: "What is set aside.")

        @OptionGroup var options: GlobalOptions
        @Flag(help: "Single fields that the CRM refused, ignored or cannot hold, instead of whole records.")
        var fields = false
        @Option(help: "Only of this connection.") var connection: String?
        @Option(help: "How many at most.") var limit = 100

        func validate() throws {
            guard self.limit < 1 else { return }
            throw ValidationError("--limit takes a number from 1")
        }

        func run(in context: CommandContext) async throws -> ExitStatus {
            let connection = try self.connection.map { try context.workspace.connection($0).name }
            try context.workspace.openStore().read { transaction in
                if self.fields {
                    let held = HeldFields(connection: connection)
                    let names = context.workspace.configuration.connections.map(\.name)
                    let holds = try held.all(names, in: transaction)
                    return try held.list(holds, limit: self.limit, transaction, context.output)
                }
                let number = try connection.flatMap { try transaction.connection($0)?.number }
                let all = try transaction.quarantined(limit: .max)
                    .filter { connection == nil || $0.connection == number }
                let entries = all.prefix(self.limit)
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
                if all.count > entries.count {
                    context.output.line("\(all.count - entries.count) more: raise --limit.")
                }
                if !entries.isEmpty { context.output.line("Once mended: relais quarantine retry ID, or --all") }
                context.output.document(["quarantined": .array(try entries.map { try $0.json(in: transaction) })])
            }
            return .done
        }
    }

    struct Retry: RelaisSubcommand {
        static let configuration = CommandConfiguration(abstract: "Let the next sync try records again.")

        @OptionGroup var options: GlobalOptions
        @Argument(help: "Numbers of the list.") var ids: [Int64] = []
        @Flag(help: "All that is set aside.") var all = false
        @Flag(help: "Single fields that are left alone, instead of whole records; all, or some with the next three.")
        var fields = false
        @Option(help: "With --fields: only of this record; the beginning of its id, or its e-mail address.")
        var of: String?
        @Option(help: "With --fields: only fields of this name.") var field: String?
        @Option(help: "With --fields: only of this connection.") var connection: String?

        func validate() throws {
            if self.fields {
                guard self.ids.isEmpty, !self.all else {
                    throw ValidationError("--fields takes neither numbers nor --all")
                }
                return
            }
            guard self.of == nil, self.field == nil, self.connection == nil else {
                throw ValidationError("--of, --field and --connection belong to --fields")
            }
            guard self.ids.isEmpty == self.all else {
                throw ValidationError("give the numbers of the list, --all, or --fields")
            }
        }

        func run(in context: CommandContext) async throws -> ExitStatus {
            if self.fields { return try self.retryFields(context) }
            let (released, unread) = try context.workspace.openStore().write { transaction in
                let cause = Cause(actor: try transaction.actor("person:\(context.person)"), at: context.clock.now)
                let entries =
                    self.all
                    ? try transaction.quarantined(limit: .max) : try self.ids.map { try Self.entry($0, transaction) }
                // Being on the list is what has each run read it again: off the list it would be forgotten.
                let unread = entries.filter { $0.side == .local && $0.remote != nil }
                let released = entries.filter { $0.side != .local || $0.remote == nil }
                for entry in released {
                    try transaction.releaseQuarantine(entry.id)
                    // A record that was never made in the CRM is found by the journal only.
                    if let record = entry.record, try transaction.record(record)?.isLive ?? false {
                        try transaction.appendJournal(record, kind: .update, detail: "retry", cause: cause)
                    }
                }
                return (released, unread)
            }
            if !released.isEmpty || unread.isEmpty {
                context.output.line("\(released.count) let back in; the next sync tries them again.")
            }
            if !unread.isEmpty {
                context.output.line(
                    "\(unread.count) could not be read from the CRM; each sync reads them again, and lets them in once it can."
                )
            }
            context.output.document([
                "released": .array(released.map { .number($0.id) }),
                "read_by_each_sync": .array(unread.map { .number($0.id) }),
            ])
            return .done
        }

        private func retryFields(_ context: CommandContext) throws -> ExitStatus {
            let connection = try self.connection.map { try context.workspace.connection($0).name }
            let (released, document) = try context.workspace.openStore().write { transaction in
                let finder = RecordFinder(transaction, context.workspace.schema)
                let held = HeldFields(
                    connection: connection,
                    record: try self.of.map { try finder.record($0).id },
                    field: self.field
                )
                let cause = Cause(actor: try transaction.actor("person:\(context.person)"), at: context.clock.now)
                let names = context.workspace.configuration.connections.map(\.name)
                let released = try held.release(names, in: transaction, cause: cause)
                return (released.count, JSON.array(try released.map { try $0.json(in: transaction) }))
            }
            context.output.line(
                released == 0
                    ? "No such field is left alone; see `relais quarantine list --fields`."
                    : "\(released) let go; the next sync tries them again."
            )
            context.output.document(["fields": document])
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
