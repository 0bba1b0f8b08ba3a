import GRDB
package import Records
import Synchronization

/// The automation store: records, journal, links, shadows, and what waits between them.
///
/// All calls are synchronous and run on the calling thread, one write at a time; production gives writes a thread of
/// their own, the simulation calls from its single one (DESIGN §10). Time comes from the caller, never from SQLite.
package final class Store: Sendable {
    private let database: any DatabaseWriter
    private let codecs: Codecs
    private let catalog = Mutex(Catalog())
    /// The statements of the connection that writes; readers come and go.
    private let statements: StatementShelf
    private let gate: @Sendable () throws -> Void
    private let fence: @Sendable (Transaction) throws -> Void

    /// Opens the store in a file, or creates it, and brings its layout up to date.
    ///
    /// Throws `StoreError`.
    package convenience init(path: String, options: StoreOptions) throws {
        let database = try StoreError.translating { () -> any DatabaseWriter in
            let pool = try DatabasePool(path: path, configuration: Self.configuration(options))
            if options.durability == .full {
                // GRDB sets NORMAL when it opens a pool, so this must come later.
                try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            }
            return pool
        }
        try self.init(database, options: options)
    }

    /// Creates an empty store in memory.
    ///
    /// It has a single connection: a `read` inside a `write` is a mistake that stops the program.
    package convenience init(inMemory options: StoreOptions) throws {
        let database = try StoreError.translating {
            let database = try DatabaseQueue(configuration: Self.configuration(options))
            // Copying the empty layout costs a tenth of making it, and tests and simulations open thousands of stores.
            try EmptyLayout.shared.get().copy(to: database)
            return database
        }
        try self.init(database, options: options)
    }

    private init(_ database: any DatabaseWriter, options: StoreOptions) throws {
        self.database = database
        self.codecs = Codecs(options.schema)
        self.statements = StatementShelf()
        self.gate = {}
        self.fence = { _ in }
        try StoreError.translating { try SchemaMigrator.migrate(database) }
        try self.prepare(options)
    }

    private init(
        sharing other: Store,
        gate: @escaping @Sendable () throws -> Void,
        fence: @escaping @Sendable (Transaction) throws -> Void
    ) {
        self.database = other.database
        self.codecs = other.codecs
        self.statements = other.statements
        self.gate = gate
        self.fence = fence
    }

    /// Another handle on the same open database, which asks `gate` before every transaction and before every commit.
    ///
    /// A simulated kill makes the gate throw: the dead process can neither read nor write, and the transaction that it
    /// was in is rolled back, as a real kill would.
    package func handle(gate: @escaping @Sendable () throws -> Void) -> Store {
        Store(sharing: self, gate: gate, fence: self.fence)
    }

    /// Another handle on the same open database, which runs `fence` at the beginning of every transaction that writes.
    ///
    /// Who works under a lease asks there whether it is still the holder: a process that was asleep while another took over
    /// must not write any more.
    package func fenced(by fence: @escaping @Sendable (Transaction) throws -> Void) -> Store {
        Store(sharing: self, gate: self.gate, fence: fence)
    }

    /// The schema that the store was opened with.
    package var schema: Schema { self.codecs.schema }

    /// Runs a transaction that reads and writes; all of it happens, or, if `body` throws, nothing.
    package func write<Result>(_ body: (Transaction) throws -> Result) throws -> Result {
        try self.gate()
        let (result, catalog) = try StoreError.translating {
            try self.database.transact { database in
                let transaction = self.transaction(database, self.statements)
                try self.fence(transaction)
                let result = try body(transaction)
                try self.gate()
                return (result, transaction.catalog)
            }
        }
        // Only what is committed may be remembered: a number that was rolled back is given out again.
        self.catalog.withLock { $0 = catalog }
        return result
    }

    /// Runs a transaction that only reads, on one snapshot, beside a running write.
    package func read<Result>(_ body: (Transaction) throws -> Result) throws -> Result {
        try self.gate()
        return try StoreError.translating {
            // A queue has one connection, which GRDB would set to read-only and back: that expires every prepared
            // statement, and half of the time goes into preparing them again. Nothing else runs on it meanwhile.
            guard !(self.database is DatabaseQueue) else {
                return try self.database.unsafeRead { try body(self.transaction($0, self.statements)) }
            }
            return try self.database.read { try body(self.transaction($0, StatementShelf())) }
        }
    }

    /// Overwrites what was erased: rewrites the file, and empties the log beside it.
    ///
    /// Costs as much as the file is large. Throws `StoreError.busy` while another process reads, whose view of the log
    /// cannot be taken away; call it again.
    package func scrub() throws {
        try self.gate()
        let isBusy = try StoreError.translating {
            try self.database.barrierWriteWithoutTransaction { database in
                try database.execute(sql: "VACUUM")
                return try Int.fetchOne(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)") ?? 0
            }
        }
        guard isBusy == 0 else {
            throw StoreError(
                .busy,
                "another process reads the store: erased values are still in its log; try again later"
            )
        }
    }

    private func transaction(_ database: Database, _ statements: StatementShelf) -> Transaction {
        Transaction(database, catalog: self.catalog.withLock { $0 }, codecs: self.codecs, statements: statements)
    }

    /// Ends the connections; later calls throw.
    package func close() throws {
        try StoreError.translating {
            // On the queue of the connection: nobody is in the middle of a statement there.
            self.database.writeWithoutTransaction { _ in self.statements.clear() }
            try self.database.close()
        }
    }

    private func prepare(_ options: StoreOptions) throws {
        let isReady = try self.read { try $0.hasIdentityKeys(options.identityKeys) && $0.knowsObjects(options.schema) }
        guard !isReady else { return }
        try self.write { transaction in
            for object in options.schema.objects { _ = try transaction.object(object.name) }
            for name in options.identityKeys.keys.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
                let object = try transaction.object(name)
                for key in options.identityKeys[name] ?? [] { try transaction.buildIdentityKey(key, of: object) }
            }
        }
    }

    private static func configuration(_ options: StoreOptions) -> Configuration {
        self.configuration(durationOfBusyWaits: options.busyTimeoutSeconds, trace: options.trace)
    }

    /// How every connection is set up.
    static func configuration(
        durationOfBusyWaits seconds: Double,
        trace: (@Sendable (String) -> Void)? = nil
    ) -> Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(seconds)
        configuration.label = "relais.store"
        configuration.prepareDatabase { database in
            if let trace {
                database.trace { event in
                    if case .statement(let statement) = event { trace(statement.sql) }
                }
            }
            // Measured for the page path (DESIGN §3): large pages, a cache that holds the inner nodes of every tree, and
            // a log that is folded back every 64 MB instead of every 4.
            try database.execute(sql: "PRAGMA page_size = 8192")
            try database.execute(sql: "PRAGMA cache_size = -32768")
            try database.execute(sql: "PRAGMA wal_autocheckpoint = 8000")
        }
        return configuration
    }
}
