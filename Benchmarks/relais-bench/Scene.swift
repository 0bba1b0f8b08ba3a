import Connectors
import Foundation
import Logging
import Mapping
import Records
import Store
import SyncEngine
import Transport

/// A store, a CRM, and the engine between them.
struct Scene: Sendable {
    /// The connection's name.
    static let name = "bench"

    let store: Store
    let account: any RemoteAccount
    let connection: ConnectionNumber
    let remoteContacts: ObjectNumber
    let clock = WallClock { Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)) }
    let seed: UInt64
    private let mapping: CompiledMapping
    private let settings: AccountSettings
    private let manifest: ConnectorManifest
    private let client: CurlClient
    private let isOwn: Bool

    /// Runs `body` with an empty store and a server: the one at `url`, or a fake CRM of its own.
    static func with(
        _ options: BenchOptions,
        url: String?,
        store: String,
        _ body: (Scene) async throws -> Void
    ) async throws {
        let server = url == nil ? try ServerProcess(contacts: options.contacts, seed: options.seed) : nil
        defer { server?.stop() }
        let scene = try await Scene(options, address: url ?? server?.address ?? "", isOwn: url != nil, path: store)
        defer { scene.client.stop() }
        try await body(scene)
    }

    private init(_ options: BenchOptions, address: String, isOwn: Bool, path: String) async throws {
        self.seed = options.seed
        self.isOwn = isOwn
        let file = try Data(contentsOf: URL(filePath: options.manifest))
        self.manifest = try ConnectorManifest.load([UInt8](file), file: options.manifest)
        self.settings = AccountSettings(
            baseURL: address,
            credentials: ["token": Secret(Serve.token)],
            variables: isOwn ? ["objects_path": "/crm/v3/objects"] : [:],
            budget: .unlimited
        )
        self.client = try CurlClient()
        self.account = try Self.open(self.manifest, self.settings, self.client, self.clock, isOwn: isOwn)
        let schema = try BenchMapping.schema()
        self.mapping = try BenchMapping.mapping(schema, isOwn: isOwn)
        self.store = try Store(path: path, options: StoreOptions(schema: schema))
        let id = try await self.account.accountID()
        _ = try await self.account.prepareCreateKey(for: "contacts")
        let now = self.clock.now
        (self.connection, self.remoteContacts) = try self.store.write { transaction in
            let number = try transaction.registerConnection(Self.name, connector: "hubspot")
            try transaction.pin(number, account: id, at: now)
            try transaction.approve(number, by: "bench", at: now)
            try transaction.firstSyncDone(number, at: now)
            return (number, try transaction.object("contacts"))
        }
    }

    /// Another account of the same CRM.
    func openAccount() throws -> any RemoteAccount {
        try Self.open(self.manifest, self.settings, self.client, self.clock, isOwn: self.isOwn)
    }

    private static func open(
        _ manifest: ConnectorManifest,
        _ settings: AccountSettings,
        _ client: CurlClient,
        _ clock: WallClock,
        isOwn: Bool
    ) throws -> any RemoteAccount {
        let account = try ManifestAccount(
            manifest: manifest,
            settings: settings,
            transport: client,
            clock: clock,
            sleeper: Sleeper { try await Task.sleep(for: $0) },
            logger: Self.silent
        )
        return isOwn ? OwnAccount(lists: account) : account
    }

    private static var silent: Logger { Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() } }

    private var syncer: Syncer {
        Syncer(
            SyncContext(
                connection: Self.name,
                account: self.account,
                store: self.store,
                mappings: [self.mapping],
                clock: self.clock,
                sleeper: Sleeper { try await Task.sleep(for: $0) },
                ids: RecordIDSource(clock: self.clock, randomness: .system),
                logger: Self.silent
            )
        )
    }

    /// One run of the engine.
    @discardableResult
    func sync() async throws -> SyncReport { try await self.syncer.sync() }

    /// What a sync would do.
    func plan() async throws -> SyncReport { try await self.syncer.plan() }

    /// Takes back on both sides what a run did.
    func undo(_ run: Int64) async throws -> UndoReport {
        try await self.syncer.undo(RunNumber(rawValue: run), side: .both, carryOut: true)
    }

    /// Throws if a run wrote anything.
    func expectQuiet(_ report: SyncReport) throws {
        try self.expect(report.counts.localWrites + report.counts.remoteWrites == 0, report)
    }

    /// Makes the next run read everything again.
    func startReaderOver() throws { try self.syncer.startReadersOver() }

    /// Throws if a run did something else than what is to be measured.
    func expect(_ isAsExpected: Bool, _ report: SyncReport) throws {
        guard isAsExpected else { throw BenchError("the run did something else: \(report.summary)") }
    }

    /// Closes the store.
    func close() throws { try self.store.close() }
}
