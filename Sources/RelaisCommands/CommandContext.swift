import Connectors
import Foundation
import Logging
import Mapping
import Records
import Store
import SyncEngine
import Transport

/// The outside world, as commands see it: the only place that names every concrete type.
struct CommandContext: Sendable {
    /// The workspace.
    let workspace: Workspace
    /// Where the answer goes.
    let output: Output
    /// The environment.
    let environment: [String: String]
    /// The time.
    let clock: WallClock
    /// Waits.
    let sleeper: Sleeper
    /// Random bits.
    let randomness: Randomness
    /// Where HTTP traffic is recorded, with secrets redacted; nil records nothing.
    let recording: String?
    /// Where to log.
    let logger: Logger

    /// Makes record ids.
    var ids: RecordIDSource { RecordIDSource(clock: self.clock, randomness: self.randomness) }

    /// The name of the person who runs the command, for the journal.
    var person: String { self.environment["RELAIS_USER"] ?? self.environment["USER"] ?? "operator" }

    /// Runs `body` with the account of a connection, over HTTP, and ends its connections afterwards.
    func withAccount<Result>(
        _ connection: ConnectionConfiguration,
        _ body: (any RemoteAccount) async throws -> Result
    ) async throws -> Result {
        let manifest = try self.workspace.manifest(connection)
        let client = try CurlClient()
        defer { client.stop() }
        guard let recording else {
            return try await body(self.account(connection, manifest, transport: client))
        }
        let redactor = Redactor()
        for secret in connection.credentials.values { redactor.register(secret.reveal()) }
        let clock = self.clock
        let recorder = try HARRecorder(client, path: recording, redactor: redactor) { Int(clock.now.milliseconds) }
        let result = try await body(self.account(connection, manifest, transport: recorder))
        try recorder.close()
        return result
    }

    /// Runs `body` with the accounts of several connections, in their order, all open at once: each keeps its own budget.
    func withAccounts<Result>(
        _ connections: [ConnectionConfiguration],
        opened: [any RemoteAccount] = [],
        _ body: ([any RemoteAccount]) async throws -> Result
    ) async throws -> Result {
        guard connections.count > opened.count else { return try await body(opened) }
        return try await self.withAccount(connections[opened.count]) { account in
            try await self.withAccounts(connections, opened: opened + [account], body)
        }
    }

    private func account(
        _ connection: ConnectionConfiguration,
        _ manifest: ConnectorManifest,
        transport: any HTTPTransport
    ) throws -> any RemoteAccount {
        try ManifestAccount(
            manifest: manifest,
            settings: AccountSettings(
                baseURL: connection.baseURL,
                credentials: connection.credentials,
                variables: connection.variables,
                budget: connection.budget,
                detectsLostUpdates: connection.detectsLostUpdates
            ),
            transport: transport,
            clock: self.clock,
            sleeper: self.sleeper,
            logger: self.logger
        )
    }

    /// What takes in the notifications of a connection's CRM: the server gives it method, address, fields and body.
    ///
    /// The credential that the manifest names is the key; while it is being changed, one with `_next` behind its name is good
    /// too. Without either, everything is refused.
    func webhookIntake(_ connection: ConnectionConfiguration, store: Store) throws -> WebhookIntake {
        let manifest = try self.workspace.manifest(connection)
        return WebhookIntake(
            connection: connection.name,
            reader: WebhookReader(manifest, secrets: connection.webhookSecrets(manifest)),
            objects: Set(try self.workspace.mappings(connection).map(\.remoteObject)),
            store: store,
            clock: self.clock
        )
    }

    /// The engine of a connection.
    func syncer(
        _ connection: ConnectionConfiguration,
        account: any RemoteAccount,
        store: Store,
        progress: @escaping @Sendable (SyncCounts) -> Void = { _ in }
    ) throws -> Syncer {
        var context = SyncContext(
            connection: connection.name,
            account: account,
            store: store,
            mappings: try self.workspace.mappings(connection),
            clock: self.clock,
            sleeper: self.sleeper,
            ids: self.ids,
            breaker: connection.breaker,
            logger: self.logger,
            progress: progress
        )
        context.ownUser = connection.ownUser.map { Text($0) }
        context.worker = .process
        context.randomness = self.randomness
        context.reconcileEvery = connection.reconcileEvery
        return Syncer(context)
    }
}
