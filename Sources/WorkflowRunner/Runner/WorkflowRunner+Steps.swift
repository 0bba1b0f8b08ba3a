import CEL
import Mapping
import Messaging
import Records
import Scoring
import Store

extension WorkflowRunner {
    private static let batch = 200

    /// Takes all steps that are due.
    func advanceDue(_ now: Instant, _ report: inout TickReport) throws {
        var madeProgress = true
        while madeProgress {
            madeProgress = false
            let due = try self.store.read { try $0.dueEnrolments(at: now, limit: Self.batch) }
            for enrolment in due {
                if try self.run(enrolment, now, &report) { madeProgress = true }
            }
        }
    }

    /// Takes the steps of one enrolment until it waits or ends, each in a transaction of its own.
    private func run(_ enrolment: Enrolment, _ now: Instant, _ report: inout TickReport) throws -> Bool {
        var current = enrolment
        var moved = false
        while current.state == .active, let due = current.dueAt, due <= now {
            var counts = TickReport()
            let next: Enrolment?
            do {
                next = try self.store.write { try self.step(current, $0, now, &counts) }
            } catch let error where Self.isOwnFault(error) {
                counts = TickReport()
                next = try self.store.write { try self.park(current, Self.reason(error), $0, &counts) }
            }
            report.add(counts)
            guard let next else { break }
            current = next
            moved = true
        }
        return moved
    }

    /// Looks at one enrolment and takes its step if it can be taken; nil if nothing changed.
    func step(
        _ enrolment: Enrolment,
        _ transaction: Transaction,
        _ now: Instant,
        _ report: inout TickReport
    ) throws -> Enrolment? {
        guard let record = try transaction.record(enrolment.record), record.isLive else {
            return try self.finish(enrolment, "the record is gone", transaction, now, &report)
        }
        let machine = WorkflowMachine(definition: try self.definition(enrolment.version, transaction))
        var situation = WorkflowSituation(
            now: now,
            values: record.values,
            entry: CELValue(attributes: try enrolment.attributes()),
            journalEnd: try transaction.journalEnd()
        )
        if let reason = try machine.ending(situation) {
            return try self.finish(enrolment, reason, transaction, now, &report)
        }
        // Woken early by a change of the record: only a wait for an event can have something to do.
        guard let due = enrolment.dueAt, due <= now || enrolment.wait != nil else { return nil }
        guard let id = enrolment.step, let step = machine.definition.step(id) else {
            throw WorkflowFailure(description: "the workflow has no step \(enrolment.step ?? "")")
        }
        try self.complete(&situation, for: step, enrolment, machine, transaction)
        let decision = try machine.decide(step, enrolment, situation)
        return try self.carryOut(decision, enrolment, record, situation, transaction, &report)
    }

    /// Reads what the step needs beside the record.
    private func complete(
        _ situation: inout WorkflowSituation,
        for step: WorkflowStep,
        _ enrolment: Enrolment,
        _ machine: WorkflowMachine,
        _ transaction: Transaction
    ) throws {
        switch step.action {
        case .waitFor(_, let of, _, _, _, _):
            if let of {
                let place = EffectPlace(.enrolment, enrolment.id.rawValue, step: of, visit: enrolment.visit)
                let effect = try transaction.effect(place)
                situation.sentEnd = effect?.journalEnd
                situation.sentAt = effect?.reservedAt
            }
            let start = machine.waitStart(enrolment, situation)
            situation.events = try transaction.events(of: enrolment.record, after: start)
        case .sendEmail:
            guard let cap = machine.definition.frequencyCap else { return }
            let since = situation.now.advanced(by: .zero - cap.span)
            situation.mailTimes = try transaction.mailTimes(of: enrolment.record, since: since)
        default: break
        }
    }

    private func carryOut(
        _ decision: WorkflowDecision,
        _ enrolment: Enrolment,
        _ record: StoredRecord,
        _ situation: WorkflowSituation,
        _ transaction: Transaction,
        _ report: inout TickReport
    ) throws -> Enrolment? {
        var next = enrolment
        switch decision {
        case .wait(let until, let wait):
            (next.phase, next.dueAt, next.wait) = (.waiting, until, wait)
        case .postpone(let until): next.dueAt = until
        case .end(let reason):
            guard let ended = try self.finish(enrolment, reason, transaction, situation.now, &report) else {
                return nil
            }
            try self.note(enrolment, "end", reason, transaction, situation.now)
            report.steps += 1
            return ended
        case .done(let outcome, let detail, let deed, let target):
            (next.phase, next.dueAt, next.wait) = (.ready, situation.now, nil)
            next.step = target
            if target == nil {
                (next.state, next.step, next.endedAt, next.reason) = (
                    .ended, enrolment.step, situation.now, "completed"
                )
                next.dueAt = nil
            }
            guard try transaction.advance(enrolment, to: next) else { return nil }
            report.steps += 1
            report.ended += target == nil ? 1 : 0
            let result = try deed.flatMap { try self.act($0, enrolment, record, situation, transaction) }
            try self.note(enrolment, result?.outcome ?? outcome, result?.detail ?? detail, transaction, situation.now)
            return next
        }
        guard next != enrolment, try transaction.advance(enrolment, to: next) else { return nil }
        return next
    }

    private func note(
        _ enrolment: Enrolment,
        _ outcome: Text,
        _ detail: Text,
        _ transaction: Transaction,
        _ now: Instant
    ) throws {
        guard let step = enrolment.step else { return }
        let note = EnrolmentStep(step: step, visit: enrolment.visit, at: now, outcome: outcome, detail: detail)
        try transaction.note(note, of: enrolment.id)
    }

    /// Ends an enrolment.
    func finish(
        _ enrolment: Enrolment,
        _ reason: Text,
        _ transaction: Transaction,
        _ now: Instant,
        _ report: inout TickReport
    ) throws -> Enrolment? {
        var next = enrolment
        (next.state, next.endedAt, next.reason, next.dueAt, next.wait) = (.ended, now, reason, nil, nil)
        guard try transaction.advance(enrolment, to: next) else { return nil }
        report.ended += 1
        return next
    }

    /// Sets an enrolment aside for a person.
    func park(
        _ enrolment: Enrolment,
        _ reason: Text,
        _ transaction: Transaction,
        _ report: inout TickReport
    ) throws -> Enrolment? {
        var next = enrolment
        (next.state, next.reason, next.dueAt, next.wait) = (.parked, reason, nil, nil)
        guard try transaction.advance(enrolment, to: next) else { return nil }
        report.parked += 1
        report.problems.append(Text("enrolment \(enrolment.id.rawValue) of \(enrolment.workflow): \(reason)"))
        return next
    }
}

/// What steps do to the store and the world.
extension WorkflowRunner {
    private func act(
        _ deed: WorkflowDeed,
        _ enrolment: Enrolment,
        _ record: StoredRecord,
        _ situation: WorkflowSituation,
        _ transaction: Transaction
    ) throws -> (outcome: Text, detail: Text)? {
        let actor = try transaction.actor(Self.actor(enrolment.workflow))
        let cause = Cause(actor: actor, at: situation.now)
        switch deed {
        case .set(let settings):
            try transaction.change(enrolment.record, set: settings, cause: cause)
            return nil
        case .emit(let name, let attributes):
            try self.emit(name, attributes, enrolment, situation, cause, transaction)
            return nil
        case .handOff(let reason):
            var attributes: [Text: Value] = ["workflow": .text(enrolment.workflow)]
            if let reason { attributes["reason"] = .text(reason) }
            try self.emit(AutomationEvents.handOffRequested, attributes, enrolment, situation, cause, transaction)
            return nil
        case .mail(let template, let refusal):
            let address = record["email"].text
            return try self.reserve(.mail, template, address, refusal, enrolment, situation, transaction)
        case .notify(let recipient, let template):
            let address: Text? =
                switch recipient {
                case .owner: record["owner"].text
                case .address(let address): address
                }
            return try self.reserve(.notification, template, address, nil, enrolment, situation, transaction)
        }
    }

    private func reserve(
        _ kind: EffectKind,
        _ template: Text,
        _ address: Text?,
        _ refusal: Text?,
        _ enrolment: Enrolment,
        _ situation: WorkflowSituation,
        _ transaction: Transaction
    ) throws -> (outcome: Text, detail: Text) {
        let request = MailDesk.Request(
            self.place(enrolment),
            kind: kind,
            template: template,
            address: address,
            record: enrolment.record,
            refusal: refusal
        )
        let machine = try self.definition(enrolment.version, transaction)
        let activation = machine.vocabulary.activation(situation.values, situation.entry, .noEvent)
        let effect = try self.desk.reserve(request, activation, in: transaction, at: situation.now)
        let detail = effect.detail.map { "\(template): \($0)" } ?? template.string
        return (Text(effect.state.rawValue), Text(detail))
    }

    private func emit(
        _ name: Text,
        _ attributes: [Text: Value],
        _ enrolment: Enrolment,
        _ situation: WorkflowSituation,
        _ cause: Cause,
        _ transaction: Transaction
    ) throws {
        let id = self.desk.keys.key(self.place(enrolment))
        let event = PersonEvent(id: id, name: name, at: situation.now, attributes: attributes)
        try transaction.addEvent(event, to: enrolment.record, cause: cause)
    }

    private func place(_ enrolment: Enrolment) -> EffectPlace {
        EffectPlace(.enrolment, enrolment.id.rawValue, step: enrolment.step ?? "", visit: enrolment.visit)
    }
}
