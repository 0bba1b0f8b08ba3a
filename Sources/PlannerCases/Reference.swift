import Mapping
import Planning
import Records

/// The rules of DESIGN §4 once more, slow and obvious, over meanings instead of values: what the planner is held against.
struct Reference {
    /// What must come out.
    struct Expectation: Equatable {
        let outcome: CaseOutcome
        /// What both sides say once the plan is carried out.
        let local: [Meaning]
        let remote: [Meaning]
        /// Whether a new epoch begins.
        var opens = false
    }

    let of: PlannerCase

    private var members: [PlannerCase.Member] { self.of.members }
    private var local: [Meaning] { self.members.map(\.local.meaning) }
    private var remote: [Meaning] { self.members.map(\.remote.meaning) }
    private var isSilent: Bool { self.members.contains(where: \.isSilent) }
    private var isSame: Bool {
        zip(self.local, self.remote).allSatisfy { $0 == $1 && $0 != .foreign }
    }

    private func says(_ side: Side) -> [Meaning] { side == .local ? self.local : self.remote }
    private func isBlank(_ side: Side) -> Bool { self.says(side).allSatisfy { $0 == .blank } }

    private var localChanged: Bool {
        self.members.contains {
            self.of.kind.value($0.local, on: .local) != self.of.kind.value($0.localBase, on: .local)
        }
    }

    private var remoteChanged: Bool {
        self.members.contains {
            self.of.kind.value($0.remote, on: .remote) != self.of.kind.value($0.remoteBase, on: .remote)
        }
    }

    /// The row of the table.
    var row: ChangeRow {
        if self.of.hasShadow {
            switch (self.localChanged, self.remoteChanged) {
            case (false, false): return .neither
            case (true, false): return .local
            case (false, true): return .remote
            case (true, true): return self.isSame ? .same : .different
            }
        }
        switch (self.isBlank(.local), self.isBlank(.remote)) {
        case (true, true): return .neither
        case (false, true): return .local
        case (true, false): return .remote
        case (false, false): return self.isSame ? .same : .different
        }
    }

    /// Whether a person's decision is what counts.
    var isDecided: Bool {
        guard self.of.decision?.isCurrent ?? false, !self.isSilent else { return false }
        if let held = self.of.held, held.isCurrent || held.reason == .undone || held.reason == .fight {
            return held.reason == .fight
        }
        switch self.row {
        case .neither, .same: return false
        case .local, .remote: return self.of.hasShadow
        case .different: return true
        }
    }

    // MARK: The table

    func expectation() -> Expectation {
        if let held = self.of.held, held.isCurrent || held.reason == .undone || held.reason == .fight {
            guard held.reason == .fight, !self.isSilent else { return self.keep(.left) }
            return self.decision() ?? self.keep(self.isSame ? .left : .waiting)
        }
        if self.isSilent { return self.keep(.left) }
        guard self.of.hasShadow else { return self.firstContact() }
        switch self.row {
        case .neither: return self.keep(.nothing)
        case .same: return self.keep(.agree)
        case .local: return self.oneSided(.local)
        case .remote: return self.oneSided(.remote)
        case .different: return self.decision() ?? self.bothChanged()
        }
    }

    private func oneSided(_ side: Side) -> Expectation {
        if let decided = self.decision() { return decided }
        if let boss = self.boss, boss != side { return self.carry(from: boss, logged: true) }
        guard self.travels(side) else {
            if self.isSame { return self.keep(.agree) }
            let isRestored = self.of.rules.drift == .restore && self.travels(side.opposite)
            return isRestored ? self.carry(from: side.opposite, logged: true) : self.keep(.left)
        }
        if self.of.closed.contains(side) { return self.keep(.left) }
        if self.wentBack(side) {
            if self.of.rules.backward == .review { return self.keep(.waiting) }
            if self.of.rules.backward == .restore { return self.carry(from: side.opposite, logged: true) }
        }
        guard self.isBlank(side), !self.isBlank(side.opposite) else { return self.carry(from: side, logged: false) }
        switch self.of.onClear {
        case .propagate: return self.carry(from: side, logged: false)
        case .ignore: return self.keep(.agree)
        case .fill:
            return self.travels(side.opposite) ? self.carry(from: side.opposite, logged: false) : self.keep(.agree)
        }
    }

    private func bothChanged() -> Expectation {
        if let boss = self.boss { return self.carry(from: boss, logged: true) }
        switch (self.travels(.local), self.travels(.remote)) {
        case (false, false): return self.keep(.left)
        case (true, false): return self.carry(from: .local, logged: true)
        case (false, true): return self.carry(from: .remote, logged: true)
        case (true, true): return self.resolve(self.of.policy)
        }
    }

    private func firstContact() -> Expectation {
        if self.isSame { return self.keep(.agree) }
        switch self.row {
        case .remote: return self.travels(.remote) ? self.carry(from: .remote, logged: false) : self.keep(.agree)
        case .local: return self.travels(.local) ? self.carry(from: .local, logged: false) : self.keep(.agree)
        default: break
        }
        if let decided = self.decision() { return decided }
        if let boss = self.of.authority { return self.carry(from: boss, logged: true) }
        switch (self.travels(.local), self.travels(.remote)) {
        case (false, false): return self.keep(.agree)
        case (true, false): return self.carry(from: .local, logged: true)
        case (false, true): return self.carry(from: .remote, logged: true)
        case (true, true): break
        }
        if self.of.kind == .consent { return self.resolve(.mostRestrictive) }
        switch self.of.initial {
        case .preferLocal: return self.carry(from: .local, logged: true)
        case .preferRemote: return self.carry(from: .remote, logged: true)
        case .newest: return self.resolve(.newest)
        case .merge: return self.resolve(.merge)
        case .manual: return self.keep(.waiting)
        case nil: break
        }
        let isLattice = [ConflictPolicy.furthest, .max, .min].contains(self.of.policy)
        return isLattice ? self.resolve(self.of.policy) : self.keep(.left)
    }

    // MARK: Who wins

    private func resolve(_ policy: ConflictPolicy) -> Expectation {
        switch policy {
        case .preferLocal: return self.carry(from: .local, logged: true)
        case .preferRemote: return self.carry(from: .remote, logged: true)
        case .preferLocalUnlessBlank:
            return self.carry(from: self.isBlank(.local) ? .remote : .local, logged: true)
        case .preferRemoteUnlessBlank:
            return self.carry(from: self.isBlank(.remote) ? .local : .remote, logged: true)
        case .newest: return self.carry(from: self.isLocalLater ? .local : .remote, logged: true)
        case .manual: return self.keep(.waiting)
        case .max, .min: return self.extreme(policy)
        case .furthest, .mostRestrictive: return self.further()
        case .merge: return self.union()
        }
    }

    /// Later by more than two seconds; one member of a group is enough, unless another was edited later in the CRM.
    private var isLocalLater: Bool {
        let gaps = self.members.map { $0.localTime - self.of.remoteTime }
        return gaps.contains { $0 > 2 } && !gaps.contains { $0 < -2 }
    }

    private func extreme(_ policy: ConflictPolicy) -> Expectation {
        guard case .word(let own) = self.local[0] else { return self.carry(from: .remote, logged: true) }
        guard case .word(let other) = self.remote[0] else { return self.carry(from: .local, logged: true) }
        let isLocal = policy == .max ? own >= other : own < other
        return self.carry(from: isLocal ? .local : .remote, logged: true)
    }

    private func further() -> Expectation {
        guard let own = self.place(self.local[0], .local), let other = self.place(self.remote[0], .remote) else {
            return self.keep(.waiting)
        }
        let winner: Side = own >= other ? .local : .remote
        guard self.of.hasShadow, let base = self.place(self.members[0].localBase.meaning, .remote), own < base,
            other < base
        else { return self.carry(from: winner, logged: true) }
        switch self.of.rules.backward {
        case .review: return self.keep(.waiting)
        case .allow: return self.carry(from: winner, logged: true)
        case .restore: return self.both(self.members[0].localBase.meaning)
        }
    }

    private func union() -> Expectation {
        let base = self.of.hasShadow ? Self.bits(self.members[0].localBase.meaning) : 0
        let (own, other) = (Self.bits(self.local[0]), Self.bits(self.remote[0]))
        // Kept if both kept it, or if one side added it.
        let merged = (own & other) | ((own | other) & ~base)
        return self.both(merged == 0 ? .blank : .set(merged))
    }

    private static func bits(_ meaning: Meaning) -> UInt8 {
        guard case .set(let bits) = meaning else { return 0 }
        return bits
    }

    // MARK: Lattices

    /// Epoch first, then height; as one number.
    private func place(_ meaning: Meaning, _ side: Side) -> Int? {
        let epoch = !self.of.hasShadow ? 0 : side == .local ? self.of.epochs.local : self.of.epochs.remote
        let heights: [Meaning: Int] =
            self.of.policy == .mostRestrictive
            ? [.word(0): 0, .blank: 1, .word(1): 2]
            : [.blank: -1, .word(0): 0, .word(1): 1, .word(2): 2, .word(3): 3]
        return heights[meaning].map { epoch * 100 + $0 }
    }

    private var isLattice: Bool { self.of.policy == .furthest || self.of.policy == .mostRestrictive }

    private func wentBack(_ side: Side) -> Bool {
        guard self.isLattice, self.of.hasShadow else { return false }
        let base = side == .local ? self.members[0].localBase.meaning : self.members[0].remoteBase.meaning
        guard let before = self.place(base, .remote), let after = self.place(self.says(side)[0], side) else {
            return false
        }
        return after < before
    }

    // MARK: People

    private func decision() -> Expectation? {
        guard let decision = self.of.decision, decision.isCurrent else { return nil }
        var result: Expectation
        let chosen: Int?
        switch decision.choice {
        case .side(let side):
            result = self.carry(from: side, logged: true)
            chosen = self.place(self.says(side)[0], side)
        case .value(let meaning):
            result = self.both(meaning, byPerson: true)
            chosen = self.place(meaning, .local)
        }
        let wrote = [CaseOutcome.wonLocal, .wonRemote, .merged].contains(result.outcome)
        guard self.isLattice, wrote, let chosen else { return result }
        var known = [self.place(self.local[0], .local), self.place(self.remote[0], .remote)]
        if self.of.hasShadow { known.append(self.place(self.members[0].localBase.meaning, .remote)) }
        result.opens = known.contains { $0.map { chosen < $0 } ?? false }
        return result
    }

    /// The side whose value stands whatever changed.
    private var boss: Side? {
        guard let authority = self.of.authority else { return nil }
        return self.of.rules.authorityUnlessBlank && self.isBlank(authority) ? authority.opposite : authority
    }

    // MARK: What is written

    private func travels(_ side: Side) -> Bool {
        let isOn = side == .remote ? self.of.update.pull : self.of.update.push
        return isOn && (self.of.direction == .both || self.of.direction == (side == .remote ? .pull : .push))
    }

    private func keep(_ outcome: CaseOutcome) -> Expectation {
        Expectation(outcome: outcome, local: self.local, remote: self.remote)
    }

    private func isWritable(_ side: Side) -> Bool {
        switch side == .local ? self.of.rules.writeLocal : self.of.rules.writeRemote {
        case .always: true
        case .ifBlank: self.isBlank(side)
        case .onCreate, .never: false
        }
    }

    /// One side's values go to the other.
    private func carry(from side: Side, logged: Bool) -> Expectation {
        if self.of.closed.contains(side) { return self.keep(.left) }
        if !self.travels(side) || !self.isWritable(side.opposite) { return self.keep(.agree) }
        if side == .local, self.isTooSmall { return self.keep(.left) }
        if self.says(side).contains(.foreign) { return self.keep(.left) }
        if self.isSame { return self.keep(.agree) }
        return side == .local
            ? Expectation(outcome: logged ? .wonLocal : .push, local: self.local, remote: self.local)
            : Expectation(outcome: logged ? .wonRemote : .pull, local: self.remote, remote: self.remote)
    }

    private var isTooSmall: Bool {
        guard let threshold = self.of.rules.pushWhen, case .word(let new) = self.local[0],
            case .word(let old) = self.remote[0], new != old
        else { return false }
        switch threshold {
        case .band(let width): return old * 7 / width == new * 7 / width
        case .change(let step): return abs(new - old) * 7 < step
        }
    }

    /// A third value goes to both sides, or to neither if the mapping keeps one from being written; a person's goes into
    /// our record at least.
    private func both(_ meaning: Meaning, byPerson: Bool = false) -> Expectation {
        if !self.of.closed.isEmpty || meaning == .foreign { return self.keep(.left) }
        let isSent = meaning != self.remote[0] && self.travels(.local)
        let isTaken = meaning != self.local[0]
        let isBarred =
            (isSent && !self.isWritable(.remote)) || (isTaken && !(self.isWritable(.local) && self.travels(.remote)))
        if !isSent && !isTaken || (isBarred && !byPerson) { return self.keep(.agree) }
        return Expectation(outcome: .merged, local: [meaning], remote: isSent ? [meaning] : self.remote)
    }
}
