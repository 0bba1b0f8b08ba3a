import Records
import Store
import SyncEngine

/// A person's answer to a question about identity: this remote record is that record of ours, or none of them.
struct ReviewAnswer {
    /// Who the remote record is.
    enum Identity {
        /// The record that a person typed this for.
        case record(String)
        /// None of ours: it gets a record of its own.
        case nobody
    }

    /// The question.
    let review: Int64
    /// The answer.
    let identity: Identity

    /// Links both; what they hold is compared by the next sync, as on a first contact (R9).
    func give(in store: Store, _ context: CommandContext) async throws -> ExitStatus {
        if let status = try await self.giveIdentity(in: store, context) { return status }
        return switch self.identity {
        case .record(let name): try self.link(name, in: store, context)
        case .nobody: try await self.create(in: store, context)
        }
    }

    private func link(_ name: String, in store: Store, _ context: CommandContext) throws -> ExitStatus {
        let (record, subject) = try store.write { transaction in
            let review = try self.open(transaction)
            let record = try RecordFinder(transaction, context.workspace.schema).record(name)
            let observation = try self.observation(of: review, transaction)
            try self.check(record, against: review, transaction)
            let cause = Cause(actor: try transaction.actor("person:\(context.person)"), at: context.clock.now)
            guard let shape = observation.shape else { throw self.notSeen }
            try transaction.insertLink(
                observation.key,
                record: record.id,
                version: observation.version,
                shape: shape,
                agreed: [],
                cause: cause
            )
            return (record, try self.settle(review, transaction, context))
        }
        context.output.line("\(subject) is \(record.title); the next `relais sync` brings them together.")
        self.tell(record.id, isNew: false, context.output)
        return .done
    }

    /// Takes a side in a question about a deletion or a merge; the next sync carries it out.
    static func take(_ side: Side, _ id: Int64, in store: Store, _ context: CommandContext) throws -> ExitStatus {
        let answer = try store.write { transaction in
            let review = try ReviewAnswer(review: id, identity: .nobody).open(transaction)
            guard ReviewDecision.takesSide(review.kind) else {
                throw CommandError(.usage, "the question \(id) asks who it is: answer with --link RECORD")
            }
            let decision = ReviewDecision(review, in: transaction, cause: try context.cause(in: transaction))
            return try decision.take(side, lifecycle: context.workspace.schema.lifecycle)
        }
        context.output.line("Decided: \(answer).")
        context.output.document(["review": .number(id), "decided": .string(answer), "exit": 0])
        return .done
    }

    /// Makes a record of what the CRM said; asks the CRM nothing.
    private func create(in store: Store, _ context: CommandContext) async throws -> ExitStatus {
        let name = try store.read { try $0.name(of: self.open($0).connection) }
        let connection = try context.workspace.connection(name)
        return try await context.withAccount(connection) { account in
            let syncer = try context.syncer(connection, account: account, store: store)
            let (id, title, subject) = try store.write { transaction in
                let review = try self.open(transaction)
                let observation = try self.observation(of: review, transaction)
                let id = try syncer.makeRecord(of: observation, by: context.person, in: transaction)
                return (id, try transaction.title(of: id), try self.settle(review, transaction, context))
            }
            context.output.line("\(subject) is a new record, \(id) \(title).")
            context.output.line("The next `relais sync` completes it; look at it: relais record show \(id)")
            self.tell(id, isNew: true, context.output)
            return .done
        }
    }

    /// Closes every question about the remote record; returns its name.
    private func settle(_ review: Review, _ transaction: Transaction, _ context: CommandContext) throws -> String {
        try transaction.settleReviews(
            connection: review.connection,
            object: review.object,
            remote: review.remote,
            record: review.record,
            by: context.person,
            at: context.clock.now
        )
        return try transaction.subject(review.connection, review.object, review.remote)
    }

    func tell(_ record: RecordID, isNew: Bool, _ output: Output) {
        output.document([
            "review": .number(self.review), "record": .string(record.description), "created": .bool(isNew), "exit": 0,
        ])
    }

    func open(_ transaction: Transaction) throws -> Review {
        guard let review = try transaction.review(self.review) else {
            throw CommandError(.usage, "there is no question \(self.review); see `relais conflicts list --reviews`")
        }
        guard review.settledAt == nil else {
            throw CommandError(.attention, "the question \(self.review) was answered meanwhile; nothing was changed")
        }
        return review
    }

    private func observation(of review: Review, _ transaction: Transaction) throws -> RemoteObservation {
        guard let remote = review.remote else {
            throw CommandError(
                .usage,
                """
                the question \(self.review) is about a record of ours that is not in the CRM, because it looks like one \
                that is: give it an e-mail address of its own, and the next sync makes it there
                """
            )
        }
        let key = LinkKey(review.connection, review.object, remote)
        guard try transaction.link(key) == nil, let observation = try transaction.observation(key) else {
            throw self.notSeen
        }
        return observation
    }

    private var notSeen: CommandError {
        CommandError(.attention, "the CRM's record is not in the store any more; run `relais sync`, then look again")
    }

    func check(
        _ record: StoredRecord,
        against review: Review,
        _ transaction: Transaction
    ) throws {
        guard record.isLive else { throw CommandError(.usage, "\(record.title) is deleted or merged") }
        if let link = try transaction.link(of: record.id, connection: review.connection, object: review.object) {
            let remote = Printable.line(link.key.remote.string, width: 60)
            throw CommandError(
                .usage,
                "\(record.title) is linked to \(remote) already; merge the two in the CRM, or choose another record"
            )
        }
        let objects = try review.candidates.compactMap { try transaction.record($0)?.object }
        guard objects.isEmpty || objects.contains(record.object) else {
            throw CommandError(
                .usage,
                "\(record.title) is a \(record.schema.name), and the question is about another object"
            )
        }
    }
}
