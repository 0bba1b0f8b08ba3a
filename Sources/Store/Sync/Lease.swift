package import Records

/// The right to work on something, such as a connection, for a while.
package struct Lease: Hashable, Sendable {
    /// What it is about: `sync:hubspot-eu`.
    package let name: String
    /// Who holds it; a process gives itself a name of its own.
    package let holder: String
    /// Until when it is good.
    package let until: Instant
    /// Counts the holders; whoever took over later has a higher one.
    package let epoch: Int64
}

extension Transaction {
    /// Takes or prolongs a lease; nil if somebody else holds it and it is still good.
    ///
    /// One's own lease keeps its epoch while it is good; a lease that ran out is a new one, even for the same holder.
    /// A holder that is known to be `dead` loses it at once.
    package func acquireLease(
        _ name: String,
        holder: String,
        at now: Instant,
        until: Instant,
        from dead: String? = nil
    ) throws -> Lease? {
        let taken = try self.execute(
            """
            INSERT INTO lease(name, holder, until, epoch) VALUES(?1, ?2, ?4, 1)
            ON CONFLICT(name) DO UPDATE SET
                epoch = lease.epoch
                    + CASE WHEN lease.until <= ?3 OR lease.holder <> excluded.holder THEN 1 ELSE 0 END,
                holder = excluded.holder, until = excluded.until
            WHERE lease.until <= ?3 OR lease.holder = excluded.holder OR lease.holder = ?5
            """,
            name,
            holder,
            now,
            until,
            dead
        )
        return taken > 0 ? try self.lease(name) : nil
    }

    /// Whether a lease is still the one that was acquired: to be asked in the transaction whose work depends on it.
    package func isHeld(_ lease: Lease) throws -> Bool {
        let current = try self.lease(lease.name)
        return current?.epoch == lease.epoch && current?.holder.hasSameBytes(as: lease.holder) ?? false
    }

    /// Prolongs a lease that is still the one that was acquired, even if it ran out meanwhile; it keeps its epoch.
    package func prolong(_ lease: Lease, until instant: Instant) throws {
        let sql: StaticString = "UPDATE lease SET until = ?4 WHERE name = ?1 AND holder = ?2 AND epoch = ?3"
        try self.execute(sql, lease.name, lease.holder, lease.epoch, instant)
    }

    /// Gives a lease back; nothing happens if somebody else took it over.
    package func releaseLease(_ lease: Lease) throws {
        let sql: StaticString = "UPDATE lease SET until = ?4 WHERE name = ?1 AND holder = ?2 AND epoch = ?3"
        try self.execute(sql, lease.name, lease.holder, lease.epoch, Int64.min)
    }

    /// The lease of a name, good or not; nil if nobody ever took it.
    package func lease(_ name: String) throws -> Lease? {
        try self.first("SELECT name, holder, until, epoch FROM lease WHERE name = ?1", name) { columns in
            Lease(
                name: columns.string(0),
                holder: columns.string(1),
                until: columns.instant(2),
                epoch: columns.int(3)
            )
        }
    }
}
