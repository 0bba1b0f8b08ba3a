import FakeCRM
import Records
import RelaisTesting

/// What goes wrong with the world as a whole, not with a request.
extension Scenario {
    /// The habits of a CRM: the first is well-behaved as a rule, the second keeps less than it is given.
    func habits(_ home: Home) -> Habits {
        guard let seed = self.habitSeed else { return Habits(associationsTouchRecords: true) }
        var dice = Dice(seed, "habits", home.rawValue)
        let isBad = home == .beta
        var habits = Habits(
            answersWithoutValues: dice.happens(500),
            trimsText: dice.happens(isBad ? 900 : 500),
            lowercasesEmail: dice.happens(isBad ? 900 : 500),
            keptDecimals: dice.happens(isBad ? 700 : 300) ? dice.pick(0...2) : nil,
            keptCharacters: isBad && dice.happens(700) ? 20 : nil,
            stripsPhonePunctuation: dice.happens(500),
            backwardStage: dice.one(of: isBad ? [.ignore, .ignore, .refuse] : [.accept, .accept, .ignore, .refuse]),
            fillsOwner: dice.happens(500),
            fillsCloseDate: dice.happens(500),
            clearedReadsEmpty: dice.happens(500),
            touchesUnchanged: dice.happens(500),
            associationsTouchRecords: true,
            echoesTraceIDs: dice.happens(800),
            mergeMakesNewRecord: dice.happens(500),
            mergedIDsLeadOn: dice.happens(700),
            numericAssociationIDs: dice.happens(500)
        )
        habits.shufflesResults = self.faults[.shuffled] != nil
        if self.faults[.indexLag] != nil { habits.indexLag = Int64(dice.pick(500...25_000)) }
        if self.faults[.smallPages] != nil { habits.largestPage = dice.pick(2...9) }
        return habits
    }
}

extension Scenario {
    /// How far a CRM's clock is off while faults happen, in milliseconds.
    func skew(_ home: Home) -> Int {
        guard self.faults[.clockSkew] != nil else { return 0 }
        var dice = Dice(self.seed, "skew", home.rawValue)
        return dice.pick(-8_000...8_000)
    }
}

extension World {
    /// Sets what holds from the start.
    func setStage() {
        for kind in [FaultKind.indexLag, .smallPages, .shuffled] where self.scenario.faults[kind] != nil {
            self.counts[kind] = 1
        }
        guard self.scenario.faults[.clockSkew] != nil else { return }
        for home in Home.remotes {
            self.clocks.set(.milliseconds(self.scenario.skew(home)), of: home)
            self.counts[.clockSkew, default: 0] += 1
        }
    }

    /// How far our clock may be off, in milliseconds.
    static let farthestJump = 300_000

    /// What changes from day to day.
    func weather() async {
        for day in 0..<self.scenario.days {
            var dice = Dice(self.scenario.seed, "weather", day)
            let pause = Int64(dice.below(80_000))
            let at = Int64(day) * ScenarioMaker.day + pause * 1000
            await self.executor.sleep(until: self.start.advanced(by: .milliseconds(at)))
            if self.scenario.faults[.clockJumps] != nil, dice.happens(300) {
                let error = Duration.milliseconds(dice.pick(-Self.farthestJump...Self.farthestJump))
                self.clocks.set(error, of: .local)
                self.counts[.clockJumps, default: 0] += 1
                self.story.tell(self.executor.now, nil, "our clock is off by \(error) from now on")
            }
            await self.changeSchema(&dice)
            self.watchFloors()
        }
    }

    /// An administrator takes a property away, and brings it back some hours later.
    private func changeSchema(_ dice: inout Dice) async {
        guard self.scenario.faults[.schemaChange] != nil, dice.happens(200) else { return }
        let home = dice.one(of: Home.remotes)
        let property = dice.one(of: home == .alpha ? ["jobtitle", "zip", "city"] : ["industry", "city", "state"])
        self.counts[.schemaChange, default: 0] += 1
        self.story.tell(self.executor.now, nil, "the property \(property) is gone from \(home)")
        self.setProperty(property, of: home, exists: false)
        let place = self.chronicle.withoutProperty.count
        self.chronicle.withoutProperty.append((home, property, self.executor.now, nil))
        await self.executor.sleep(for: .seconds(dice.pick(600...40_000)))
        self.setProperty(property, of: home, exists: true)
        self.chronicle.withoutProperty[place].to = self.executor.now
        self.story.tell(self.executor.now, nil, "the property \(property) is back in \(home)")
    }

    private func setProperty(_ name: String, of home: Home, exists: Bool) {
        self.crms[home]?.setArchived(!exists, property: name, of: .contacts)
    }

    /// Everything is mended for good.
    func stopFaults() {
        for home in Home.allCases { self.clocks.set(.zero, of: home) }
        self.chronicle.quietSince = self.executor.now
        for network in self.networks.values { network.settle() }
        self.story.tell(self.executor.now, nil, "nothing goes wrong any more")
    }
}
