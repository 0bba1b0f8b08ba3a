import Mapping
import Records

/// Decides one unit: a field, or a group of fields that never mixes sides (R15).
struct UnitDecision {
    private(set) var unit: [Int]
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

    /// Goes on to another unit of the same record.
    mutating func begin(_ unit: [Int]) {
        self.unit = unit
        self.plan = RecordPlan()
    }

    /// The field that speaks for the unit: its policies are the group's.
    var lead: MappingField { self.mapping.fields[self.unit[0]] }

    var hasShadow: Bool {
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

    private var isSame: Bool { self.unit.allSatisfy { self.isSame($0) } }

    /// Fills `plan`.
    mutating func decide() {
        if self.isHeld() || self.isUnreadable() { return }
        if self.isOwed {
            self.write(from: .local)
        } else if self.hasShadow {
            self.decideWithShadow()
        } else {
            self.decideFirstContact()
        }
    }

    // MARK: What stops a decision

    private mutating func isHeld() -> Bool {
        let held = self.unit.first { index in
            // A part waits for the others of its text, which may have come meanwhile.
            if self.mapping.fields[index].part != nil, self.state.holds[index]?.reason == .unmapped { return false }
            return self.state.holds[index]?
                .stands(local: self.state.local[index], remote: self.state.remote[index]) ?? false
        }
        guard let held, let hold = self.state.holds[held], !Breakage.holdsAreIgnored.isOn else { return false }
        switch hold.reason {
        case .rejected: self.note(held, .rejected)
        case .unmapped:
            let side: Side = self.state.localShadow[held] != self.state.local[held] ? .local : .remote
            let value = side == .local ? self.state.local[held] : self.state.remote[held]
            self.note(held, .unmapped(side: side, value: value, detail: ""))
        case .undone: self.note(held, .waiting)
        case .fight:
            // A person ends it by saying which value stands; until then both sides keep theirs (R12).
            let isSilent = self.unit.contains { self.state.remote[$0] == .absent }
            if !isSilent && self.applyDecision() { return true }
            self.note(held, .waiting)
            if isSilent || self.isSame { return true }
            self.wait(rule: hold.detail.isEmpty ? "fight" : "fight: \(hold.detail)")
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

    /// Whether the unit was decided for the store before, and neither side moved since.
    ///
    /// A group is carried out as a whole (R15), so that no member may have moved in the CRM: one that is owed nothing was the
    /// same on both sides when the group was decided, or a change of ours over what the CRM still holds.
    var isOwed: Bool {
        guard self.unit.contains(where: { self.state.owed[$0] != nil }) else { return false }
        return self.unit.allSatisfy { index in
            guard let write = self.state.owed[index] else {
                return self.isSame(index) || self.state.remote[index] == self.state.remoteShadow[index]
            }
            return write.local == self.state.local[index] && write.remote == self.state.remote[index]
        }
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
        if self.applyDecision() { return }
        if let authority = self.standing, authority != side {
            self.settle(rule: "authority: \(authority.rawValue)", winner: authority)
            return
        }
        guard self.mayTravel(from: side) else {
            self.drifted(side)
            return
        }
        if self.isClosed(from: side) {
            self.note(self.unit[0], .closed(side: side))
            return
        }
        if self.isBackward(from: side) {
            switch self.lead.rules.backward {
            case .review:
                self.wait(rule: "backward: review")
                return
            case .restore:
                self.settle(rule: "backward: restore", winner: side.opposite)
                return
            case .allow: break
            }
        }
        if self.isBlank(side) && !self.isBlank(side.opposite) {
            self.clear(from: side)
            return
        }
        self.write(from: side)
    }

    /// An edit on the side that a one-way field is written to (R18).
    private mutating func drifted(_ side: Side) {
        if self.isSame {
            self.agree()
        } else if (self.lead.rules.drift == .restore || Breakage.driftIsRestored.isOn)
            && self.mayTravel(from: side.opposite)
        {
            self.settle(rule: "drift: restore", winner: side.opposite)
        } else {
            self.note(self.unit[0], .drift(side: side))
        }
    }

    private mutating func bothChanged() {
        if self.applyDecision() { return }
        if let authority = self.standing {
            self.settle(rule: "authority: \(authority.rawValue)", winner: authority)
            return
        }
        switch (self.mayTravel(from: .local), self.mayTravel(from: .remote)) {
        case (true, true): self.resolve(by: self.lead.onConflict, rule: self.lead.onConflict.rawValue)
        case (false, true): self.settle(rule: "direction: pull", winner: .remote)
        case (true, false): self.settle(rule: "direction: push", winner: .local)
        case (false, false): self.note(self.unit[0], .drift(side: .local))
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
        switch (self.mayTravel(from: .local), self.mayTravel(from: .remote)) {
        case (false, true): self.settle(rule: "initial: direction pull", winner: .remote)
        case (true, false): self.settle(rule: "initial: direction push", winner: .local)
        case (false, false): self.agree()
        case (true, true): self.firstDifferenceBothWays()
        }
    }

    private mutating func firstDifferenceBothWays() {
        switch (self.lead.initial, self.lead.onConflict) {
        // A consent is never looser than either side, whatever the mapping prefers.
        case (_, .mostRestrictive): self.resolve(by: .mostRestrictive, rule: "initial: most_restrictive")
        case (.preferLocal, _): self.settle(rule: "initial: prefer_local", winner: .local)
        case (.preferRemote, _): self.settle(rule: "initial: prefer_remote", winner: .remote)
        case (.newest, _): self.resolve(by: .newest, rule: "initial: newest")
        case (.merge, _): self.resolve(by: .merge, rule: "initial: merge")
        case (.manual, _): self.wait(rule: "initial: manual")
        // A lattice has its own answer to "which of two", whoever changed what.
        case (nil, .furthest), (nil, .max), (nil, .min):
            self.resolve(by: self.lead.onConflict, rule: "initial: \(self.lead.onConflict.rawValue)")
        case (nil, _) where Breakage.skipInitial.isOn: self.settle(rule: "initial: the CRM", winner: .remote)
        case (nil, _): self.note(self.unit[0], .needsInitial)
        }
    }

    // MARK: What may travel

    /// Whether the field's direction, and the mapping's switch for linked records, let changes of that side travel.
    func mayTravel(from side: Side) -> Bool {
        guard self.mapping.update.isOn(from: side) else { return false }
        switch Breakage.oneWayGoesBothWays.isOn ? .both : self.lead.direction {
        case .both: return true
        case .pull: return side == .remote
        case .push: return side == .local
        }
    }

    /// Whether a condition or a filter keeps that side's change where it is for now.
    func isClosed(from side: Side) -> Bool {
        !Breakage.whenIsIgnored.isOn && self.unit.contains { self.state.closed.contains($0, from: side) }
    }

    /// The side whose value always stands; nil for equals, and where the other side may fill its blank.
    private var standing: Side? {
        guard let authority = self.lead.authority else { return nil }
        let mayFill = self.lead.rules.authorityUnlessBlank && self.isBlank(authority)
        return mayFill ? authority.opposite : authority
    }

    mutating func note(_ field: Int, _ reason: FieldNote.Reason) {
        self.plan.notes.append(FieldNote(field: field, reason: reason))
    }

    mutating func agree() {
        self.plan.agreed += self.unit
    }
}
