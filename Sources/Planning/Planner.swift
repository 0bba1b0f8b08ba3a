package import Mapping
package import Records

/// Decides what brings both sides of a link together.
///
/// The only place that decides; pure.
///
/// For each field, or group of fields that move together, the rule is the three-way table of DESIGN §4: local changed
/// means local ≠ its shadow, remote changed means observation ≠ its shadow, and no change is ever detected through a
/// transform, so that a CRM that trims or rounds cannot start a ping-pong.
package struct Planner: Sendable {
    /// The mapping that the planner works for.
    package let mapping: CompiledMapping
    /// The fields as units that are decided together; a field outside every group is a unit of its own.
    let units: [[Int]]
    /// The fields that give a new local record its values, with their transforms at hand.
    private let pulled: [(position: Int, lens: any Lens, placeholder: Value?)]
    /// Whether a pulled field has a `when`.
    private let hasPullConditions: Bool

    /// Creates a planner.
    package init(_ mapping: CompiledMapping) {
        self.mapping = mapping
        let groups = Breakage.splitGroup.isOn ? [] : mapping.groups
        self.hasPullConditions = mapping.fields.contains { $0.rules.pullCondition != nil }
        let grouped = Set(groups.flatMap { $0 })
        let single = mapping.fields.indices.filter { !grouped.contains($0) }.map { [$0] }
        self.pulled = mapping.fields.indices.compactMap { position in
            let field = mapping.fields[position]
            guard field.direction != .push, field.local != nil, field.rules.writeLocal != .never else { return nil }
            return (position, field.lens, field.rules.placeholder)
        }
        self.units = (single + groups.map { $0.sorted() }).sorted { ($0.first ?? 0) < ($1.first ?? 0) }
    }

    /// Plans one linked record.
    package func plan(_ state: RecordState, in context: any LensContext) -> RecordPlan {
        var plan = RecordPlan()
        var deciding = UnitDecision(unit: [], mapping: self.mapping, state: state, context: context)
        for unit in self.units {
            deciding.begin(unit)
            deciding.decide()
            plan.append(deciding.plan)
        }
        self.join(&plan, state)
        if Breakage.oneConflictBlocksRecord.isOn, plan.conflicts.contains(where: { $0.verdict == .waiting }) {
            (plan.toLocal, plan.toRemote, plan.agreed) = ([], [], [])
        }
        return plan
    }

    /// The values of a new local record made from a remote one, and the fields that could not be taken over.
    ///
    /// The plan's `toLocal` holds the values; fields without a counterpart are notes and stay without a shadow.
    package func planLocalCreate(remote: [Value], in context: any LensContext) -> RecordPlan {
        var plan = RecordPlan()
        var values: [Value] = []
        self.localCreate(remote: remote, in: context, into: &values, notes: &plan.notes)
        var noted = plan.notes[...]
        for (position, _, _) in self.pulled {
            if noted.first?.field == position {
                noted.removeFirst()
            } else if values[position] == .absent {
                plan.agreed.append(position)
            } else {
                let write = FieldWrite(field: position, old: .absent, new: values[position], source: remote[position])
                plan.toLocal.append(write)
            }
        }
        return plan
    }

    /// Decides what `planLocalCreate` decides, into arrays that are used again for each record of a page.
    ///
    /// `values` gets the new record's values by field position, `.absent` for what is blank or not taken over; `notes` the
    /// fields that could not be taken over, in their order.
    package func localCreate(
        remote: [Value],
        in context: any LensContext,
        into values: inout [Value],
        notes: inout [FieldNote]
    ) {
        values.removeAll(keepingCapacity: true)
        values.append(contentsOf: repeatElement(.absent, count: remote.count))
        notes.removeAll(keepingCapacity: true)
        var closed: Set<Int> = []
        if self.hasPullConditions {
            closed = self.mapping.closedForPull(remote: self.mapping.remoteRecord(fields: remote))
        }
        for (position, lens, placeholder) in self.pulled {
            if closed.contains(position) {
                notes.append(FieldNote(field: position, reason: .closed(side: .remote)))
                continue
            }
            var value = remote[position]
            if let placeholder, value == placeholder { value = .null }
            switch lens.toLocal(value, previous: .absent, in: context) {
            case .value(let local): if !local.isBlank { values[position] = local }
            case .unmapped(let detail):
                let reason = FieldNote.Reason.unmapped(side: .remote, value: value, detail: detail)
                notes.append(FieldNote(field: position, reason: reason))
            case .unlinked: notes.append(FieldNote(field: position, reason: .unlinkedReference))
            }
        }
    }

    /// The values of a new remote record made from a local one: only what is not blank is sent (R12).
    ///
    /// Fields in `closed` are left out: their `when` does not hold.
    package func planRemoteCreate(
        local: [Value],
        closed: Set<Int> = [],
        in context: any LensContext
    ) -> RecordPlan {
        var plan = RecordPlan()
        for (index, field) in self.mapping.fields.enumerated() where field.direction != .pull && field.remote != nil {
            let value = local[index]
            guard field.rules.writeRemote != .never, !closed.contains(index) else { continue }
            guard !value.isBlank || Breakage.blanksAreSentOnCreate.isOn else { continue }
            switch field.lens.toRemote(value, previous: .absent, in: context) {
            case .value(let remote):
                plan.toRemote.append(FieldWrite(field: index, old: .absent, new: remote, source: value))
            case .unmapped(let detail):
                let reason = FieldNote.Reason.unmapped(side: .local, value: value, detail: detail)
                plan.notes.append(FieldNote(field: index, reason: reason))
            case .unlinked:
                plan.notes.append(FieldNote(field: index, reason: .unlinkedReference))
            }
        }
        return plan
    }

    /// Whether a field's two values say the same: `toRemote(l, r) = r` or `toLocal(r, l) = l`, or both are blank.
    package func same(field: Int, local: Value, remote: Value, in context: any LensContext) -> Bool {
        let reads = remote == self.mapping.fields[field].rules.placeholder ? .null : remote
        return self.mapping.fields[field].same(local: local, remote: reads, in: context)
    }
}

extension MappingField {
    /// Whether the two values say the same (DESIGN §4).
    func same(local: Value, remote: Value, in context: any LensContext) -> Bool {
        if local.isBlank && remote.isBlank { return true }
        if self.lens.toRemote(local, previous: remote, in: context) == .value(remote) { return true }
        return self.lens.toLocal(remote, previous: local, in: context) == .value(local)
    }
}

extension RecordPlan {
    /// Takes over what a part of the record's plan says.
    mutating func append(_ other: RecordPlan) {
        self.toLocal += other.toLocal
        self.toRemote += other.toRemote
        self.agreed += other.agreed
        self.conflicts += other.conflicts
        self.notes += other.notes
        self.opened += other.opened
    }
}
