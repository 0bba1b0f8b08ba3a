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
            let margin = self.state.times.uncertainty.span
            self.settle(rule: later == nil ? "\(rule) (tie within \(margin))" : rule, winner: later ?? .remote)
        case .max, .min:
            guard let winner = self.greaterSide(policy) else {
                self.wait(rule: rule)
                return
            }
            self.settle(rule: rule, winner: winner)
        case .furthest, .mostRestrictive: self.join(rule: rule)
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
        let isCurrent = self.unit.allSatisfy(self.isAsSeen)
        guard isCurrent || Breakage.staleDecisionApplied.isOn else { return false }
        let opens = self.opensEpoch(first.choice)
        let before = self.plan
        switch first.choice {
        case .side(let winner): self.settle(rule: "decision", winner: winner)
        case .value(let value): self.writeBoth(value, rule: "decision", byPerson: true)
        }
        if opens, self.plan.toLocal != before.toLocal || self.plan.toRemote != before.toRemote {
            self.plan.opened.append(self.unit[0])
        }
        return true
    }

    /// Whether a field still is what the person saw who decided about its unit.
    ///
    /// A decision about one field of a group moves the whole group (R15), so that it carries what was seen of all of them.
    /// A member without a conflict of its own was the same on both sides then, and must be so now.
    private func isAsSeen(_ index: Int) -> Bool {
        let decided = self.state.decisions[index].map { SeenValues(local: $0.seenLocal, remote: $0.seenRemote) }
        guard let seen = decided ?? self.state.waiting[index] else { return self.isSame(index) }
        return seen.local == self.state.local[index] && seen.remote == self.state.remote[index]
    }

    // MARK: Sets

    /// What either side added, without what either side removed.
    private mutating func merge(rule: String) {
        let index = self.unit[0]
        guard self.unit.count == 1, let left = Self.elements(self.state.local[index]),
            let right = Self.elements(self.localTerms(self.state.remote[index]) ?? .absent)
        else {
            self.wait(rule: rule)
            return
        }
        let isKnown = self.hasShadow && !Breakage.mergeForgetsRemovals.isOn
        let base = Self.elements(isKnown ? self.state.localShadow[index] ?? .absent : .absent) ?? []
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

    /// The side with the greater or smaller value; nil for values without an order.
    private func greaterSide(_ policy: ConflictPolicy) -> Side? {
        guard self.unit.count == 1 else { return nil }
        let index = self.unit[0]
        guard let right = self.localTerms(self.state.remote[index]) else { return nil }
        let left = self.state.local[index]
        // A value is more than none, whichever end is wanted.
        if left.isBlank != right.isBlank { return left.isBlank ? .remote : .local }
        guard let order = Self.order(left, right) else { return nil }
        return (order >= 0) == (policy == .max) ? .local : .remote
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
