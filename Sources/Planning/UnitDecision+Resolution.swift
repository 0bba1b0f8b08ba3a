import Mapping
import Records

/// What happens once it is clear who wins.
extension UnitDecision {
    /// Applies a conflict policy.
    mutating func resolve(by policy: ConflictPolicy, rule: String) {
        switch policy {
        case .preferLocal: self.settle(rule: rule, winner: .local)
        case .preferRemote: self.settle(rule: rule, winner: .remote)
        case .preferLocalUnlessBlank:
            self.settle(rule: rule, winner: self.isBlank(.local) ? .remote : .local)
        case .preferRemoteUnlessBlank:
            self.settle(rule: rule, winner: self.isBlank(.remote) ? .local : .remote)
        case .newest:
            let later = self.laterSide()
            self.settle(rule: later == nil ? "\(rule) (tie)" : rule, winner: later ?? .remote)
        case .max, .min, .furthest, .mostRestrictive:
            guard let winner = self.latticeWinner(policy) else {
                self.wait(rule: rule)
                return
            }
            self.settle(rule: rule, winner: winner)
        case .merge: self.merge(rule: rule)
        case .manual: self.wait(rule: rule)
        }
    }

    /// Writes one side's values to the other and logs the loser.
    mutating func settle(rule: String, winner: Side) {
        let before = self.plan
        guard self.write(from: winner) else { return }
        let wroteNothing = self.plan.toLocal == before.toLocal && self.plan.toRemote == before.toRemote
        if wroteNothing || Breakage.conflictLoserNotKept.isOn { return }
        self.log(rule: rule, verdict: .won(by: winner))
    }

    /// Leaves the unit to a person.
    mutating func wait(rule: String) {
        self.log(rule: rule, verdict: .waiting)
    }

    /// Applies a person's decision, if there is one and both sides are still what the person saw (R18).
    mutating func applyDecision() -> Bool {
        let decided = self.unit.compactMap { index in self.state.decisions[index].map { (index, $0) } }
        guard let (_, first) = decided.first else { return false }
        let isCurrent = decided.allSatisfy { index, decision in
            decision.seenLocal == self.state.local[index] && decision.seenRemote == self.state.remote[index]
        }
        guard isCurrent || Breakage.staleDecisionApplied.isOn else { return false }
        switch first.choice {
        case .side(let winner): self.settle(rule: "decision", winner: winner)
        case .value(let value): self.writeBoth(value, rule: "decision")
        }
        return true
    }

    /// Plans the values of `side` into the other one.
    ///
    /// A group is written as a whole or not at all. Returns false, with a note, if a value cannot be written.
    @discardableResult
    mutating func write(from side: Side) -> Bool {
        var writes: [FieldWrite] = []
        var agreed: [Int] = []
        for index in self.unit {
            let source = side == .local ? self.state.local[index] : self.state.remote[index]
            let target = side == .local ? self.state.remote[index] : self.state.local[index]
            switch self.translate(index, source, previous: target, from: side) {
            case .value(let value) where value == target || (value.isBlank && target.isBlank): agreed.append(index)
            case .value(let value):
                writes.append(FieldWrite(field: index, old: target, new: value, source: source))
            case .unmapped where Breakage.unmappedIsBlank.isOn:
                writes.append(FieldWrite(field: index, old: target, new: .null, source: source))
            case .unmapped(let detail):
                self.note(index, .unmapped(side: side, value: source, detail: detail))
                return false
            case .unlinked where Breakage.unlinkedIsBlank.isOn:
                writes.append(FieldWrite(field: index, old: target, new: .null, source: source))
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
        let policy = Breakage.clearAlwaysPropagates.isOn ? .propagate : self.mapping.fields[self.unit[0]].onClear
        switch policy {
        case .propagate: self.write(from: side)
        case .ignore: self.agree()
        case .fill: self.write(from: side.opposite)
        }
    }

    /// Whether a one-sided change of a lattice field goes backward, which only a person may approve (R5).
    func isBackward(from side: Side) -> Bool {
        guard self.unit.count == 1, self.mapping.fields[self.unit[0]].onConflict == .furthest,
            !Breakage.backwardStagePasses.isOn
        else { return false }
        let index = self.unit[0]
        let old: Value?
        let new: Value?
        if side == .local {
            (old, new) = (self.state.localShadow[index], self.state.local[index])
        } else {
            (old, new) = (
                self.localTerms(self.state.remoteShadow[index] ?? .absent), self.localTerms(self.state.remote[index])
            )
        }
        guard let before = self.rank(old), let after = self.rank(new) else { return false }
        return after < before
    }

    private func translate(_ index: Int, _ value: Value, previous: Value, from side: Side) -> LensResult {
        let lens = self.mapping.fields[index].lens
        return side == .local
            ? lens.toRemote(value, previous: previous, in: self.context)
            : lens.toLocal(value, previous: previous, in: self.context)
    }

    /// A third value, in local terms, goes to both sides.
    private mutating func writeBoth(_ value: Value, rule: String) {
        let index = self.unit[0]
        let (local, remote) = (self.state.local[index], self.state.remote[index])
        guard case .value(let sent) = self.translate(index, value, previous: remote, from: .local) else {
            self.note(index, .unmapped(side: .local, value: value, detail: "the chosen value has no counterpart"))
            return
        }
        if sent != remote {
            self.plan.toRemote.append(FieldWrite(field: index, old: remote, new: sent, source: value))
        } else {
            self.plan.agreed.append(index)
        }
        if value != local {
            self.plan.toLocal.append(FieldWrite(field: index, old: local, new: value, source: sent))
        }
        self.log(rule: rule, verdict: .merged)
    }

    /// What either side added, without what either side removed.
    private mutating func merge(rule: String) {
        let index = self.unit[0]
        guard self.unit.count == 1, let left = Self.elements(self.state.local[index]),
            let right = Self.elements(self.localTerms(self.state.remote[index]) ?? .absent)
        else {
            self.wait(rule: rule)
            return
        }
        let known = Breakage.mergeForgetsRemovals.isOn ? .absent : self.state.localShadow[index]
        let base = Self.elements(known ?? .absent) ?? []
        let merged = left.union(right).subtracting(base.subtracting(left)).subtracting(base.subtracting(right))
        self.writeBoth(.set(of: merged), rule: rule)
    }

    private static func elements(_ value: Value) -> Set<Text>? {
        switch value {
        case .set(let elements): Set(elements)
        case .absent, .null: []
        case .text(let text) where text.isEmpty: []
        default: nil
        }
    }

    private mutating func log(rule: String, verdict: FieldConflict.Verdict) {
        for index in self.unit {
            let (local, remote) = (self.state.local[index], self.state.remote[index])
            let isSettled = self.mapping.fields[index].same(local: local, remote: remote, in: self.context)
            if isSettled && self.unit.count > 1 { continue }
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

    // MARK: Comparing

    /// The side edited last; nil is a tie.
    ///
    /// A group counts as edited when its last member was.
    private func laterSide() -> Side? {
        let sides = self.unit.map { self.state.times.later(field: $0) }
        if sides.contains(.local) && !sides.contains(.remote) { return .local }
        if sides.contains(.remote) && !sides.contains(.local) { return .remote }
        return nil
    }

    private func latticeWinner(_ policy: ConflictPolicy) -> Side? {
        guard self.unit.count == 1 else { return nil }
        let index = self.unit[0]
        let left = self.state.local[index]
        guard let right = self.localTerms(self.state.remote[index]) else { return nil }
        switch policy {
        case .furthest:
            guard let own = self.rank(left), let other = self.rank(right) else { return nil }
            return own >= other ? .local : .remote
        case .mostRestrictive:
            // Consent is a flag here: true means that the person may be written to.
            guard case .flag(let own) = left, case .flag(let other) = right else { return nil }
            return !own || other ? .local : .remote
        case .max, .min:
            guard let order = Self.order(left, right) else { return nil }
            return (order >= 0) == (policy == .max) ? .local : .remote
        default: return nil
        }
    }

    /// The remote value in local terms; nil if it has none.
    private func localTerms(_ remote: Value) -> Value? {
        let index = self.unit[0]
        let lens = self.mapping.fields[index].lens
        guard case .value(let value) = lens.toLocal(remote, previous: self.state.local[index], in: self.context) else {
            return nil
        }
        return value
    }

    private func rank(_ value: Value?) -> Int? {
        guard case .text(let stage)? = value else { return nil }
        return self.mapping.lifecycle.rank(of: stage)
    }

    /// Negative, zero or positive as `left` is before, level with or after `right`; nil for values without an order.
    private static func order(_ left: Value, _ right: Value) -> Int? {
        switch (left, right) {
        case (.number(let one), .number(let two)): one < two ? -1 : (two < one ? 1 : 0)
        case (.date(let one), .date(let two)): one < two ? -1 : (two < one ? 1 : 0)
        case (.instant(let one), .instant(let two)): one < two ? -1 : (two < one ? 1 : 0)
        case (.text(let one), .text(let two)): one < two ? -1 : (two < one ? 1 : 0)
        default: nil
        }
    }
}
