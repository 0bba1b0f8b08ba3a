import Messaging
import Records
import Store
import Synchronization
import Testing
import WorkflowRunner

/// The process dies at each access to the store in turn, before a transaction or before its commit; another one goes on.
@Suite struct CrashTests {
    private struct Death: Error {}

    private static let file = """
        workflow: w
        trigger: { joined_segment: leads }
        goal: "contact.lifecycle_stage >= stage.mql"
        steps:
          - { id: first, send_email: hello }
          - { id: note, set: { first_name: noted } }
          - { id: say, emit: seen }
          - { id: pause, wait: 1d }
          - id: clicked
            wait_for: { event: email_clicked, of: first, timeout: 2d }
            then: [ { id: yes, send_email: again } ]
            else: [ { id: no, send_email: notice } ]
          - { id: sales, hand_off: true }
        """
    private static let scoring = "rules: [ { id: seen, event: seen, points: 50, half_life: 20d } ]\nqualified: 40"

    /// What must be the same with and without a crash.
    private struct Ending: Equatable {
        var traces: [[String]]
        var values: [[Value]]
        var events: [[Text]]
        var open: Int
    }

    private static func play(dyingAt death: Int?) async throws -> (Ending, World, reached: Bool) {
        let world = try World(Self.file, segments: World.leads, scoring: Self.scoring)
        let ids = try (0..<2).map { _ in try world.contact() }
        let calls = Mutex(0)
        let gate: @Sendable () throws -> Void = {
            let number = calls.withLock { count in
                count += 1
                return count
            }
            if number == death { throw Death() }
        }
        var runner = try world.runner(gate: gate)
        for span in ["0s", "1d", "1s", "2d", "1d"] {
            world.now = world.now.advanced(by: try #require(Duration(span: span)))
            if span == "1s" { try world.event(ids[0], "email_clicked", key: "click") }
            do {
                _ = try await runner.tick(now: world.now)
            } catch is Death {
                // The runner is thrown away with all it remembers; the next one finds the rows.
                try world.restart()
                runner = world.runner
                _ = try await runner.tick(now: world.now)
            }
            try world.expectNoOrphans()
        }
        let ending = try Ending(
            // What became of a mail may be in doubt after a crash; that its step was taken may not.
            traces: ids.map { try world.trace($0) },
            values: ids.map { id in try ["first_name", "score", "grade"].map { try world.value(id, $0) } },
            events: ids.map { id in try world.store.read { try $0.events(of: id) }.map(\.event.name) },
            open: ids.flatMap { try world.enrolments($0) }.count { $0.state != .ended }
        )
        return (ending, world, calls.withLock { $0 } >= death ?? 0)
    }

    /// Pain 29: a process died between a step and its mark, and people stayed in a campaign for ever or got a mail twice.
    @Test func pain29ACrashLeftPeopleStuckOrMailedTwice() async throws {
        let (expected, whole, _) = try await Self.play(dyingAt: nil)
        #expect(expected.traces[0].contains("yes:reserved"))
        #expect(expected.traces[1].contains("no:reserved"))
        #expect(expected.events.allSatisfy { $0.contains("hand_off_requested") && $0.contains("qualified") })
        #expect(expected.open == 0)
        #expect(whole.mailer.sent.count == 4)
        var death = 1
        while true {
            let (ending, world, reached) = try await Self.play(dyingAt: death)
            guard reached else { break }
            #expect(ending == expected, "dying at \(death)")
            // At most once each, and what is not known to be sent can be seen.
            let sent = world.mailer.sent
            #expect(Set(sent).count == sent.count, "dying at \(death)")
            let troubled = try world.store.read { try $0.troubledEffects(limit: 10) }
            #expect(troubled.allSatisfy { $0.state == .unknown }, "dying at \(death)")
            #expect(sent.count + troubled.count >= 4, "dying at \(death)")
            #expect(troubled.count <= 1, "dying at \(death)")
            death += 1
        }
        // Every transaction of the story was hit.
        #expect(death > 60)
    }
}
