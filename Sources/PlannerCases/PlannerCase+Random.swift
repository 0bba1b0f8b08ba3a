import Mapping
import Planning
import Records

/// Cases come from a base that both sides agreed on, edited at random on either side: states drawn independently would
/// hardly ever reach the interesting rows.
extension PlannerCase {
    /// The case of a seed.
    ///
    /// Policy, direction and contact are thrown evenly, so that no column of the coverage stays thin.
    package init(seed: UInt64) {
        var dice = Dice(seed: seed)
        let policy = dice.pick(ConflictPolicy.allCases)
        let kind = Self.kind(policy, &dice)
        self.seed = seed
        self.kind = kind
        self.policy = policy
        self.members = (0..<(kind == .group ? 2 : 1)).map { _ in Self.member(kind, &dice) }
        self.direction = dice.pick([.both, .both, .both, .pull, .pull, .push, .push])
        let initials: [FirstContactPolicy] = [.preferLocal, .preferRemote, .newest, .manual]
        self.initial = dice.once(in: 2) ? nil : kind == .set ? .merge : dice.pick(initials)
        self.onClear = dice.pick(ClearPolicy.allCases)
        self.authority = dice.once(in: 4) ? dice.pick(Side.allCases) : nil
        self.hasShadow = dice.once(in: 2)
        self.remoteTime = dice.roll(8)
        self.addRules(&dice)
        self.addState(&dice)
    }

    private static func kind(_ policy: ConflictPolicy, _ dice: inout Dice) -> CaseKind {
        switch policy {
        case .mostRestrictive: .consent
        case .furthest: .stage
        case .merge: .set
        case .max, .min: .number
        default: dice.pick([.plain, .trimmed, .table, .placeholder, .group, .number, .stage, .set])
        }
    }

    private static func member(_ kind: CaseKind, _ dice: inout Dice) -> Member {
        var base = self.spelt(kind, &dice)
        // From the top of a lattice there is only the way back.
        if kind == .stage, dice.once(in: 3) { base = Spelt(.word(3)) }
        if kind == .consent, dice.once(in: 3) { base = Spelt(.word(1)) }
        var localBase = Spelt(base.meaning, self.spelling(kind, base.meaning, .local, &dice))
        let remoteBase = Spelt(base.meaning, self.spelling(kind, base.meaning, .remote, &dice))
        // What `on_clear: ignore` and the like leave behind: a pair that is agreed on, and not the same.
        if dice.once(in: 4) { localBase = self.spelt(kind, &dice) }
        let local = dice.once(in: 3) ? localBase : self.spelt(kind, &dice)
        var remote = dice.once(in: 3) ? remoteBase : self.spelt(kind, &dice)
        if dice.once(in: 6) { remote = Spelt(local.meaning, self.spelling(kind, local.meaning, .remote, &dice)) }
        return Member(
            local: Spelt(local.meaning, self.spelling(local, kind, .local)),
            remote: Spelt(remote.meaning, self.spelling(remote, kind, .remote)),
            localBase: Spelt(localBase.meaning, self.spelling(localBase, kind, .local)),
            remoteBase: Spelt(remoteBase.meaning, self.spelling(remoteBase, kind, .remote)),
            localTime: dice.roll(8),
            isSilent: dice.once(in: 40)
        )
    }

    private static func spelt(_ kind: CaseKind, _ dice: inout Dice) -> Spelt {
        if dice.once(in: 4) { return Spelt(.blank, dice.roll(3)) }
        return dice.pick(kind.all)
    }

    private static func spelling(_ kind: CaseKind, _ meaning: Meaning, _ side: Side, _ dice: inout Dice) -> Int {
        dice.roll(meaning == .blank ? 3 : 2)
    }

    /// Only the CRM spells words in more than one way.
    private static func spelling(_ spelt: Spelt, _ kind: CaseKind, _ side: Side) -> Int {
        side == .local && spelt.meaning != .blank ? 0 : spelt.spelling
    }

    private mutating func addRules(_ dice: inout Dice) {
        self.rules.authorityUnlessBlank = dice.once(in: 2)
        self.rules.backward = dice.pick(self.kind == .consent ? [.review, .restore] : BackwardPolicy.allCases)
        self.rules.drift = dice.pick(DriftPolicy.allCases)
        if dice.once(in: 8) { self.rules.writeLocal = dice.pick(WritePolicy.allCases) }
        if dice.once(in: 8) { self.rules.writeRemote = dice.pick(WritePolicy.allCases) }
        if self.kind == .number, dice.once(in: 3) {
            self.rules.pushWhen = dice.once(in: 2) ? .band(10) : .change(8)
        }
        if self.kind == .placeholder { self.rules.placeholder = "Unknown" }
        self.rules.isConsent = self.kind == .consent
        if dice.once(in: 20) { self.update = WaySwitches(pull: dice.once(in: 2), push: dice.once(in: 2)) }
    }

    private mutating func addState(_ dice: inout Dice) {
        for side in Side.allCases where dice.once(in: 16) { self.closed.insert(side) }
        if self.kind == .stage || self.kind == .consent, dice.once(in: 4) {
            self.epochs = FieldEpochs(local: 1, remote: dice.roll(2))
        }
        if dice.once(in: 6) {
            let reason = dice.once(in: 5) ? dice.pick(FieldHold.Reason.allCases) : .fight
            self.held = Held(reason: reason, isCurrent: !dice.once(in: 3))
        }
        if dice.once(in: self.held == nil ? 8 : 2) { self.decision = self.decision(&dice) }
        if dice.once(in: 20) { self.stop(&dice) }
    }

    private func decision(_ dice: inout Dice) -> Decision {
        let isValue = dice.once(in: 3) && self.members.count == 1
        return Decision(
            choice: isValue ? .value(Self.spelt(self.kind, &dice).meaning) : .side(dice.pick(Side.allCases)),
            isCurrent: !dice.once(in: 4)
        )
    }

    /// A fight that a person finds the day after: both sides as they were agreed on, or at the same value.
    private mutating func stop(_ dice: inout Dice) {
        let isBack = dice.once(in: 2)
        for index in self.members.indices {
            let base = self.members[index]
            self.members[index].local = isBack ? base.localBase : base.local
            self.members[index].remote = isBack ? base.remoteBase : Spelt(base.local.meaning, base.remote.spelling & 1)
        }
        if !isBack { self.decision = self.decision(&dice) }
        self.held = Held(reason: .fight, isCurrent: true)
    }
}
