import SyncEngine

/// Decides what happens to records beyond edits: who looks alike, what is deleted, undone, forgotten.
///
/// All of it is drawn from streams of its own, so that a world without it is what it was.
package struct LifeMaker {
    let seed: UInt64
    let days: Int
    let subjects: [Scenario.Subject]
    let polls: [Scenario.Poll]
    /// The numbers of its actions begin here, those of the records that it makes at `firstSubject`.
    package static let firstAction = 5000
    static let firstSubject = 200

    private var nextAction = Self.firstAction
    private var nextSubject = Self.firstSubject

    init(seed: UInt64, days: Int, subjects: [Scenario.Subject], polls: [Scenario.Poll]) {
        self.seed = seed
        self.days = days
        self.subjects = subjects
        self.polls = polls
    }

    /// What happens in a world with these features.
    mutating func actions(_ features: Set<WorldFeature>) -> [Action] {
        var all: [Action] = []
        for feature in features.sorted(by: Self.isBefore) {
            var dice = Dice(self.seed, "life \(feature.rawValue)")
            let count = max(1, self.count(feature, &dice) * self.days / 30)
            for _ in 0..<count { all += self.some(feature, &dice) }
        }
        return all
    }

    private static func isBefore(_ one: WorldFeature, _ other: WorldFeature) -> Bool {
        let late = (WorldFeature.late.contains(one), WorldFeature.late.contains(other))
        return late.0 == late.1 ? one < other : late.1
    }

    private func count(_ feature: WorldFeature, _ dice: inout Dice) -> Int {
        switch feature {
        case .lookalikes: dice.pick(3...6)
        case .copies: dice.pick(1...3)
        case .deletions: dice.pick(5...12)
        case .merges: dice.pick(1...4)
        case .erasures: dice.pick(1...2)
        case .undos: dice.pick(2...4)
        case .exclusions: dice.pick(2...4)
        case .plans: dice.pick(3...8)
        case .remapping: dice.pick(1...2)
        case .notifications: dice.pick(15...40)
        case .oddValues: dice.pick(2...6)
        case .massDeletions: 1
        case .ties: dice.pick(6...12)
        case .returns: dice.pick(2...4)
        case .filters: dice.pick(4...8)
        }
    }

    private mutating func action(_ at: Int64, _ home: Home, _ subject: Int, _ kind: Action.Kind) -> Action {
        defer { self.nextAction += 1 }
        return Action(id: self.nextAction, at: at, home: home, subject: subject, kind: kind)
    }

    private mutating func newSubject() -> Int {
        defer { self.nextSubject += 1 }
        return self.nextSubject
    }

    private func time(_ dice: inout Dice) -> Int64 {
        if dice.happens(300) { return dice.one(of: self.polls).at + Int64(dice.below(4000)) }
        return Int64(dice.below(self.days * 86_400)) * 1000 + 700_000
    }

    private mutating func some(_ feature: WorldFeature, _ dice: inout Dice) -> [Action] {
        let at = self.time(&dice)
        let subject = dice.one(of: self.subjects)
        let contact = dice.one(of: self.subjects.filter { $0.thing == .contact })
        let remote = dice.one(of: Home.remotes)
        switch feature {
        case .lookalikes: return self.lookalikes(at, &dice)
        case .copies: return [self.action(at, .alpha, self.newSubject(), .copy(of: subject.id))]
        case .deletions: return self.deletion(at, subject, &dice)
        case .merges:
            let same = self.subjects.filter { $0.thing == subject.thing && $0.id != subject.id }
            guard !same.isEmpty else { return [] }
            return [self.action(at, remote, subject.id, .merge(into: dice.one(of: same).id))]
        case .erasures: return [self.action(at, .local, contact.id, .erase)]
        case .undos: return [self.action(at, remote, -1, .undo(dice.one(of: [.local, .remote, .both])))]
        case .exclusions:
            let out = self.action(at, .local, subject.id, .exclude)
            guard dice.happens(500) else { return [out] }
            return [out, self.action(at + Int64(dice.pick(1...200)) * 3_600_000, .local, subject.id, .include)]
        case .plans: return [self.action(at, remote, -1, .plan(isCareful: dice.happens(500)))]
        case .remapping:
            let field = dice.one(of: ["job_title", "score", "interests"])
            return [
                self.action(at, remote, -1, .remap(field, isMapped: false)),
                self.action(at + Int64(dice.pick(5...120)) * 3_600_000, remote, -1, .remap(field, isMapped: true)),
            ]
        case .notifications: return [self.action(at, remote, -1, .notify(starts: dice.happens(250)))]
        case .oddValues: return self.oddValue(at, &dice)
        case .massDeletions: return [self.action(at, remote, -1, .deleteMany)]
        case .ties: return self.tie(at, contact, &dice)
        case .returns: return [self.action(at, dice.one(of: Home.allCases), self.newSubject(), .comeBack)]
        case .filters: return self.filter(at, &dice)
        }
    }

    private mutating func lookalikes(_ at: Int64, _ dice: inout Dice) -> [Action] {
        let kind = dice.one(of: [Lookalike.severalHits, .severalHits, .sharedPhone, .roleAddress])
        let subjects = (0..<3).map { _ in self.newSubject() }
        let group = Action.Kind.lookalikes(kind, subjects[1], subjects[2])
        return [self.action(at, dice.happens(700) ? .alpha : .beta, subjects[0], group)]
    }

    /// A deal gets a contact here, and sometimes one in the CRM, whom nobody knows, before it gets another one here.
    private mutating func tie(_ at: Int64, _ contact: Scenario.Subject, _ dice: inout Dice) -> [Action] {
        let deals = self.subjects.filter { $0.thing == .deal }
        guard !deals.isEmpty else { return [] }
        let deal = dice.one(of: deals).id
        let meet = self.action(at, .local, deal, .meet(dice.happens(850) ? contact.id : nil))
        guard dice.happens(400) else { return [meet] }
        let stranger = (self.newSubject(), self.newSubject(), self.newSubject())
        let (later, last) = (at + Int64(dice.pick(1...4000)) * 60_000, Int64(dice.pick(1...4000)) * 60_000)
        let other = dice.one(of: self.subjects.filter { $0.thing == .contact }).id
        return [
            meet, self.action(later, .alpha, deal, .attend(stranger.0, stranger.1, stranger.2)),
            self.action(later + last, .local, deal, .meet(other)),
        ]
    }

    /// A deal leaves the mapping in the CRM, is edited on both sides meanwhile, and sometimes comes back.
    private mutating func filter(_ at: Int64, _ dice: inout Dice) -> [Action] {
        let deals = self.subjects.filter { $0.thing == .deal }
        guard !deals.isEmpty else { return [] }
        let deal = dice.one(of: deals).id
        var actions = [self.action(at, .alpha, deal, .filter(isOut: true))]
        var time = at
        for home in [Home.local, .alpha] {
            time += Int64(dice.pick(300...2000)) * 60_000
            actions.append(self.action(time, home, deal, .edit([home == .local ? "description" : "amount"])))
        }
        guard dice.happens(600) else { return actions }
        time += Int64(dice.pick(300...4000)) * 60_000
        return actions + [self.action(time, .alpha, deal, .filter(isOut: false))]
    }

    private mutating func deletion(_ at: Int64, _ subject: Scenario.Subject, _ dice: inout Dice) -> [Action] {
        let homes: [Home] = subject.thing == .deal ? [.local, .alpha] : [.local, .local, .alpha, .beta]
        let home = dice.one(of: homes)
        let gone = self.action(at, home, subject.id, .remove)
        guard dice.happens(350) else { return [gone] }
        let later = at + Int64(dice.happens(300) ? dice.pick(1...60) : dice.pick(60...6000)) * 60_000
        return [gone, self.action(later, home, subject.id, .restore)]
    }

    private mutating func oddValue(_ at: Int64, _ dice: inout Dice) -> [Action] {
        let deals = self.subjects.filter { $0.thing == .deal }
        guard !deals.isEmpty else { return [] }
        return [self.action(at, .alpha, dice.one(of: deals).id, .oddStage)]
    }
}

/// In which way records look like one and are not.
package enum Lookalike: Sendable, Hashable {
    /// Two of ours have the address that a new record in a CRM has, too.
    case severalHits
    /// One of ours and a new record in a CRM share phone and name, and have two addresses.
    case sharedPhone
    /// One of ours and a new record in a CRM have the address of a role.
    case roleAddress
}
