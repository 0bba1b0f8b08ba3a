package import Connectors
import Logging
package import Mapping
package import Planning
package import Records
package import Store
package import SyncEngine

/// A store in memory, an account in memory, and the engine between them: what a test of the engine needs.
package struct SyncBench: Sendable {
    /// The time.
    package let clock: TestClock
    /// The CRM.
    package let account: MemoryAccount
    /// The store.
    package let store: Store
    /// The store as the process sees it that is about to be killed; nil is the store itself.
    package var process: Store?
    /// The mappings in their order.
    package var mappings: [CompiledMapping]
    /// The limits beyond which a run stops.
    package var breaker = Breaker()
    /// The CRM user under whose name the engine writes.
    package var ownUser: Text?
    /// What runs take from outside beside the ordinary; see `SyncContext`.
    package var adjust: @Sendable (inout SyncContext) -> Void = { _ in }
    private let ids: RecordIDSource

    /// The schema of the bench: contacts with a few properties, and companies.
    package static let schema = Schema(objects: [
        ObjectSchema(
            name: "company",
            properties: [
                PropertySchema(name: "name", type: .text, label: "Name"),
                PropertySchema(name: "domain", type: .text, label: "Domain"),
                PropertySchema(name: "contacts", type: .number, label: "Contacts"),
                PropertySchema(name: "warm", type: .number, label: "Warm contacts"),
                PropertySchema(name: "best_score", type: .number, label: "Best score"),
                PropertySchema(name: "total_score", type: .number, label: "All scores"),
                PropertySchema(name: "best_city", type: .text, label: "City of the best"),
            ]
        ),
        ObjectSchema(
            name: "contact",
            properties: ["email", "phone", "first_name", "city", "street", "owner", "lifecycle_stage"]
                .map { PropertySchema(name: $0, type: .text, label: $0) }
                + [
                    PropertySchema(name: "company", type: .reference(object: "company"), label: "Company"),
                    PropertySchema(name: "companies", type: .set([]), label: "Companies"),
                    PropertySchema(name: "stage", type: .stage, label: "Stage"),
                    PropertySchema(name: "keeper", type: .owner, label: "Keeper"),
                    PropertySchema(name: "newsletter", type: .flag, label: "Newsletter"),
                    PropertySchema(name: "score", type: .number, label: "Score"),
                    PropertySchema(name: "interests", type: .set([]), label: "Interests"),
                ]
        ),
    ])

    /// Creates a connected, approved bench; `approved` false leaves the first plan to be approved.
    ///
    /// `trace` is told every statement.
    package init(
        mappings: [CompiledMapping] = [SyncBench.contacts()],
        lostUpdate: LostUpdateProtection = .window,
        createKey: String? = "relais_id",
        enforcesKey: Bool = true,
        approved: Bool = true,
        stored: StoredForms = StoredForms(),
        trace: (@Sendable (String) -> Void)? = nil
    ) throws {
        let clock = TestClock()
        self.clock = clock
        self.account = MemoryAccount(
            clock: clock,
            lostUpdate: lostUpdate,
            createKey: createKey,
            enforcesKey: enforcesKey,
            stored: stored
        )
        self.store = try Store(inMemory: StoreOptions(schema: Self.schema, trace: trace))
        self.mappings = mappings
        self.ids = RecordIDSource(clock: clock.wallClock, randomness: SeededRandomness(seed: 7).randomness)
        try self.store.write { transaction in
            let number = try transaction.registerConnection("crm", connector: "memory")
            try transaction.pin(number, account: "portal-1", at: clock.now)
            guard approved else { return }
            try transaction.approve(number, by: "test", at: clock.now)
            try transaction.firstSyncDone(number, at: clock.now)
        }
    }

    /// A contact mapping with lines of its own: `fields` are elements of the list beside the e-mail address, `more`
    /// further keys, `segments` the content of the workspace's file of segments.
    package static func mapping(
        fields: [String],
        more: [String] = [],
        segments: String = ""
    ) throws -> CompiledMapping {
        let head = [
            "mapping: memory/contact", "connection: crm", "object: { local: contact, remote: contacts }",
            "match: [ [email] ]", "fields:", "- { local: email, remote: email }",
        ]
        let text = (head + fields.map { "- " + $0 } + more).joined(separator: "\n") + "\n"
        let file = MappingFile(path: "contact.yaml", bytes: Array(text.utf8))
        var compiler = MappingCompiler(schema: Self.schema)
        compiler.readFile = { $0 == "Config/segments.yaml" ? Array(segments.utf8) : nil }
        guard let mapping = try compiler.compile([file]).get().first else { throw DiagnosticList([]) }
        return mapping
    }

    /// The content of a file of segments: contacts are warm by a condition.
    package static func warmSegment(_ when: String = "contact.score >= 50.0") -> String {
        "warm: { object: contact, when: \"\(when)\" }\n"
    }

    /// The contact mapping of the bench; fields given here replace those of the same local property.
    package static func contacts(
        _ changes: MappingField...,
        delete: DeleteSwitches = DeleteSwitches(),
        merges: MergePolicy = .follow
    ) -> CompiledMapping {
        let plain = ["email", "phone", "first_name", "city", "street"]
            .map { MappingField(local: $0, remote: $0, initial: .preferRemote, fingerprint: $0) }
        let fields = plain.map { field in changes.first { $0.local == field.local } ?? field }
        let known = Set(plain.compactMap(\.local))
        return CompiledMapping(
            name: "memory/contact",
            connection: "crm",
            localObject: "contact",
            remoteObject: "contacts",
            fields: fields + changes.filter { !known.contains($0.local ?? "") },
            match: [[0], [1, 2]],
            delete: delete,
            merges: merges
        )
    }

    /// The mapping of the CRM's leads, which are contacts of ours like those of `contacts()`: a family (R17).
    package static func leads() -> CompiledMapping {
        let contacts = self.contacts()
        return CompiledMapping(
            name: "memory/lead",
            connection: "crm",
            localObject: "contact",
            remoteObject: "leads",
            fields: contacts.fields,
            match: contacts.match
        )
    }

    /// The engine, as a process that has just started.
    package var syncer: Syncer {
        var context = SyncContext(
            connection: "crm",
            account: self.account,
            store: self.process ?? self.store,
            mappings: self.mappings,
            clock: self.clock.wallClock,
            sleeper: self.clock.sleeper,
            ids: self.ids,
            breaker: self.breaker,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        context.ownUser = self.ownUser
        self.adjust(&context)
        return Syncer(context)
    }

    /// Syncs a minute later.
    @discardableResult
    package func sync(after pause: Duration = .seconds(60)) async throws -> SyncReport {
        self.clock.advance(by: pause)
        return try await self.syncer.sync()
    }

    /// Syncs a minute later, and nothing can be read any more once the first write has arrived; then the CRM is well again.
    package func syncWithoutReadback() async {
        self.account.with { $0.afterWrite = { $0.readFailures = 9 } }
        _ = try? await self.sync()
        self.account.with { state in
            state.readFailures = 0
            state.afterWrite = nil
        }
    }

    /// A person on our side sets values of a record, making it if there is none; returns the id.
    @discardableResult
    package func edit(
        _ id: RecordID? = nil,
        _ values: [String: Value],
        by actor: String = "person:ada"
    ) throws
        -> RecordID
    {
        try self.store.write { transaction in
            let cause = Cause(actor: try transaction.actor(actor), at: self.clock.now)
            let set = values.keys.sorted().map { PropertySetting($0, values[$0] ?? .null) }
            if let id {
                try transaction.change(id, set: set, cause: cause)
                return id
            }
            let id = self.ids.next()
            try transaction.create(id, object: transaction.object("contact"), properties: set, cause: cause)
            return id
        }
    }

    /// A person on our side deletes a record.
    package func delete(_ id: RecordID) throws {
        try self.store.write { transaction in
            try transaction.delete(id, cause: Cause(actor: try transaction.actor("person:ada"), at: self.clock.now))
        }
    }

    /// A property of the record with that first name.
    package func value(_ id: RecordID, _ property: String) throws -> Value {
        try self.store.read { try $0.record(id)?[property] ?? .absent }
    }

    /// The live contacts, in the order of their ids.
    package func contacts() throws -> [StoredRecord] {
        try self.store.read { try $0.liveRecords($0.object("contact"), limit: 10_000) }
    }

    /// The remote id that a record is linked to; nil if it is not.
    package func remoteID(of id: RecordID) throws -> Text? {
        try self.store.read { transaction in try transaction.links(of: id).first?.key.remote }
    }

    /// The conflicts in a state.
    package func conflicts(_ state: ConflictState) throws -> [Conflict] {
        try self.store.read { try $0.conflicts(ConflictFilter(state: state), limit: 1000) }
    }
}
