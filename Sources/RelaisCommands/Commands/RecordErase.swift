import ArgumentParser
import Mapping
import Records
import Store
import SyncEngine

extension RecordCommand {
    struct Erase: RelaisSubcommand {
        static let configuration = CommandConfiguration(
            abstract: "Forget a person for good, here and in every CRM; shows a plan, --approve carries it out.",
            discussion: """
                Cannot be undone. What is left is that somebody was erased, when and why, and keyed hashes that keep every \
                CRM, import and undo from making the person again before a new opt-in. The erasure is pending until each \
                CRM's record is confirmed to be gone, and each note that was written about the person is taken out; every \
                sync goes on with it. What people wrote in the CRM themselves stays as that CRM has it.
                """
        )

        @OptionGroup var options: GlobalOptions
        @Argument(help: "The beginning of the record's id, or its e-mail address.") var record: String
        @Option(help: "Why, for whoever asks later; no personal data.") var reason: String?
        @Flag(help: "Carry it out.") var approve = false
        @Flag(help: "Somebody has deleted what the CRM would not: note that it is gone.") var doneByHand = false

        func validate() throws {
            guard self.reason == nil, !self.doneByHand else { return }
            throw ValidationError("give a --reason")
        }

        func run(in context: CommandContext) async throws -> ExitStatus {
            let store = try context.workspace.openStore()
            let record = try store.read { try RecordFinder($0, context.workspace.schema).record(self.record) }
            if self.doneByHand { return try self.noteHandwork(record, store, context) }
            guard self.approve else { return try self.plan(record, store, context) }
            // A mapping that does not compile stands in nobody's way here.
            let mappings = context.workspace.configuration.connections.flatMap {
                (try? context.workspace.checkMappings($0))?.mappings ?? []
            }
            try store.write { transaction in
                try transaction.prepareErasure(randomness: context.randomness, matching: IdentityKey.matching(mappings))
                let cause = try context.cause(in: transaction)
                let reason = self.reason ?? ""
                try transaction.erase(record.id, reason: reason, cause: cause, isShared: RoleAddress.shared(mappings))
            }
            try store.scrub()
            let connections = try store.read { transaction in
                let records = try transaction.erasureTargets(of: record.id).map(\.key.connection)
                let activities = try transaction.erasingActivities(of: record.id).map(\.connection)
                return try Set((records + activities).map { try transaction.name(of: $0) })
            }
            for name in connections.sorted() { await self.carryOut(name, store, context) }
            return try self.tell(record.id, store, context)
        }

        private func plan(_ record: StoredRecord, _ store: Store, _ context: CommandContext) throws -> ExitStatus {
            try store.read { transaction in
                let people = try [record.id] + transaction.merged(into: record.id)
                let rows = try people.reduce(0) { try $0 + transaction.timeline(of: $1, limit: .max).count }
                let links = try people.flatMap { try transaction.links(of: $0) }
                let output = context.output
                output.line("\(record.title) (\(record.id)) would be erased for good:")
                output.line("  \(rows) journal rows lose their values, and \(people.count) record(s) everything")
                for link in links {
                    output.line("  \(Printable.line(try transaction.description(of: link.key))): privacy deletion")
                }
                let activities = try people.reduce(0) { try $0 + transaction.writtenActivities(of: $1) }
                if activities > 0 { output.line("  \(activities) activities that were written about them: taken out") }
                let mails = try transaction.mailTimes(of: record.id, since: Instant(microseconds: 0)).count
                if mails > 0 { output.line("  \(mails) mails that were sent cannot be called back") }
                output.line("Nothing was written. Carry it out with --approve.")
                output.document([
                    "record": .string(record.id.description), "kind": "plan", "journal_rows": .number(of: rows),
                    "targets": .array(try links.map { .string(try transaction.description(of: $0.key)) }),
                    "activities": .number(of: activities),
                ])
                return .attention
            }
        }

        /// A CRM that cannot be reached now is asked by the next sync.
        private func carryOut(_ name: String, _ store: Store, _ context: CommandContext) async {
            do {
                let connection = try context.workspace.connection(name)
                try await context.withAccount(connection) { account in
                    _ = try await context.syncer(connection, account: account, store: store).eraseRemotely()
                }
            } catch {
                context.output.line("\(name) was not reached; its next sync goes on: \(Printable.line("\(error)"))")
            }
        }

        private func noteHandwork(
            _ record: StoredRecord,
            _ store: Store,
            _ context: CommandContext
        ) throws -> ExitStatus {
            try store.write { transaction in
                for target in try transaction.erasureTargets(of: record.id) where target.state == .byHand {
                    let now = context.clock.now
                    try transaction.setErasure(target.key, .confirmed, attempts: target.attempts, at: now)
                }
                for activity in try transaction.erasingActivities(of: record.id) where activity.detail != nil {
                    try transaction.removeActivity(activity, at: context.clock.now)
                }
            }
            return try self.tell(record.id, store, context)
        }

        private func tell(_ id: RecordID, _ store: Store, _ context: CommandContext) throws -> ExitStatus {
            try store.read { transaction in
                guard let erasure = try transaction.erasure(of: id) else {
                    throw CommandError(.usage, "record \(id) was not erased")
                }
                let targets = try transaction.erasureTargets(of: id)
                context.output.line("Erased here at \(erasure.requestedAt).")
                for target in targets {
                    let detail = target.detail.isEmpty ? "" : ": \(Printable.line(target.detail))"
                    let name = Printable.line(try transaction.description(of: target.key))
                    context.output.line("  \(name): \(target.state.rawValue)\(detail)")
                }
                let activities = try transaction.erasingActivities(of: id)
                for activity in activities {
                    let detail = activity.detail.map { "by_hand: \(Printable.line($0))" } ?? "pending"
                    context.output.line("  \(Printable.line(try Self.name(activity, transaction))): \(detail)")
                }
                let isDone = erasure.confirmedAt != nil
                context.output.line(isDone ? "Confirmed everywhere." : "Pending; every sync goes on with it.")
                context.output.document([
                    "record": .string(id.description), "kind": "erasure", "reason": .string(erasure.reason),
                    "requested_at": .time(erasure.requestedAt), "confirmed_at": .time(erasure.confirmedAt),
                    "targets": .array(
                        try targets.map {
                            [
                                "remote": .string(try transaction.description(of: $0.key)),
                                "state": .string($0.state.rawValue), "detail": .string($0.detail),
                            ]
                        }
                    ),
                    "activities": .array(
                        try activities.map {
                            [
                                "remote": .string(try Self.name($0, transaction)),
                                "state": .string($0.detail == nil ? "pending" : "by_hand"), "detail": .text($0.detail),
                            ]
                        }
                    ),
                ])
                return isDone ? .done : .attention
            }
        }

        /// What people call an activity; one whose answer never came has no id that anybody knows.
        private static func name(_ activity: Activity, _ transaction: Transaction) throws -> String {
            let key = LinkKey(activity.connection, activity.object, activity.remote ?? "?")
            return try transaction.description(of: key)
        }
    }

    struct Admit: RelaisSubcommand {
        static let configuration = CommandConfiguration(
            abstract: "Let an erased person be known again, after a new opt-in at a form of yours."
        )

        @OptionGroup var options: GlobalOptions
        @Argument(help: "The e-mail address that opted in.") var email: String
        @Option(help: "The object.") var object = "contact"

        func run(in context: CommandContext) async throws -> ExitStatus {
            guard let schema = context.workspace.schema.object(self.object), schema.property("email") != nil else {
                throw CommandError(.usage, "the schema has no object \(self.object) with an email")
            }
            let values = schema.properties.map { $0.name == "email" ? Value.text(Text(self.email)) : .absent }
            let isKnown = try context.workspace.openStore().write { transaction in
                try transaction.admitErased(transaction.object(self.object), values)
            }
            guard isKnown else { throw CommandError(.usage, "nobody with that address was erased") }
            context.output.line("The person may be made again, by a form, an import or a CRM.")
            context.output.document(["admitted": true])
            return .done
        }
    }
}
