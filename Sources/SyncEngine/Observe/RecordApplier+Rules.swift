import Mapping
import Planning
import Records
import Store

/// Rules that look at more than one state of a field: filters, fights, epochs, and what is owed.
extension RecordApplier {
    // MARK: Filters (R18)

    /// Which changes a continuous filter keeps where they are; nil if the record left the mapping altogether.
    ///
    /// A filter binds its own direction. A record that fails every filter there is has left: its link is frozen.
    func filtered(_ work: LinkWork, remote: [Value]) -> ClosedFields? {
        let mapping = self.runtime.mapping
        guard mapping.filterKind == .continuous, !Breakage.excludedGoesOn.isOn else { return ClosedFields() }
        let all = Set(mapping.fields.indices)
        let isIn = mapping.pullFilter.map { _ in mapping.takesIn(remote: mapping.remoteRecord(fields: remote)) }
        let isOut = mapping.pushFilter.map { _ in mapping.sendsOut(local: work.record.values) }
        let answers = [isIn, isOut].compactMap { $0 }
        if !answers.isEmpty && !answers.contains(true) { return nil }
        return ClosedFields(local: isOut == false ? all : [], remote: isIn == false ? all : [])
    }

    /// Freezes a link whose record left the mapping, or sets it to work again; deletes nothing.
    mutating func setScope(_ work: LinkWork, isIn: Bool, remote: [Value], version: Int64) throws {
        switch (work.link.status, isIn) {
        case (.active, false): try self.transaction.setStatus(.excluded, of: work.link.key)
        case (.excluded, true): try self.transaction.setStatus(.active, of: work.link.key)
        default: break
        }
        guard !isIn else { return }
        self.counts.excluded += 1
        // What happens meanwhile is merged when the record comes back.
        if work.remoteDiffers(remote) {
            try self.keepObservation(work.link.key, version: version, values: remote)
        } else if version > work.link.remoteVersion {
            try self.transaction.raiseFloor(work.link.key, to: version)
        }
    }

    // MARK: Fights (R12)

    /// How long a field's changes count, and how often it may come back to a value it already held.
    private static let fight = (window: Duration.seconds(86_400), returns: 3)

    /// The plan without the fields that are fought over, and those fields with their writers; they are held from now on.
    func peaceful(
        _ plan: RecordPlan,
        _ state: inout RecordState,
        _ work: LinkWork
    ) throws -> (plan: RecordPlan, fights: [(field: Int, writers: String)]) {
        let fights = try self.fights(in: plan, state, work)
        guard !fights.isEmpty, !Breakage.fightGoesOn.isOn else { return (plan, []) }
        for (field, writers) in fights {
            let (local, remote) = (state.local[field], state.remote[field])
            state.holds[field] = FieldHold(reason: .fight, local: local, remote: remote, detail: writers)
        }
        return (self.runtime.planner.plan(state, in: self.context), fights)
    }

    /// The fields that the plan would write and that keep going back to values they already held: each with its writers.
    private func fights(
        in plan: RecordPlan,
        _ state: RecordState,
        _ work: LinkWork
    ) throws -> [(field: Int, writers: String)] {
        // Three returns take four changes; nearly every record has fewer, unless we keep overwriting what changes there.
        let overwrites = plan.toRemote.contains { write in
            let shadow = state.remoteShadow[write.field]
            return shadow != nil && shadow != state.remote[write.field]
        }
        guard overwrites || work.record.version > Int64(Self.fight.returns),
            !(plan.toLocal.isEmpty && plan.toRemote.isEmpty)
        else { return [] }
        let since = self.cause.at.advanced(by: .zero - Self.fight.window)
        let recent = try self.transaction.timeline(of: work.link.record, since: since, limit: 200)
        var found: [(field: Int, writers: String)] = []
        for position in Set(plan.toLocal.map(\.field) + plan.toRemote.map(\.field)).sorted() {
            let field = self.runtime.mapping.fields[position]
            // Who decided a moment ago is not asked again.
            guard state.holds[position] == nil, state.decisions[position] == nil,
                // What is told of fields is told by their names.
                self.runtime.position(named: field.name) == position
            else { continue }
            let start = try self.lastDecision(position, work)
            let entries = recent.reversed().filter { entry in start.map { entry.at > $0 } ?? true }
            let histories = [
                // What is computed for the CRM, a constant or a membership, leaves no trace here: its writes there tell.
                field.local.map { property in
                    self.historyHere(of: property, entries, next: plan.toLocal.first { $0.field == position })
                } ?? ValueHistory(),
                try self.historyThere(
                    of: field.name,
                    entries,
                    work,
                    next: plan.toRemote.first { $0.field == position }
                ),
            ]
            guard let fought = histories.first(where: { $0.returns >= Self.fight.returns && $0.writers.count > 1 })
            else { continue }
            let names = try fought.writers.map { writer in
                try writer.map { try self.transaction.name(of: $0) } ?? "somebody in the CRM"
            }
            found.append((position, names.joined(separator: " and ")))
        }
        return found
    }

    /// What the property went through here.
    ///
    /// What was pushed is no part of it: a write is known to have arrived only when somebody may have typed another value
    /// here already, and it is in the CRM's terms.
    private func historyHere(of property: String, _ entries: [JournalEntry], next: FieldWrite?) -> ValueHistory {
        var history = ValueHistory()
        for entry in entries where entry.kind.changesRecord {
            guard let change = entry.changes.first(where: { $0.property.hasSameBytes(as: property) }) else { continue }
            history.add(change.new, after: change.old, by: entry.actor)
        }
        if let next { history.add(next.new, after: next.old, by: self.cause.actor) }
        return history
    }

    /// What the property went through in the CRM, as far as our writes there tell: what one of them found in place of what
    /// the one before left was somebody's in the CRM.
    private func historyThere(
        of property: String,
        _ entries: [JournalEntry],
        _ work: LinkWork,
        next: FieldWrite?
    ) throws -> ValueHistory {
        var history = ValueHistory()
        let place = try self.transaction.description(of: work.link.key)
        for entry in entries where !entry.kind.changesRecord && entry.detail?.hasSameBytes(as: place) ?? false {
            guard let change = entry.changes.first(where: { $0.property.hasSameBytes(as: property) }) else { continue }
            history.add(change.old, after: change.old, by: nil)
            history.add(change.new, after: change.old, by: entry.actor)
        }
        if let next {
            history.add(next.old, after: next.old, by: nil)
            history.add(next.new, after: next.old, by: self.cause.actor)
        }
        return history
    }

    /// When a person last decided over the field; what happened before does not count any more.
    private func lastDecision(_ position: Int, _ work: LinkWork) throws -> Instant? {
        let field = self.runtime.mapping.fields[position].name
        return try self.transaction.lastDecision(of: field, record: work.link.record, connection: self.connection)
    }

    // MARK: Epochs (R5)

    /// A person took a lattice field back: its next epoch begins.
    func openEpochs(_ plan: RecordPlan, work: LinkWork) throws {
        for position in plan.opened where !Breakage.epochNotOpened.isOn {
            let field = self.runtime.mapping.fields[position]
            guard let property = field.local else { continue }
            let decided = work.conflicts.first { $0.about.field.hasSameBytes(as: field.name) }?.decision
            try self.transaction.openEpoch(
                of: property,
                record: work.link.record,
                by: decided?.by ?? "sync",
                at: decided?.at ?? self.cause.at
            )
        }
    }

    /// Both sides agree on these fields now, in whatever epoch the record is.
    func agreeOnEpochs(_ fields: [Int], of link: Link) throws {
        let lattices = self.runtime.lattices.filter { fields.contains($0) }
        guard !lattices.isEmpty else { return }
        let epochs = try self.transaction.epochs(of: link.record)
        for position in lattices {
            guard let property = self.runtime.mapping.fields[position].local,
                let epoch = epochs.first(where: { $0.property.hasSameBytes(as: property) })
            else { continue }
            try self.transaction.agree(
                onEpoch: epoch.number,
                of: property,
                record: link.record,
                connection: self.connection,
                object: self.object
            )
        }
    }

    /// Whether a write takes back a stage that the CRM lets climb only: it is cleared, then set, by one operation.
    func stepsBack(_ position: Int, from old: Value, to new: Value) -> Bool {
        guard self.runtime.forwardOnly.contains(position), !Breakage.stepBackInOneCall.isOn,
            let before = self.rank(position, old),
            let after = self.rank(position, new)
        else { return false }
        return after < before
    }

    private func rank(_ position: Int, _ remote: Value) -> Int? {
        let lens = self.runtime.mapping.fields[position].lens
        guard case .value(.text(let stage)) = lens.toLocal(remote, previous: .absent, in: self.context) else {
            return nil
        }
        return self.runtime.mapping.lifecycle.rank(of: stage)
    }

    /// The values of a record while a stage is being taken back: the blank between the clear and the set is no
    /// observation, so the field still holds what it held before.
    func withoutBlankBetween(_ values: [Value], _ operation: PendingOperation) -> [Value] {
        guard !Breakage.blankBetweenIsObserved.isOn else { return values }
        var values = values
        for field in operation.fields where values.indices.contains(field.field) && values[field.field].isBlank {
            if self.stepsBack(field.field, from: field.previous, to: field.sent) {
                values[field.field] = field.previous
            }
        }
        return values
    }

    // MARK: What the CRM is owed

    /// Remembers writes that a rule or a person decided, so that no later plan decides them otherwise.
    ///
    /// A plain push needs no memory: it comes out of the shadows again.
    func rememberOwed(_ plan: RecordPlan, state: RecordState, link: Link) throws {
        var local = state.local
        for write in plan.toLocal { local[write.field] = write.new }
        var owing: Set<Int> = []
        for write in plan.toRemote where !self.isPlainPush(write, plan, state) || state.owed[write.field] != nil {
            owing.insert(write.field)
            let field = self.runtime.mapping.fields[write.field]
            let owed = OwedWrite(local: local[write.field], remote: state.remote[write.field])
            // A computed value is made anew each time, and follows its own direction.
            guard field.local != nil, !Breakage.owedIsForgotten.isOn, !Breakage.forgetLosersPendingChange.isOn,
                state.owed[write.field] != owed
            else { continue }
            try self.transaction.owe(
                OwedValue(field: field.name, local: owed.local, remote: owed.remote),
                of: link.record,
                connection: self.connection,
                object: self.object,
                at: self.cause.at
            )
        }
        try self.settleOwed(state.owed.keys.filter { !owing.contains($0) }, of: link)
    }

    /// The CRM holds what it was owed, or a side moved.
    func settleOwed(_ fields: [Int], of link: Link) throws {
        for position in fields.sorted() {
            try self.transaction.settleOwed(
                self.runtime.mapping.fields[position].name,
                of: link.record,
                connection: self.connection,
                object: self.object
            )
        }
    }

    /// Whether the write follows from the shadows alone: only our side changed, and nobody lost.
    func isPlainPush(_ write: FieldWrite, _ plan: RecordPlan, _ state: RecordState) -> Bool {
        let position = write.field
        return state.remote[position] == state.remoteShadow[position]
            && state.local[position] != state.localShadow[position]
            && !plan.conflicts.contains { $0.field == position }
    }
}

/// The values that a property went through, and who wrote them.
private struct ValueHistory {
    private var values: [Value] = []
    /// Who wrote, in the order of their first write; nil is somebody in the CRM.
    private(set) var writers: [ActorNumber?] = []
    /// How often it went back to a value that it had held before.
    private(set) var returns = 0

    /// Adds a value, which is no change if it is what the property holds.
    ///
    /// `old` is what it replaced: where the history begins.
    mutating func add(_ value: Value, after old: Value, by writer: ActorNumber?) {
        let value = value.isBlank ? .null : value
        if self.values.isEmpty { self.values.append(old.isBlank ? .null : old) }
        guard value != self.values.last else { return }
        if !self.writers.contains(writer) { self.writers.append(writer) }
        if self.values.contains(value) { self.returns += 1 }
        self.values.append(value)
    }
}
