package import Planning

/// What a run did, or a plan would do, in counts.
package struct SyncCounts: Hashable, Sendable {
    /// Local records made from remote ones.
    package var createdLocally = 0
    /// Local records changed.
    package var updatedLocally = 0
    /// Local records deleted because the CRM deleted theirs.
    package var deletedLocally = 0
    /// Local records brought back because the CRM brought theirs back.
    package var restoredLocally = 0
    /// Local records merged because the CRM merged theirs.
    package var mergedLocally = 0
    /// Links that followed a remote record to another id.
    package var remapped = 0
    /// Local records linked to remote ones that were there already.
    package var linked = 0
    /// Remote records made.
    package var createdRemotely = 0
    /// Remote records changed.
    package var updatedRemotely = 0
    /// Remote records archived because ours were deleted.
    package var archivedRemotely = 0
    /// Remote records of erased people that are confirmed to be gone.
    package var erasedRemotely = 0
    /// Associations added or removed in the CRM.
    package var associated = 0
    /// Records put on lists of the CRM.
    package var addedToLists = 0
    /// Records taken off lists of the CRM.
    package var removedFromLists = 0
    /// Records that somebody in the CRM was found to have taken off a list; they stay off until their segment moves.
    package var takenOffLists = 0
    /// Records on lists that were read whom no segment put there; they are left alone.
    package var strangersOnLists = 0
    /// Events written to the CRM as activities.
    package var activitiesWritten = 0
    /// Activities that the CRM refused.
    package var activitiesRefused = 0
    /// What could not be done for reasons of its own and held up nothing else, by name: a list that is not there.
    package var troubles: [String: String] = [:]
    /// Remote records that were read and needed nothing.
    package var unchanged = 0
    /// Observations below the version floor, dropped (R3).
    package var stale = 0
    /// Conflicts found.
    package var conflictsFound = 0
    /// Conflicts that a rule, or a person before, decided.
    package var conflictsSettled = 0
    /// Values that somebody wrote in the CRM and that were replaced before anybody here had seen them (R2); each is among
    /// the settled conflicts.
    package var overwrittenUnseen = 0
    /// Conflicts that wait for a person.
    package var conflictsWaiting = 0
    /// Remote records whose identity a person must settle (R7).
    package var reviews = 0
    /// Records set aside with a reason (R13).
    package var quarantined = 0
    /// Fields left alone because the CRM refused or ignored their value (R1, R13).
    package var fieldsRejected = 0
    /// Values without a counterpart (R14).
    package var unmapped = 0
    /// Remote records outside the pull filter, and local ones outside the push filter.
    package var excluded = 0
    /// Linked records that the CRM seems to have no more: they stay, as the mapping says, or until a later run makes sure.
    package var missingRemotely = 0
    /// Writes whose answer never came and that could not be read back yet.
    package var unknown = 0
    /// Remote records that were read because a notification told of them.
    package var hinted = 0
    /// Remote records that a sweep found and nothing had told of.
    package var driftNew = 0
    /// Linked remote records that a sweep found changed although nothing had told of it.
    package var driftChanged = 0
    /// Linked remote records that a sweep found missing, confirmed by a read by id.
    package var driftMissing = 0
    /// The fields in which linked records had changed unnoticed, by `mapping field`.
    package var driftFields: [String: Int] = [:]
    /// Fields that differ on first contact and have no `initial`, by `mapping field` (R9).
    package var needsInitial: [String: Int] = [:]
    /// Records that were deleted, in which something was blanked, or overwritten, for the breakers (R11).
    package var guarded = BreakerCounts()

    /// Creates empty counts.
    package init() {}

    /// Writes on the local side.
    package var localWrites: Int {
        self.createdLocally + self.updatedLocally + self.deletedLocally + self.restoredLocally + self.mergedLocally
    }
    /// Writes on the remote side.
    package var remoteWrites: Int {
        self.createdRemotely + self.updatedRemotely + self.archivedRemotely + self.associated
            + self.addedToLists + self.removedFromLists + self.activitiesWritten
    }

    /// Whether something waits for a person.
    package var needsAttention: Bool {
        self.conflictsWaiting + self.reviews + self.quarantined + self.fieldsRejected + self.unmapped + self.unknown > 0
            || !self.needsInitial.isEmpty || !self.troubles.isEmpty || self.activitiesRefused > 0
    }

    /// Adds what another part of the run did.
    package mutating func add(_ other: SyncCounts) {
        guard other != Self.nothing else { return }
        // One by one: a way through key paths costs a hundred times as much, and each step of a run adds its counts.
        self.createdLocally += other.createdLocally
        self.updatedLocally += other.updatedLocally
        self.deletedLocally += other.deletedLocally
        self.restoredLocally += other.restoredLocally
        self.mergedLocally += other.mergedLocally
        self.remapped += other.remapped
        self.linked += other.linked
        self.createdRemotely += other.createdRemotely
        self.updatedRemotely += other.updatedRemotely
        self.archivedRemotely += other.archivedRemotely
        self.erasedRemotely += other.erasedRemotely
        self.associated += other.associated
        self.addedToLists += other.addedToLists
        self.removedFromLists += other.removedFromLists
        self.takenOffLists += other.takenOffLists
        self.strangersOnLists += other.strangersOnLists
        self.activitiesWritten += other.activitiesWritten
        self.activitiesRefused += other.activitiesRefused
        self.troubles.merge(other.troubles) { $1 }
        self.unchanged += other.unchanged
        self.stale += other.stale
        self.conflictsFound += other.conflictsFound
        self.conflictsSettled += other.conflictsSettled
        self.overwrittenUnseen += other.overwrittenUnseen
        self.conflictsWaiting += other.conflictsWaiting
        self.reviews += other.reviews
        self.quarantined += other.quarantined
        self.fieldsRejected += other.fieldsRejected
        self.unmapped += other.unmapped
        self.excluded += other.excluded
        self.missingRemotely += other.missingRemotely
        self.unknown += other.unknown
        self.hinted += other.hinted
        self.driftNew += other.driftNew
        self.driftChanged += other.driftChanged
        self.driftMissing += other.driftMissing
        self.needsInitial.merge(other.needsInitial, uniquingKeysWith: +)
        self.driftFields.merge(other.driftFields, uniquingKeysWith: +)
        self.guarded.add(other.guarded)
    }

    /// The plain numbers with their names in reports, in reading order.
    package static let named: [(name: String, path: any WritableKeyPath<SyncCounts, Int> & Sendable)] = [
        ("created_locally", \.createdLocally), ("updated_locally", \.updatedLocally),
        ("deleted_locally", \.deletedLocally), ("restored_locally", \.restoredLocally),
        ("merged_locally", \.mergedLocally), ("remapped", \.remapped), ("linked", \.linked),
        ("created_remotely", \.createdRemotely), ("updated_remotely", \.updatedRemotely),
        ("archived_remotely", \.archivedRemotely), ("erased_remotely", \.erasedRemotely),
        ("associated", \.associated), ("added_to_lists", \.addedToLists), ("removed_from_lists", \.removedFromLists),
        ("taken_off_lists", \.takenOffLists), ("strangers_on_lists", \.strangersOnLists),
        ("activities_written", \.activitiesWritten), ("activities_refused", \.activitiesRefused),
        ("unchanged", \.unchanged), ("stale", \.stale),
        ("conflicts_found", \.conflictsFound), ("conflicts_settled", \.conflictsSettled),
        ("overwritten_unseen", \.overwrittenUnseen), ("conflicts_waiting", \.conflictsWaiting), ("reviews", \.reviews),
        ("quarantined", \.quarantined),
        ("fields_rejected", \.fieldsRejected), ("unmapped", \.unmapped), ("excluded", \.excluded),
        ("missing_remotely", \.missingRemotely), ("unknown", \.unknown), ("hinted", \.hinted),
        ("drift_new", \.driftNew), ("drift_changed", \.driftChanged), ("drift_missing", \.driftMissing),
    ]

    private static let nothing = SyncCounts()
}

extension SyncCounts {
    /// The counts as the store keeps them with a run.
    var stored: [String: Int64] {
        var result: [String: Int64] = [:]
        result.reserveCapacity(Self.named.count + self.driftFields.count + 8)
        for (name, path) in Self.named { result[name] = Int64(self[keyPath: path]) }
        result["needs_initial"] = Int64(self.needsInitial.values.reduce(0, +))
        if !self.troubles.isEmpty { result["troubles"] = Int64(self.troubles.count) }
        for (field, count) in self.driftFields { result["drift in \(field)"] = Int64(count) }
        return result
    }
}
