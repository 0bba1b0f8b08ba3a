package import Messaging
package import Records
import Scoring
import Store

/// Runs one workflow for one made-up record on a virtual clock: the real runner over a store in memory.
package struct WorkflowSimulator: Sendable {
    /// How often something may happen before a simulation is taken for endless.
    private static let maximumMoments = 10_000

    private let schema: Schema
    private let templates: TemplateLibrary
    private let sender: MailAddress

    /// Creates a simulator.
    package init(schema: Schema, templates: TemplateLibrary, sender: MailAddress) {
        self.schema = schema
        self.templates = templates
        self.sender = sender
    }

    /// What the workflow does with a record that enters at `start`, while things happen to it, up to a moment.
    package func simulate(
        _ definition: WorkflowDefinition,
        record: [(property: Text, value: Value)],
        happenings: [WorkflowTest.Happening] = [],
        start: Instant,
        until end: Instant
    ) async throws -> WorkflowTimeline {
        let store = try Store(inMemory: StoreOptions(schema: self.schema))
        let keys = EffectKeys(secret: Array("a simulation has no secret".utf8))
        let runner = WorkflowRunner(
            store: store,
            library: AutomationLibrary(workflows: [definition]),
            desk: MailDesk(templates: self.templates, sender: self.sender, keys: keys),
            outbox: Outbox(store: store, mailer: AcceptingMailer())
        )
        let id = RecordID(at: start, random: (0, 0))
        try store.write { transaction in
            let cause = Cause(actor: try transaction.actor("person:simulation"), at: start)
            let object = try transaction.object(definition.vocabulary.object.name)
            let settings = record.map { PropertySetting($0.property.string, $0.value) }
            try transaction.create(id, object: object, properties: settings, cause: cause)
        }
        let outcome = try runner.enrol(id, in: definition.name, now: start)
        guard case .entered(let enrolment) = outcome else { return Self.notEntered(outcome, start) }
        try await self.play(happenings, on: id, runner, store, start: start, until: end)
        return try store.read { try Self.timeline(of: enrolment, $0) }
    }

    private func play(
        _ happenings: [WorkflowTest.Happening],
        on record: RecordID,
        _ runner: WorkflowRunner,
        _ store: Store,
        start: Instant,
        until end: Instant
    ) async throws {
        var rest = happenings[...]
        var now = start
        for _ in 0..<Self.maximumMoments {
            while let next = rest.first, start.advanced(by: next.after) <= now {
                rest.removeFirst()
                try store.write { try Self.apply(next, number: rest.count, to: record, $0, now) }
            }
            let report = try await runner.tick(now: now)
            let upcoming = rest.first.map { start.advanced(by: $0.after) }
            guard let next = [report.nextDue, upcoming].compactMap({ $0 }).min(), next <= end else { return }
            now = max(next, now)
        }
    }

    private static func apply(
        _ happening: WorkflowTest.Happening,
        number: Int,
        to record: RecordID,
        _ transaction: Transaction,
        _ now: Instant
    ) throws {
        let cause = Cause(actor: try transaction.actor("person:simulation"), at: now)
        switch happening.kind {
        case .set(let settings):
            let settings = settings.map { PropertySetting($0.property.string, $0.value) }
            try transaction.change(record, set: settings, cause: cause)
        case .event(let name, let attributes):
            let event = PersonEvent(id: Text("simulated-\(number)"), name: name, at: now, attributes: attributes)
            try transaction.addEvent(event, to: record, cause: cause)
        }
    }

    private static func notEntered(_ outcome: EnrolmentOutcome, _ start: Instant) -> WorkflowTimeline {
        let reason: Text =
            switch outcome {
            case .atGoal: "goal"
            case .atExit: "exit"
            default: "not entered"
            }
        let entry = WorkflowTimeline.Entry(at: start, step: nil, what: "ended", detail: reason)
        return WorkflowTimeline(entries: [entry], waiting: nil)
    }

    /// What an enrolment did, from its rows.
    static func timeline(of id: EnrolmentNumber, _ transaction: Transaction) throws -> WorkflowTimeline {
        guard let enrolment = try transaction.enrolment(id) else { return WorkflowTimeline(entries: [], waiting: nil) }
        let kinds = Dictionary(
            try transaction.effects(of: .enrolment, id.rawValue).map { ($0.place.step, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        var entries = try transaction.steps(of: id).filter { $0.outcome != "end" }.map { step in
            Self.entry(step, kinds[step.step])
        }
        if enrolment.state != .active, let reason = enrolment.reason {
            let what: Text = enrolment.state == .ended ? "ended" : "parked"
            let at = enrolment.endedAt ?? entries.last?.at ?? enrolment.enteredAt
            entries.append(WorkflowTimeline.Entry(at: at, step: nil, what: what, detail: reason))
        }
        var waiting: (step: Text, until: Instant)?
        if let step = enrolment.step, let due = enrolment.dueAt { waiting = (step: step, until: due) }
        return WorkflowTimeline(entries: entries, waiting: waiting)
    }

    private static func entry(_ step: EnrolmentStep, _ effect: Effect?) -> WorkflowTimeline.Entry {
        let words: [Text: Text] = ["emit": "emitted", "hand_off": "handed_off"]
        guard let effect else {
            let what = words[step.outcome] ?? step.outcome
            return WorkflowTimeline.Entry(at: step.at, step: step.step, what: what, detail: step.detail)
        }
        // What became of it since counts, not what was known when the step was taken.
        var what = Text(effect.state.rawValue)
        if effect.state == .sent { what = effect.kind == .mail ? "sent" : "notified" }
        return WorkflowTimeline.Entry(at: step.at, step: step.step, what: what, detail: effect.template)
    }
}

/// A mail server that takes everything.
private struct AcceptingMailer: Mailer {
    func send(from: MailAddress, to: MailAddress, message: [UInt8]) async -> MailOutcome {
        .accepted(detail: "simulated")
    }
}
