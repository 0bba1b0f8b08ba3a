import Records

/// R11: stops a run that would delete, blank or overwrite more than a share of the links.
package struct Breaker: Hashable, Sendable {
    /// What is counted.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Records deleted or archived.
        case deletes
        /// Values replaced by nothing.
        case blanks
        /// Values replaced by other values.
        case overwrites
    }

    /// Below this count nothing trips.
    package let floor: Int
    /// The share of the linked records, 0 to 1, beyond which it trips.
    package let share: Double

    /// Creates a breaker; by default it trips beyond 50 and beyond a fifth of the links.
    package init(floor: Int = 50, share: Double = 0.2) {
        self.floor = floor
        self.share = share
    }

    /// Whether `count` changes of one kind, over the run or the last 24 hours, are too many for so many links.
    package func trips(count: Int, links: Int) -> Bool {
        count > self.floor && Double(count) > self.share * Double(links) && !Breakage.breakersNeverTrip.isOn
    }
}

/// How many changes of each guarded kind a run, or a day, holds.
package struct BreakerCounts: Hashable, Sendable {
    /// Counts by kind.
    private var counts: [Breaker.Kind: Int] = [:]

    /// Creates empty counts.
    package init() {}

    /// The count of one kind.
    package subscript(kind: Breaker.Kind) -> Int {
        get { self.counts[kind] ?? 0 }
        set { self.counts[kind] = newValue }
    }

    /// Adds another count.
    package mutating func add(_ other: BreakerCounts) {
        for kind in Breaker.Kind.allCases { self[kind] += other[kind] }
    }
}
