import Connectors
import Mapping
import Planning
import Records
import Store

/// Stops a run that changes too much, before the changes are committed (R11).
struct BreakerCheck {
    let session: SyncSession

    /// Counts what a transaction is about to commit; throws if with it a kind of change is beyond its share, in this run or
    /// over the last 24 hours.
    ///
    /// A first sync was approved as a whole, and is counted only; but deletions are what the plan that was approved showed,
    /// and no more: one that is interrupted goes on days later.
    func admit(_ counts: BreakerCounts, lane: MappingLane, in transaction: Transaction) throws {
        let object = lane.mapping.localObject
        var all = self.session.guarded.counts(of: object)
        all.add(counts)
        if self.session.connection.firstSyncDoneAt != nil, Breaker.Kind.allCases.contains(where: { counts[$0] > 0 }) {
            try self.check(all, Breaker.Kind.allCases, lane: lane, in: transaction)
        } else if self.session.connection.firstSyncDoneAt == nil, counts[.deletes] > 0 {
            let approved = try Self.approvedDeletes(self.session.connection, in: transaction)
            let earlier = try self.session.guarded.earlier { try self.guardedToday(in: transaction) }
            let before = earlier.filter { RunGuard.isName($0.key, of: .deletes) }.values.reduce(0, +)
            if before + self.session.guarded.total(.deletes) + counts[.deletes] > approved {
                try self.check(all, [.deletes], lane: lane, in: transaction)
            }
        }
        self.session.guarded.add(counts, of: object)
        guard Breaker.Kind.allCases.contains(where: { counts[$0] > 0 }), !Breakage.breakersForgetTheKilled.isOn else {
            return
        }
        // With the changes themselves: a run that is killed counts for the day as well.
        let requests = self.session.context.account.requestsMade - self.session.requestsBefore
        let stored = self.session.guarded.stored(without: self.session.allowed)
        try transaction.updateRun(self.session.run, counts: stored, requests: requests)
    }

    private func check(
        _ counts: BreakerCounts,
        _ kinds: [Breaker.Kind],
        lane: MappingLane,
        in transaction: Transaction
    ) throws {
        guard kinds.contains(where: { counts[$0] > 0 }) else { return }
        for kind in kinds where !self.session.allowed.contains(kind) {
            let count = try counts[kind] + self.earlierToday(kind, lane: lane, in: transaction)
            let enough = self.session.context.breaker.links(allowing: count)
            let (connection, object) = (self.session.connection.number, lane.object)
            guard try !transaction.hasLinks(connection, object, atLeast: enough) else { continue }
            let links = try transaction.countLinks(connection, object)
            guard self.session.context.breaker.trips(count: count, links: links) else { continue }
            throw self.tripped(kind, count, links, lane)
        }
    }

    /// How many records of our object other runs of the last 24 hours changed in one way.
    func earlierToday(_ kind: Breaker.Kind, lane: MappingLane, in transaction: Transaction) throws -> Int {
        let earlier = try self.session.guarded.earlier { try self.guardedToday(in: transaction) }
        return earlier[RunGuard.name(kind, lane.mapping.localObject)] ?? 0
    }

    private func tripped(_ kind: Breaker.Kind, _ count: Int, _ links: Int, _ lane: MappingLane) -> SyncError {
        let (name, object) = (self.session.connection.name, lane.mapping.localObject)
        let breaker = TrippedBreaker(
            kind: kind,
            count: count,
            written: self.session.guarded.counts(of: object)[kind],
            links: links,
            share: self.session.context.breaker.share,
            allowed: self.session.allowed
        )
        let message = """
            \(name): \(count) \(kind.rawValue) in 24 hours are more than \(Int(breaker.share * 100)) % of \(links) \
            \(object) links; this batch was not written, \(breaker.written) of this run were before. Look at `relais plan \
            \(name)`; if it is meant, run `relais sync \(name) \(breaker.option)`
            """
        return SyncError(.breakerTripped, message, breaker: breaker)
    }

    /// How many records the connection's runs of the last 24 hours changed, this one left out, by the names of `RunGuard`.
    ///
    /// However many runs that were: who syncs each minute has 1,440 of them. Plans changed nothing, and a first sync was
    /// approved as a whole, but for deletions that were in no plan.
    private func guardedToday(in transaction: Transaction) throws -> [String: Int] {
        guard !Breakage.breakersForgetTheDay.isOn else { return [:] }
        let day = self.session.cause.at.advanced(by: .seconds(-86_400))
        let later = try self.sums(since: day, leavingOut: ["plan", "first"], in: transaction)
        if let done = self.session.connection.firstSyncDoneAt, done < day { return later }
        let whole = try self.sums(since: day, leavingOut: ["plan"], in: transaction)
            .filter { RunGuard.isName($0.key, of: .deletes) }
        let deletes = whole.merging(later) { all, others in all - others }.filter { whole[$0.key] != nil }
        let approved = try Self.approvedDeletes(self.session.connection, in: transaction)
        let isFirst = self.session.connection.firstSyncDoneAt == nil
        guard isFirst || deletes.values.reduce(0, +) > approved else { return later }
        return later.merging(deletes, uniquingKeysWith: +)
    }

    private func sums(
        since day: Instant,
        leavingOut kinds: Set<String>,
        in transaction: Transaction
    ) throws -> [String: Int] {
        try transaction.sums(
            of: self.session.connection.number,
            named: RunGuard.prefix,
            before: self.session.run,
            since: day,
            leavingOut: kinds
        )
        .mapValues { Int($0) }
    }

    // MARK: What was approved

    private static func key(_ connection: Connection) -> String { "approved-deletes/\(connection.name)" }

    /// Keeps how many deletions the plan shows that somebody approves before a first sync.
    static func keepApprovedDeletes(of plan: SyncReport, _ connection: Connection, in transaction: Transaction) throws {
        let count = plan.counts.deletedLocally + plan.counts.archivedRemotely
        try transaction.setSetting(Self.key(connection), to: String(count))
    }

    /// How many deletions were in the plan that was approved before the first sync.
    private static func approvedDeletes(_ connection: Connection, in transaction: Transaction) throws -> Int {
        try transaction.setting(Self.key(connection)).flatMap(Int.init) ?? 0
    }
}

extension Breaker {
    /// A number of links that is enough for so many changes: with as many, or more, nothing trips.
    ///
    /// So a large connection need not count all its links.
    func links(allowing count: Int) -> Int {
        guard count > self.floor else { return 0 }
        // One more than the quotient, whatever its rounding; a share of nothing allows nothing.
        return self.share > 0 ? Int(min(Double(count) / self.share, 1e15)) + 1 : .max
    }
}
