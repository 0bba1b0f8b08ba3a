import CEL
import Mapping
import Records
import Scoring
import Store

/// What a step is decided from; read in the transaction that carries the decision out.
struct WorkflowSituation {
    /// The time.
    let now: Instant
    /// The record's values by the schema's places.
    let values: [Value]
    /// The event that started the enrolment.
    let entry: CELValue
    /// Where the journal ends.
    let journalEnd: Int64
    /// Where the journal ended when the step that this one waits for sent its mail; nil without such a step.
    var sentEnd: Int64?
    /// When that was.
    var sentAt: Instant?
    /// The record's events behind the place from which they may count; only for a step that waits for one.
    var events: [StoredEvent] = []
    /// When mails to the record were sent within the span of the frequency cap; only for a step that sends one.
    var mailTimes: [Instant] = []
}

/// What is to be done in the world or the store.
enum WorkflowDeed {
    /// Writes properties.
    case set([PropertySetting])
    /// A mail to the person.
    case mail(template: Text, refusal: Text?)
    /// A mail to one of ours.
    case notify(WorkflowRecipient, template: Text)
    /// A new event.
    case emit(Text, [Text: Value])
    /// The wish for a hand-off.
    case handOff(reason: Text?)
}

/// How a step goes on.
enum WorkflowDecision {
    /// The step is done: its outcome in one word, the rest for a person, what to do, and where to go; nil for the end.
    case done(outcome: Text, detail: Text, deed: WorkflowDeed?, next: Text?)
    /// The step waits until then, or for an event.
    case wait(until: Instant, EventWait?)
    /// The step must not be taken yet.
    case postpone(until: Instant)
    /// The enrolment is over.
    case end(reason: Text)
}

/// Why a step cannot be taken, for the person who finds it parked; holds no value of the record.
struct WorkflowFailure: Error, CustomStringConvertible {
    let description: String
}

/// Decides what a step does, without clock, store or mail: the runner asks and carries out.
struct WorkflowMachine {
    let definition: WorkflowDefinition

    /// Why the enrolment is over whatever its step; nil if it goes on.
    func ending(_ situation: WorkflowSituation) throws -> Text? {
        let activation = self.activation(situation)
        if let goal = self.definition.goal, try goal.matches(activation) == true { return "goal" }
        if let exit = self.definition.exit, try exit.matches(activation) == true { return "exit" }
        return nil
    }

    /// What the step does now.
    func decide(_ step: WorkflowStep, _ enrolment: Enrolment, _ situation: WorkflowSituation) throws -> WorkflowDecision
    {
        switch step.action {
        case .condition(let program, let then, let otherwise):
            let holds = try program.matches(self.activation(situation)) == true
            let next = holds ? then : otherwise
            return .done(outcome: holds ? "then" : "else", detail: "", deed: nil, next: next)
        case .wait(let wait):
            guard enrolment.phase == .waiting else { return .wait(until: wait.end(from: situation.now), nil) }
            guard let due = enrolment.dueAt, due <= situation.now else {
                return Self.stillWaiting(enrolment, situation)
            }
            return .done(outcome: "waited", detail: "", deed: nil, next: step.next)
        case .waitFor(let event, _, let when, let timeout, let then, let otherwise):
            return try self.waitFor(event, when, timeout, then, otherwise, enrolment, situation)
        case .set(let settings):
            let (kept, detail) = try self.settings(settings, situation)
            return .done(outcome: "set", detail: detail, deed: .set(kept), next: step.next)
        case .sendEmail(let template):
            if let later = self.postponement(situation) { return .postpone(until: later) }
            let refusal = self.refusal(situation)
            return .done(
                outcome: "mail",
                detail: template,
                deed: .mail(template: template, refusal: refusal),
                next: step.next
            )
        case .notify(let recipient, let template):
            return .done(
                outcome: "notify",
                detail: template,
                deed: .notify(recipient, template: template),
                next: step.next
            )
        case .handOff(let reason):
            return .done(outcome: "hand_off", detail: reason ?? "", deed: .handOff(reason: reason), next: step.next)
        case .emit(let event, let attributes):
            let values = try self.attributes(attributes, situation)
            return .done(outcome: "emit", detail: event, deed: .emit(event, values), next: step.next)
        case .end(let reason): return .end(reason: reason)
        }
    }

    /// The place of the journal behind which events count for a step that waits for one.
    func waitStart(_ enrolment: Enrolment, _ situation: WorkflowSituation) -> Int64 {
        enrolment.wait?.after ?? situation.sentEnd ?? situation.journalEnd
    }

    private func waitFor(
        _ event: Text,
        _ when: CELProgram?,
        _ timeout: Duration,
        _ then: Text?,
        _ otherwise: Text?,
        _ enrolment: Enrolment,
        _ situation: WorkflowSituation
    ) throws -> WorkflowDecision {
        let start = self.waitStart(enrolment, situation)
        let answer = try situation.events.first { stored in
            guard stored.sequence > start, stored.event.name == event else { return false }
            // An old event that is only heard of now is no answer; stamps of whole seconds are.
            if let sent = situation.sentAt, stored.event.at.microseconds < sent.microseconds - 1_000_000 {
                return false
            }
            guard let when else { return true }
            let activation = self.definition.vocabulary.activation(situation.values, CELValue(stored.event))
            return try when.matches(activation) == true
        }
        if let answer {
            return .done(outcome: "then", detail: answer.event.id, deed: nil, next: then)
        }
        guard enrolment.phase == .waiting else {
            return .wait(until: situation.now.advanced(by: timeout), EventWait(event: event, after: start))
        }
        guard let due = enrolment.dueAt, due <= situation.now else { return Self.stillWaiting(enrolment, situation) }
        return .done(outcome: "else", detail: "timeout", deed: nil, next: otherwise)
    }

    /// Something woke the enrolment that it does not wait for.
    private static func stillWaiting(_ enrolment: Enrolment, _ situation: WorkflowSituation) -> WorkflowDecision {
        .wait(until: enrolment.dueAt ?? situation.now, enrolment.wait)
    }

    private func settings(
        _ settings: [(property: Text, value: WorkflowValue)],
        _ situation: WorkflowSituation
    ) throws -> (kept: [PropertySetting], detail: Text) {
        var kept: [PropertySetting] = []
        var notes: [String] = []
        for setting in settings {
            let value = try self.value(setting.value, setting.property, situation)
            if self.isBackward(setting.property, value, situation) {
                // Only a person moves a lifecycle back (R5).
                notes.append("\(setting.property) kept, it is further already")
                continue
            }
            kept.append(PropertySetting(setting.property.string, value))
            notes.append(setting.property.string)
        }
        return (kept, Text(notes.joined(separator: ", ")))
    }

    private func isBackward(_ property: Text, _ value: Value, _ situation: WorkflowSituation) -> Bool {
        let properties = self.definition.vocabulary.object.properties
        guard let place = properties.firstIndex(where: { Text($0.name) == property }), properties[place].type == .stage,
            let new = value.text.flatMap({ self.definition.vocabulary.lifecycle.rank(of: $0) }),
            let old = situation.values[place].text.flatMap({ self.definition.vocabulary.lifecycle.rank(of: $0) })
        else { return false }
        return new < old
    }

    private func attributes(
        _ attributes: [(name: Text, value: WorkflowValue)],
        _ situation: WorkflowSituation
    ) throws -> [Text: Value] {
        var values: [Text: Value] = [:]
        for attribute in attributes {
            values[attribute.name] = try self.value(attribute.value, attribute.name, situation)
        }
        return values
    }

    private func value(_ value: WorkflowValue, _ name: Text, _ situation: WorkflowSituation) throws -> Value {
        switch value {
        case .literal(let value): return value
        case .expression(let program, let type):
            let result: CELValue
            do throws(CELError) {
                result = try program.evaluate(self.activation(situation))
            } catch {
                throw WorkflowFailure(description: "the expression for \(name) failed: \(error.message)")
            }
            guard let value = Value(result, as: type) else {
                throw WorkflowFailure(description: "the expression for \(name) gives a \(result.typeName)")
            }
            return value
        }
    }

    private func activation(_ situation: WorkflowSituation) -> RecordActivation {
        self.definition.vocabulary.activation(situation.values, situation.entry)
    }
}

/// Whether and when the person may be written to.
extension WorkflowMachine {
    /// When the mail may leave, if not now.
    private func postponement(_ situation: WorkflowSituation) -> Instant? {
        var later: Instant?
        if let cap = self.definition.frequencyCap {
            let recent = situation.mailTimes.filter { situation.now.since($0) < cap.span }.sorted()
            // The mail that must fall out of the span before there is room again.
            if recent.count >= cap.mails { later = recent[recent.count - cap.mails].advanced(by: cap.span) }
        }
        if let quiet = self.definition.quietHours, let end = quiet.end(after: later ?? situation.now) { later = end }
        return later
    }

    /// Why the person must not get mail; nil if it may.
    ///
    /// Without a `consent:` of its own a workflow respects what the usual flags say, as far as they say anything.
    private func refusal(_ situation: WorkflowSituation) -> Text? {
        if let consent = self.definition.consent {
            return self.value(of: consent, situation) == .flag(true) ? nil : Text("there is no consent: \(consent)")
        }
        if self.value(of: "unsubscribed", situation) == .flag(true) { return "unsubscribed" }
        if self.value(of: "newsletter", situation) == .flag(false) { return "the person does not want the newsletter" }
        return nil
    }

    private func value(of property: Text, _ situation: WorkflowSituation) -> Value {
        let properties = self.definition.vocabulary.object.properties
        let place = properties.firstIndex { Text($0.name) == property }
        return place.map { situation.values[$0] } ?? .absent
    }
}
