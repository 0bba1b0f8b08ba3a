import Messaging
import Records
import Scoring
import Store

extension HandOffRunner {
    /// Looks whether the CRM holds everything; if so, the owner is told and the deadline begins.
    func confirm(
        _ handOff: StoredHandOff,
        _ transaction: Transaction,
        _ now: Instant,
        _ report: inout HandOffReport
    ) throws {
        if let missing = try self.missing(handOff, transaction) {
            guard handOff.waitingFor != missing else { return }
            var next = handOff
            (next.waitingFor, next.updatedAt) = (missing, now)
            _ = try transaction.advance(handOff, to: next, nil)
            return
        }
        let moved = try self.move(handOff, by: "handoff", "the CRM has everything", transaction, now) { next in
            (next.state, next.confirmedAt, next.nudges) = (.confirmed, now, 0)
            next.dueAt = self.rules.nudges.first.map { now.advanced(by: $0.after) }
        }
        guard let moved else { return }
        report.confirmed += 1
        if let template = self.rules.notification, let owner = moved.owner {
            try self.tell(owner, template, step: "notify", moved, transaction, now)
        }
    }

    /// What the CRM does not hold yet, for a person; nil if it holds everything.
    private func missing(_ handOff: StoredHandOff, _ transaction: Transaction) throws -> Text? {
        guard let name = self.rules.connection else { return nil }
        guard let connection = try transaction.connection(name.string)?.number else {
            return Text("\(name) was never connected")
        }
        var parts: [(what: String, record: RecordID, properties: [String])] = [
            ("contact", handOff.record, self.rules.confirmed)
        ]
        if let deal = handOff.deal { parts.append(("deal", deal, [])) }
        if let task = handOff.task { parts.append(("task", task, [])) }
        for part in parts {
            let reason = try transaction.unconfirmed(part.record, properties: part.properties, in: connection)
            if let reason { return Text("\(name): \(part.what): \(reason)") }
        }
        return nil
    }

    /// Does what the deadline says next: remind, escalate, or take the lead away.
    func nudge(
        _ handOff: StoredHandOff,
        _ transaction: Transaction,
        _ now: Instant,
        _ report: inout HandOffReport
    ) throws {
        guard handOff.nudges < self.rules.nudges.count, let since = handOff.confirmedAt, let owner = handOff.owner
        else {
            return
        }
        let number = handOff.nudges
        let rule = self.rules.nudges[number]
        report.nudged += 1
        if case .reassign = rule.kind, try self.hasAnotherOwner(handOff, transaction, now) {
            _ = try self.release(handOff, by: "handoff", "the deadline passed", transaction, now)
            return
        }
        let detail: Text =
            switch rule.kind {
            case .remind: Text("reminded \(owner)")
            case .escalate(let address, _): Text("told \(address) that \(owner) has not begun")
            case .reassign: "there is nobody else to give it to"
            }
        let moved = try self.move(handOff, by: "handoff", detail, transaction, now) { next in
            next.nudges = number + 1
            // Counted from the start, but never all at once after the worker was down.
            next.dueAt = self.rules.nudges.dropFirst(number + 1).first.map { following in
                max(since.advanced(by: following.after), now.advanced(by: following.after - rule.after))
            }
        }
        guard let moved else { return }
        switch rule.kind {
        case .remind(let template):
            try self.tell(owner, template, step: Text("deadline-\(number + 1)"), moved, transaction, now)
        case .escalate(let address, let template):
            try self.tell(address, template, step: Text("deadline-\(number + 1)"), moved, transaction, now)
        case .reassign: break
        }
    }

    private func hasAnotherOwner(
        _ handOff: StoredHandOff,
        _ transaction: Transaction,
        _ now: Instant
    ) throws -> Bool {
        let others = self.rules.pool.filter { rule in
            rule.email != handOff.owner && !handOff.passedOver.contains(rule.email)
                && !rule.absences.contains { $0.contains(now.date) }
        }
        if !others.isEmpty { return true }
        guard let fallback = self.rules.fallback else { return false }
        return fallback != handOff.owner && !handOff.passedOver.contains(fallback)
    }
}
