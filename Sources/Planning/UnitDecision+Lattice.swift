import Mapping
import Records

/// R5: stages and consents, whose values only climb.
///
/// A value's place is (epoch, height): the rank of a stage, the strictness of a consent. Only a person, or newer evidence
/// of a consent, begins an epoch, and with it a lower place.
extension UnitDecision {
    /// A place in a lattice; places are compared by epoch first.
    private struct Place: Comparable {
        let epoch: Int
        let height: Int

        static func < (lhs: Self, rhs: Self) -> Bool { (lhs.epoch, lhs.height) < (rhs.epoch, rhs.height) }
    }

    private var isLattice: Bool {
        self.unit.count == 1 && (self.lead.onConflict == .furthest || self.lead.onConflict == .mostRestrictive)
    }

    /// Whether a one-sided change of a lattice field goes backward, which only a person may approve.
    func isBackward(from side: Side) -> Bool {
        guard self.isLattice, !Breakage.backwardStagePasses.isOn, let before = self.basePlace(side),
            let after = self.place(side)
        else { return false }
        return after < before
    }

    /// Both sides moved: the further one wins, unless both went back.
    mutating func join(rule: String) {
        guard self.unit.count == 1, let own = self.place(.local), let other = self.place(.remote) else {
            self.wait(rule: rule)
            return
        }
        let winner: Side = own >= other ? .local : .remote
        guard self.hasShadow, let base = self.basePlace(.local), max(own, other) < base else {
            self.settle(rule: rule, winner: winner)
            return
        }
        switch self.lead.rules.backward {
        case .review: self.wait(rule: "backward: review")
        case .allow: self.settle(rule: rule, winner: winner)
        case .restore: self.writeBoth(self.state.localShadow[self.unit[0]] ?? .null, rule: "backward: restore")
        }
    }

    /// Whether what a person chose lies below what both sides know: a new epoch begins with it.
    func opensEpoch(_ choice: FieldDecision.Choice) -> Bool {
        guard self.isLattice else { return false }
        let chosen: Place? =
            switch choice {
            case .side(let side): self.place(side)
            case .value(let value): self.height(value).map { Place(epoch: self.epochs.local, height: $0) }
            }
        let known = [self.place(.local), self.place(.remote), self.basePlace(.local)].compactMap { $0 }
        guard let chosen, let highest = known.max() else { return false }
        return chosen < highest
    }

    // MARK: Places

    /// Without a shadow there is no agreement, and so no epoch to tell apart.
    private var epochs: FieldEpochs {
        let none = FieldEpochs(local: 0, remote: 0)
        return self.hasShadow ? self.state.epochs[self.unit[0]] ?? none : none
    }

    private func place(_ side: Side) -> Place? {
        let index = self.unit[0]
        let value = side == .local ? self.state.local[index] : self.localTerms(self.state.remote[index])
        let epoch = side == .local ? self.epochs.local : self.epochs.remote
        return self.height(value).map { Place(epoch: epoch, height: $0) }
    }

    /// Where both sides were when they last agreed, by what that side held.
    private func basePlace(_ side: Side) -> Place? {
        guard self.hasShadow else { return nil }
        let index = self.unit[0]
        let value =
            side == .local
            ? self.state.localShadow[index] : self.localTerms(self.state.remoteShadow[index] ?? .absent)
        return self.height(value).map { Place(epoch: self.epochs.remote, height: $0) }
    }

    /// nil for a side stage, which is outside the order, and for what is no value of the lattice.
    private func height(_ value: Value?) -> Int? {
        guard let value else { return nil }
        if self.lead.onConflict == .mostRestrictive {
            switch value {
            case .flag(true): return 0
            case .flag(false): return 2
            default: return value.isBlank ? 1 : nil
            }
        }
        if value.isBlank { return -1 }
        guard case .text(let stage) = value else { return nil }
        return self.mapping.lifecycle.rank(of: stage)
    }
}
