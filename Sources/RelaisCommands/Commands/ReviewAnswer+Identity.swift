import Records
import Store
import SyncEngine

/// A person's answer about a linked record of which address and name changed at once (R7): still the same, or another.
extension ReviewAnswer {
    /// Gives the answer if the question is of this kind; nil if it is not.
    func giveIdentity(in store: Store, _ context: CommandContext) async throws -> ExitStatus? {
        let (name, isAsked) = try store.read { transaction in
            let review = try self.open(transaction)
            return (try transaction.name(of: review.connection), review.kind == .identityChanged)
        }
        guard isAsked else { return nil }
        if case .record(let typed) = self.identity, try self.confirm(typed, in: store, context) { return .done }
        return try await context.withAccount(try context.workspace.connection(name)) { account in
            let syncer = try context.syncer(context.workspace.connection(name), account: account, store: store)
            return try self.separate(syncer, in: store, context)
        }
    }

    /// Says that it is still the same person; false if the record that was typed is another one.
    private func confirm(_ typed: String, in store: Store, _ context: CommandContext) throws -> Bool {
        let title = try store.write { transaction -> (RecordID, String)? in
            let record = try RecordFinder(transaction, context.workspace.schema).record(typed)
            let answer = try self.answer(transaction, context)
            guard answer.record == record.id else { return nil }
            try answer.isTheSame(by: context.person)
            return (record.id, record.title)
        }
        guard let (id, name) = title else { return false }
        context.output.line("\(name) is still the same; the next `relais sync` goes on with it.")
        self.tell(id, isNew: false, context.output)
        return true
    }

    private func separate(_ syncer: Syncer, in store: Store, _ context: CommandContext) throws -> ExitStatus {
        let (own, id, title) = try store.write { transaction in
            let review = try self.open(transaction)
            let answer = try self.answer(transaction, context)
            var other: RecordID?
            if case .record(let typed) = self.identity {
                let record = try RecordFinder(transaction, context.workspace.schema).record(typed)
                try self.check(record, against: review, transaction)
                other = record.id
            }
            let own = try transaction.title(of: answer.record)
            let key = LinkKey(review.connection, review.object, review.remote ?? "")
            let id = try syncer.separate(answer, key, from: other, by: context.person, in: transaction)
            return (own, id, try transaction.title(of: id))
        }
        context.output.line("The CRM's record is \(title), \(id), from now on.")
        context.output.line("The next `relais sync` makes \(own) in the CRM again, as a record of its own.")
        var isNew = false
        if case .nobody = self.identity { isNew = true }
        self.tell(id, isNew: isNew, context.output)
        return .done
    }

    private func answer(_ transaction: Transaction, _ context: CommandContext) throws -> IdentityAnswer {
        let review = try self.open(transaction)
        if let answer = try IdentityAnswer(review, in: transaction, cause: try context.cause(in: transaction)) {
            return answer
        }
        throw CommandError(.attention, "the two are not linked any more; run `relais sync`, then look again")
    }
}
