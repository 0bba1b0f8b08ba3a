package import Connectors
package import Logging
package import Mapping
package import Planning
package import Records
package import Store

/// What a run needs from outside; one connection, one store.
package struct SyncContext: Sendable {
    /// The connection's name.
    package let connection: String
    /// The CRM account.
    package let account: any RemoteAccount
    /// The store.
    package internal(set) var store: Store
    /// The connection's mappings in the order in which they run: companies, contacts, deals, whatever hangs on them.
    package let mappings: [CompiledMapping]
    /// The time.
    package let clock: WallClock
    /// Waits between attempts.
    package let sleeper: Sleeper
    /// Makes record ids.
    package let ids: RecordIDSource
    /// The limits beyond which a run stops (R11).
    package let breaker: Breaker
    /// The e-mail address of the CRM user under whose name we write; nil if nobody said.
    package var ownUser: Text?
    /// Where to log.
    package let logger: Logger
    /// Told after each step, for a progress bar; the counts so far.
    package let progress: @Sendable (SyncCounts) -> Void
    /// Whether pages go the store's own way for pages where they can; off only to compare it with the ordinary way.
    package var usesPagePath = true
    /// Who works; nil if nobody else can be at work on the store, as in a test or the simulation.
    package var worker: Worker?
    /// Spreads the waits between attempts; nil waits exactly.
    package var randomness: Randomness?
    /// The mappings made ready, for all runs of the context.
    let runtimes = MappingRuntimes()
    /// How often everything is read and compared, beside what changed; nil never does by itself.
    package var reconcileEvery: Duration?

    /// Creates a context.
    package init(
        connection: String,
        account: any RemoteAccount,
        store: Store,
        mappings: [CompiledMapping],
        clock: WallClock,
        sleeper: Sleeper,
        ids: RecordIDSource,
        breaker: Breaker = Breaker(),
        logger: Logger,
        progress: @escaping @Sendable (SyncCounts) -> Void = { _ in }
    ) {
        self.connection = connection
        self.account = account
        self.store = store
        self.mappings = mappings
        self.clock = clock
        self.sleeper = sleeper
        self.ids = ids
        self.breaker = breaker
        self.logger = logger
        self.progress = progress
    }

    /// The name under which the journal knows what this connection does.
    var actor: String { "sync:\(self.connection)" }

    /// The context of the holder of a lease, whose store refuses to write once another has taken over.
    func fenced(by lease: RunLease) -> SyncContext { self.using(lease.fencing(self.store, clock: self.clock)) }

    /// The same on another handle of the store.
    package func using(_ store: Store) -> SyncContext {
        var context = self
        context.store = store
        return context
    }
}
