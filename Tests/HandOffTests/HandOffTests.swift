import HandOff
import Messaging
import Records
import Store
import Testing

@Suite struct HandOffTests {
    private static func runner(_ world: SalesWorld) throws -> HandOffRunner { try #require(world.runner) }

    private static func accept(_ world: SalesWorld, _ place: Int = 0) throws {
        let id = try world.handOff(place).id
        let answer = try Self.runner(world).accept(id, by: "ada", now: world.now)
        guard case .done = answer else {
            Issue.record("not accepted: \(answer)")
            return
        }
    }

    @Test func goesFromTheScoreToTheWonDeal() async throws {
        let world = try SalesWorld()
        let lead = try world.qualifiedLead()
        #expect(try await world.tick().opened == 1)
        #expect(try world.value(lead, "lifecycle_stage") == "mql")
        #expect(try world.handOff().state == .review)
        #expect(try world.handOff().reasons == ["demo: +60 points, last on 2026-03-02"])
        #expect(world.mailer.sent == ["sales-lead@example.com: To review: Ada Lovelace (hand-off 1)"])

        try Self.accept(world)
        #expect(try world.value(lead, "lifecycle_stage") == "sql")
        #expect(try await world.tick().routed == 1)
        let written = try world.handOff()
        #expect(written.state == .written)
        #expect(written.owner == "lea@example.com")
        #expect(try world.value(lead, "owner") == "lea@example.com")
        #expect(try world.value(written.deal, "name") == "Ada Lovelace")
        #expect(try world.value(written.deal, "contact") == .text(lead.description))
        #expect(try world.value(written.task, "subject") == "Call Ada Lovelace")
        #expect(try world.value(written.task, "due_at") == .instant(world.now.advanced(by: .seconds(86_400))))
        #expect(written.waitingFor == "crm: contact: it is not in the CRM yet")

        try world.sync(without: ["task"])
        #expect(try await world.tick().confirmed == 0)
        #expect(try world.handOff().waitingFor == "crm: task: it is not in the CRM yet")
        try world.sync()
        #expect(try await world.tick().confirmed == 1)
        #expect(world.mailer.sent.last == "lea@example.com: Your new lead: Ada Lovelace")
        #expect(world.mailer.sent.count == 2)

        try world.crm(try #require(written.deal), "stage", "presentation")
        #expect(try await world.tick().begun == 1)
        #expect(try world.handOff().dueAt == nil)
        try world.crm(try #require(written.deal), "stage", "won")
        #expect(try await world.tick().won == 1)
        #expect(try world.value(lead, "lifecycle_stage") == "customer")
        #expect(try world.handOff().state == .won)
        #expect(
            try world.log(written.id) == [
                "review qualified", "accepted accepted", "written given to lea@example.com: next in turn of 2",
                "confirmed the CRM has everything", "working the deal is in presentation", "won the deal is won",
            ]
        )
        #expect(try world.count("deal") == 1)
        #expect(try world.count("task") == 1)
    }

    @Test func aWriteUnderWayOrAValueNotAgreedOnIsNoConfirmation() async throws {
        let world = try SalesWorld()
        let lead = try world.qualifiedLead()
        try await world.tick()
        try Self.accept(world)
        try await world.tick()
        try world.sync()
        // Somebody changes the owner here after the CRM took the old one.
        try world.store.write { transaction in
            let cause = Cause(actor: try transaction.actor("person:eve"), at: world.now)
            try transaction.change(lead, set: [PropertySetting("owner", "eve@example.com")], cause: cause)
        }
        #expect(try await world.tick().confirmed == 0)
        #expect(try world.handOff().waitingFor == "crm: contact: owner is not agreed on")
        #expect(try world.handOff().owner == "eve@example.com")
        try world.sync()
        #expect(try await world.tick().confirmed == 1)
        #expect(world.mailer.sent.last?.hasPrefix("eve@example.com") == true)
    }

    @Test(arguments: [HandOffState.rejected, .recycled])
    func endsAgainstTheLeadAndClosesWhatWasMade(_ state: HandOffState) async throws {
        let world = try SalesWorld()
        let lead = try world.qualifiedLead()
        try await world.tick()
        try Self.accept(world)
        try await world.tick()
        let open = try world.handOff()
        let runner = try Self.runner(world)
        let answer =
            try state == .rejected
            ? runner.reject(open.id, by: "lea", reason: "a student", now: world.now)
            : runner.recycle(open.id, by: "lea", reason: "next year", now: world.now)
        guard case .done(let closed) = answer else {
            Issue.record("\(answer)")
            return
        }
        #expect(closed.state == state)
        #expect(try world.value(lead, "lifecycle_stage") == (state == .rejected ? "disqualified" : "lead"))
        #expect(try world.value(lead, "lead_status") == (state == .rejected ? "unqualified" : "recycled"))
        #expect(try world.value(open.deal, "stage") == "lost")
        #expect(try world.value(open.task, "status") == "done")
        #expect(
            try runner.accept(open.id, by: "ada", now: world.now) == .impossible(Text("it is over: \(state.rawValue)"))
        )
        try await world.tick(after: "1d")
        #expect(try world.handOffs().count == 1)
        let events = try world.store.read { try $0.events(of: lead) }.map(\.event.name)
        #expect(events.contains("score_reset") == (state == .recycled))
        // A later qualification is a new hand-off with an epoch of its own, unless the lead is out for good.
        try world.store.write { transaction in
            let cause = Cause(actor: try transaction.actor("scoring"), at: world.now)
            let event = PersonEvent(id: "again", name: "qualified", at: world.now)
            try transaction.addEvent(event, to: lead, cause: cause)
        }
        try await world.tick()
        #expect(try world.handOffs().map(\.epoch) == (state == .rejected ? [1] : [1, 2]))
    }

    @Test func aLostDealGivesTheLeadBack() async throws {
        let world = try SalesWorld()
        let lead = try world.qualifiedLead()
        try await world.tick()
        try Self.accept(world)
        try await world.tick()
        let deal = try #require(try world.handOff().deal)
        try world.sync()
        try await world.tick()
        try world.crm(deal, "stage", "lost")
        #expect(try await world.tick().ended == 1)
        #expect(try world.handOff().state == .lost)
        #expect(try world.value(lead, "lifecycle_stage") == "lead")
        #expect(try world.value(try world.handOff().task, "status") == "done")
    }

    @Test func salesMayDecideInTheCRM() async throws {
        let world = try SalesWorld()
        let leads = try (0..<2).map { _ in try world.qualifiedLead() }
        try await world.tick()
        try world.crm(leads[0], "lifecycle_stage", "sql")
        try world.crm(leads[1], "lifecycle_stage", "disqualified")
        let report = try await world.tick()
        #expect(report.accepted == 1)
        #expect(report.ended == 1)
        #expect(try world.handOffs().map(\.state) == [.written, .rejected])
        #expect(try world.handOffs().map(\.decidedBy) == ["sync:crm", "sync:crm"])
    }

    @Test func remindsEscalatesAndReassigns() async throws {
        let world = try SalesWorld()
        let lead = try world.qualifiedLead()
        try await world.tick()
        try Self.accept(world)
        try await world.tick()
        try world.sync()
        try await world.tick()
        let mails = world.mailer.sent.count
        for (span, mail) in [
            ("4h", "lea@example.com: Still waiting: Ada Lovelace"),
            ("4h", "sales-lead@example.com: Overdue: Ada Lovelace with lea@example.com"),
        ] {
            #expect(try await world.tick(after: "1m").nudged == 0)
            #expect(try await world.tick(after: span).nudged == 1)
            #expect(world.mailer.sent.last == mail)
        }
        #expect(world.mailer.sent.count == mails + 2)
        let report = try await world.tick(after: "16h")
        #expect(report.nudged == 1)
        #expect(report.routed == 1)
        let second = try world.handOff()
        #expect(second.owner == "max@example.com")
        #expect(second.passedOver == ["lea@example.com"])
        #expect(second.round == 2)
        #expect(try world.value(lead, "owner") == "max@example.com")
        #expect(try world.value(second.deal, "owner") == "max@example.com")
        #expect(try world.value(second.task, "owner") == "max@example.com")
        #expect(try world.count("deal") == 1)
        try world.sync()
        #expect(try await world.tick().confirmed == 1)
        #expect(world.mailer.sent.last == "max@example.com: Your new lead: Ada Lovelace")
        // The fallback is the last who can have it; then it stays where it is.
        try await world.tick(after: "24h")
        for _ in 0..<4 { try await world.tick(after: "12h") }
        try world.sync()
        for _ in 0..<8 { try await world.tick(after: "12h") }
        #expect(try world.handOff().owner == "sales-lead@example.com")
        #expect(try world.handOff().state == .confirmed)
        #expect(try world.handOff().dueAt == nil)
    }

    @Test func afterAnOutageTheNudgesStillKeepTheirDistance() async throws {
        let world = try SalesWorld()
        _ = try world.qualifiedLead()
        try await world.tick()
        try Self.accept(world)
        try await world.tick()
        try world.sync()
        try await world.tick()
        #expect(try await world.tick(after: "3d").nudged == 1)
        #expect(try await world.tick(after: "1h").nudged == 0)
        #expect(try await world.tick(after: "3h").nudged == 1)
    }

    @Test func aPersonReassignsToSomebodyOrToTheNext() async throws {
        let world = try SalesWorld()
        _ = try world.qualifiedLead()
        try await world.tick()
        let runner = try Self.runner(world)
        let id = try world.handOff().id
        #expect(try runner.reassign(id, by: "ada", now: world.now) == .impossible("it has no owner yet: review"))
        try Self.accept(world)
        try await world.tick()
        #expect(
            try runner.reassign(id, to: "lea@example.com", by: "ada", now: world.now)
                == .impossible("lea@example.com has it already")
        )
        #expect(
            try runner.reassign(id, to: "x\r\ny", by: "ada", now: world.now) == .impossible("an owner is an address")
        )
        _ = try runner.reassign(id, to: "zoe@example.com", by: "ada", reason: "knows them", now: world.now)
        #expect(try world.handOff().ownerReason == "chosen by ada: knows them")
        _ = try runner.reassign(id, by: "ada", now: world.now)
        try await world.tick()
        #expect(try world.handOff().owner == "max@example.com")
        #expect(throws: StoreError.self) { try runner.accept(HandOffNumber(rawValue: 99), by: "ada", now: world.now) }
    }

    @Test func workflowsPeopleAndConditionsOpenHandOffsToo() async throws {
        let text = """
            connection: none
            qualify: "contact.job_title == 'CEO'"
            review: none
            owners: { pool: [ { email: lea@example.com } ] }
            """
        let world = try SalesWorld(text)
        let ceo = try world.lead(["job_title": "CEO"])
        let asked = try world.lead()
        let customer = try world.lead(["lifecycle_stage": "customer", "job_title": "CEO"])
        let byHand = try world.lead()
        let backfill = try world.store.write { try $0.startRun(nil, kind: "backfill", at: world.now) }
        let quiet = try world.lead(["job_title": "CEO"], run: backfill)
        try world.store.write { transaction in
            let cause = Cause(actor: try transaction.actor("workflow:w"), at: world.now)
            let event = PersonEvent(
                id: "1",
                name: "hand_off_requested",
                at: world.now,
                attributes: ["workflow": "w", "reason": "asked for a demo"]
            )
            try transaction.addEvent(event, to: asked, cause: cause)
        }
        try await world.tick()
        _ = try Self.runner(world).open(byHand, by: "ada", reason: "met at a fair", now: world.now)
        try await world.tick()
        let all = try world.handOffs()
        #expect(all.map(\.record) == [ceo, asked, byHand])
        #expect(all.map(\.origin) == ["condition", "workflow:w", "person:ada"])
        #expect(all[1].reasons == ["asked for a demo"])
        // No review, no CRM, no task, no deal: straight to the owner.
        #expect(all.allSatisfy { $0.state == .confirmed && $0.owner == "lea@example.com" && $0.deal == nil })
        #expect(try world.value(customer, "owner") == .absent)
        #expect(try world.value(quiet, "owner") == .absent)
    }

    @Test func aLeadThatIsGoneIsDropped() async throws {
        let world = try SalesWorld()
        let lead = try world.qualifiedLead()
        try await world.tick()
        try world.store.write { transaction in
            try transaction.delete(lead, cause: Cause(actor: transaction.actor("person:ada"), at: world.now))
        }
        try await world.tick()
        #expect(try world.handOff().state == .dropped)
    }

    @Test func aNameThatCannotBeMadeStopsThisLeadOnly() async throws {
        let text = """
            connection: none
            review: none
            owners: { pool: [ { email: lea@example.com } ] }
            deal: { name: "{{ contact.first_name + '!' }}", stage: qualified, won: [won] }
            """
        let world = try SalesWorld(text)
        _ = try world.qualifiedLead()
        _ = try world.qualifiedLead(["first_name": "Ada"])
        let report = try await world.tick()
        #expect(report.problems.count == 1)
        #expect(try world.handOffs().map(\.state) == [.accepted, .confirmed])
        #expect(try world.handOff().waitingFor?.string.hasPrefix("an expression of the template failed") == true)
    }
}
