import Messaging
import Records
import Store
import Testing
import WorkflowRunner

@Suite struct WorkflowStepTests {
    private static func file(_ steps: String, _ head: String = "trigger: manual") -> String {
        "workflow: w\nobject: contact\n\(head)\nsteps:\n\(steps)"
    }

    @Test(arguments: [("Ada", "yes"), ("Bob", "no"), (nil, "no")] as [(String?, String)])
    func aConditionTakesOneBranchAndThenTheRest(_ name: String?, _ expected: String) async throws {
        let world = try World(
            Self.file(
                """
                  - id: named
                    if: "contact.first_name.startsWith('A')"
                    then: [ { id: yes, emit: a } ]
                    else: [ { id: no, emit: b } ]
                  - { id: rest, set: { score: 7 } }
                """
            )
        )
        let id = try world.contact(["first_name": name.map { .text($0) } ?? .absent])
        #expect(try world.runner.enrol(id, in: "w", now: world.now) != .unfit)
        try await world.tick()
        let outcome = expected == "yes" ? "then" : "else"
        #expect(try world.trace(id) == ["named:\(outcome)", "\(expected):emit", "rest:set"])
        #expect(try world.value(id, "score") == .number(7))
        #expect(try world.enrolments(id).map(\.reason) == ["completed"])
    }

    @Test func aWaitIsARowAndOutlivesARestart() async throws {
        let world = try World(Self.file("  - { id: pause, wait: 3d }\n  - { id: then, set: { score: 1 } }"))
        let id = try world.contact()
        _ = try world.runner.enrol(id, in: "w", now: world.now)
        let report = try await world.tick()
        #expect(report.nextDue == World.start.advanced(by: .seconds(3 * 86_400)))
        try world.restart()
        try await world.tick(after: "2d")
        #expect(try world.value(id, "score") == .absent)
        try world.restart()
        try await world.tick(after: "1d")
        #expect(try world.value(id, "score") == .number(1))
        #expect(try world.trace(id) == ["pause:waited", "then:set"])
    }

    @Test func aWaitUntilATimeOfDayIsComputedOnce() async throws {
        let steps = "  - { id: morning, wait: { for: 1d, until: \"09:00\", zone: Europe/Paris, weekdays: true } }"
        let world = try World(Self.file(steps))
        // Friday noon: a day later is Saturday, so Monday it is.
        world.now = try #require(Instant("2026-03-06T11:00:00Z"))
        let id = try world.contact()
        _ = try world.runner.enrol(id, in: "w", now: world.now)
        #expect(try await world.tick().nextDue == Instant("2026-03-09T08:00:00Z"))
        #expect(try await world.tick(after: "5h").nextDue == Instant("2026-03-09T08:00:00Z"))
    }

    @Test func writesLiteralsAndExpressions() async throws {
        let steps = """
              - id: write
                set:
                  score: { value: "double(contact.first_name.size()) * 2.5" }
                  first_name: Grace
                  unsubscribed: true
                  interests: [ b, a ]
                  seen_on: 2026-03-02
                  owner: ~
            """
        let world = try World(Self.file(steps))
        let id = try world.contact(["first_name": "Adae", "owner": "lea@example.com"])
        _ = try world.runner.enrol(id, in: "w", now: world.now)
        try await world.tick()
        let expected: [String: Value] = [
            "score": .number(10), "first_name": "Grace", "unsubscribed": .flag(true), "interests": .set(["a", "b"]),
            "seen_on": .date(CalendarDate(days: 20_514)), "owner": .null,
        ]
        for (property, value) in expected.sorted(by: { $0.key < $1.key }) {
            #expect(try world.value(id, property) == value)
        }
    }

    @Test func neverMovesALifecycleBack() async throws {
        let world = try World(Self.file("  - { id: back, set: { lifecycle_stage: lead, score: 2 } }"))
        let id = try world.contact(["lifecycle_stage": "customer"])
        _ = try world.runner.enrol(id, in: "w", now: world.now)
        try await world.tick()
        #expect(try world.value(id, "lifecycle_stage") == "customer")
        #expect(try world.value(id, "score") == .number(2))
    }

    @Test func sendsAMailOnceWithAKeyOfItsOwn() async throws {
        let world = try World(
            Self.file("  - { id: mail, send_email: { template: hello } }\n  - { id: more, send_email: again }")
        )
        let id = try world.contact(["first_name": "Ada"])
        _ = try world.runner.enrol(id, in: "w", now: world.now)
        try await world.tick()
        try await world.tick()
        #expect(world.mailer.sent.map(\.subject) == ["hello Ada", "again Ada"])
        let effects = try world.effects(id)
        #expect(effects.map(\.state) == [.sent, .sent])
        #expect(Set(effects.map(\.key)).count == 2)
        #expect(effects.allSatisfy { $0.message == nil && $0.providerID == Text("\($0.key)@example.com") })
    }

    @Test(
        arguments: [
            (["unsubscribed": .flag(true)], "unsubscribed"),
            (["newsletter": .flag(false)], "the person does not want the newsletter"),
            (["email": .absent], "there is no address"),
            (["email": "ada@example.com\r\nBcc: eve@example.com"], "the address is none that mail can be sent to"),
            (["email": "Stop@Example.com"], "the address is suppressed: bounced"),
        ] as [([String: Value], Text)]
    )
    func skipsMailsThatMustNotBeSent(_ properties: [String: Value], _ reason: Text) async throws {
        let world = try World(Self.file("  - { id: mail, send_email: { template: hello } }"))
        let id = try world.contact(properties)
        try world.store.write { try $0.suppress("stop@example.com", reason: "bounced", at: world.now) }
        _ = try world.runner.enrol(id, in: "w", now: world.now)
        try await world.tick()
        let effect = try #require(try world.effects(id).first)
        #expect(effect.state == .skipped)
        #expect(effect.detail == reason)
        #expect(world.mailer.sent.isEmpty)
        #expect(try world.enrolments(id).map(\.state) == [.ended])
    }

    @Test func mailsOnlyWithConsentWhereTheFileAsksForIt() async throws {
        let text = Self.file(
            "  - { id: mail, send_email: { template: hello } }",
            "trigger: manual\nconsent: newsletter"
        )
        let world = try World(text)
        let silent = try world.contact()
        let willing = try world.contact(["newsletter": .flag(true)])
        for id in [silent, willing] { _ = try world.runner.enrol(id, in: "w", now: world.now) }
        try await world.tick()
        #expect(try world.effects(silent).map(\.state) == [.skipped])
        #expect(try world.effects(willing).map(\.state) == [.sent])
    }

    @Test func aTemplateThatFailsForARecordIsVisibleAndStopsNobodyElse() async throws {
        let world = try World(
            Self.file("  - { id: mail, send_email: { template: broken } }\n  - { id: rest, set: { score: 1 } }")
        )
        let nameless = try world.contact()
        let named = try world.contact(["first_name": "Ada"])
        for id in [nameless, named] { _ = try world.runner.enrol(id, in: "w", now: world.now) }
        try await world.tick()
        #expect(try world.effects(nameless).map(\.state) == [.failed])
        #expect(try world.effects(named).map(\.state) == [.sent])
        #expect(try world.value(nameless, "score") == .number(1))
    }

    @Test func notifiesTheOwnerOrAnAddressEvenOfThoseWhoUnsubscribed() async throws {
        let world = try World(
            Self.file(
                """
                  - { id: owner, notify: { to: owner, template: notice } }
                  - { id: team, notify: { to: team@example.com, template: notice } }
                """
            )
        )
        let id = try world.contact(["owner": "lea@example.com", "unsubscribed": .flag(true)])
        _ = try world.runner.enrol(id, in: "w", now: world.now)
        try await world.tick()
        #expect(world.mailer.sent.map(\.to) == ["lea@example.com", "team@example.com"])
    }

    @Test func quietHoursAndCapsPostponeWithoutLooping() async throws {
        let head = """
            trigger: manual
            reentry: always
            quiet_hours: { from: "20:00", to: "08:00", zone: UTC }
            frequency_cap: { mails: 1, per: 2d }
            """
        let world = try World(Self.file("  - { id: mail, send_email: { template: hello } }", head))
        world.now = try #require(Instant("2026-03-02T23:00:00Z"))
        let id = try world.contact()
        _ = try world.runner.enrol(id, in: "w", now: world.now)
        #expect(try await world.tick().nextDue == Instant("2026-03-03T08:00:00Z"))
        try await world.tick(after: "9h")
        #expect(world.mailer.sent.count == 1)
        _ = try world.runner.enrol(id, in: "w", now: world.now)
        let report = try await world.tick(after: "1h")
        #expect(report.nextDue == Instant("2026-03-05T08:00:00Z"))
        try await world.tick(after: "2d")
        #expect(world.mailer.sent.count == 2)
    }

    @Test func emitsEventsAndAsksForHandOffs() async throws {
        let world = try World(
            Self.file(
                """
                  - { id: say, emit: { event: engaged, with: { by: workflow, points: 3, score: { value: "contact.score" } } } }
                  - { id: sales, hand_off: { reason: asked for a demo } }
                  - { id: stop, end: handed over }
                  - { id: never, set: { score: 9 } }
                """
            )
        )
        let id = try world.contact(["score": .number(5)])
        _ = try world.runner.enrol(id, in: "w", now: world.now)
        try await world.tick()
        let events = try world.store.read { try $0.events(of: id) }.map(\.event)
        #expect(events.map(\.name) == ["engaged", "hand_off_requested"])
        #expect(events[0].attributes == ["by": "workflow", "points": .number(3), "score": .number(5)])
        #expect(events[1].attributes == ["workflow": "w", "reason": "asked for a demo"])
        #expect(try world.enrolments(id).first?.reason == "handed over")
        #expect(try world.value(id, "score") == .number(5))
    }

    @Test func waitsForAnEventSinceAMail() async throws {
        let steps = """
              - { id: mail, send_email: { template: hello } }
              - { id: pause, wait: 2d }
              - id: clicked
                wait_for: { event: email_clicked, of: mail, when: "event.url == '/b'", timeout: 3d }
                then: [ { id: yes, set: { score: 1 } } ]
                else: [ { id: no, set: { score: 2 } } ]
            """
        let world = try World(Self.file(steps))
        let ids = try (0..<5).map { _ in try world.contact() }
        // An answer to an earlier mail is none to this one, whether it is known before or heard of later.
        try world.event(ids[0], "email_clicked", key: "0", ["url": "/b"])
        for id in ids { _ = try world.runner.enrol(id, in: "w", now: world.now) }
        try await world.tick()
        try await world.tick(after: "1d")
        try world.event(ids[1], "email_clicked", key: "1", ["url": "/b"])
        try world.event(ids[2], "email_clicked", key: "2", ["url": "/a"])
        try world.event(ids[3], "email_clicked", key: "3", at: World.start.advanced(by: .seconds(-60)), ["url": "/b"])
        try await world.tick(after: "2h")
        #expect(try ids.map { try world.value($0, "score") } == [.absent, .absent, .absent, .absent, .absent])
        // During the earlier wait: counts as soon as the step is reached.
        try await world.tick(after: "23h")
        #expect(try world.value(ids[1], "score") == .number(1))
        #expect(try world.value(ids[2], "score") == .absent)
        // While it waits: at once.
        try world.event(ids[4], "email_clicked", key: "4", ["url": "/b"])
        try await world.tick(after: "1s")
        #expect(try world.value(ids[4], "score") == .number(1))
        try await world.tick(after: "3d")
        #expect(try ids.map { try world.value($0, "score") } == [2, 1, 2, 2, 1].map { .number($0) })
        try world.expectNoOrphans()
    }

    @Test func aStepThatCannotBeTakenIsParkedUntilAPersonLetsItGoOn() async throws {
        let world = try World(Self.file("  - { id: write, set: { score: { value: \"double(contact.first_name)\" } } }"))
        let id = try world.contact(["first_name": "x"])
        let other = try world.contact(["first_name": "5"])
        for id in [id, other] { _ = try world.runner.enrol(id, in: "w", now: world.now) }
        let report = try await world.tick()
        #expect(report.parked == 1)
        #expect(try world.value(other, "score") == .number(5))
        let parked = try #require(try world.enrolments(id).first)
        #expect(parked.state == .parked)
        #expect(parked.reason?.string.hasPrefix("the expression for score failed") == true)
        try world.expectNoOrphans()
        try world.set(id, "first_name", "8")
        #expect(try world.runner.resume(parked.id, now: world.now))
        try await world.tick()
        #expect(try world.value(id, "score") == .number(8))
    }
}
