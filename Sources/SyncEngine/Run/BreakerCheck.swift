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
    /// A first sync was approved as a whole, and is counted only.
    func admit(_ counts: BreakerCounts, lane: MappingLane, in transaction: Transaction) throws {
        let object = lane.mapping.localObject
        var all = self.session.guarded.counts(of: object)
        all.add(counts)
        if self.session.connection.firstSyncDoneAt != nil, Breaker.Kind.allCases.contains(where: { counts[$0] > 0 }) {
            try self.check(all, lane: lane, in: transaction)
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

    private func check(_ counts: BreakerCounts, lane: MappingLane, in transaction: Transaction) throws {
        guard Breaker.Kind.allCases.contains(where: { counts[$0] > 0 }) else { return }
        let earlier = try self.session.guarded.earlier { try self.guardedToday(in: transaction) }
        for kind in Breaker.Kind.allCases where kind != self.session.allowed {
            let count = counts[kind] + (earlier[RunGuard.name(kind, lane.mapping.localObject)] ?? 0)
            let enough = self.session.context.breaker.links(allowing: count)
            let (connection, object) = (self.session.connection.number, lane.object)
            guard try !transaction.hasLinks(connection, object, atLeast: enough) else { continue }
            let links = try transaction.countLinks(connection, object)
            guard self.session.context.breaker.trips(count: count, links: links) else { continue }
            throw SyncError(
                .breakerTripped,
                """
                \(self.session.connection.name): \(count) \(kind.rawValue) in 24 hours are more than \
                \(Int(self.session.context.breaker.share * 100)) % of \(links) \(lane.mapping.localObject) links; \
                this batch was not written, \(self.session.guarded.counts(of: lane.mapping.localObject)[kind]) of this run were before. Look at `relais plan \(self.session.connection.name)`; if it is meant, \
                run `relais sync \(self.session.connection.name) --allow \(kind.rawValue)`
                """,
                breaker: TrippedBreaker(
                    kind: kind,
                    count: count,
                    written: self.session.guarded.counts(of: lane.mapping.localObject)[kind],
                    links: links,
                    share: self.session.context.breaker.share
                )
            )
        }
    }

    /// How many records the connection's runs of the last 24 hours changed, this one left out, by the names of `RunGuard`.
    ///
    /// However many runs that were: who syncs each minute has 1,440 of them. Plans changed nothing, and a first sync was
    /// approved as a whole.
    private func guardedToday(in transaction: Transaction) throws -> [String: Int] {
        guard !Breakage.breakersForgetTheDay.isOn else { return [:] }
        let day = self.session.cause.at.advanced(by: .seconds(-86_400))
        var sums: [String: Int] = [:]
        for run in try transaction.runs(before: self.session.run, since: day, limit: .max) {
            guard run.connection == self.session.connection.number, run.kind != "plan", run.kind != "first" else {
                continue
            }
            for (name, count) in run.counts where RunGuard.isName(name) { sums[name, default: 0] += Int(count) }
        }
        return sums
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
