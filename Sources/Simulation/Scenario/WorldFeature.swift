/// A part of life that a world has or lacks; each seed has its own choice of those that are asked for.
package enum WorldFeature: String, Sendable, CaseIterable, Hashable, Comparable {
    /// People who look alike are made: several of ours with one address, a shared phone, a role's address.
    case lookalikes
    /// Somebody clones a record in the CRM, our id with it.
    case copies
    /// People delete and restore records, here and in the CRMs.
    case deletions
    /// People merge records in the CRMs.
    case merges
    /// People ask to be forgotten.
    case erasures
    /// Somebody undoes a run.
    case undos
    /// Somebody keeps records out of syncs, and lets them take part again.
    case exclusions
    /// Somebody looks at plans, and runs carefully.
    case plans
    /// A field is taken out of a mapping, and put back days later.
    case remapping
    /// The CRMs send notifications: most, some twice, some late.
    case notifications
    /// Options turn up in a CRM that no mapping knows.
    case oddValues = "odd_values"
    /// Somebody deletes a great part of a CRM at once.
    case massDeletions = "mass_deletions"

    /// Deals have contacts, one of them in the CRM alone: nobody knows which of ours that one is.
    case ties
    /// Who was forgotten comes back: with an old list that is imported into a CRM, or typed here once more.
    case returns
    /// Deals leave a mapping while they are in certain stages, and come back to it.
    case filters

    package static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }

    /// Those that are part of every campaign unless it says otherwise.
    ///
    /// Filters are for breakages until thousands of worlds have lived with them.
    package static let settled = Set(Self.allCases).subtracting([.filters])

    /// Those that came last; what they draw shifts nobody else's numbers.
    static let late: Set<Self> = [.ties, .returns, .filters]

    /// The choice of a seed: about half of those that are asked for.
    static func choice(seed: UInt64, of asked: Set<WorldFeature>) -> Set<WorldFeature> {
        asked.filter { feature in
            // Nobody returns to a world that forgot nobody.
            let name = feature == .returns ? Self.erasures.rawValue : feature.rawValue
            var dice = Dice(seed, "feature \(name)")
            return dice.happens(450)
        }
    }
}
