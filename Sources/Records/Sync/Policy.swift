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
    /// For sets: all elements of both.
    case merge
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

/// What to do when one side alone takes a lattice field back: an earlier stage, a looser consent (R5).
package enum BackwardPolicy: String, Hashable, Sendable, CaseIterable {
    /// A person decides.
    case review
    /// It travels like any other change; consent cannot be mapped so.
    case allow
    /// The other side's value is written back.
    case restore
}

/// What to do with an edit on the side that a one-way field is written to (R18).
package enum DriftPolicy: String, Hashable, Sendable, CaseIterable {
    /// It stays until the source changes.
    case leave
    /// The source's value is written again.
    case restore
}

/// When a field is written on one side.
package enum WritePolicy: String, Hashable, Sendable, CaseIterable {
    /// Whenever the other side wins.
    case always
    /// Only while it is blank.
    case ifBlank = "if_blank"
    /// Only into a record that is being made.
    case onCreate = "on_create"
    /// Not at all: the field is read and compared only.
    case never
}
