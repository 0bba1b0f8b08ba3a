/// One of the two sides of a link.
package enum Side: String, Hashable, Sendable, CaseIterable {
    /// The automation store.
    case local
    /// The CRM.
    case remote

    /// The other side.
    package var opposite: Side { self == .local ? .remote : .local }
}

/// Which way a field's changes travel.
package enum SyncDirection: String, Hashable, Sendable, CaseIterable {
    /// Both ways.
    case both
    /// From the CRM to the store only.
    case pull
    /// From the store to the CRM only.
    case push
}

/// Who wins when both sides changed a field, differently (DESIGN §4).
package enum ConflictPolicy: String, Hashable, Sendable, CaseIterable {
    /// The store's value.
    case preferLocal = "prefer_local"
    /// The CRM's value.
    case preferRemote = "prefer_remote"
    /// The store's value, unless it is blank.
    case preferLocalUnlessBlank = "prefer_local_unless_blank"
    /// The CRM's value, unless it is blank.
    case preferRemoteUnlessBlank = "prefer_remote_unless_blank"
    /// The value edited last; within the uncertainty of the clocks, the CRM's.
    case newest
    /// For sets: what either side added, without what either side removed.
    case merge
    /// The greater value.
    case max
    /// The smaller value.
    case min
    /// The furthest lifecycle stage.
    case furthest
    /// The most restrictive consent.
    case mostRestrictive = "most_restrictive"
    /// A person decides; the field waits and the record's other fields go on.
    case manual
}

/// What to do with a difference on first contact, when there is no shadow to tell who changed (R9).
package enum FirstContactPolicy: String, Hashable, Sendable, CaseIterable {
    /// The store's value.
    case preferLocal = "prefer_local"
    /// The CRM's value.
    case preferRemote = "prefer_remote"
    /// The value of the record edited last.
    case newest
    /// A person decides.
    case manual
}

/// What a clear on one side means for the other.
package enum ClearPolicy: String, Hashable, Sendable, CaseIterable {
    /// The other side is cleared too.
    case propagate
    /// The other side keeps its value, and the pair counts as agreed.
    case ignore
    /// The blank side is filled again from the other.
    case fill
}

/// What to do with values that the CRM filled in by itself when a record was created there (R12).
package enum CreateDefaultPolicy: String, Hashable, Sendable, CaseIterable {
    /// Take them over.
    case pull
    /// Let them be until somebody changes them.
    case ignore
}

/// What to do when several records match one (R7).
package enum DuplicatePolicy: String, Hashable, Sendable, CaseIterable {
    /// A person decides.
    case review
    /// Link the one made first.
    case oldest
    /// Link the one made last.
    case newest
    /// Link the one with the most properties set.
    case mostComplete = "most_complete"
}
