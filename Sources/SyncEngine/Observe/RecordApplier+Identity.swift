import Mapping
import Planning
import Records
import Store

/// R7: a linked record of which nobody knows any more whether it is still the same person.
extension RecordApplier {
    /// Whether the record waits for a person because address and name changed at once on one side; asks if nobody did.
    ///
    /// What the CRM said is kept meanwhile. A question that answered itself, because somebody changed it back, is closed.
    mutating func isInDoubt(_ work: LinkWork, _ state: RecordState, version: Int64) throws -> Bool {
        guard let shift = try self.shift(of: work, state) else {
            if !self.runtime.mapping.identity.address.isEmpty { try self.dropIdentityQuestion(about: work.link.key) }
            return false
        }
        let key = work.link.key
        // From here on the question needs what the CRM holds, also where only our side changed.
        try self.keepObservation(key, version: version, values: state.remote)
        let isNew = try self.transaction.openReview(.identityChanged, about: key) == nil
        try self.transaction.doubtIdentity(
            of: work.link.record,
            connection: key.connection,
            object: key.object,
            seen: shift.seen
        )
        try self.transaction.openReview(
            .identityChanged,
            connection: key.connection,
            object: key.object,
            remote: key.remote,
            record: nil,
            candidates: [work.link.record],
            detail: self.sentence(shift),
            at: self.cause.at
        )
        self.route?.hasReviews = true
        // What waits was counted when it was found.
        if isNew { self.counts.reviews += 1 }
        return true
    }

    private func shift(of work: LinkWork, _ state: RecordState) throws -> IdentityShift? {
        guard !Breakage.recycledRecordSyncs.isOn,
            let shift = IdentityShift(state, mapping: self.runtime.mapping, in: self.context)
        else { return nil }
        let key = work.link.key
        let accepted = try self.transaction.acceptedIdentity(
            of: work.link.record,
            connection: key.connection,
            object: key.object
        )
        if let accepted, accepted == shift.seen || Breakage.identityDecidedForEver.isOn { return nil }
        if shift.sides == [.local], try self.cameFromElsewhere(work) { return nil }
        return shift
    }

    /// Whether our new address came from another CRM, whose own link had to pass the same test: nobody is asked twice.
    private func cameFromElsewhere(_ work: LinkWork) throws -> Bool {
        for position in self.runtime.mapping.identity.address {
            guard let property = self.runtime.mapping.fields[position].local, work.link.localShadow.hasMoved(position),
                let edit = try self.transaction.lastEdit(of: property, record: work.link.record)
            else { continue }
            return try self.transaction.name(of: edit.actor).hasPrefix("sync:")
        }
        return false
    }

    /// Names the fields, never their values: reviews outlive an erasure.
    private func sentence(_ shift: IdentityShift) -> String {
        let rule = self.runtime.mapping.identity
        let fields = (rule.address + rule.name).map { self.runtime.mapping.fields[$0].name }.joined(separator: ", ")
        let sides = shift.sides.map { $0 == .local ? "here" : "in the CRM" }.joined(separator: " and ")
        return "\(fields) changed at once \(sides)"
    }

    /// Nobody need be asked any more.
    func dropIdentityQuestion(about key: LinkKey) throws {
        guard let review = try self.transaction.openReview(.identityChanged, about: key) else { return }
        try self.transaction.settleReview(review.id, by: "sync", at: self.cause.at)
    }
}
