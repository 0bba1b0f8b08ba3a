import Connectors
import Foundation
import Logging
import Mapping
import Records
import Store
import SyncEngine
import Testing
import Transport

/// The shipped Tryton manifest and mappings between a store in memory and a live server, over HTTP.
struct TrytonBench: Sendable {
    /// Somebody who works in the CRM.
    let sales: Salesperson
    /// The store.
    let store: Store
    /// What every sync sends through.
    let transport: MeddlingTransport
    /// The shipped mappings, companies first.
    let mappings: [CompiledMapping]
    /// Tells this test's records from those of others on the same server.
    let tag: String
    /// The first digits of this test's telephone numbers: a match key may not meet those of others.
    private let line: Int
    /// The account that syncs use; one session for all of them.
    let account: ManifestAccount
    private let ids: RecordIDSource

    /// Opens a bench whose store holds what the server has already; connected, approved and quiet.
    init() async throws {
        let server = try TrytonServer.required()
        self.sales = try await Salesperson(server)
        self.transport = MeddlingTransport(try CurlClient())
        self.account = try Self.account(server, through: self.transport)
        let schema = try SchemaFile.parse(Self.bytes("Config/schema.yaml"), file: "Config/schema.yaml")
        self.store = try Store(inMemory: StoreOptions(schema: schema))
        var compiler = MappingCompiler(schema: schema)
        compiler.variables = ["tryton": "tryton"]
        self.mappings = try compiler.compile(
            ["company", "contact", "deal"]
                .map { MappingFile(path: "\($0).yaml", bytes: try Self.bytes("Mappings/tryton/\($0).yaml")) }
        )
        .get()
        self.tag = String(UInt32.random(in: 0...UInt32.max), radix: 16)
        self.line = Int.random(in: 4_000_000...5_999_999)
        self.ids = RecordIDSource(clock: Self.clock, randomness: Randomness { UInt64.random(in: 0...UInt64.max) })
        try await self.connect()
        try await self.sync()
    }

    static let clock = WallClock { Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)) }

    static func bytes(_ path: String) throws -> [UInt8] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return try [UInt8](Data(contentsOf: root.appending(path: path)))
    }

    /// An account as a process that has just started opens it.
    static func account(_ server: TrytonServer, through transport: any HTTPTransport) throws -> ManifestAccount {
        try ManifestAccount(
            manifest: ConnectorManifest.load(self.bytes("Config/connectors/tryton.yaml"), file: "tryton.yaml"),
            settings: AccountSettings(
                baseURL: server.base,
                credentials: ["login": Secret(server.login), "password": Secret(server.password)]
            ),
            transport: transport,
            clock: self.clock,
            sleeper: Sleeper { try await Task.sleep(for: $0) },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    /// One of ten telephone numbers of this test, in the international form or as people in France dial it.
    func phone(_ digit: Int, national: Bool = false) -> String { "\(national ? "01" : "+331")\(self.line)\(digit)" }

    private func connect() async throws {
        let id = try await self.account.accountID()
        for mapping in self.mappings { _ = try await self.account.prepareCreateKey(for: mapping.remoteObject) }
        try self.store.write { transaction in
            let number = try transaction.registerConnection("tryton", connector: "tryton")
            try transaction.pin(number, account: id, at: Self.clock.now)
            try transaction.approve(number, by: "test", at: Self.clock.now)
        }
    }

    /// Syncs once; `later` lets our clock run ahead of the server's, where a test cannot wait.
    @discardableResult
    func sync(with account: ManifestAccount? = nil, later: Duration = .zero) async throws -> SyncReport {
        try await self.syncer(with: account, later: later).sync()
    }

    /// The engine, as a process that has just started.
    func syncer(with account: ManifestAccount? = nil, later: Duration = .zero) -> Syncer {
        Syncer(
            SyncContext(
                connection: "tryton",
                account: account ?? self.account,
                store: self.store,
                mappings: self.mappings,
                clock: WallClock { Self.clock.now.advanced(by: later) },
                sleeper: Sleeper { try await Task.sleep(for: $0) },
                ids: self.ids,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
        )
    }

    /// Ids for another engine on the same store.
    var freshIDs: RecordIDSource { self.ids }

    /// Syncs once more and holds it to writing nothing, here or there.
    @discardableResult
    func expectQuiet(_ location: Testing.SourceLocation = #_sourceLocation) async throws -> SyncReport {
        let (journal, marks) = (try self.store.read { try $0.journalEnd() }, try await self.sales.fingerprint())
        let calls = self.transport.calls.count
        let report = try await self.sync()
        #expect(report.counts.localWrites + report.counts.remoteWrites == 0, sourceLocation: location)
        #expect(!report.counts.needsAttention, "\(report.summary)", sourceLocation: location)
        #expect(try self.store.read { try $0.journalEnd() } == journal, sourceLocation: location)
        #expect(try await self.sales.fingerprint() == marks, sourceLocation: location)
        let writes = self.transport.calls.dropFirst(calls).filter { !Self.reads.contains(where: $0.hasSuffix) }
        #expect(writes == [], sourceLocation: location)
        return report
    }

    private static let reads = [".login", ".search_read", ".get_preferences", ".fields_get"]
}

extension TrytonBench {
    // MARK: Our side

    /// A person on our side sets values of a record, making it if there is none; returns the id.
    @discardableResult
    func edit(
        _ object: String,
        _ id: RecordID? = nil,
        _ values: [String: Value],
        ago: Duration = .zero
    ) throws -> RecordID {
        try self.store.write { transaction in
            let at = Self.clock.now.advanced(by: .zero - ago)
            let cause = Cause(actor: try transaction.actor("person:ada"), at: at)
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

    /// Values of a record.
    func values(_ id: RecordID, _ properties: String...) throws -> [Value] {
        let record = try self.store.read { try #require(try $0.record(id)) }
        return properties.map { record[$0] }
    }

    /// The record that is linked to a remote one.
    func record(_ remoteObject: String, _ remote: Text) throws -> RecordID {
        try self.store.read { transaction in
            let number = try #require(try transaction.connection("tryton")).number
            let key = LinkKey(number, try transaction.object(remoteObject), remote)
            return try #require(try transaction.link(key)).record
        }
    }

    /// The remote id that a record is linked to.
    func remote(_ id: RecordID) throws -> Text {
        try self.store.read { transaction in try #require(try transaction.links(of: id).first).key.remote }
    }

    /// The conflicts in a state, of one record.
    func conflicts(_ state: ConflictState, of record: RecordID) throws -> [Conflict] {
        try self.store.read { try $0.conflicts(ConflictFilter(state: state, record: record), limit: 100) }
    }

    /// A person decides a conflict as it stands.
    func decide(_ conflict: Conflict, _ choice: ConflictChoice) throws {
        let decision = ConflictDecision(choice: choice, by: "ada", at: Self.clock.now)
        let taken = try self.store.write { transaction in
            try transaction.decideConflict(
                conflict.id,
                decision,
                seenLocal: conflict.about.local,
                seenRemote: conflict.about.remote
            )
        }
        #expect(taken)
    }
}

extension Value {
    /// A number.
    static func digits(_ digits: String) -> Value { Number(digits).map { .number($0) } ?? .null }
}
