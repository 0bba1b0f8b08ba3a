package import Connectors
package import FakeCRM
package import Foundation
import Logging
package import Mapping
package import Records
package import Store
package import SyncEngine
package import Transport

/// The shipped HubSpot manifest and mappings between a store in memory and a fake account: the real path without a socket.
package struct HubSpotBench: Sendable {
    /// The time of our side.
    package let clock: TestClock
    /// The CRM.
    package let crm: FakeCRMAccount
    /// The connection's name.
    package let connection: String
    /// The store.
    package let store: Store
    /// The shipped mappings.
    package var mappings: [CompiledMapping]
    /// The account, as the engine sees it.
    package let account: ManifestAccount
    /// What runs take from outside beside the ordinary; see `SyncContext`.
    package var adjust: @Sendable (inout SyncContext) -> Void = { _ in }
    private let ids: RecordIDSource

    /// The repository's root.
    package static var root: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    }

    /// Creates a bench over the shipped configuration; connected and approved.
    ///
    /// `watching` is told of each request just before the CRM is. `first` leaves the first sync to be done, approved.
    /// A bench that is `beside` another is a second account on its store.
    package init(
        habits: Habits = .realistic,
        population: Population? = nil,
        first: Bool = false,
        connection: String = "hubspot",
        beside other: HubSpotBench? = nil,
        watching: @escaping @Sendable (HTTPRequest) -> Void = { _ in }
    ) throws {
        let clock = other?.clock ?? TestClock()
        self.clock = clock
        self.connection = connection
        let crm = FakeCRMAccount(
            options: AccountOptions(
                portalID: other.map { $0.crm.portalID + 1 } ?? 139_000_001,
                owners: population?.owners ?? []
            ),
            habits: habits,
            clock: FakeClock(reading: { clock.now.milliseconds })
        )
        if let population { crm.load(population) }
        self.crm = crm
        let schema = try SchemaFile.parse(Self.bytes("Config/schema.yaml"), file: "Config/schema.yaml")
        self.store = try other?.store ?? Store(inMemory: StoreOptions(schema: schema))
        var compiler = MappingCompiler(schema: schema)
        compiler.variables = ["hubspot": connection]
        self.mappings = try compiler.compile(
            ["company", "contact", "deal", "task"]
                .map { MappingFile(path: "\($0).yaml", bytes: try Self.bytes("Mappings/hubspot/\($0).yaml")) }
        )
        .get()
        let seed: UInt64 = other == nil ? 11 : 12
        self.ids = RecordIDSource(clock: clock.wallClock, randomness: SeededRandomness(seed: seed).randomness)
        self.account = try ManifestAccount(
            manifest: ConnectorManifest.load(Self.bytes("Config/connectors/hubspot.yaml"), file: "hubspot.yaml"),
            settings: AccountSettings(
                baseURL: "http://127.0.0.1:1",
                credentials: ["token": Secret("pat-fake-0001")]
            ),
            transport: InProcessTransport(crm: crm, watching: watching),
            clock: clock.wallClock,
            sleeper: clock.sleeper,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        try self.store.write { transaction in
            let number = try transaction.registerConnection(connection, connector: "hubspot")
            try transaction.pin(number, account: Text(String(crm.portalID)), at: clock.now)
            try transaction.approve(number, by: "test", at: clock.now)
            if !first { try transaction.firstSyncDone(number, at: clock.now) }
        }
    }

    /// People whose last change was an hour before the bench's clock begins.
    package static func population(seed: UInt64, contacts: Int, companies: Int = 0, deals: Int = 0) -> Population {
        let hour: Int64 = 3_600_000
        let now = TestClock().now.milliseconds - hour
        return Population.generate(seed: seed, contacts: contacts, companies: companies, deals: deals, now: now)
    }

    private static func bytes(_ path: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: self.root.appending(path: path)))
    }

    /// Makes the properties that carry our ids, as `connect` does.
    package func connect() async throws {
        for object in self.account.traits.keyedObjects(of: self.mappings) {
            _ = try await self.account.prepareCreateKey(for: object)
        }
    }

    /// Syncs a minute later, as a process that has just started.
    @discardableResult
    package func sync(after pause: Duration = .seconds(60), reconciling: Bool = false) async throws -> SyncReport {
        self.clock.advance(by: pause)
        return try await self.syncer.sync(reconciling: reconciling)
    }

    /// The engine, as a process that has just started.
    package var syncer: Syncer {
        var context = SyncContext(
            connection: self.connection,
            account: self.account,
            store: self.store,
            mappings: self.mappings,
            clock: self.clock.wallClock,
            sleeper: self.clock.sleeper,
            ids: self.ids,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        self.adjust(&context)
        return Syncer(context)
    }

    /// Requests that the engine made so far.
    package var requests: Int { self.account.requestsMade }

    /// A person on our side sets values of a record, making it if there is none; returns the id.
    @discardableResult
    package func edit(_ object: String, _ id: RecordID? = nil, _ values: [String: Value]) throws -> RecordID {
        try self.store.write { transaction in
            let cause = Cause(actor: try transaction.actor("person:ada"), at: self.clock.now)
            let set = values.keys.sorted().map { PropertySetting($0, values[$0] ?? .null) }
            if let id {
                try transaction.change(id, set: set, cause: cause)
                return id
            }
            let id = self.ids.next()
            try transaction.create(id, object: transaction.object(object), properties: set, cause: cause)
            return id
        }
    }

    /// The live records of an object, in the order of their ids.
    package func records(_ object: String) throws -> [StoredRecord] {
        try self.store.read { try $0.liveRecords($0.object(object), limit: 100_000) }
    }
}

/// Carries requests into a fake account without a socket, and its faults out as a transport would report them.
package struct InProcessTransport: HTTPTransport {
    private let crm: FakeCRMAccount
    private let watching: @Sendable (HTTPRequest) -> Void

    /// Creates a transport into one account; `watching` is told of each request before the account is.
    package init(crm: FakeCRMAccount, watching: @escaping @Sendable (HTTPRequest) -> Void = { _ in }) {
        self.crm = crm
        self.watching = watching
    }

    package func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        try request.check()
        self.watching(request)
        let rest = request.url.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).dropFirst(2)
            .joined()
        let target = rest.firstIndex(of: "/").map { String(rest[$0...]) } ?? "/"
        let response = self.crm.handle(
            FakeRequest(request.method.rawValue, target, headers: request.headers.fields, body: request.body ?? [])
        )
        guard case .deliver = response.delivery else { throw TransportError.reset(sentRequest: true) }
        return HTTPResponse(
            status: response.status,
            headers: HTTPHeaders(response.headers),
            body: PageBuffer(response.body)
        )
    }
}
