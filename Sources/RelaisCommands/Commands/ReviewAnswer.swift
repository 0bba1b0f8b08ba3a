import Records
import Store
import SyncEngine

/// A person's answer to a question about identity: this remote record is that record of ours.
struct ReviewAnswer {
    /// The question.
    let review: Int64
    /// What the person typed for the record.
    let link: String

    /// Links both; what they hold is compared by the next sync, as on a first contact (R9).
    func give(in store: Store, _ context: CommandContext) throws -> ExitStatus {
        let (record, subject) = try store.write { transaction in
            let review = try self.open(transaction)
            let record = try RecordFinder(transaction, context.workspace.schema).record(self.link)
            let observation = try self.observation(of: review, transaction)
            try self.check(record, against: review, observation, transaction)
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
            try transaction.settleReview(review.id, by: context.person, at: context.clock.now)
            let subject = try transaction.subject(review.connection, review.object, review.remote)
            return (record, subject)
        }
        context.output.line("\(subject) is \(record.title); the next `relais sync` brings them together.")
        context.output.document([
            "review": .number(self.review), "record": .string(record.id.description), "exit": 0,
        ])
        return .done
    }

    /// Takes a side in a question about a deletion or a merge; the next sync carries it out.
    static func take(_ side: Side, _ id: Int64, in store: Store, _ context: CommandContext) throws -> ExitStatus {
        let answer = try store.write { transaction in
            let review = try ReviewAnswer(review: id, link: "").open(transaction)
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

    private func open(_ transaction: Transaction) throws -> Review {
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
                "the question \(self.review) is about a record whose id in the CRM is unknown, so there is nothing to link"
            )
        }
        let key = LinkKey(review.connection, review.object, remote)
        guard let observation = try transaction.observation(key) else { throw self.notSeen }
        return observation
    }

    private var notSeen: CommandError {
        CommandError(.attention, "the CRM's record is not in the store any more; run `relais sync`, then look again")
    }

    private func check(
        _ record: StoredRecord,
        against review: Review,
        _ observation: RemoteObservation,
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
