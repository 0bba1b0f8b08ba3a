import Mapping
import Planning
import Records
import Store

/// The local side of a plan: values, shadows, conflicts, holds, and what must be remembered of the remote side.
extension RecordApplier {
    mutating func carryOut(_ plan: RecordPlan, state: RecordState, work: LinkWork, version: Int64) throws {
        try self.writeLocally(plan, link: work.link)
        try self.openEpochs(plan, work: work)
        try self.rememberOwed(plan, state: state, link: work.link)
        let agreed = self.agreedFields(plan, state: state)
        try self.recordConflicts(plan, state: state, work: work)
        try self.recordNotes(plan, state: state, work: work)
        let floor = max(version, work.link.remoteVersion)
        if !agreed.isEmpty || floor > work.link.remoteVersion {
            let version = work.record.version
            try self.transaction.settle(work.link.key, agreed: agreed, version: floor, basedOn: version)
        }
        let outgoing = Set(plan.toRemote.map(\.field))
        try self.agreeOnEpochs(agreed.map(\.field).filter { !outgoing.contains($0) }, of: work.link)
        try self.rememberObservation(state: state, work: work, agreed: agreed, version: floor)
    }

    private mutating func writeLocally(_ plan: RecordPlan, link: Link) throws {
        guard !plan.toLocal.isEmpty else { return }
        let set = plan.toLocal.compactMap { write in
            self.runtime.mapping.fields[write.field].local.map { PropertySetting($0, write.new) }
        }
        let kept = KeptFields(link.key, fields: plan.toLocal.map(\.field))
        let change = try self.transaction.change(link.record, set: set, cause: self.cause, keeping: kept)
        guard change.sequence != nil else { return }
        self.counts.updatedLocally += 1
        self.counts.guarded.add(plan.toLocal)
    }

    /// The fields whose shadow moves now.
    ///
    /// A value that goes to the CRM although the CRM changed too, or although there is no shadow, is remembered as "both
    /// agreed on the CRM's value, then we changed it": the decision is taken once, logged once, and what is left is a
    /// plain local change that any later run can push.
    private func agreedFields(_ plan: RecordPlan, state: RecordState) -> [AgreedField] {
        var result = plan.agreed.map { AgreedField($0, local: state.local[$0], remote: state.remote[$0]) }
        let outgoing = Set(plan.toRemote.map(\.field))
        for write in plan.toLocal where !outgoing.contains(write.field) {
            result.append(AgreedField(write.field, local: write.new, remote: state.remote[write.field]))
        }
        for write in plan.toRemote {
            let position = write.field
            if !self.isPlainPush(write, plan, state) {
                result.append(self.acknowledged(position, source: write.source, state: state))
            }
        }
        return result
    }

    private func acknowledged(_ position: Int, source: Value, state: RecordState) -> AgreedField {
        let remote = state.remote[position]
        if Breakage.forgetLosersPendingChange.isOn { return AgreedField(position, local: source, remote: remote) }
        let lens = self.runtime.mapping.fields[position].lens
        var local = Value.absent
        if case .value(let value) = lens.toLocal(remote, previous: source, in: self.context), value != source {
            local = value
        }
        // What is computed leaves no trace in the record: without a mark it would count as sent.
        let isComputed = self.runtime.mapping.fields[position].local == nil
        return AgreedField(position, local: local, remote: remote, isAhead: isComputed)
    }

    // MARK: What waits, and what is told

    private mutating func recordConflicts(_ plan: RecordPlan, state: RecordState, work: LinkWork) throws {
        for conflict in plan.conflicts {
            let edit = try self.localEdit(conflict, work: work)
            let about = ConflictCase(
                link: work.link.key,
                record: work.link.record,
                field: self.runtime.mapping.fields[conflict.field].name,
                localBase: conflict.localBase,
                remoteBase: conflict.remoteBase,
                local: conflict.local,
                remote: conflict.remote,
                localAt: state.times.local[conflict.field] ?? edit?.at,
                remoteAt: state.times.remote[conflict.field] ?? state.times.remoteRecord,
                rule: conflict.rule,
                localBy: edit?.by
            )
            if !work.conflicts.contains(where: { $0.about.field.hasSameBytes(as: about.field) }) {
                self.counts.conflictsFound += 1
            }
            switch conflict.verdict {
            case .waiting:
                self.counts.conflictsWaiting += 1
                let id = try self.transaction.openConflict(about, cause: self.cause)
                // What waits although it was decided was decided over a group of which another field moved (R18).
                if state.decisions[conflict.field] != nil { try self.transaction.askAgain(id) }
            case .won(let side):
                self.counts.conflictsSettled += 1
                try self.transaction.logConflict(about, winner: side == .local ? .local : .remote, cause: self.cause)
            case .merged:
                self.counts.conflictsSettled += 1
                try self.transaction.logConflict(about, winner: .merged, cause: self.cause)
            }
        }
        try self.closeConflicts(plan, work: work)
    }

    /// When our side of a conflict was written, and by whom: who has to decide wants to know.
    ///
    /// nil where a rule settles a first contact, of which there may be very many.
    private func localEdit(_ conflict: FieldConflict, work: LinkWork) throws -> (at: Instant, by: String)? {
        let field = self.runtime.mapping.fields[conflict.field]
        if case .waiting = conflict.verdict {} else if conflict.localBase == nil { return nil }
        let known = work.conflicts.first { $0.about.field.hasSameBytes(as: field.name) }?.about
        if let known, known.local == conflict.local, let at = known.localAt, let writer = known.localBy {
            return (at, writer)
        }
        guard let property = field.local,
            let edit = try self.transaction.lastEdit(of: property, record: work.link.record)
        else { return nil }
        return (edit.at, try self.transaction.name(of: edit.actor))
    }

    /// A field on which both sides came to agree by themselves has no conflict any more.
    private func closeConflicts(_ plan: RecordPlan, work: LinkWork) throws {
        let told = Set(plan.conflicts.map(\.field))
        let settled = Set(plan.agreed + plan.toLocal.map(\.field) + plan.toRemote.map(\.field)).subtracting(told)
        for conflict in work.conflicts {
            guard let position = self.runtime.position(named: conflict.about.field), settled.contains(position) else {
                continue
            }
            try self.transaction.settleConflict(conflict.id, winner: .agreed, cause: self.cause)
        }
    }

    private mutating func recordNotes(_ plan: RecordPlan, state: RecordState, work: LinkWork) throws {
        var held: Set<Int> = []
        for note in plan.notes {
            let field = self.runtime.mapping.fields[note.field]
            switch note.reason {
            case .unmapped(let side, _, let detail):
                self.counts.unmapped += 1
                held.insert(note.field)
                if state.holds[note.field] == nil || !detail.isEmpty {
                    try self.hold(
                        note.field,
                        .unmapped,
                        detail,
                        state.local[note.field],
                        state.remote[note.field],
                        work.link,
                        unmapped: side
                    )
                }
            case .needsInitial: self.counts.needsInitial["\(self.runtime.mapping.name) \(field.name)", default: 0] += 1
            case .rejected:
                self.counts.fieldsRejected += 1
                held.insert(note.field)
            case .waiting: held.insert(note.field)
            case .unreadable:
                // What the CRM does not say today changes nothing about why the field was held.
                if state.holds[note.field] != nil { held.insert(note.field) }
            case .unlinkedReference, .drift, .closed, .heldBack: break
            }
        }
        for position in state.holds.keys.sorted() where !held.contains(position) {
            let name = self.runtime.mapping.fields[position].name
            try self.transaction.releaseHold(self.connection, self.object, record: work.link.record, field: name)
        }
    }

    /// Leaves a field alone until a side changes.
    func hold(
        _ position: Int,
        _ reason: HoldReason,
        _ detail: String,
        _ local: Value,
        _ remote: Value,
        _ link: Link,
        unmapped: Side? = nil
    ) throws {
        var hold = Hold(
            connection: self.connection,
            object: self.object,
            record: link.record,
            field: self.runtime.mapping.fields[position].name,
            reason: reason,
            detail: detail,
            local: local,
            remote: remote,
            since: self.cause.at
        )
        hold.unmapped = unmapped
        try self.transaction.hold(hold)
    }

    /// Keeps what the CRM said as long as it differs from the shadow for a reason that will pass.
    private mutating func rememberObservation(
        state: RecordState,
        work: LinkWork,
        agreed: [AgreedField],
        version: Int64
    ) throws {
        var shadow = work.remoteShadow
        for field in agreed { shadow[field.field] = field.remote }
        if zip(shadow, state.remote).contains(where: { $0 != $1 }) {
            // What waits for a person is planned again in each run, and says the same each time.
            if work.stored.isLive(version: version, values: state.remote, shape: self.shape) { return }
            try self.keepObservation(work.link.key, version: version, values: state.remote)
        } else if !Breakage.observationAppliedTwice.isOn {
            if case .known(nil) = work.stored { return }
            try self.transaction.removeObservation(work.link.key)
        }
    }
}

extension LinkWork.StoredObservation {
    /// Whether just this is stored.
    fileprivate func isLive(version: Int64, values: [Value], shape: ShapeNumber) -> Bool {
        guard case .known(let known?) = self else { return false }
        return known.state == .live && known.version == version && known.named == nil && known.shape == shape
            && known.values == values
    }
}
