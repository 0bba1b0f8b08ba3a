import CEL
import Mapping
import Messaging
import Records
import Scoring
import Store
import Testing
import WorkflowRunner

/// A store in memory, a few templates and a clock that stands still until it is moved.
final class World {
    static let schema = Schema(objects: [
        ObjectSchema(
            name: "contact",
            properties: [
                PropertySchema(name: "email", type: .text, label: "E-mail"),
                PropertySchema(name: "first_name", type: .text, label: "First name"),
                PropertySchema(name: "lifecycle_stage", type: .stage, label: "Stage"),
                PropertySchema(name: "owner", type: .owner, label: "Owner"),
                PropertySchema(name: "score", type: .number, label: "Score"),
                PropertySchema(name: "grade", type: .option(["A", "B", "C", "D"]), label: "Grade"),
                PropertySchema(name: "unsubscribed", type: .flag, label: "Unsubscribed"),
                PropertySchema(name: "newsletter", type: .flag, label: "Newsletter"),
                PropertySchema(name: "interests", type: .set([]), label: "Interests"),
                PropertySchema(name: "seen_on", type: .date, label: "Seen on"),
            ]
        ),
        ObjectSchema(name: "deal", properties: [PropertySchema(name: "name", type: .text, label: "Name")]),
    ])

    static let sources =
        ["hello", "again", "notice"].map { name in
            let text = "subject: \(name) {{ contact.?first_name.orValue('you') }}\n\nText of \(name)\n"
            return TemplateSource(name: Text(name), text: .init(path: "\(name).txt", bytes: Array(text.utf8)))
        } + [
            TemplateSource(
                name: "broken",
                text: .init(path: "broken.txt", bytes: Array("subject: {{ contact.first_name + 'x' }}\n\nx\n".utf8))
            )
        ]

    static func templates() throws -> TemplateLibrary {
        let object = try #require(Self.schema.object("contact"))
        let vocabulary = RecordVocabulary(object, lifecycle: .standard, variables: [.event, .handOff])
        var findings: [Diagnostic] = []
        let library = TemplateLibrary(Self.sources, environment: vocabulary.environment, findings: &findings)
        #expect(findings.isEmpty)
        return library
    }

    static func context(segments: [Text: Text]? = ["leads": "contact"]) throws -> WorkflowContext {
        WorkflowContext(schema: Self.schema, templates: try Self.templates(), segments: segments)
    }

    static func workflow(_ text: String) throws -> WorkflowDefinition {
        try WorkflowFile.parse(Array(text.utf8), file: "w.yaml", in: Self.context()).definition
    }

    static let start = Instant(milliseconds: 1_772_445_600_000)  // 2026-03-02T10:00:00Z
    static let leads = "leads: { object: contact, when: \"contact.lifecycle_stage == stage.lead\" }"

    let store: Store
    let mailer: ScriptedMailer
    var now = World.start
    private var library: AutomationLibrary
    private(set) var runner: WorkflowRunner
    private var made: UInt64 = 0

    /// A world with these workflow files, and perhaps segments and scoring.
    init(
        _ workflows: String...,
        segments: String? = nil,
        scoring: String? = nil,
        mailer: ScriptedMailer = ScriptedMailer()
    ) throws {
        let library = try Self.library(workflows, segments: segments, scoring: scoring)
        self.store = try Store(inMemory: StoreOptions(schema: Self.schema))
        self.mailer = mailer
        self.library = library
        self.runner = try Self.runner(self.store, library, mailer)
    }

    private static func library(_ workflows: [String], segments: String?, scoring: String?) throws -> AutomationLibrary
    {
        AutomationLibrary(
            workflows: try workflows.map { try Self.workflow($0) },
            segments: try segments.map {
                try SegmentFile.parse(Array($0.utf8), file: "segments.yaml", schema: Self.schema)
            } ?? [],
            scoring: try scoring.map { try ScoringFile.parse(Array($0.utf8), file: "s.yaml", schema: Self.schema) }
        )
    }

    /// A runner on the same store with other configuration.
    func runner(_ workflows: String..., segments: String? = nil) throws -> WorkflowRunner {
        try Self.runner(self.store, Self.library(workflows, segments: segments, scoring: nil), self.mailer)
    }

    /// A new runner on the same store, as after a restart; with other workflows, as after an edit.
    func restart(_ workflows: String...) throws {
        if !workflows.isEmpty {
            self.library = AutomationLibrary(
                workflows: try workflows.map { try Self.workflow($0) },
                segments: self.library.segments,
                scoring: self.library.scoring
            )
        }
        self.runner = try Self.runner(self.store, self.library, self.mailer)
    }

    /// A runner whose every access to the store goes through a gate.
    func runner(gate: @escaping @Sendable () throws -> Void) throws -> WorkflowRunner {
        try Self.runner(self.store.handle(gate: gate), self.library, self.mailer)
    }

    private static func runner(
        _ store: Store,
        _ library: AutomationLibrary,
        _ mailer: ScriptedMailer
    ) throws -> WorkflowRunner {
        let keys = EffectKeys(secret: Array("0123456789abcdef".utf8))
        let sender = try #require(MailAddress("Relais <hello@example.com>"))
        return WorkflowRunner(
            store: store,
            library: library,
            desk: MailDesk(templates: try Self.templates(), sender: sender, keys: keys),
            outbox: Outbox(store: store, mailer: mailer)
        )
    }

    /// Moves the clock and ticks.
    @discardableResult
    func tick(after span: String = "0s") async throws -> TickReport {
        self.now = self.now.advanced(by: try #require(Duration(span: span)))
        return try await self.runner.tick(now: self.now)
    }

    /// A new contact.
    func contact(_ properties: [String: Value] = [:], run: RunNumber? = nil) throws -> RecordID {
        self.made += 1
        let id = RecordID(at: Self.start, random: (0, self.made << 2))
        let all = ["email": .text("c\(self.made)@example.com"), "lifecycle_stage": "lead"]
            .merging(properties) { $1 }
        try self.store.write { transaction in
            let settings = all.sorted { $0.key < $1.key }.map { PropertySetting($0.key, $0.value) }
            let cause = Cause(actor: try transaction.actor("person:test"), run: run, at: self.now)
            try transaction.create(id, object: transaction.object("contact"), properties: settings, cause: cause)
        }
        return id
    }

    func set(_ id: RecordID, _ property: String, _ value: Value, run: RunNumber? = nil) throws {
        try self.store.write { transaction in
            let cause = Cause(actor: try transaction.actor("person:test"), run: run, at: self.now)
            try transaction.change(id, set: [PropertySetting(property, value)], cause: cause)
        }
    }

    @discardableResult
    func event(
        _ id: RecordID,
        _ name: String,
        key: String,
        at: Instant? = nil,
        _ attributes: [Text: Value] = [:],
        run: RunNumber? = nil
    ) throws -> EventAddition {
        try self.store.write { transaction in
            let event = PersonEvent(id: Text(key), name: Text(name), at: at ?? self.now, attributes: attributes)
            let cause = Cause(actor: try transaction.actor("person:test"), run: run, at: self.now)
            return try transaction.addEvent(event, to: id, cause: cause)
        }
    }

    func value(_ id: RecordID, _ property: String) throws -> Value {
        try #require(try self.store.read { try $0.record(id) })[property]
    }

    func enrolments(_ id: RecordID) throws -> [Enrolment] { try self.store.read { try $0.enrolments(of: id) } }

    /// What an enrolment's steps did, as `step:outcome`.
    func trace(_ id: RecordID) throws -> [String] {
        try self.store.read { transaction in
            try transaction.enrolments(of: id).flatMap { enrolment in
                try transaction.steps(of: enrolment.id).map { "\($0.step):\($0.outcome)" }
            }
        }
    }

    func effects(_ id: RecordID) throws -> [Effect] {
        try self.store.read { transaction in
            try transaction.enrolments(of: id).flatMap { try transaction.effects(of: .enrolment, $0.id.rawValue) }
        }
    }

    /// W1: nothing may be left that nobody will ever move again.
    func expectNoOrphans() throws {
        #expect(try self.store.read { try $0.orphanedEnrolments() } == [])
    }
}
