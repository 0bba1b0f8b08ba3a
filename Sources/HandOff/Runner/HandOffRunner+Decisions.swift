import Messaging
package import Records
import Scoring
package import Store

/// What became of a person's decision.
package enum HandOffDecision: Hashable, Sendable {
    /// It holds; the hand-off as it is now.
    case done(StoredHandOff)
    /// It cannot be done, and why.
    case impossible(Text)
}

extension HandOffRunner {
    /// Accepts a lead in review: it becomes an SQL and gets an owner with the next tick.
    ///
    /// All decisions throw `StoreError.notFound` if there is no such hand-off; `person` is a name, without `person:`.
    package func accept(
        _ id: HandOffNumber,
        by person: Text,
        note: Text? = nil,
        now: Instant
    ) throws -> HandOffDecision {
        try self.decide(id) { handOff, transaction in
            guard handOff.state == .review else { return .impossible(Self.notIn(.review, handOff)) }
            var report = HandOffReport()
            let actor = Text("person:\(person)")
            let taken = try self.take(handOff, by: actor, note: note, transaction, now, &report)
            return taken.map { .done($0) } ?? Self.tooLate
        }
    }

    /// Ends a hand-off because the lead does not fit; what was made for it is closed.
    package func reject(_ id: HandOffNumber, by person: Text, reason: Text, now: Instant) throws -> HandOffDecision {
        try self.decide(id) { handOff, transaction in
            let actor = Text("person:\(person)")
            return try self.close(handOff, as: .rejected, self.rules.rejected, by: actor, reason, transaction, now)
        }
    }

    /// Gives the lead back to marketing; a later qualification opens a new hand-off.
    package func recycle(_ id: HandOffNumber, by person: Text, reason: Text, now: Instant) throws -> HandOffDecision {
        try self.decide(id) { handOff, transaction in
            let actor = Text("person:\(person)")
            return try self.close(handOff, as: .recycled, self.rules.recycled, by: actor, reason, transaction, now)
        }
    }

    /// Gives an accepted lead to another owner: the one named, or the next in turn.
    package func reassign(
        _ id: HandOffNumber,
        to owner: Text? = nil,
        by person: Text,
        reason: Text? = nil,
        now: Instant
    ) throws -> HandOffDecision {
        try self.decide(id) { handOff, transaction in
            guard !handOff.state.isClosed, handOff.state != .review else {
                return .impossible(Self.notIn(.confirmed, handOff))
            }
            let actor = Text("person:\(person)")
            if let owner {
                if owner == handOff.owner { return .impossible(Text("\(owner) has it already")) }
                guard MailAddress(mailbox: owner.string) != nil else { return .impossible("an owner is an address") }
                if try self.users(transaction)?.contains(owner) == false {
                    return .impossible(Text("\(owner) is no active user of the CRM"))
                }
                let reason = Text("chosen by \(person)" + (reason.map { ": \($0)" } ?? ""))
                let moved = try self.assign(handOff, to: owner, reason, by: actor, transaction, now)
                return moved.map { .done($0) } ?? Self.tooLate
            }
            let moved = try self.release(handOff, by: actor, reason ?? "reassigned", transaction, now)
            return moved.map { .done($0) } ?? Self.tooLate
        }
    }

    private func decide(
        _ id: HandOffNumber,
        _ body: (StoredHandOff, Transaction) throws -> HandOffDecision
    ) throws -> HandOffDecision {
        try self.store.write { transaction in
            guard let handOff = try transaction.handOff(id) else {
                throw StoreError(.notFound, "there is no hand-off \(id.rawValue)")
            }
            if handOff.state.isClosed { return .impossible(Text("it is over: \(handOff.state.rawValue)")) }
            return try body(handOff, transaction)
        }
    }

    /// Accepts: the lead becomes an SQL and is routed next.
    func take(
        _ handOff: StoredHandOff,
        by actor: Text,
        note: Text?,
        _ transaction: Transaction,
        _ now: Instant,
        _ report: inout HandOffReport
    ) throws -> StoredHandOff? {
        let moved = try self.move(handOff, by: actor, Text("accepted" + Self.said(note)), transaction, now) { next in
            (next.state, next.decidedBy, next.note, next.dueAt) = (.accepted, actor, note, now)
            next.waitingFor = "an owner"
        }
        guard let moved else { return nil }
        report.accepted += 1
        if let record = try transaction.record(handOff.record), record.isLive {
            let cause = try self.cause(actor, transaction, now)
            try self.raise(record, to: self.rules.acceptedStage, cause, transaction)
        }
        return moved
    }

    /// Takes the lead from its owner, so that the next tick finds another one.
    func release(
        _ handOff: StoredHandOff,
        by actor: Text,
        _ reason: Text,
        _ transaction: Transaction,
        _ now: Instant
    ) throws -> StoredHandOff? {
        let from = handOff.owner.map { " from \($0)" } ?? ""
        return try self.move(handOff, by: actor, Text("taken\(from): \(reason)"), transaction, now) { next in
            if let owner = next.owner, !next.passedOver.contains(owner) { next.passedOver.append(owner) }
            (next.state, next.dueAt, next.confirmedAt, next.nudges) = (.accepted, now, nil, 0)
            next.waitingFor = "another owner"
        }
    }

    /// Ends a hand-off against the lead, and closes what was made for it.
    func close(
        _ handOff: StoredHandOff,
        as state: HandOffState,
        _ settings: [PropertySetting],
        by actor: Text,
        _ reason: Text,
        _ transaction: Transaction,
        _ now: Instant
    ) throws -> HandOffDecision {
        let detail = Text("\(state.rawValue): \(reason)")
        let moved = try self.move(handOff, by: actor, detail, transaction, now) { next in
            (next.state, next.decidedBy, next.note) = (state, actor, reason)
        }
        guard let moved else { return Self.tooLate }
        // What follows from a change in the CRM is ours, not the CRM's.
        let isPerson = actor.string.hasPrefix("person:")
        let cause = try self.cause(isPerson ? actor : Text(Self.actor), transaction, now)
        if let record = try transaction.record(handOff.record), record.isLive {
            if !settings.isEmpty { try transaction.change(record.id, set: settings, cause: cause) }
            if state == .recycled || state == .lost { try self.beginEpoch(handOff, cause, transaction) }
        }
        if let deal = self.rules.deal, let lost = deal.lost.first {
            try self.settle(handOff.deal, "stage", open: deal.won + deal.lost, lost, cause, transaction)
        }
        if let task = self.rules.task, let done = task.done.first {
            try self.settle(handOff.task, "status", open: task.done, done, cause, transaction)
        }
        return .done(moved)
    }

    /// Lets what the lead did so far count no more: only new interest brings it back to sales.
    private func beginEpoch(_ handOff: StoredHandOff, _ cause: Cause, _ transaction: Transaction) throws {
        let id = self.desk.keys.key(of: "score_reset/\(handOff.id.rawValue)")
        let event = PersonEvent(id: id, name: ScoringRules.resetEvent, at: cause.at)
        try transaction.addEvent(event, to: handOff.record, cause: cause)
    }

    /// Gives a property its last value, unless the record is gone, lacks it or has one of the last values already.
    private func settle(
        _ id: RecordID?,
        _ property: String,
        open last: [Text],
        _ value: Text,
        _ cause: Cause,
        _ transaction: Transaction
    ) throws {
        guard let id, let record = try transaction.record(id), record.isLive,
            record.schema.property(property) != nil,
            record[property].text.map({ !last.contains($0) }) ?? true
        else { return }
        try transaction.change(id, set: [PropertySetting(property, .text(value))], cause: cause)
    }

    private static let tooLate = HandOffDecision.impossible("somebody else was faster; look at it again")

    private static func notIn(_ state: HandOffState, _ handOff: StoredHandOff) -> Text {
        state == .review
            ? Text("it is not in review any more: \(handOff.state.rawValue)")
            : Text("it has no owner yet: \(handOff.state.rawValue)")
    }

    private static func said(_ note: Text?) -> String { note.map { ": \($0)" } ?? "" }
}
