/// Makes the scenario of a seed.
struct ScenarioMaker {
    static let day: Int64 = 86_400_000
    private let seed: UInt64
    private let days: Int

    private let features: Set<WorldFeature>

    init(seed: UInt64, days: Int, features: Set<WorldFeature>) {
        self.seed = seed
        self.days = days
        self.features = WorldFeature.choice(seed: seed, of: features)
    }

    func make() -> Scenario {
        let polls = self.polls()
        let subjects = self.subjects()
        let faults = self.faults()
        var life = LifeMaker(seed: self.seed, days: self.days, subjects: subjects, polls: polls)
        let actions = self.actions(subjects, polls, isIndexLate: faults[.indexLag] != nil) + life.actions(self.features)
        return Scenario(
            seed: self.seed,
            days: self.days,
            subjects: subjects,
            actions: actions.sorted { ($0.at, $0.id) < ($1.at, $1.id) },
            polls: polls,
            faults: faults,
            kills: faults[.kill] == nil ? [] : self.kills(polls),
            policies: PolicyChoice(
                seed: self.seed,
                hasDeletions: self.features.contains(.deletions),
                hasFilters: self.features.contains(.filters)
            ),
            habitSeed: self.seed,
            features: self.features
        )
    }

    // MARK: Records

    private func subjects() -> [Scenario.Subject] {
        var dice = Dice(self.seed, "subjects")
        let count = dice.pick(20...50)
        let companies = max(3, count / 4)
        return (0..<count).map { id in
            var own = Dice(self.seed, "subject", id)
            let thing: Thing = id < companies ? .company : id % 3 == 0 ? .deal : .contact
            let company = thing != .company && own.happens(700) ? own.below(companies) : nil
            return Scenario.Subject(id: id, thing: thing, homes: Self.homes(thing, &own), company: company)
        }
    }

    private static func homes(_ thing: Thing, _ dice: inout Dice) -> [Home] {
        let sides =
            thing == .deal
            ? [[Home.alpha], [.alpha], [.local]]
            : [
                [.alpha], [.alpha], [.alpha], [.local], [.local], [.beta], [.beta], [.alpha, .beta], [.local, .alpha],
                [.local, .beta],
            ]
        return dice.one(of: sides)
    }

    // MARK: Time

    private func polls() -> [Scenario.Poll] {
        var polls: [Scenario.Poll] = []
        for home in Home.remotes {
            var dice = Dice(self.seed, "polls", home.rawValue)
            var at = Int64(home.rawValue) * 600_000
            var id = 0
            while at < Int64(self.days) * Self.day {
                polls.append(Scenario.Poll(id: id, home: home, at: at))
                id += 1
                // Twelve hours on average for each of two, so that somebody asks every six.
                at += Int64(dice.pick(60...1_380)) * 60_000
            }
        }
        return polls.sorted { ($0.at, $0.home) < ($1.at, $1.home) }
    }

    private func kills(_ polls: [Scenario.Poll]) -> [Scenario.Kill] {
        var dice = Dice(self.seed, "kills")
        return (0..<dice.pick(10...40)).map { _ in
            let poll = dice.one(of: polls)
            return Scenario.Kill(home: poll.home, poll: poll.id, point: dice.pick(1...70))
        }
    }

    private func faults() -> [FaultKind: Int] {
        var dice = Dice(self.seed, "faults")
        var kinds = FaultKind.allCases
        kinds.shuffle(using: &dice)
        var faults: [FaultKind: Int] = [:]
        for kind in kinds.prefix(dice.pick(3...7)) { faults[kind] = dice.pick(kind.rates) }
        // A kill finds what nothing else does.
        if dice.happens(400) { faults[.kill] = 1 }
        return faults
    }

    // MARK: People

    private func actions(
        _ subjects: [Scenario.Subject],
        _ polls: [Scenario.Poll],
        isIndexLate: Bool
    ) -> [Action] {
        var dice = Dice(self.seed, "actions")
        let count = max(4, dice.pick(110...160) * self.days / 30)
        var people = PeopleMaker(
            seed: self.seed,
            days: self.days,
            subjects: subjects,
            polls: polls,
            isIndexLate: isIndexLate
        )
        var actions: [Action] = []
        while actions.count < count { actions += people.next(id: actions.count) }
        return actions
    }
}

extension Scenario {
    /// The scenario of a seed, with some of the features that are asked for.
    package static func make(
        seed: UInt64,
        days: Int,
        features: Set<WorldFeature> = WorldFeature.settled
    ) -> Scenario {
        ScenarioMaker(seed: seed, days: days, features: features).make()
    }
}
