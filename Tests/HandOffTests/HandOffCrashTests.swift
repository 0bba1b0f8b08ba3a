import HandOff
import Records
import Store
import Synchronization
import Testing

/// The process dies at each access to the store in turn, another one goes on, and nothing may be doubled or lost.
@Suite struct HandOffCrashTests {
    private struct Death: Error {}

    private struct Ending: Equatable {
        var log: [String]
        var values: [Value]
        var deals: Int
        var tasks: Int
        var effects: Set<String>
    }

    private static func play(dyingAt death: Int?) async throws -> (Ending, mails: [String], reached: Bool) {
        let world = try SalesWorld()
        let lead = try world.qualifiedLead()
        let calls = Mutex(0)
        let gate: @Sendable () throws -> Void = {
            let number = calls.withLock { count in
                count += 1
                return count
            }
            if number == death { throw Death() }
        }
        var runner = try world.runner(gate: gate)
        func alive(_ body: (HandOffRunner) async throws -> Void) async throws {
            do {
                try await body(runner)
            } catch is Death {
                try world.restart()
                runner = try #require(world.runner)
                try await body(runner)
            }
        }
        func tick(_ span: String) async throws {
            world.now = world.now.advanced(by: try #require(Duration(span: span)))
            try await alive { _ = try await $0.tick(now: world.now) }
        }
        try await tick("0s")
        try await alive { runner in
            let handOff = try world.handOff()
            guard handOff.state == .review else { return }
            _ = try runner.accept(handOff.id, by: "ada", now: world.now)
        }
        try await tick("1s")
        try world.sync()
        try await tick("1s")
        try await tick("4h")
        try world.crm(try #require(try world.handOff().deal), "stage", "won")
        try await tick("1s")
        let handOff = try world.handOff()
        let effects = try world.store.read { try $0.effects(of: .handOff, handOff.id.rawValue) }
        let ending = try Ending(
            log: world.log(handOff.id),
            values: ["lifecycle_stage", "owner"].map { try world.value(lead, $0) },
            deals: world.count("deal"),
            tasks: world.count("task"),
            effects: Set(effects.map { "\($0.place.step) \($0.place.visit)" })
        )
        return (ending, world.mailer.sent, calls.withLock { $0 } >= death ?? 0)
    }

    @Test func dyingAnywhereDoublesAndLosesNothing() async throws {
        let (expected, mails, _) = try await Self.play(dyingAt: nil)
        #expect(expected.deals == 1)
        #expect(expected.tasks == 1)
        #expect(expected.effects == ["review 0", "notify 1", "deadline-1 1"])
        #expect(expected.values == ["customer", "lea@example.com"])
        #expect(mails.count == 3)
        var death = 1
        while true {
            let (ending, mails, reached) = try await Self.play(dyingAt: death)
            guard reached else { break }
            #expect(ending == expected, "dying at \(death)")
            #expect(Set(mails).count == mails.count, "dying at \(death)")
            #expect(mails.count >= 2, "dying at \(death)")
            death += 1
        }
        #expect(death > 80)
    }
}
