import ArgumentParser
import Mapping
import Records
import Store
import SyncEngine

extension RecordCommand {
    struct Merge: RelaisSubcommand {
        static let configuration = CommandConfiguration(
            abstract: "Merge two records that are one person; shows a plan, --approve carries it out.",
            discussion: "A merge cannot be undone. The journal of both stays."
        )

        @OptionGroup var options: GlobalOptions
        @Argument(help: "The record that survives: the beginning of its id, or its e-mail address.") var kept: String
        @Argument(help: "The record that becomes an alias of it.") var lost: String
        @Flag(help: "Carry it out.") var approve = false

        func run(in context: CommandContext) async throws -> ExitStatus {
            let restrictive = try context.restrictiveProperties()
            return try context.workspace.openStore().write { transaction in
                let finder = RecordFinder(transaction, context.workspace.schema)
                let (kept, lost) = (try finder.record(self.kept), try finder.record(self.lost))
                guard kept.id != lost.id, kept.object == lost.object, kept.isLive, lost.isLive else {
                    throw CommandError(.usage, "name two live records of the same object")
                }
                let merge = try RecordMerge(
                    lost: lost,
                    kept: kept,
                    lifecycle: context.workspace.schema.lifecycle,
                    restrictive: restrictive,
                    in: transaction
                )
                try self.tell(merge, in: transaction, context)
                if self.approve { try merge.carryOut(cause: context.cause(in: transaction)) }
                return self.approve ? .done : .attention
            }
        }

        private func tell(_ merge: RecordMerge, in transaction: Transaction, _ context: CommandContext) throws {
            let output = context.output
            output.line("\(merge.lost.title) (\(merge.lost.id)) into \(merge.kept.title) (\(merge.kept.id)):")
            for taken in merge.taken {
                let values = "\(Printable.value(taken.old)) → \(Printable.value(taken.new))"
                output.line("  \(taken.property): \(values) (\(taken.reason))")
            }
            for (link, way) in merge.links {
                let name = Printable.line(try transaction.description(of: link.key), width: 80)
                switch way {
                case .moves: output.line("  the link to \(name) moves to the survivor")
                case .stays:
                    output.line("  \(name) stays a second record of the survivor there; merge the two in that CRM")
                }
            }
            output.line(self.approve ? "Merged." : "Nothing was written. Carry it out with --approve.")
            output.document([
                "kept": .string(merge.kept.id.description), "lost": .string(merge.lost.id.description),
                "merged": .bool(self.approve),
                "taken": .array(
                    merge.taken.map {
                        [
                            "property": .string($0.property), "old": .value($0.old), "new": .value($0.new),
                            "reason": .string($0.reason),
                        ]
                    }
                ),
                "links": .array(
                    try merge.links.map { link, way in
                        [
                            "remote": .string(try transaction.description(of: link.key)),
                            "moves": .bool(way == .moves),
                        ]
                    }
                ),
            ])
        }
    }

    struct Archive: RelaisSubcommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Delete a record here; a sync archives it in the CRMs whose mapping says delete: { push: archive }."
        )

        @OptionGroup var options: GlobalOptions
        @Argument(help: "The beginning of the record's id, or its e-mail address.") var record: String

        func run(in context: CommandContext) async throws -> ExitStatus {
            try context.changeRecord(self.record, telling: "is deleted here; `relais record restore` brings it back") {
                try $0.delete($1.id, cause: $2)
            }
        }
    }

    struct Restore: RelaisSubcommand {
        static let configuration = CommandConfiguration(abstract: "Bring a deleted record back.")

        @OptionGroup var options: GlobalOptions
        @Argument(help: "The beginning of the record's id.") var record: String
        @Flag(help: "Make it anew in the CRMs that have archived theirs.") var recreate = false

        func run(in context: CommandContext) async throws -> ExitStatus {
            try context.changeRecord(self.record, telling: "is back") { transaction, record, cause in
                try transaction.restore(record.id, cause: cause)
                guard self.recreate else { return }
                for link in try transaction.links(of: record.id) where link.status == .gone {
                    try transaction.removeLink(link.key, cause: cause)
                }
            }
        }
    }

    struct Exclude: RelaisSubcommand {
        static let configuration = CommandConfiguration(
            abstract: "Never sync a record, either way, until it is included."
        )

        @OptionGroup var options: GlobalOptions
        @Argument(help: "The beginning of the record's id, or its e-mail address.") var record: String
        @Option(help: "Why, for whoever asks later.") var reason = "excluded by hand"

        func run(in context: CommandContext) async throws -> ExitStatus {
            try context.changeRecord(self.record, telling: "takes part in no sync any more") {
                try $0.exclude($1.id, reason: self.reason, cause: $2)
            }
        }
    }

    struct Include: RelaisSubcommand {
        static let configuration = CommandConfiguration(abstract: "Let an excluded record be synced again.")

        @OptionGroup var options: GlobalOptions
        @Argument(help: "The beginning of the record's id, or its e-mail address.") var record: String

        func run(in context: CommandContext) async throws -> ExitStatus {
            try context.changeRecord(self.record, telling: "takes part in syncs again") {
                guard try $0.include($1.id, cause: $2) else {
                    throw CommandError(.usage, "\($1.title) is not excluded")
                }
            }
        }
    }

    struct Release: RelaisSubcommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Let fields go that are held because of an undo or a fight; the next sync decides about them anew."
        )

        @OptionGroup var options: GlobalOptions
        @Argument(help: "The beginning of the record's id, or its e-mail address.") var record: String
        @Option(help: "Only this field.") var field: String?

        func run(in context: CommandContext) async throws -> ExitStatus {
            try context.changeRecord(self.record, telling: "has its fields back") { transaction, record, _ in
                var released = 0
                for connection in try transaction.connections() {
                    for hold in try transaction.holds(of: record.id, in: connection.number)
                    where (hold.reason == .undone || hold.reason == .fight)
                        && (self.field.map { hold.field.hasSameBytes(as: $0) } ?? true)
                    {
                        try transaction.releaseHold(hold.connection, hold.object, record: record.id, field: hold.field)
                        released += 1
                    }
                }
                guard released > 0 else { throw CommandError(.usage, "\(record.title) has no such held field") }
            }
        }
    }
}

extension CommandContext {
    /// Who acts, for the journal.
    func cause(in transaction: Transaction) throws -> Cause {
        Cause(actor: try transaction.actor("person:\(self.person)"), at: self.clock.now)
    }

    /// The properties that the mappings hold to the most restrictive value of two.
    func restrictiveProperties() throws -> Set<String> {
        var names: Set<String> = []
        for connection in self.workspace.configuration.connections {
            for mapping in try self.workspace.checkMappings(connection).mappings {
                for field in mapping.fields where field.onConflict == .mostRestrictive {
                    if let local = field.local { names.insert(local) }
                }
            }
        }
        return names
    }

    /// Finds one record, changes it in a transaction and says what came of it.
    fileprivate func changeRecord(
        _ text: String,
        telling what: String,
        _ body: (Transaction, StoredRecord, Cause) throws -> Void
    ) throws -> ExitStatus {
        let record = try self.workspace.openStore().write { transaction in
            let record = try RecordFinder(transaction, self.workspace.schema).record(text)
            try body(transaction, record, self.cause(in: transaction))
            return record
        }
        self.output.line("\(record.schema.name) \(record.title) (\(record.id)) \(what).")
        self.output.document(["record": .string(record.id.description), "exit": 0])
        return .done
    }
}
