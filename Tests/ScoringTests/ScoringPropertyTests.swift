import Records
import Scoring
import Testing

/// A small generator with a seed, so that a failure can be repeated.
private struct Dice: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

@Suite struct ScoringPropertyTests {
    private static func events(_ dice: inout Dice) -> [PersonEvent] {
        let names = [
            "email_clicked", "visited", "page_viewed", "webinar_attended", "complained", "sneezed", "score_reset",
        ]
        return (0..<Int.random(in: 0...30, using: &dice)).map { _ in
            // Few ids and few days, so that repetitions and equal times are common.
            ScoringTests.event(
                String(Int.random(in: 0...40, using: &dice)),
                names[Int.random(in: 0..<names.count, using: &dice)],
                Double(Int.random(in: 0...20, using: &dice)),
                url: Bool.random(using: &dice) ? "/pricing" : nil
            )
        }
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func countingInAnyOrderIsStartingOver(_ seed: UInt64) throws {
        var dice = Dice(state: seed)
        var events = Self.events(&dice)
        // One id is one event: what the store hands out never differs under one id.
        var seen: Set<Text> = []
        events = events.filter { seen.insert($0.id).inserted }
        let rules = try ScoringTests.rules()
        var ledger = ScoreLedger(rules, profile: ScoringTests.director)
        var given: [PersonEvent] = []
        for event in (events + events.prefix(3)).shuffled(using: &dice) {
            try ledger.count(event)
            given.append(event)
            let now = ScoringTests.at(Double(Int.random(in: 0...40, using: &dice)))
            let scratch = try rules.score(given, profile: ScoringTests.director, at: now)
            #expect(try ledger.score(at: now) == scratch, "seed \(seed)")
        }
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func nothingCrossesAMarkBeforeTheMomentThatIsForetold(_ seed: UInt64) throws {
        var dice = Dice(state: seed)
        let rules = try ScoringTests.rules()
        let events = Self.events(&dice)
        let now = ScoringTests.at(20)
        let score = try rules.score(events, profile: ScoringTests.director, at: now)
        for step in 1...400 {
            let later = ScoringTests.at(20 + Double(step) / 4)
            let then = try rules.score(events, profile: ScoringTests.director, at: later)
            let isSame = (then.points >= 30) == (score.points >= 30) && (then.points >= 10) == (score.points >= 10)
            if let crossing = score.nextCrossing, later >= crossing { break }
            #expect(isSame, "seed \(seed), step \(step)")
        }
    }
}
