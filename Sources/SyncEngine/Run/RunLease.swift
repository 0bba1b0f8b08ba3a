import Records
import Store

/// The right of one process to sync a connection.
///
/// Two runs at once would read what the other is writing and send what the other has sent. Whoever finds the lease taken says
/// so and goes; the lease of a dead process is taken over, at once if its death is certain, otherwise when it runs out. Each
/// transaction asks whether the lease is still held, so that a process that slept through its end writes nothing more.
struct RunLease: Sendable {
    let lease: Lease

    /// How long a lease is good without a word of its holder; longer than any decent wait for a CRM.
    static let duration = Duration.seconds(600)

    /// The name of a connection's lease.
    static func name(_ connection: String) -> String { "sync:\(connection)" }

    /// Takes the lease of a connection; throws if another process that may be alive holds it.
    static func take(_ connection: String, by worker: Worker, store: Store, now: Instant) throws -> RunLease {
        let name = Self.name(connection)
        let until = now.advanced(by: Self.duration)
        return try store.write { transaction in
            let holder = try transaction.lease(name)?.holder
            let dead = holder.flatMap { worker.isDead($0) ? $0 : nil }
            guard let lease = try transaction.acquireLease(name, holder: worker.name, at: now, until: until, from: dead)
            else {
                throw SyncError(
                    .alreadyRunning,
                    """
                    another process is syncing \(connection) (\(holder ?? "")); wait until it is done. If it is dead on \
                    another machine, its right ends \(try transaction.lease(name)?.until.description ?? "soon")
                    """
                )
            }
            return RunLease(lease: lease)
        }
    }

    /// The store as the holder of the lease may use it.
    func fencing(_ store: Store, clock: WallClock) -> Store {
        let lease = self.lease
        return store.fenced { transaction in
            guard try transaction.isHeld(lease) else {
                throw SyncError(
                    .leaseLost,
                    "another process took over while this one was not heard of; nothing more is written"
                )
            }
            let now = clock.now
            guard let until = try transaction.lease(lease.name)?.until, until < now.advanced(by: Self.duration / 2)
            else {
                return
            }
            try transaction.prolong(lease, until: now.advanced(by: Self.duration))
        }
    }

    /// Gives the lease back.
    func release(in store: Store) throws {
        try store.write { try $0.releaseLease(self.lease) }
    }
}
