import Records
import Scoring
import Store

/// What the CRM tells of a lead: the journal has it from the sync.
extension HandOffRunner {
    /// A deal or a task of a hand-off changed.
    func hearOfSales(
        _ row: JournalEntry,
        _ transaction: Transaction,
        _ now: Instant,
        _ report: inout HandOffReport
    ) throws {
        guard let handOff = try transaction.handOff(withDealOrTask: row.record), !handOff.state.isClosed else { return }
        let actor = Text(try transaction.name(of: row.actor))
        if handOff.task == row.record, let done = self.rules.task?.done,
            let status = row.newText("status"), done.contains(status)
        {
            try self.begin(handOff, by: actor, "the task is done", transaction, now, &report)
        }
        guard handOff.deal == row.record, let deal = self.rules.deal, let stage = row.newText("stage") else { return }
        if deal.won.contains(stage) {
            try self.win(handOff, by: actor, transaction, now, &report)
        } else if deal.lost.contains(stage) {
            let reason = Text("the deal is \(stage)")
            let answer = try self.close(handOff, as: .lost, self.rules.lost, by: actor, reason, transaction, now)
            if case .done = answer { report.ended += 1 }
        } else if stage != deal.stage {
            try self.begin(handOff, by: actor, Text("the deal is in \(stage)"), transaction, now, &report)
        }
    }

    /// The contact of an open hand-off changed: sales may have decided in the CRM.
    func hearOfContact(
        _ row: JournalEntry,
        _ transaction: Transaction,
        _ now: Instant,
        _ report: inout HandOffReport
    ) throws {
        guard row.newText("lifecycle_stage") != nil || row.newText("owner") != nil,
            let handOff = try transaction.openHandOff(of: row.record)
        else { return }
        let actor = Text(try transaction.name(of: row.actor))
        guard actor != Text(Self.actor) else { return }
        if let stage = row.newText("lifecycle_stage") {
            let lifecycle = self.rules.vocabulary.lifecycle
            if lifecycle.sideStages.contains(stage) {
                let answer = try self.close(handOff, as: .rejected, [], by: actor, stage, transaction, now)
                if case .done = answer { report.ended += 1 }
                return
            }
            let accepted = lifecycle.rank(of: self.rules.acceptedStage) ?? .max
            if handOff.state == .review, lifecycle.rank(of: stage) ?? -1 >= accepted {
                _ = try self.take(handOff, by: actor, note: "moved on in the CRM", transaction, now, &report)
                return
            }
        }
        // A person gave the lead to somebody else: who knows, need not be told.
        if let owner = row.newText("owner"), let old = handOff.owner, owner != old, !owner.isEmpty {
            let detail = Text("given to \(owner) by \(actor)")
            _ = try self.move(handOff, by: actor, detail, transaction, now) { next in
                (next.owner, next.ownerReason) = (owner, Text("chosen by \(actor)"))
            }
        }
    }

    private func begin(
        _ handOff: StoredHandOff,
        by actor: Text,
        _ detail: Text,
        _ transaction: Transaction,
        _ now: Instant,
        _ report: inout HandOffReport
    ) throws {
        guard handOff.state == .confirmed || handOff.state == .written else { return }
        let moved = try self.move(handOff, by: actor, detail, transaction, now) { next in
            (next.state, next.dueAt) = (.working, nil)
        }
        report.begun += moved == nil ? 0 : 1
    }

    private func win(
        _ handOff: StoredHandOff,
        by actor: Text,
        _ transaction: Transaction,
        _ now: Instant,
        _ report: inout HandOffReport
    ) throws {
        let moved = try self.move(handOff, by: actor, "the deal is won", transaction, now) { $0.state = .won }
        guard moved != nil else { return }
        report.won += 1
        guard let record = try transaction.record(handOff.record), record.isLive else { return }
        let cause = try self.cause(Text(Self.actor), transaction, now)
        try self.raise(record, to: self.rules.wonStage, cause, transaction)
    }
}

extension JournalEntry {
    /// The text that a property was given by this row; nil if it was not changed, or not to a text.
    fileprivate func newText(_ property: String) -> Text? {
        self.changes.first { $0.property.hasSameBytes(as: property) }?.new.text
    }
}
