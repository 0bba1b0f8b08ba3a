import CEL
import Mapping
import Messaging
import Records
import Scoring
import Store

extension HandOffRunner {
    /// How long a lead waits before an owner is looked for again.
    static let patience = Duration.seconds(3600)

    /// Finds an owner for an accepted lead and writes everything that sales needs.
    func route(
        _ handOff: StoredHandOff,
        _ transaction: Transaction,
        _ now: Instant,
        _ report: inout HandOffReport
    ) throws {
        guard handOff.dueAt.map({ $0 <= now }) ?? true else { return }
        guard let record = try transaction.record(handOff.record), record.isLive else {
            let moved = try self.move(handOff, by: "handoff", "the lead is gone", transaction, now) {
                $0.state = .dropped
            }
            report.ended += moved == nil ? 0 : 1
            return
        }
        if let choice = try self.choose(handOff, record, transaction, now) {
            let moved = try self.assign(handOff, to: choice.owner, choice.reason, by: "handoff", transaction, now)
            report.routed += moved == nil ? 0 : 1
            return
        }
        var next = handOff
        next.waitingFor = "nobody in the pool can take it"
        next.dueAt = now.advanced(by: Self.patience)
        _ = try transaction.advance(handOff, to: next, nil)
    }

    private func choose(
        _ handOff: StoredHandOff,
        _ record: StoredRecord,
        _ transaction: Transaction,
        _ now: Instant
    ) throws -> (owner: Text, reason: Text)? {
        let users = try self.users(transaction)
        if self.rules.keepsOwner, let owner = record["owner"].text, !owner.isEmpty,
            !handOff.passedOver.contains(owner), users?.contains(owner) ?? true
        {
            return (owner, "owns the contact already")
        }
        let candidates = try self.rules.pool.map { rule in
            OwnerCandidate(
                email: rule.email,
                weight: rule.weight,
                obstacle: try self.obstacle(rule, handOff, record, users, transaction, now)
            )
        }
        let entries = try transaction.rotation(of: "default")
        if let choice = OwnerRotation.next(of: candidates, entries, at: now) {
            for entry in choice.changed { try transaction.put(entry, in: "default") }
            return (choice.owner, choice.reason)
        }
        guard let fallback = self.rules.fallback, !handOff.passedOver.contains(fallback) else { return nil }
        return (fallback, "nobody in the pool can take it")
    }

    /// Why an owner cannot be given this lead; nil if nothing speaks against it.
    private func obstacle(
        _ rule: OwnerRule,
        _ handOff: StoredHandOff,
        _ record: StoredRecord,
        _ users: Set<Text>?,
        _ transaction: Transaction,
        _ now: Instant
    ) throws -> Text? {
        if handOff.passedOver.contains(rule.email) { return "had it" }
        if rule.absences.contains(where: { $0.contains(now.date) }) { return "is away" }
        if users?.contains(rule.email) == false { return "is no active user of the CRM" }
        if let condition = rule.condition {
            let activation = self.rules.vocabulary.activation(record.values, .noEvent, .noEvent)
            if try condition.matches(activation) != true { return "does not take such leads" }
        }
        if let capacity = rule.capacity, try transaction.countOpenHandOffs(owner: rule.email) >= capacity {
            return "has enough"
        }
        return nil
    }

    /// The addresses of the CRM's active users; nil if it was never asked.
    func users(_ transaction: Transaction) throws -> Set<Text>? {
        guard let name = self.rules.connection, let connection = try transaction.connection(name.string) else {
            return nil
        }
        let owners = try transaction.owners(connection.number)
        return owners.isEmpty ? nil : Set(owners.filter(\.isActive).map(\.email))
    }

    /// Gives a lead to an owner: contact, deal and task are written in the same transaction.
    func assign(
        _ handOff: StoredHandOff,
        to owner: Text,
        _ reason: Text,
        by actor: Text,
        _ transaction: Transaction,
        _ now: Instant
    ) throws -> StoredHandOff? {
        guard let record = try transaction.record(handOff.record), record.isLive else { return nil }
        var plan = handOff
        if let old = plan.owner, old != owner, !plan.passedOver.contains(old) { plan.passedOver.append(old) }
        (plan.owner, plan.ownerReason) = (owner, reason)
        let cause = try self.cause(actor, transaction, now)
        plan.deal = try self.writeDeal(plan, record, cause, transaction)
        plan.task = try self.writeTask(plan, record, cause, transaction, now)
        let contact = [PropertySetting("owner", .text(owner)), self.raising(record, to: self.rules.acceptedStage)]
        try transaction.change(record.id, set: contact.compactMap { $0 }, cause: cause)
        let done = plan
        return try self.move(handOff, by: actor, Text("given to \(owner): \(reason)"), transaction, now) { next in
            (next.owner, next.ownerReason, next.passedOver) = (done.owner, done.ownerReason, done.passedOver)
            (next.deal, next.task) = (done.deal, done.task)
            (next.state, next.round, next.nudges) = (.written, next.round + 1, 0)
            (next.dueAt, next.confirmedAt, next.waitingFor) = (nil, nil, "the CRM")
        }
    }

    private func writeDeal(
        _ handOff: StoredHandOff,
        _ record: StoredRecord,
        _ cause: Cause,
        _ transaction: Transaction
    ) throws -> RecordID? {
        guard let rule = self.rules.deal, let owner = handOff.owner else { return handOff.deal }
        if let deal = handOff.deal {
            try self.hand(deal, to: owner, cause, transaction)
            return deal
        }
        let name = try rule.name.render(self.activation(record, handOff))
        let settings = [
            PropertySetting("name", .text(name)), PropertySetting("stage", .text(rule.stage)),
            PropertySetting("owner", .text(owner)), PropertySetting("contact", .text(record.id.description)),
            PropertySetting("company", record["company"]),
        ]
        return try self.make("deal", settings + rule.settings, cause, transaction)
    }

    private func writeTask(
        _ handOff: StoredHandOff,
        _ record: StoredRecord,
        _ cause: Cause,
        _ transaction: Transaction,
        _ now: Instant
    ) throws -> RecordID? {
        guard let rule = self.rules.task, let owner = handOff.owner else { return handOff.task }
        if let task = handOff.task {
            try self.hand(task, to: owner, cause, transaction)
            return task
        }
        let activation = self.activation(record, handOff)
        let body = try rule.body.map { body throws(MailError) in [try body.render(activation)] } ?? []
        let lines = (body + handOff.reasons).map(\.string)
        var settings = [
            PropertySetting("subject", .text(try rule.subject.render(activation))),
            PropertySetting("body", .text(lines.joined(separator: "\n"))),
            PropertySetting("due_at", .instant(now.advanced(by: rule.due))),
            PropertySetting("owner", .text(owner)),
            PropertySetting("contact", .text(record.id.description)), PropertySetting("company", record["company"]),
        ]
        if let deal = handOff.deal { settings.append(PropertySetting("deal", .text(deal.description))) }
        return try self.make("task", settings + rule.settings, cause, transaction)
    }

    private func hand(_ id: RecordID, to owner: Text, _ cause: Cause, _ transaction: Transaction) throws {
        guard let record = try transaction.record(id), record.isLive else { return }
        try transaction.change(id, set: [PropertySetting("owner", .text(owner))], cause: cause)
    }

    /// Makes a record of what the object has properties for.
    private func make(
        _ object: String,
        _ settings: [PropertySetting],
        _ cause: Cause,
        _ transaction: Transaction
    ) throws -> RecordID? {
        guard let schema = self.store.schema.object(object) else { return nil }
        let known = settings.filter { schema.property($0.property) != nil && !$0.value.isBlank }
        let id = self.ids.next()
        try transaction.create(id, object: transaction.object(object), properties: known, cause: cause)
        return id
    }
}
