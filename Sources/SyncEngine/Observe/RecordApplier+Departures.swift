import Mapping
import Planning
import Records
import Store

/// Remote records that are archived, deleted or back again (R10).
///
/// Reading only keeps the evidence, with `noteMissing`; what follows from it is decided here, once for plan and sync.
extension RecordApplier {
    /// Acts on certain evidence that a linked remote record is not among the living.
    ///
    /// | here | what happens |
    /// |---|---|
    /// | as it was | our record is archived too, or left alone, as the mapping says |
    /// | edited since | a person decides, or the edit wins, or the deletion does, as the mapping says |
    /// | deleted too | nothing is left to do |
    mutating func depart(_ link: Link) throws {
        guard link.status != .gone, !(try self.isInFlight(link)) else { return }
        let record = try self.transaction.record(link.record)
        let isHere = record?.isLive ?? false
        let wants = link.status == .active && self.runtime.mapping.delete.pull == .archive
        guard isHere, wants, try self.transaction.exclusion(of: link.record) == nil else {
            if isHere { self.counts.missingRemotely += 1 }
            return try self.restUnanswered(link, isHere: isHere)
        }
        guard try self.isEdited(link), !Breakage.deletionIgnoresEdit.isOn else { return try self.deleteLocally(link) }
        switch self.runtime.mapping.delete.edited {
        case .archive: try self.deleteLocally(link)
        case .keep:
            // Without its link the record is made anew in the CRM like any other that it does not have.
            try self.closeConflicts(of: link, winner: .local)
            try self.transaction.removeLink(link.key, cause: self.cause)
        case .review:
            try self.rest(link)
            try self.askAboutDeletion(.deletedRemotely, link)
        }
    }

    /// Lets a link rest whose mapping deletes nothing here, so that the record stays.
    ///
    /// What was edited here and never got to the CRM would never get there: that is a question too, unless the mapping says
    /// whose word counts.
    private mutating func restUnanswered(_ link: Link, isHere: Bool) throws {
        guard isHere, link.status == .active, try self.transaction.exclusion(of: link.record) == nil,
            try self.isEdited(link), !Breakage.departedEditForgotten.isOn
        else { return try self.rest(link) }
        switch self.runtime.mapping.delete.edited {
        case .archive: try self.rest(link)
        case .keep:
            try self.closeConflicts(of: link, winner: .local)
            try self.transaction.removeLink(link.key, cause: self.cause)
        case .review:
            try self.rest(link)
            try self.askAboutDeletion(.deletedRemotely, link)
        }
    }

    private mutating func deleteLocally(_ link: Link) throws {
        guard self.admits(.deleteLocally, record: link.record, remote: link.key.remote) else { return }
        try self.rest(link)
        try self.closeConflicts(of: link, winner: .remote)
        try self.transaction.delete(link.record, cause: self.cause)
        self.counts.deletedLocally += 1
        self.counts.guarded[.deletes] += 1
    }

    /// The link stays with its shadows, so that the remote record is not taken for a new one, and finds back if it returns.
    func rest(_ link: Link) throws {
        try self.transaction.setStatus(.gone, of: link.key)
        try self.dropIdentityQuestion(about: link.key)
        if let seen = try self.transaction.observation(link.key) {
            try self.transaction.raiseFloor(link.key, to: seen.version)
            try self.transaction.removeObservation(link.key)
        }
        try self.transaction.appendJournal(
            link.record,
            kind: .departed,
            detail: self.transaction.description(of: link.key),
            cause: self.cause
        )
    }

    mutating func askAboutDeletion(_ kind: ReviewKind, _ link: Link) throws {
        try self.transaction.openReview(
            kind,
            connection: self.connection,
            object: self.object,
            remote: link.key.remote,
            record: link.record,
            candidates: [link.record],
            at: self.cause.at
        )
        self.counts.reviews += 1
    }

    /// Nobody has to decide about a field of a record that is deleted on both sides, or made anew.
    private func closeConflicts(of link: Link, winner: ConflictWinner) throws {
        let (connection, object) = (link.key.connection, link.key.object)
        let waiting = try self.transaction.unsettledConflicts(of: link.record, connection: connection, object: object)
        for conflict in waiting { try self.transaction.settleConflict(conflict.id, winner: winner, cause: self.cause) }
    }

    func isInFlight(_ link: Link) throws -> Bool {
        try self.transaction.operation(of: link.record, connection: self.connection, object: self.object) != nil
    }

    /// Whether our record holds an edit that the CRM has not got.
    private func isEdited(_ link: Link) throws -> Bool {
        let work = try LinkWork(link, runtime: self.runtime, shape: self.shape, in: self.transaction)
        return self.runtime.mapping.fields.indices.contains { position in
            let field = self.runtime.mapping.fields[position]
            guard field.direction != .pull, field.local != nil, work.remoteShadow[position] != nil else { return false }
            return work.values.local[position] != work.values.localShadow[position]
        }
    }

    /// A record that somebody keeps out of syncs: what the CRM says is kept for the day on which it takes part again.
    ///
    /// Returns false for a link that is at rest for another reason.
    mutating func keepExcluded(_ record: Incoming, _ link: Link) throws -> Bool {
        guard try self.transaction.exclusion(of: link.record) != nil else { return false }
        self.counts.excluded += 1
        guard record.version >= link.remoteVersion, !record.isArchived else { return true }
        // A mapping that was edited reads everything once: what is not kept in its terms now is not told again.
        let work = try LinkWork(link, runtime: self.runtime, shape: self.shape, in: self.transaction)
        if work.remoteDiffers(record.values) {
            try self.keepObservation(link.key, version: record.version, values: record.values)
        } else {
            try self.forgetObservation(link, upTo: record.version)
        }
        return true
    }

    // MARK: Coming back

    /// A remote record whose link rests was seen among the living.
    ///
    /// A list or an index may lag behind the deletion, so only a direct read counts. Then the link works again, with the
    /// shadows that it had, and a record that was archived here because of it, or with it, comes back too.
    mutating func meetDeparted(_ record: Incoming, _ link: Link, isDirect: Bool) throws {
        guard !record.isArchived, let own = try self.transaction.record(link.record), own.aliasOf == nil,
            try self.transaction.erasure(of: link.record) == nil
        else { return }
        guard own.isLive || self.runtime.mapping.delete.pull == .archive,
            try self.transaction.exclusion(of: link.record) == nil
        else { return }
        guard isDirect else {
            self.rereads.append(record.id)
            return
        }
        if !own.isLive {
            guard self.admits(.restoreLocally, record: link.record, remote: record.id) else { return }
            try self.transaction.restore(link.record, cause: self.cause)
            self.counts.restoredLocally += 1
        }
        try self.transaction.setStatus(.active, of: link.key)
        try self.transaction.appendJournal(
            link.record,
            kind: .revived,
            detail: self.transaction.description(of: link.key),
            cause: self.cause
        )
        try self.settleReviews(about: link.key)
        guard let revived = try self.transaction.link(link.key) else { return }
        let work = try LinkWork(revived, runtime: self.runtime, shape: self.shape, in: self.transaction)
        try self.plan(work, remote: record.values, version: record.version)
    }
}
