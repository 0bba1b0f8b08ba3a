import Foundation
import HandOff
import Mapping
import Messaging
import Records
import Scoring
import Store
import Synchronization
import Testing

/// A mail server that takes everything and remembers to whom.
final class ListMailer: Mailer {
    private let list = Mutex<[String]>([])

    /// `address: subject` of every message.
    var sent: [String] { self.list.withLock { $0 } }

    func send(from: MailAddress, to: MailAddress, message: [UInt8]) async -> MailOutcome {
        let lines = String(decoding: message, as: UTF8.self).split(separator: "\r\n")
        let subject = lines.first { $0.hasPrefix("Subject: ") }?.dropFirst(9) ?? ""
        self.list.withLock { $0.append("\(to.mailbox): \(subject)") }
        return .accepted(detail: "250 ok")
    }
}

/// A store with a CRM that takes whatever it is shown, and the shipped schema.
final class SalesWorld {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    static func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: Self.root.appending(path: path)))
    }

    static func schema() throws -> Schema {
        try SchemaFile.parse(Self.bytes("Config/schema.yaml"), file: "schema.yaml")
    }

    static func templates(_ schema: Schema) throws -> TemplateLibrary {
        let names = ["lead-to-review", "lead-for-you", "lead-reminder", "lead-overdue"]
        let sources = try names.map { name in
            let path = "Config/templates/\(name).txt"
            return TemplateSource(name: Text(name), text: .init(path: path, bytes: try Self.bytes(path)))
        }
        let contact = try #require(schema.object("contact"))
        let vocabulary = RecordVocabulary(contact, lifecycle: schema.lifecycle, variables: [.event, .handOff])
        var findings: [Diagnostic] = []
        let library = TemplateLibrary(sources, environment: vocabulary.environment, findings: &findings)
        #expect(findings == [])
        return library
    }

    static let start = Instant(milliseconds: 1_772_445_600_000)  // Monday 2026-03-02T10:00:00Z
    static let shipped = "Config/handoff.yaml"

    let schema: Schema
    let store: Store
    let mailer = ListMailer()
    var now = SalesWorld.start
    private let rules: HandOffRules
    private let scoring: ScoringRules
    private let bits = Bits()
    private(set) lazy var runner = try? self.makeRunner(self.store)
    private let connection: ConnectionNumber

    /// A world with the shipped hand-off, or this text of one.
    init(_ text: String? = nil) throws {
        let schema = try Self.schema()
        let templates = try Self.templates(schema)
        let bytes = try text.map { Array($0.utf8) } ?? Self.bytes(Self.shipped)
        self.schema = schema
        self.rules = try HandOffFile.parse(
            bytes,
            file: "handoff.yaml",
            schema: schema,
            templates: templates,
            variables: ["crm": "crm"]
        )
        let scoring = "rules: [ { id: demo, event: demo_requested, points: 60 } ]\nqualified: 40"
        self.scoring = try ScoringFile.parse(Array(scoring.utf8), file: "scoring.yaml", schema: schema)
        let store = try Store(inMemory: StoreOptions(schema: schema))
        self.store = store
        self.connection = try store.write { try $0.registerConnection("crm", connector: "fake") }
    }

    /// A new runner on the same store, as after a restart.
    func restart() throws { self.runner = try self.makeRunner(self.store) }

    /// A runner whose every access to the store goes through a gate.
    func runner(gate: @escaping @Sendable () throws -> Void) throws -> HandOffRunner {
        try self.makeRunner(self.store.handle(gate: gate))
    }

    private func makeRunner(_ store: Store) throws -> HandOffRunner {
        let keys = EffectKeys(secret: Array("0123456789abcdef".utf8))
        let sender = try #require(MailAddress("Relais <hello@example.com>"))
        let clock = self.now
        return HandOffRunner(
            store: store,
            rules: self.rules,
            scoring: self.scoring,
            desk: MailDesk(templates: try Self.templates(self.schema), sender: sender, keys: keys),
            ids: RecordIDSource(clock: WallClock { clock }, randomness: Randomness { [bits] in bits.next() }),
            outbox: Outbox(store: store, mailer: self.mailer)
        )
    }

    /// Bits that never come twice.
    private final class Bits: Sendable {
        private let value = Mutex<UInt64>(1 << 40)

        func next() -> UInt64 {
            self.value.withLock { value in
                value += 1 << 20
                return value
            }
        }
    }

    private var made: UInt64 = 0

    @discardableResult
    func tick(after span: String = "0s") async throws -> HandOffReport {
        self.now = self.now.advanced(by: try #require(Duration(span: span)))
        return try await #require(self.runner).tick(now: self.now)
    }

    /// A new lead who asked for a demo, and whose score came to qualify.
    func qualifiedLead(_ properties: [String: Value] = [:]) throws -> RecordID {
        let id = try self.lead(properties)
        try self.store.write { transaction in
            let cause = Cause(actor: try transaction.actor("scoring"), at: self.now)
            for (key, name) in [("demo", "demo_requested"), ("qualified", "qualified")] {
                let event = PersonEvent(id: Text("\(key)-\(id)"), name: Text(name), at: self.now)
                try transaction.addEvent(event, to: id, cause: cause)
            }
        }
        return id
    }

    func lead(_ properties: [String: Value] = [:], run: RunNumber? = nil) throws -> RecordID {
        self.made += 1
        let id = RecordID(at: Self.start, random: (0, self.made << 2))
        let all = ["email": .text("c\(self.made)@example.com"), "lifecycle_stage": "lead", "full_name": "Ada Lovelace"]
            .merging(properties) { $1 }
        try self.store.write { transaction in
            let settings = all.sorted { $0.key < $1.key }.map { PropertySetting($0.key, $0.value) }
            let cause = Cause(actor: try transaction.actor("import"), run: run, at: self.now)
            try transaction.create(id, object: transaction.object("contact"), properties: settings, cause: cause)
        }
        return id
    }

    /// Somebody changes a record in the CRM, and the sync brings it here.
    func crm(_ id: RecordID, _ property: String, _ value: Value) throws {
        try self.store.write { transaction in
            let cause = Cause(actor: try transaction.actor("sync:crm"), at: self.now)
            try transaction.change(id, set: [PropertySetting(property, value)], cause: cause)
        }
        try self.sync([id])
    }

    /// The CRM takes every record, or these, as it is.
    func sync(_ only: [RecordID]? = nil, without objects: Set<String> = []) throws {
        try self.store.write { transaction in
            for object in self.schema.objects where !objects.contains(object.name) {
                let records = try transaction.liveRecords(transaction.object(object.name), limit: 1000)
                for record in records where only?.contains(record.id) ?? true {
                    try self.push(record, object, transaction)
                }
            }
        }
    }

    private func push(_ record: StoredRecord, _ object: ObjectSchema, _ transaction: Transaction) throws {
        let fields = object.properties.map { Shape.Field(local: $0.name, remote: $0.name, fingerprint: "1") }
        let shape = try transaction.number(of: Shape(mapping: "crm/\(object.name)", fields: fields))
        let remote = try transaction.object("remote-\(object.name)")
        let agreed = record.values.enumerated().map { AgreedField($0.offset, local: $0.element, remote: $0.element) }
        let key = LinkKey(self.connection, remote, Text(record.id.description))
        let cause = Cause(actor: try transaction.actor("sync:crm"), at: self.now)
        if try transaction.link(key) == nil {
            try transaction.insertLink(key, record: record.id, version: 1, shape: shape, agreed: agreed, cause: cause)
        } else {
            try transaction.settle(key, agreed: agreed)
        }
    }

    func value(_ id: RecordID?, _ property: String) throws -> Value {
        let id = try #require(id)
        return try #require(try self.store.read { try $0.record(id) })[property]
    }

    func handOffs() throws -> [StoredHandOff] {
        try self.store.read { try $0.handOffs(limit: 100) }.reversed()
    }

    func handOff(_ place: Int = 0) throws -> StoredHandOff {
        let all = try self.handOffs()
        return try #require(all.indices.contains(place) ? all[place] : nil)
    }

    func count(_ object: String) throws -> Int {
        try self.store.write { try $0.countRecords($0.object(object)) }
    }

    func log(_ id: HandOffNumber) throws -> [String] {
        try self.store.read { try $0.steps(of: id) }.map { "\($0.state.rawValue) \($0.detail)" }
    }
}
