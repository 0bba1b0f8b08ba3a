import Messaging
import Records
import Store
import Testing
import WorkflowRunner

@Suite struct WorkflowRunnerTests {
    private static let welcome = """
        workflow: welcome
        trigger: { joined_segment: leads }
        goal: "contact.lifecycle_stage >= stage.mql"
        steps:
          - { id: first, send_email: hello }
          - { id: pause, wait: 3d }
          - { id: second, send_email: again }
        """

    @Test func whoJoinsASegmentEntersOnce() async throws {
        let world = try World(Self.welcome, segments: World.leads)
        let id = try world.contact()
        let customer = try world.contact(["lifecycle_stage": "customer"])
        #expect(try await world.tick().enrolled == 1)
        #expect(try world.enrolments(customer).isEmpty)
        try world.set(id, "first_name", "Ada")
        #expect(try await world.tick().enrolled == 0)
        // Leaving and coming back is a second joining, which `reentry: never` forbids.
        try world.set(id, "lifecycle_stage", "subscriber")
        try await world.tick()
        try world.set(id, "lifecycle_stage", "lead")
        #expect(try await world.tick().enrolled == 0)
        #expect(world.mailer.sent.map(\.subject) == ["hello you"])
    }

    @Test func aNewSegmentStartsNothingForThoseWhoWereThere() async throws {
        let world = try World(segments: nil)
        let old = try world.contact()
        try await world.tick()
        // The same store, with a segment that is new to it.
        let runner = try world.runner(Self.welcome, segments: World.leads)
        #expect(try await runner.tick(now: world.now).enrolled == 0)
        #expect(try world.store.read { try $0.members(of: "leads", limit: 10) } == [old])
        let new = try world.contact()
        #expect(try await runner.tick(now: world.now).enrolled == 1)
        #expect(try world.enrolments(new).count == 1)
    }

    /// With a form in SQL, which is the plain case, and without.
    @Test(arguments: ["contact.email.contains('@')", "contact.email.matches('@')"])
    func aNewSegmentFindsItsMembersEitherWay(_ condition: String) async throws {
        let world = try World(segments: nil)
        var members: [RecordID] = []
        for number in 0..<3 {
            members.append(try world.contact(["email": .text("p\(number)@example.com")]))
            _ = try world.contact(["email": .text("nobody")])
        }
        try await world.tick()
        let segments = "leads: { object: contact, when: \"\(condition)\" }"
        let runner = try world.runner(Self.welcome, segments: segments)
        _ = try await runner.tick(now: world.now)
        let found = try world.store.read { try $0.members(of: "leads", limit: 10) }
        #expect(found == members.sorted())
    }

    @Test func whoHasReachedTheGoalDoesNotEnter() async throws {
        let text = Self.welcome.replacing("{ joined_segment: leads }", with: "manual")
        let world = try World(text)
        let id = try world.contact(["lifecycle_stage": "sql"])
        #expect(try world.runner.enrol(id, in: "welcome", now: world.now) == .atGoal)
        #expect(try world.enrolments(id).isEmpty)
    }

    @Test func reachingTheGoalEndsAtOnceAlsoDuringAWait() async throws {
        let world = try World(Self.welcome, segments: World.leads)
        let id = try world.contact()
        try await world.tick()
        try world.set(id, "lifecycle_stage", "mql")
        try await world.tick(after: "1d")
        let enrolment = try #require(try world.enrolments(id).first)
        #expect(enrolment.reason == "goal")
        #expect(enrolment.endedAt == world.now)
        try await world.tick(after: "30d")
        #expect(world.mailer.sent.count == 1)
    }

    @Test func aDeletedRecordLeavesEverything() async throws {
        let world = try World(Self.welcome, segments: World.leads)
        let id = try world.contact()
        try await world.tick()
        try world.store.write { transaction in
            try transaction.delete(id, cause: Cause(actor: transaction.actor("person:test"), at: world.now))
        }
        try await world.tick()
        #expect(try world.enrolments(id).map(\.reason) == ["the record is gone"])
        #expect(try world.store.read { try $0.countMembers(of: "leads") } == 0)
    }

    @Test func theSameEventTwiceStartsOnce() async throws {
        let text = """
            workflow: w
            trigger: { event: bought, key: order, when: "event.amount > 10.0" }
            reentry: always
            steps: [ { id: pause, wait: 1d } ]
            """
        let world = try World(text)
        let id = try world.contact()
        #expect(try world.event(id, "bought", key: "1", ["order": "a", "amount": .number(20)]) == .added(2))
        #expect(try world.event(id, "bought", key: "1", ["order": "b", "amount": .number(20)]) == .known(2))
        try world.event(id, "bought", key: "2", ["order": "b", "amount": .number(20)])
        try world.event(id, "bought", key: "3", ["order": "b", "amount": .number(20)])
        try world.event(id, "bought", key: "4", ["order": "c", "amount": .number(5)])
        #expect(try await world.tick().enrolled == 2)
        #expect(try world.enrolments(id).map(\.entryKey) == ["a", "b"])
    }

    @Test func theIndexForbidsTwoEnrolmentsWhateverWasLookedAtBefore() throws {
        let world = try World("workflow: w\ntrigger: manual\nsteps: [ { id: pause, wait: 1d } ]")
        let id = try world.contact()
        let entered = try world.store.write { transaction in
            let version = try transaction.registerWorkflow("w", hash: "h", definition: "{}", at: world.now)
            return try (0..<2).map { _ in
                try transaction.enrol(
                    id,
                    version: version,
                    workflow: "w",
                    entryKey: "",
                    firstStep: "pause",
                    data: [:],
                    at: world.now
                )
            }
        }
        #expect(entered.map { $0 == nil } == [false, true])
    }

    @Test func aPropertyThatChangesToAValueStarts() async throws {
        let text = """
            workflow: w
            trigger: { property_changed: lifecycle_stage, to: mql, when: "contact.score > 10.0" }
            reentry: after 10d
            steps: [ { id: mark, set: { first_name: marked } } ]
            """
        let world = try World(text)
        let id = try world.contact(["score": .number(20)])
        let poor = try world.contact(["score": .number(5)])
        for id in [id, poor] { try world.set(id, "lifecycle_stage", "mql") }
        #expect(try await world.tick().enrolled == 1)
        #expect(try world.value(id, "first_name") == "marked")
        for (span, expected) in [("9d", 1), ("2d", 2)] {
            try world.set(id, "lifecycle_stage", "lead")
            try world.set(id, "lifecycle_stage", "mql")
            try await world.tick(after: span)
            #expect(try world.enrolments(id).count == expected)
        }
    }

    @Test func anEnrolmentKeepsTheVersionItBeganWith() async throws {
        let first = "workflow: w\ntrigger: manual\nsteps: [ { id: pause, wait: 1d }, { id: old, set: { score: 1 } } ]"
        let second = "workflow: w\ntrigger: manual\nsteps: [ { id: pause, wait: 1d }, { id: new, set: { score: 2 } } ]"
        let world = try World(first)
        let early = try world.contact()
        _ = try world.runner.enrol(early, in: "w", now: world.now)
        try await world.tick()
        try world.restart(second)
        let late = try world.contact()
        _ = try world.runner.enrol(late, in: "w", now: world.now)
        try await world.tick()
        // A build without the file at all still finishes what began.
        try world.restart("workflow: other\ntrigger: manual\nsteps: [ { id: x, wait: 1d } ]")
        try await world.tick(after: "1d")
        #expect(try world.value(early, "score") == .number(1))
        #expect(try world.value(late, "score") == .number(2))
        #expect(try world.enrolments(early).first?.version != world.enrolments(late).first?.version)
    }

    @Test func firstSyncsAndBackfillsStartNothing() async throws {
        let event = "workflow: e\ntrigger: { event: bought }\nsteps: [ { id: pause, wait: 1d } ]"
        let change = "workflow: c\ntrigger: { property_changed: score }\nsteps: [ { id: pause, wait: 1d } ]"
        let world = try World(
            Self.welcome,
            event,
            change,
            segments: World.leads,
            scoring: "rules: [ { id: b, event: bought, points: 50 } ]\nqualified: 40"
        )
        let (first, backfill, later) = try world.store.write { transaction in
            let connection = try transaction.registerConnection("crm", connector: "hubspot")
            let first = try transaction.startRun(connection, kind: "sync", at: world.now)
            let backfill = try transaction.startRun(nil, kind: "backfill", at: world.now)
            return (first, backfill, connection)
        }
        let ids = try [first, backfill].map { try world.contact(run: $0) }
        for (id, run) in zip(ids, [first, backfill]) {
            try world.event(id, "bought", key: "\(id)", run: run)
            try world.set(id, "first_name", "Ada", run: run)
        }
        let report = try await world.tick()
        #expect(report.enrolled == 0)
        #expect(report.qualified == 0)
        #expect(try ids.map { try world.value($0, "score") } == [.number(50), .number(50)])
        #expect(try world.store.read { try $0.countMembers(of: "leads") } == 2)
        // The next run of the same connection is an ordinary one.
        let second = try world.store.write { transaction in
            try transaction.firstSyncDone(later, at: world.now.advanced(by: .seconds(1)))
            return try transaction.startRun(later, kind: "sync", at: world.now.advanced(by: .seconds(2)))
        }
        let id = try world.contact(run: second)
        #expect(try await world.tick().enrolled == 1)
        #expect(try world.enrolments(id).map(\.workflow) == ["welcome"])
    }

    @Test func scoresFollowEventsProfileAndTime() async throws {
        let scoring = """
            rules:
              - { id: b, event: bought, points: 50, half_life: 10d }
              - { id: gone, when: "contact.unsubscribed == true", points: -10 }
            fit: { rules: [ { id: named, when: "has(contact.first_name)", points: 10 } ], grades: { A: 10 } }
            qualified: { A: 40, D: 100 }
            """
        let text =
            "workflow: q\ntrigger: { event: qualified }\nreentry: always\nsteps: [ { id: mark, set: { owner: x@y.example } } ]"
        let world = try World(text, scoring: scoring)
        let id = try world.contact()
        try world.event(id, "bought", key: "1")
        try world.event(id, "bought", key: "1")
        var report = try await world.tick()
        #expect(report.qualified == 0)
        #expect(try world.value(id, "score") == .number(50))
        #expect(try world.value(id, "grade") == "D")
        try world.set(id, "first_name", "Ada")
        report = try await world.tick()
        #expect(report.qualified == 1)
        #expect(try world.value(id, "grade") == "A")
        #expect(try world.value(id, "owner") == "x@y.example")
        // 50 halves in 10 days: below 40 after 10 × log2(5/4) days, foretold and not polled.
        let due = try #require(report.nextDue)
        #expect(abs(due.since(World.start).microseconds - Int64(3.219_280_948_873_623 * 86_400e6)) < 1000)
        world.now = due
        try await world.tick()
        #expect(try world.value(id, "score") == .number(39))
        #expect(try world.store.read { try $0.score(of: id) }?.isQualified == false)
        // Crossing upwards again is a new qualification; so is new interest after a new epoch began.
        try world.event(id, "bought", key: "2")
        #expect(try await world.tick().qualified == 1)
        try world.event(id, "score_reset", key: "3")
        try await world.tick(after: "1s")
        #expect(try world.value(id, "score") == .number(0))
        try world.event(id, "bought", key: "4")
        #expect(try await world.tick(after: "1s").qualified == 1)
    }

    @Test func workflowsThatFeedEachOtherDoNotHangATick() async throws {
        let text = "workflow: w\ntrigger: { event: ping }\nreentry: always\nsteps: [ { id: again, emit: ping } ]"
        let world = try World(text)
        try world.event(try world.contact(), "ping", key: "1")
        let report = try await world.tick()
        #expect(!report.isQuiet)
        #expect(report.enrolled == 100)
    }

    @Test func everyTickLeavesNoOrphan() async throws {
        let world = try World(Self.welcome, segments: World.leads)
        _ = try (0..<5).map { _ in try world.contact() }
        for _ in 0..<5 {
            try await world.tick(after: "1d")
            try world.expectNoOrphans()
        }
    }
}
