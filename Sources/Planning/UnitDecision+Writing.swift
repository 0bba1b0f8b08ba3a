import Mapping
import Records

/// What is written where.
extension UnitDecision {
    /// Whether every member is blank on that side: a group is blank only as a whole.
    func isBlank(_ side: Side) -> Bool {
        let values = self.unit.map { side == .local ? self.state.local[$0] : self.remote($0) }
        return Breakage.groupIsBlankByOne.isOn ? values.contains(where: \.isBlank) : values.allSatisfy(\.isBlank)
    }

    /// What the CRM says about a field; nothing where it holds the placeholder that stands for nothing.
    func remote(_ index: Int) -> Value {
        let value = self.state.remote[index]
        if value == self.placeholder(index) { return .null }
        // Our own user is nobody's owner (R12).
        guard self.mapping.fields[index].type == .owner, case .text(let owner) = value, self.context.isOwnUser(owner)
        else { return value }
        return .null
    }

    func isSame(_ index: Int) -> Bool {
        self.mapping.fields[index].same(local: self.state.local[index], remote: self.remote(index), in: self.context)
    }

    private func placeholder(_ index: Int) -> Value? {
        Breakage.placeholderIsAValue.isOn
            ? nil : self.state.placeholders[index] ?? self.mapping.fields[index].rules.placeholder
    }

    /// One side's value in the terms of the other.
    func translate(_ index: Int, from side: Side) -> LensResult {
        let lens = self.mapping.fields[index].lens
        let (local, remote) = (self.state.local[index], self.remote(index))
        guard side == .local else { return lens.toLocal(remote, previous: local, in: self.context) }
        // A CRM that must have a value keeps the placeholder where ours is cleared.
        if local.isBlank, let placeholder = self.placeholder(index) { return .value(placeholder) }
        return lens.toRemote(local, previous: remote, in: self.context)
    }

    /// The remote value in local terms; nil if it has none.
    func localTerms(_ remote: Value) -> Value? {
        let index = self.unit[0]
        let value = remote == self.placeholder(index) ? .null : remote
        let lens = self.mapping.fields[index].lens
        guard case .value(let local) = lens.toLocal(value, previous: self.state.local[index], in: self.context) else {
            return nil
        }
        return local
    }

    /// Whether the field's rules let that side be written now.
    private func mayWrite(on side: Side) -> Bool {
        switch self.lead.rules.write(on: side) {
        case .always: true
        case .ifBlank: self.isBlank(side) || Breakage.fillOverwrites.isOn
        case .onCreate, .never: false
        }
    }

    /// Whether a push is not worth it yet.
    private var isTooSmall: Bool {
        guard self.unit.count == 1, let threshold = self.lead.rules.pushWhen else { return false }
        let index = self.unit[0]
        guard case .value(let sent) = self.translate(index, from: .local), !sent.isBlank,
            sent != self.state.remote[index]
        else { return false }
        return !threshold.isPassed(from: self.state.remote[index], to: sent)
    }

    /// Plans the values of `side` into the other one.
    ///
    /// A group is written as a whole or not at all. Returns false, with a note, if a value cannot be written.
    @discardableResult
    mutating func write(from side: Side) -> Bool {
        if self.isClosed(from: side) {
            self.note(self.unit[0], .closed(side: side))
            return false
        }
        // What was decided is carried out as decided.
        let isOwed = side == .local && self.isOwed
        guard self.mayTravel(from: side), isOwed || self.mayWrite(on: side.opposite) else {
            // Each side keeps its own, as the mapping says: no decision writes against a field's direction.
            self.agree()
            return true
        }
        if side == .local && !isOwed && self.isTooSmall {
            self.note(self.unit[0], .heldBack)
            return false
        }
        var writes: [FieldWrite] = []
        var agreed: [Int] = []
        for index in self.unit {
            let source = side == .local ? self.state.local[index] : self.state.remote[index]
            let target = side == .local ? self.state.remote[index] : self.state.local[index]
            if self.isBlankPair(index) {
                agreed.append(index)
                continue
            }
            switch self.translate(index, from: side) {
            case .value(let value) where value == target || (value.isBlank && target.isBlank): agreed.append(index)
            case .value(let value):
                writes.append(FieldWrite(field: index, old: target, new: value, source: source))
            case .unmapped where Breakage.unmappedIsBlank.isOn:
                writes.append(FieldWrite(field: index, old: target, new: .null, source: source))
            case .unlinked where Breakage.unlinkedIsBlank.isOn:
                writes.append(FieldWrite(field: index, old: target, new: .null, source: source))
            case .unmapped(let detail):
                self.note(index, .unmapped(side: side, value: source, detail: detail))
                return false
            case .unlinked:
                self.note(index, .unlinkedReference)
                return false
            }
        }
        self.plan.agreed += agreed
        if side == .local { self.plan.toRemote += writes } else { self.plan.toLocal += writes }
        return true
    }

    /// One side became blank: the policy says what that means for the other.
    mutating func clear(from side: Side) {
        switch Breakage.clearAlwaysPropagates.isOn ? .propagate : self.lead.onClear {
        case .propagate: self.write(from: side)
        case .ignore: self.agree()
        case .fill:
            // Where the full side may not be written back, the clear stays where it is.
            if self.mayTravel(from: side.opposite) { self.write(from: side.opposite) } else { self.agree() }
        }
    }

    /// A third value, in local terms, goes to both sides.
    ///
    /// A person's value is that person's edit of our record, whatever the field's direction; it reaches the CRM only if
    /// changes of ours do. Returns false, with a note, if a side cannot take it.
    @discardableResult
    mutating func writeBoth(_ value: Value, rule: String, byPerson: Bool = false) -> Bool {
        let index = self.unit[0]
        let (local, remote) = (self.state.local[index], self.state.remote[index])
        for side in Side.allCases where self.isClosed(from: side) {
            self.note(index, .closed(side: side))
            return false
        }
        guard case .value(let sent) = self.remoteTerms(value) else {
            self.note(index, .unmapped(side: .local, value: value, detail: "the chosen value has no counterpart"))
            return false
        }
        let isSent = sent != remote && !(value.isBlank && self.remote(index).isBlank) && self.mayTravel(from: .local)
        let isTaken = value != local && !(value.isBlank && local.isBlank)
        if !byPerson, (isSent && !self.mayWrite(on: .remote)) || (isTaken && !self.mayBeWritten(.local)) {
            self.agree()
            return true
        }
        if isSent { self.plan.toRemote.append(FieldWrite(field: index, old: remote, new: sent, source: value)) }
        if isTaken { self.plan.toLocal.append(FieldWrite(field: index, old: local, new: value, source: sent)) }
        if !isSent { self.plan.agreed.append(index) }
        if isSent || isTaken { self.log(rule: rule, verdict: .merged) }
        return true
    }

    private func mayBeWritten(_ side: Side) -> Bool {
        self.mayTravel(from: side.opposite) && self.mayWrite(on: side)
    }

    private func remoteTerms(_ value: Value) -> LensResult {
        let index = self.unit[0]
        if value.isBlank { return .value(self.placeholder(index) ?? .null) }
        let lens = self.mapping.fields[index].lens
        return lens.toRemote(value, previous: self.remote(index), in: self.context)
    }

    private func isBlankPair(_ index: Int) -> Bool {
        self.state.local[index].isBlank && self.remote(index).isBlank
    }

    mutating func log(rule: String, verdict: FieldConflict.Verdict) {
        for index in self.unit {
            let (local, remote) = (self.state.local[index], self.state.remote[index])
            if self.unit.count > 1 && self.isSame(index) { continue }
            self.plan.conflicts.append(
                FieldConflict(
                    field: index,
                    localBase: self.state.localShadow[index],
                    remoteBase: self.state.remoteShadow[index],
                    local: local,
                    remote: remote,
                    rule: rule,
                    verdict: verdict
                )
            )
        }
    }
}
