import FakeCRM
import Foundation
import Mapping
import Records
import RelaisTesting
import Store

/// A CRM with its people, and a workspace that is about to be connected to it.
struct CrashWorld: Sendable {
    /// How long the CRM's search index lags, in milliseconds.
    static let indexLag: Int64 = 10_000
    /// The token of the fake account; a secret of nobody.
    static let token = "pat-fake-0001"
    /// The connection.
    static let connection = "hubspot"
    /// The root of this repository.
    static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    /// The objects: ours, the CRM's.
    static let objects: [(local: String, remote: ObjectType)] = [
        ("company", .companies), ("contact", .contacts), ("deal", .deals),
    ]

    /// The CRM.
    let crm: FakeCRMAccount
    /// What the CRM was filled with.
    let population: Population
    /// The workspace.
    let folder: URL
    private let schema: Schema
    private let ids: RecordIDSource

    /// Makes the CRM; the workspace is written once its address is known.
    init(seed: UInt64, folder: URL) throws {
        let now = Self.clock.now.milliseconds
        self.population = Population.generate(
            seed: seed,
            contacts: 120,
            companies: 20,
            deals: 30,
            now: now - 3_600_000
        )
        var habits = Habits.realistic
        habits.indexLag = Self.indexLag
        self.crm = FakeCRMAccount(
            options: AccountOptions(owners: self.population.owners),
            habits: habits,
            clock: FakeClock(reading: { Self.clock.now.milliseconds })
        )
        self.crm.load(self.population)
        self.folder = folder
        let file = Self.repository.appending(path: "Config/schema.yaml")
        self.schema = try SchemaFile.parse([UInt8](Data(contentsOf: file)), file: "Config/schema.yaml")
        self.ids = RecordIDSource(clock: Self.clock, randomness: SeededRandomness(seed: seed).randomness)
    }

    static let clock = WallClock {
        Instant(microseconds: Int64((Date().timeIntervalSince1970 * 1_000_000).rounded(.down)))
    }

    /// Writes the workspace: the shipped files, and a configuration with the fake CRM as its HubSpot.
    func writeWorkspace(base: String) throws {
        let files = FileManager.default
        for name in ["Config/connectors", "Config/schema.yaml", "Mappings"] {
            let target = self.folder.appending(path: name)
            try files.createDirectory(at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
            try files.copyItem(at: Self.repository.appending(path: name), to: target)
        }
        let configuration = """
            store: relais.sqlite
            connections:
              \(Self.connection):
                connector: hubspot
                base_url: \(base)
                budget: unlimited
                # People edit far more in these minutes than a breaker lets through in a day.
                breaker: { floor: 1000, percent: 100 }
                credentials: { token: \(Self.token) }

            """
        try Data(configuration.utf8).write(to: self.folder.appending(path: "Config/relais.yaml"))
    }

    /// Opens the store while no child runs, and closes it again.
    func withStore<Result>(_ body: (Store) throws -> Result) throws -> Result {
        let path = self.folder.appending(path: "relais.sqlite").path
        let store = try Store(path: path, options: StoreOptions(schema: self.schema))
        let result = try body(store)
        try store.close()
        return result
    }

    /// Makes a record on our side, as a person does.
    func add(_ object: String, _ values: [(String, Value)], in transaction: Transaction) throws -> RecordID {
        let id = self.ids.next()
        let cause = Cause(actor: try transaction.actor("person:ada"), at: Self.clock.now)
        let set = values.map { PropertySetting($0.0, $0.1) }
        try transaction.create(id, object: transaction.object(object), properties: set, cause: cause)
        return id
    }

    /// Changes a record on our side, as a person does.
    func change(_ id: RecordID, _ property: String, _ value: Value, in transaction: Transaction) throws {
        let cause = Cause(actor: try transaction.actor("person:ada"), at: Self.clock.now)
        try transaction.change(id, set: [PropertySetting(property, value)], cause: cause)
    }
}
