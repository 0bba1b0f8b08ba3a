import Mapping
package import Planning
import Records
import Store

/// A breaker that would stop a run in the middle, said before it writes anything (R11).
package struct ForeseenBreaker: Hashable, Sendable {
    /// The kind of change.
    package let kind: Breaker.Kind
    /// Our object.
    package let object: String
    /// The records that the plan changes in this way.
    package let planned: Int
    /// The records that runs of the last 24 hours changed so already.
    package let earlier: Int
    /// The object's links.
    package let links: Int
    /// The share of the links that is allowed, from 0 to 1.
    package let share: Double
    /// Below this count nothing trips.
    package let floor: Int
}

extension BreakerCheck {
    /// Which breakers would stop a run that changes so much of one mapping's records; throws nothing for it.
    ///
    /// `all` is what the whole plan changes of our object, `isNew` how many links the plan itself makes: a run meets the
    /// breaker before it has made them all, so they count for nothing. A first sync is approved as a whole, its deletions
    /// among it: nothing stops what its plan shows.
    func foresee(
        _ all: BreakerCounts,
        lane: MappingLane,
        newLinks: Int,
        in transaction: Transaction
    ) throws -> [ForeseenBreaker] {
        guard self.session.connection.firstSyncDoneAt != nil else { return [] }
        let breaker = self.session.context.breaker
        let (connection, object) = (self.session.connection.number, lane.object)
        return try Breaker.Kind.allCases.filter { all[$0] > 0 }.compactMap { kind in
            let earlier = try self.earlierToday(kind, lane: lane, in: transaction)
            let count = all[kind] + earlier
            let enough = breaker.links(allowing: count)
            let isEnough = enough < Int.max - newLinks
            guard try !isEnough || !transaction.hasLinks(connection, object, atLeast: enough + newLinks) else {
                return nil
            }
            let links = max(0, try transaction.countLinks(connection, object) - newLinks)
            guard breaker.trips(count: count, links: links) else { return nil }
            return ForeseenBreaker(
                kind: kind,
                object: lane.mapping.localObject,
                planned: all[kind],
                earlier: earlier,
                links: links,
                share: breaker.share,
                floor: breaker.floor
            )
        }
    }
}
