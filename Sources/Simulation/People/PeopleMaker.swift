/// Decides who does what when.
struct PeopleMaker {
    private let seed: UInt64
    private let days: Int
    private let subjects: [Scenario.Subject]
    private let polls: [Scenario.Poll]
    /// Whether what is typed shows up in lists late, so that what is typed just before a sync matters.
    private let isIndexLate: Bool
    /// Numbers for records that are made later.
    private var nextSubject: Int

    init(seed: UInt64, days: Int, subjects: [Scenario.Subject], polls: [Scenario.Poll], isIndexLate: Bool) {
        self.seed = seed
        self.days = days
        self.subjects = subjects
        self.polls = polls
        self.isIndexLate = isIndexLate
        self.nextSubject = subjects.count
    }

    /// The next thing that somebody does, and sometimes what somebody else does about the same at the same time.
    mutating func next(id: Int) -> [Action] {
        var dice = Dice(self.seed, "action", id)
        let at = self.time(&dice)
        switch dice.below(100) {
        case 0..<62: return self.edits(id, at, &dice)
        case 62..<68: return [self.clear(id, at, &dice)]
        case 68..<75: return [self.create(id, at, &dice)]
        case 75..<77: return [self.duplicate(id, at, &dice)]
        case 77..<80: return [self.swap(id, at, &dice)]
        case 80..<88: return [self.join(id, at, &dice)]
        default: return [Action(id: id, at: at, home: .local, subject: -1, kind: .decide)]
        }
    }

    /// Half of everything happens while a sync runs.
    private func time(_ dice: inout Dice) -> Int64 {
        if dice.happens(500) {
            let at = dice.one(of: self.polls).at + Int64(dice.below(4000))
            return self.isIndexLate && dice.happens(500) ? max(0, at - Int64(dice.below(25_000))) : at
        }
        return Int64(dice.below(self.days * 86_400)) * 1000 + 700_000
    }

    private func home(_ thing: Thing, _ dice: inout Dice) -> Home {
        thing == .deal ? dice.one(of: [.local, .alpha]) : dice.one(of: [.local, .local, .alpha, .alpha, .beta])
    }

    private func editable(_ thing: Thing, at home: Home) -> [WorldField] {
        WorldField.all(thing).dropFirst().filter { home == .local || $0.remote[home] != nil }
    }

    // MARK: Each kind

    private func edits(_ id: Int, _ at: Int64, _ dice: inout Dice) -> [Action] {
        let subject = dice.one(of: self.subjects)
        let home = self.home(subject.thing, &dice)
        var fields = self.editable(subject.thing, at: home).map(\.name)
        fields.shuffle(using: &dice)
        let chosen = Array(fields.prefix(dice.happens(700) ? 1 : dice.pick(2...4)))
        let edit = Action(id: id, at: at, home: home, subject: subject.id, kind: .edit(chosen))
        guard dice.happens(400) else { return [edit] }
        // The other side of a conflict, or somebody who corrects what they saw.
        let other = self.home(subject.thing, &dice)
        let shared = self.editable(subject.thing, at: other).map(\.name).filter(chosen.contains)
        guard !shared.isEmpty else { return [edit] }
        let delay = Int64(dice.happens(500) ? dice.below(3_000) : dice.below(6 * 3_600_000))
        return [edit, Action(id: id + 1, at: at + delay, home: other, subject: subject.id, kind: .edit(shared))]
    }

    private func clear(_ id: Int, _ at: Int64, _ dice: inout Dice) -> Action {
        let subject = dice.one(of: self.subjects)
        let home = self.home(subject.thing, &dice)
        let fields = self.editable(subject.thing, at: home).filter { field in
            ![.stage, .dealStage, .owner, .currency].contains(field.form) && field.name != "name"
        }
        return Action(id: id, at: at, home: home, subject: subject.id, kind: .clear(dice.one(of: fields).name))
    }

    private mutating func create(_ id: Int, _ at: Int64, _ dice: inout Dice) -> Action {
        let thing = dice.one(of: [Thing.contact, .contact, .company, .deal])
        defer { self.nextSubject += 1 }
        let home = self.home(thing, &dice)
        return Action(id: id, at: at, home: home, subject: self.nextSubject, kind: .create(thing))
    }

    private mutating func duplicate(_ id: Int, _ at: Int64, _ dice: inout Dice) -> Action {
        let subject = dice.one(of: self.subjects.filter { $0.thing != .deal })
        defer { self.nextSubject += 1 }
        let home = self.home(subject.thing, &dice)
        let kind = Action.Kind.duplicate(subject.thing, of: subject.id)
        return Action(id: id, at: at, home: home, subject: self.nextSubject, kind: kind)
    }

    private func swap(_ id: Int, _ at: Int64, _ dice: inout Dice) -> Action {
        let contacts = self.subjects.filter { $0.thing == .contact }
        let (one, other) = (dice.one(of: contacts), dice.one(of: contacts))
        return Action(id: id, at: at, home: self.home(.contact, &dice), subject: one.id, kind: .swap(with: other.id))
    }

    private func join(_ id: Int, _ at: Int64, _ dice: inout Dice) -> Action {
        let subject = dice.one(of: self.subjects.filter { $0.thing != .company })
        let companies = self.subjects.filter { $0.thing == .company }
        let company = dice.happens(850) ? dice.one(of: companies).id : nil
        return Action(id: id, at: at, home: self.home(subject.thing, &dice), subject: subject.id, kind: .join(company))
    }
}
