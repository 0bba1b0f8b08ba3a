import Testing

@testable import Simulation

/// S6: the order in which a CRM tells of its changes does not matter.
@Suite struct NotificationOrderTests {
    /// A world with many notifications in which nothing goes wrong, nobody types while a sync runs, and nobody decides what
    /// waits: what a person sees first depends on the order, and may.
    private static func calm(_ seed: UInt64, order: Int) -> Scenario {
        var scenario = Scenario.make(seed: seed, days: 10, features: [])
        scenario.features = [.notifications]
        scenario.faults = [:]
        scenario.kills = []
        scenario.hintOrder = order
        scenario.actions.removeAll { $0.kind == .decide }
        // A third of what is left is followed by a notification, after which a sync begins, of everything since the last one.
        let telling = scenario.actions.enumerated().filter { $0.offset % 9 == 8 }.map { place, action in
            let home: Home = place % 2 == 0 ? .alpha : .beta
            return Action(
                id: LifeMaker.firstAction + place,
                at: action.at + 60_000,
                home: home,
                subject: -1,
                kind: .notify(starts: true)
            )
        }
        let begins = scenario.polls.map(\.at) + telling.map(\.at)
        scenario.actions.removeAll { action in begins.contains { (0..<900_000).contains(action.at - $0) } }
        scenario.actions = (scenario.actions + telling).sorted { ($0.at, $0.id) < ($1.at, $1.id) }
        return scenario
    }

    @Test(.timeLimit(.minutes(5)), arguments: UInt64(1)...6)
    func theOrderOfNotificationsDoesNotMatter(seed: UInt64) {
        let verdicts = (0...2).map { Self.calm(seed, order: $0).verdict(keepsEndState: true) }
        let first = Set(verdicts[0].endState)
        #expect(first.count > 40)
        for verdict in verdicts {
            #expect(verdict.violations.map(\.message) == [])
            #expect(Set(verdict.endState).symmetricDifference(first).sorted() == [])
            #expect(verdict.endDigest == verdicts[0].endDigest)
        }
    }

    @Test func anotherOrderIsAnotherHistory() {
        let traces = (0...2).map { Self.calm(2, order: $0).verdict().trace }
        #expect(Set(traces).count == 3)
    }

    @Test func anEditMoreIsAnotherEndState() throws {
        let whole = Self.calm(2, order: 0)
        let last = try #require(whole.actions.last { if case .edit = $0.kind { true } else { false } })
        var part = whole
        part.actions.removeAll { $0.id == last.id }
        let states = [whole, part].map { $0.verdict(keepsEndState: true) }
        #expect(states[0].endDigest != states[1].endDigest)
        #expect(states[0].endState != states[1].endState)
    }
}
