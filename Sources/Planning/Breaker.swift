package import Records

/// R11: stops a run that would delete, blank or overwrite more than a share of the links.
package struct Breaker: Hashable, Sendable {
    /// What is counted.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Records deleted or archived.
        case deletes
        /// Records in which a value is replaced by nothing.
        case blanks
        /// Records in which a value is replaced by another one.
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

/// How many records a run, or a day, changes in each guarded way.
package struct BreakerCounts: Hashable, Sendable {
    private var deletes = 0
    private var blanks = 0
    private var overwrites = 0

    /// Creates empty counts.
    package init() {}

    /// The count of one kind.
    package subscript(kind: Breaker.Kind) -> Int {
        get {
            switch kind {
            case .deletes: self.deletes
            case .blanks: self.blanks
            case .overwrites: self.overwrites
            }
        }
        set {
            switch kind {
            case .deletes: self.deletes = newValue
            case .blanks: self.blanks = newValue
            case .overwrites: self.overwrites = newValue
            }
        }
    }

    /// Adds one record in which these values are written: once for each kind, however many fields it has.
    package mutating func add(_ writes: [FieldWrite]) {
        let replaced = writes.filter { !$0.old.isBlank }
        if replaced.contains(where: { $0.new.isBlank }) { self[.blanks] += 1 }
        if replaced.contains(where: { !$0.new.isBlank }) { self[.overwrites] += 1 }
    }

    /// Adds another count.
    package mutating func add(_ other: BreakerCounts) {
        for kind in Breaker.Kind.allCases { self[kind] += other[kind] }
    }
}
