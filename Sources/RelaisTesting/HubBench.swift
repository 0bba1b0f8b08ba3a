import Connectors
import Logging
package import Mapping
package import Records
package import Store
package import SyncEngine

/// One store between several accounts in memory, synced in rounds: what a test of the hub needs (R19).
package struct HubBench: Sendable {
    /// One CRM of the bench.
    package struct Spoke: Sendable {
        /// The connection's name.
        package let name: String
        /// The CRM.
        package let account: MemoryAccount
        /// Its mappings.
        package var mappings: [CompiledMapping]
    }

    /// The time.
    package let clock: TestClock
    /// The store.
    package let store: Store
    /// The CRMs in the order of their turns.
    package var spokes: [Spoke]
    private let ids: RecordIDSource

    /// The schema of the bench.
    package static let schema = Schema(objects: [
        ObjectSchema(
            name: "contact",
            properties: ["email", "first_name", "city", "motto"]
                .map { PropertySchema(name: $0, type: .text, label: $0) }
                + [PropertySchema(name: "employees", type: .number, label: "Employees")]
        )
    ])

    /// Creates connected, approved CRMs of these names.
    package init(_ names: [String] = ["north", "south"], onConflict: ConflictPolicy = .manual) throws {
        let clock = TestClock()
        self.clock = clock
        self.store = try Store(inMemory: StoreOptions(schema: Self.schema))
        self.ids = RecordIDSource(clock: clock.wallClock, randomness: SeededRandomness(seed: 19).randomness)
        self.spokes = names.map { name in
            let fields = ["email", "first_name", "city", "motto", "employees"].map { property in
                MappingField(
                    local: property,
                    remote: property,
                    onConflict: onConflict,
                    initial: .preferLocal,
                    type: property == "employees" ? .number : .text,
                    fingerprint: property
                )
            }
            let mapping = CompiledMapping(
                name: "\(name)/contact",
                connection: name,
                localObject: "contact",
                remoteObject: "contacts",
                fields: fields,
                match: [[0]]
            )
            return Spoke(name: name, account: MemoryAccount(clock: clock), mappings: [mapping])
        }
        try self.store.write { transaction in
            for name in names {
                let number = try transaction.registerConnection(name, connector: "memory")
                try transaction.pin(number, account: "portal-1", at: clock.now)
                try transaction.approve(number, by: "test", at: clock.now)
                try transaction.firstSyncDone(number, at: clock.now)
            }
        }
    }

    /// The account of a name.
    package func account(_ name: String) -> MemoryAccount {
        guard let spoke = self.spokes.first(where: { $0.name == name }) else {
            preconditionFailure("the bench has no CRM of that name")
        }
        return spoke.account
    }

    /// The engine of a spoke, as a process that has just started.
    package func syncer(_ spoke: Spoke) -> Syncer {
        Syncer(
            SyncContext(
                connection: spoke.name,
                account: spoke.account,
                store: self.store,
                mappings: spoke.mappings,
                clock: self.clock.wallClock,
                sleeper: self.clock.sleeper,
                ids: self.ids,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
        )
    }

    /// Syncs all a minute later, each turn a second after the other.
    @discardableResult
    package func sync(after pause: Duration = .seconds(60)) async throws -> SyncRounds.Summary {
        self.clock.advance(by: pause)
        return try await SyncRounds(self.spokes.map(self.syncer), store: self.store).run { syncer in
            self.clock.advance(by: .seconds(1))
            return try await syncer.sync()
        }
    }

    /// Writes of all CRMs so far.
    package var writes: Int { self.spokes.reduce(0) { $0 + $1.account.with { $0.writes } } }

    /// A person on our side sets values of a record, making it if there is none; returns the id.
    @discardableResult
    package func edit(_ id: RecordID? = nil, _ values: [String: Value]) throws -> RecordID {
        try self.store.write { transaction in
            let cause = Cause(actor: try transaction.actor("person:ada"), at: self.clock.now)
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

    /// The live contacts, in the order of their ids.
    package func contacts() throws -> [StoredRecord] {
        try self.store.read { try $0.liveRecords($0.object("contact"), limit: 10_000) }
    }
}
