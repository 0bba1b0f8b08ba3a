import Mapping
import Records

/// Decides one unit: a field, or a group of fields that never mixes sides (R15).
struct UnitDecision {
    let unit: [Int]
    let mapping: CompiledMapping
    let state: RecordState
    let context: any LensContext
    /// What was decided.
    var plan = RecordPlan()

    init(unit: [Int], mapping: CompiledMapping, state: RecordState, context: any LensContext) {
        self.unit = unit
        self.mapping = mapping
        self.state = state
        self.context = context
    }

    /// The field that speaks for the unit: its policies are the group's.
    private var lead: MappingField { self.mapping.fields[self.unit[0]] }

    private var hasShadow: Bool {
        self.unit.allSatisfy { self.state.localShadow[$0] != nil && self.state.remoteShadow[$0] != nil }
    }

    private var localChanged: Bool {
        if Breakage.shadowThroughTransform.isOn { return self.unit.contains { self.differsFromShadow($0, .local) } }
        return self.unit.contains { self.state.local[$0] != self.state.localShadow[$0] }
    }

    private var remoteChanged: Bool {
        if Breakage.shadowThroughTransform.isOn { return self.unit.contains { self.differsFromShadow($0, .remote) } }
        return self.unit.contains { self.state.remote[$0] != self.state.remoteShadow[$0] }
    }

    /// Compares one side with the other side's shadow; for `Breakage.shadowThroughTransform` only.
    private func differsFromShadow(_ index: Int, _ side: Side) -> Bool {
        let (lens, state) = (self.mapping.fields[index].lens, self.state)
        guard let local = state.localShadow[index], let remote = state.remoteShadow[index] else { return true }
        return side == .local
            ? lens.toRemote(state.local[index], previous: .absent, in: self.context) != .value(remote)
            : lens.toLocal(state.remote[index], previous: .absent, in: self.context) != .value(local)
    }

    private var isSame: Bool {
        self.unit.allSatisfy {
            self.mapping.fields[$0]
                .same(local: self.state.local[$0], remote: self.state.remote[$0], in: self.context)
        }
    }

    /// Whether every member is blank on that side: a group is blank only as a whole.
    func isBlank(_ side: Side) -> Bool {
        let values = self.unit.map { side == .local ? self.state.local[$0] : self.state.remote[$0] }
        return Breakage.groupIsBlankByOne.isOn ? values.contains(where: \.isBlank) : values.allSatisfy(\.isBlank)
    }

    /// Fills `plan`.
    mutating func decide() {
        if self.isHeld() || self.isUnreadable() { return }
        if self.hasShadow {
            self.decideWithShadow()
        } else {
            self.decideFirstContact()
        }
    }

    // MARK: What stops a decision

    private mutating func isHeld() -> Bool {
        let held = self.unit.first { index in
            self.state.holds[index]?
                .stands(local: self.state.local[index], remote: self.state.remote[index]) ?? false
        }
        guard let held, let hold = self.state.holds[held], !Breakage.holdsAreIgnored.isOn else { return false }
        switch hold.reason {
        case .rejected: self.note(held, .rejected)
        case .unmapped:
            let side: Side = self.state.localShadow[held] != self.state.local[held] ? .local : .remote
            let value = side == .local ? self.state.local[held] : self.state.remote[held]
            self.note(held, .unmapped(side: side, value: value, detail: ""))
        case .undone, .fight: self.note(held, .waiting)
        }
        return true
    }

    /// A requested field that the CRM did not mention is unreadable, never a clear (R10).
    private mutating func isUnreadable() -> Bool {
        guard let silent = self.unit.first(where: { self.state.remote[$0] == .absent }),
            !Breakage.absentIsClear.isOn
        else { return false }
        let matters = self.state.remoteShadow[silent] != .absent || !self.state.local[silent].isBlank
        if matters { self.note(silent, .unreadable) }
        return true
    }

    // MARK: The table

    private mutating func decideWithShadow() {
        switch (self.localChanged, self.remoteChanged) {
        case (false, false): return
        case (true, false): self.oneSided(.local)
        case (false, true): self.oneSided(.remote)
        case (true, true):
            if self.isSame {
                self.agree()
            } else {
                self.bothChanged()
            }
        }
    }

    /// Only `side` changed.
    ///
    /// Its value is final, whatever policy and clock say (S4), but for lattices and one-way fields.
    private mutating func oneSided(_ side: Side) {
        if let authority = self.lead.authority, authority != side {
            self.settle(rule: "authority: \(authority.rawValue)", winner: authority)
            return
        }
        guard self.mayTravel(from: side) else {
            if self.isSame { self.agree() } else { self.note(self.unit[0], .drift(side: side)) }
            return
        }
        if self.applyDecision() { return }
        if self.isBackward(from: side) {
            self.wait(rule: "backward: review")
            return
        }
        if self.isBlank(side) && !self.isBlank(side.opposite) {
            self.clear(from: side)
            return
        }
        self.write(from: side)
    }

    private mutating func bothChanged() {
        if self.applyDecision() { return }
        if let authority = self.lead.authority {
            self.settle(rule: "authority: \(authority.rawValue)", winner: authority)
            return
        }
        switch self.lead.direction {
        case .pull: self.settle(rule: "direction: pull", winner: .remote)
        case .push: self.settle(rule: "direction: push", winner: .local)
        case .both: self.resolve(by: self.lead.onConflict, rule: self.lead.onConflict.rawValue)
        }
    }

    private mutating func decideFirstContact() {
        if self.isSame {
            self.agree()
            return
        }
        switch (self.isBlank(.local), self.isBlank(.remote)) {
        case (true, false) where Breakage.blankErasesOnFirstContact.isOn: self.clear(from: .local)
        case (true, _):
            // A blank never erases on first contact; a one-way field that cannot be filled stays as it is.
            if self.mayTravel(from: .remote) { self.write(from: .remote) } else { self.agree() }
        case (_, true):
            if self.mayTravel(from: .local) { self.write(from: .local) } else { self.agree() }
        case (false, false):
            self.firstDifference()
        }
    }

    private mutating func firstDifference() {
        if self.applyDecision() { return }
        if let authority = self.lead.authority {
            self.settle(rule: "initial: authority \(authority.rawValue)", winner: authority)
            return
        }
        switch (self.lead.direction, self.lead.initial) {
        case (.pull, _): self.settle(rule: "initial: direction pull", winner: .remote)
        case (.push, _): self.settle(rule: "initial: direction push", winner: .local)
        case (.both, .preferLocal): self.settle(rule: "initial: prefer_local", winner: .local)
        case (.both, .preferRemote): self.settle(rule: "initial: prefer_remote", winner: .remote)
        case (.both, .newest): self.resolve(by: .newest, rule: "initial: newest")
        case (.both, .manual): self.wait(rule: "initial: manual")
        case (.both, nil):
            switch self.lead.onConflict {
            // A lattice has its own answer to "which of two", whoever changed what.
            case .furthest, .mostRestrictive, .max, .min:
                self.resolve(by: self.lead.onConflict, rule: "initial: \(self.lead.onConflict.rawValue)")
            default:
                if Breakage.skipInitial.isOn { return self.settle(rule: "initial: the CRM", winner: .remote) }
                self.note(self.unit[0], .needsInitial)
            }
        }
    }

    private func mayTravel(from side: Side) -> Bool {
        switch Breakage.oneWayGoesBothWays.isOn ? .both : self.lead.direction {
        case .both: true
        case .pull: side == .remote
        case .push: side == .local
        }
    }

    mutating func note(_ field: Int, _ reason: FieldNote.Reason) {
        self.plan.notes.append(FieldNote(field: field, reason: reason))
    }

    mutating func agree() {
        self.plan.agreed += self.unit
    }
}
