import ArgumentParser
import Records
import Store
import SyncEngine

struct Conflicts: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Fields that both sides changed, and records whose identity is a question.",
        subcommands: [List.self, Show.self, ConflictsResolve.self]
    )

    struct List: RelaisSubcommand {
        static let configuration = CommandConfiguration(abstract: "What waits for a decision.")

        @OptionGroup var options: GlobalOptions
        @Option(help: "open, decided or settled.") var state: ConflictState = .open
        @OptionGroup var query: ConflictQuery
        @Flag(help: "Questions about identity instead of fields.") var reviews = false
        @Flag(help: "Values without a counterpart instead: one entry for each field and value, with a count.")
        var unmapped = false
        @Option(help: "How many at most.") var limit = 100

        func validate() throws {
            guard self.limit >= 1 else { throw ValidationError("--limit takes a number from 1") }
            guard !self.query.namesFields || !(self.reviews || self.unmapped) else {
                throw ValidationError("--field, --object and --of are about conflicts of fields")
            }
        }

        func run(in context: CommandContext) async throws -> ExitStatus {
            let connection = try self.query.connection.map { try context.workspace.connection($0).name }
            try context.workspace.openStore().read { transaction in
                let number = try connection.flatMap { try transaction.connection($0)?.number }
                guard connection == nil || number != nil else {
                    context.output.line("\(connection ?? "") was never synced.")
                    context.output.document([self.subject: []])
                    return
                }
                if self.unmapped {
                    try self.listUnmapped(of: number, transaction, context.output)
                } else if self.reviews {
                    let all = try transaction.openReviews(limit: .max)
                    try self.list(all.filter { number == nil || $0.connection == number }, transaction, context.output)
                } else {
                    let open = try transaction.openReviews(limit: .max).count
                    if open > 0 { context.output.line("Questions about identity: \(open); see --reviews.") }
                    let found = try self.query.conflicts(
                        self.state,
                        limit: self.limit,
                        in: transaction,
                        of: context.workspace
                    )
                    try self.list(found, transaction, context.output)
                    if self.state == .open { try self.hintAtUnmapped(of: number, transaction, context.output) }
                }
            }
            return .done
        }

        /// What is listed, as the document names it.
        private var subject: String { self.unmapped ? "unmapped" : self.reviews ? "reviews" : "conflicts" }

        private func list(_ conflicts: [Conflict], _ transaction: Transaction, _ output: Output) throws {
            if conflicts.isEmpty {
                output.line(
                    self.query.namesFields
                        ? "None of these is \(self.state.rawValue)." : "No conflict is \(self.state.rawValue)."
                )
            }
            var table = Table()
            if !conflicts.isEmpty { table.add("ID", "RECORD", "FIELD", "HERE", "IN THE CRM", "RULE") }
            for conflict in conflicts {
                let about = conflict.about
                table.add(
                    "\(conflict.id)",
                    try transaction.title(of: about.record),
                    about.field,
                    Printable.value(about.local),
                    Printable.value(about.remote),
                    conflict.winner.map { "\(about.rule): \($0.rawValue)" } ?? about.rule
                )
            }
            for line in table.lines { output.line(line) }
            if conflicts.count == self.limit { output.line("There may be more: raise --limit.") }
            if !conflicts.isEmpty, self.state == .open {
                output.line("Decide: relais conflicts resolve ID --take local|remote, or --value TEXT")
            }
            output.document(["conflicts": .array(try conflicts.map { try $0.json(in: transaction) })])
        }

        private func list(_ reviews: [Review], _ transaction: Transaction, _ output: Output) throws {
            if reviews.isEmpty { output.line("Nobody's identity is a question.") }
            for review in reviews.prefix(self.limit) {
                let subject = try transaction.subject(review.connection, review.object, review.remote)
                let who = review.remote == nil ? "a record of ours " : ""
                output.line("\(review.id)  \(subject): \(who)\(review.kind.sentence)")
                if let name = try review.nameInTheCRM(transaction) { output.line("      the CRM calls it \(name)") }
                if let record = review.record {
                    output.line("      it is ours: \(record)  \(try transaction.title(of: record))")
                }
                for candidate in review.candidates {
                    output.line("      it may be \(candidate)  \(try transaction.title(of: candidate))")
                }
                if !review.detail.isEmpty { output.line("      \(Printable.line(review.detail))") }
            }
            if reviews.contains(where: { $0.remote == nil && $0.kind != .createUnknown }) {
                output.line("What is ours gets into the CRM once its key, such as the e-mail address, is its own.")
            }
            if reviews.contains(where: { $0.kind == .identityChanged }) {
                output.line(
                    "Still the same person: relais conflicts resolve --review ID --link RECORD; somebody else: --create"
                )
            }
            if reviews.contains(where: { ReviewDecision.takesSide($0.kind) }) {
                output.line("Deleted or merged on one side: relais conflicts resolve --review ID --take local|remote")
            }
            if reviews.contains(where: {
                $0.remote != nil && $0.kind != .identityChanged && !ReviewDecision.takesSide($0.kind)
            }) {
                output.line(
                    "Decide: relais conflicts resolve --review ID --link RECORD, or --create if it is none of them"
                )
            }
            output.document([
                "reviews": .array(try reviews.prefix(self.limit).map { try $0.json(in: transaction) })
            ])
        }
    }

    struct Show: RelaisSubcommand {
        static let configuration = CommandConfiguration(abstract: "One conflict: what both sides held, and hold now.")

        @OptionGroup var options: GlobalOptions
        @Argument(help: "The conflict's number.") var id: Int64

        func run(in context: CommandContext) async throws -> ExitStatus {
            try context.workspace.openStore().read { transaction in
                guard let conflict = try transaction.conflict(self.id) else { throw ConflictsResolve.unknown(self.id) }
                try self.print(conflict, transaction, to: context.output)
                context.output.document(try conflict.json(in: transaction))
            }
            return .done
        }

        private func print(_ conflict: Conflict, _ transaction: Transaction, to output: Output) throws {
            let about = conflict.about
            let title = try transaction.title(of: about.record)
            let remote = try transaction.subject(about.link.connection, about.link.object, about.link.remote)
            output.line("Conflict \(conflict.id), \(conflict.state.rawValue): \(about.field) of \(title)")
            output.line("  record \(about.record), linked to \(remote)")
            var table = Table()
            // What is settled has moved on: these are the values that were decided about.
            table.add("", "LAST AGREED", conflict.state == .settled ? "THEN" : "NOW", "SINCE")
            let (local, far) = (
                about.localBase.map { Printable.value($0) }, about.remoteBase.map { Printable.value($0) }
            )
            table.add("  here", local ?? "never", Printable.value(about.local), about.localAt?.description ?? "—")
            table.add("  in the CRM", far ?? "never", Printable.value(about.remote), about.remoteAt?.description ?? "—")
            for side in try conflict.otherSides(in: transaction) {
                let name = try transaction.name(of: side.key.connection)
                let agreed = side.agreed.map { Printable.value($0) } ?? "never"
                table.add("  in \(name)", agreed, side.now.map { Printable.value($0) } ?? "—", "—")
            }
            for line in table.lines { output.line(line) }
            // Nobody decides about the beginnings of two texts.
            for (side, value) in [("here", about.local), ("in the CRM", about.remote)] {
                let whole = Printable.value(value, width: 10_000)
                if whole != Printable.value(value) { output.line("  \(side), whole: \(whole)") }
            }
            output.line("  rule: \(about.rule); found \(conflict.createdAt)")
            if let writer = about.localBy { output.line("  here by \(Printable.line(writer))") }
            if let writer = about.remoteBy { output.line("  in the CRM by \(Printable.line(writer))") }
            if let decision = conflict.decision {
                output.line(
                    "  decided by \(Printable.line(decision.by)) at \(decision.at): \(decision.choice.sentence)"
                )
            }
            if let winner = conflict.winner {
                output.line("  settled \(conflict.settledAt?.description ?? ""): \(winner.rawValue)")
            }
        }
    }
}

extension ConflictState: ExpressibleByArgument {}

extension ConflictChoice {
    /// What was chosen, in words.
    var sentence: String {
        switch self {
        case .side(let side): side.rawValue
        case .value(let value): Printable.value(value)
        }
    }
}

extension ReviewKind {
    /// Why it is a question.
    fileprivate var sentence: String {
        switch self {
        case .ambiguous: "several records of ours match"
        case .duplicateOf: "looks like a record that is linked already"
        case .contradiction: "one match key says yes, an earlier one says no"
        case .createUnknown: "the answer to its making never came, and several records of the CRM carry its id"
        case .deletedRemotely: "deleted in the CRM, and edited or brought back here"
        case .deletedLocally: "deleted here, and edited in the CRM meanwhile"
        case .merged: "merged in the CRM, where both were linked to records of ours"
        case .identityChanged: "linked, but its address and its name changed at once: it may be somebody else"
        }
    }
}

extension Review {
    /// What the CRM's record is called there, as far as the store knows; nil if it does not.
    fileprivate func nameInTheCRM(_ transaction: Transaction) throws -> String? {
        guard let remote = self.remote,
            let seen = try transaction.observation(LinkKey(self.connection, self.object, remote)),
            let shape = seen.shape, let values = seen.values
        else { return nil }
        let fields = try transaction.shape(shape).fields
        let words = ["email", "full_name", "first_name", "last_name", "name", "domain"].compactMap { name -> String? in
            guard let place = fields.firstIndex(where: { ($0.local ?? "").hasSameBytes(as: name) }),
                place < values.count, !values[place].isBlank
            else { return nil }
            return values[place].description
        }
        return words.isEmpty ? nil : Printable.line(words.joined(separator: " "), width: 80)
    }
}

extension Conflict {
    fileprivate func json(in transaction: Transaction) throws -> JSON {
        let about = self.about
        return [
            "id": .number(self.id), "state": .string(self.state.rawValue),
            "connection": .string(try transaction.name(of: about.link.connection)),
            "object": .string(try transaction.name(of: about.link.object)), "remote": .text(about.link.remote),
            "record": .string(about.record.description), "field": .string(about.field),
            "local_base": .value(about.localBase), "remote_base": .value(about.remoteBase),
            "local_value": .value(about.local), "remote_value": .value(about.remote),
            "local_at": .time(about.localAt), "remote_at": .time(about.remoteAt), "rule": .string(about.rule),
            "local_by": .text(about.localBy), "remote_by": .text(about.remoteBy),
            "decision": .text(self.decision?.choice.sentence), "decided_by": .text(self.decision?.by),
            "created_at": .time(self.createdAt), "settled_at": .time(self.settledAt),
            "winner": .text(self.winner?.rawValue), "run": .number(self.run?.rawValue),
            "elsewhere": .array(
                try self.otherSides(in: transaction).map { side in
                    [
                        "connection": .string(try transaction.name(of: side.key.connection)),
                        "remote": .text(side.key.remote), "agreed": .value(side.agreed), "value": .value(side.now),
                    ]
                }
            ),
        ]
    }

    /// What the record's other CRMs hold of the field: who decides between two sees all (R19).
    fileprivate func otherSides(in transaction: Transaction) throws -> [RemoteSide] {
        try transaction.remoteSides(of: self.about.field, record: self.about.record)
            .filter { $0.key.connection != self.about.link.connection }
    }
}

extension Review {
    fileprivate func json(in transaction: Transaction) throws -> JSON {
        [
            "id": .number(self.id), "kind": .string(self.kind.rawValue),
            "connection": .string(try transaction.name(of: self.connection)),
            "object": .string(try transaction.name(of: self.object)), "remote": .text(self.remote),
            "record": .text(self.record?.description),
            "candidates": .array(self.candidates.map { .string($0.description) }),
            "detail": .string(self.detail), "created_at": .time(self.createdAt),
        ]
    }
}
