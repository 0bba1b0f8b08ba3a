import FakeCRM
import HandOff
import Mapping
import Records
import Store
import WorkflowRunner

/// The second half of the demo: a lead warms up, is accepted, becomes a deal, and the deal is won.
extension DemoScene {
    func handALeadOver(_ automation: Automation) async throws {
        self.output.line()
        self.output.line("4. A lead is handed to sales")
        let lead = try self.someLead()
        self.output.line("   \(lead.name) asks for a demo, after reading the guide.")
        for event: Text in ["form_submitted", "demo_requested"] { try self.add(event, of: lead.id) }
        try await automation.tick(now: self.context.clock.now)
        let opened = try self.handOff(of: lead.id)
        let points = opened.points.map { "\($0) points" } ?? "asked for it"
        self.output.line("   Score: \(points). Hand-off \(opened.id.rawValue) waits in review, because:")
        for reason in opened.reasons { self.output.line("     \(Printable.text(reason.string))") }
        self.output.line("   `relais handoff accept \(opened.id.rawValue)`:")
        guard let runner = automation.handOffs,
            case .done = try runner.accept(opened.id, by: Text(self.context.person), now: self.context.clock.now)
        else { throw CommandError(.failed, "the demo's hand-off could not be accepted") }
        try await automation.tick(now: self.context.clock.now)
        let routed = try self.handOff(of: lead.id)
        let why = routed.ownerReason.map { " (\($0))" } ?? ""
        self.output.line("   Owner: \(routed.owner?.string ?? "—")\(why). Stage, owner, task and deal go to the CRM:")
        self.tell(try await self.sync())
        try await automation.tick(now: self.context.clock.now)
        try self.tellConfirmed(lead.id)
        try await self.winTheDeal(lead.id, automation)
    }

    private func tellConfirmed(_ lead: RecordID) throws {
        let handOff = try self.handOff(of: lead)
        guard handOff.state == .confirmed else {
            throw CommandError(
                .failed,
                "the demo's hand-off is \(handOff.state.rawValue) and waits for \(handOff.waitingFor?.string ?? "nothing")"
            )
        }
        self.output.line("   Hand-off \(handOff.id.rawValue) is confirmed: the CRM has contact, task and deal.")
        let mails = self.mail.messages
        self.output.line(
            "   Mails that left: \(mails.count), the last to \(mails.last?.recipients.joined(separator: ", ") ?? "nobody")."
        )
    }

    private func winTheDeal(_ lead: RecordID, _ automation: Automation) async throws {
        self.output.line()
        self.output.line("5. Sales wins the deal in the CRM")
        guard let deal = try self.handOff(of: lead).deal, let remote = try self.remoteID(of: deal) else {
            throw CommandError(.failed, "the demo's deal did not reach the CRM")
        }
        try self.crm.edit(.deals, remote, set: ["dealstage": "closedwon"], by: 0)
        try await self.waitForTheIndex()
        self.tell(try await self.sync())
        try await automation.tick(now: self.context.clock.now)
        self.tell(try await self.sync())
        let stage = try self.store.read { try $0.record(lead)?["lifecycle_stage"] ?? .absent }
        self.output.line("   The contact is now \(stage) here, and \(try self.crmStage(of: lead)) in the CRM.")
        try self.store.write { try $0.setSetting("demo/lead", to: lead.description) }
    }

    // MARK: Figures

    /// The hand-off's figures, read back from the store and the CRM.
    func handOffFigures() throws -> JSON {
        guard let text = try self.store.read({ try $0.setting("demo/lead") }), let lead = RecordID(text) else {
            return .null
        }
        let handOff = try self.handOff(of: lead)
        let email = try self.store.read { try $0.record(lead)?["email"] ?? .absent }
        let task = try handOff.task.flatMap { try self.remoteID(of: $0) }
        let deal = try handOff.deal.flatMap { try self.remoteID(of: $0) }
        let subject = task.flatMap { self.crm.value(.tasks, $0, "hs_task_subject") }
        let dealStage = deal.flatMap { self.crm.value(.deals, $0, "dealstage") }
        return [
            "lead": .string(email.description),
            "owner": handOff.owner.map { .string($0.string) } ?? .null,
            "crm_stage": .string(try self.crmStage(of: lead)),
            "crm_task": subject.map { .string($0) } ?? .null,
            "won": .bool(handOff.state == .won && dealStage == "closedwon"),
        ]
    }

    private func crmStage(of lead: RecordID) throws -> String {
        try self.remoteID(of: lead).flatMap { self.crm.value(.contacts, $0, "lifecyclestage") } ?? ""
    }

    private func remoteID(of record: RecordID) throws -> Int64? {
        try self.store.read { try $0.links(of: record).first }.flatMap { Int64($0.key.remote.string) }
    }

    private func handOff(of lead: RecordID) throws -> StoredHandOff {
        let found = try self.store.read { transaction in
            try transaction.handOffs(limit: 100).first { $0.record == lead }
        }
        guard let found else { throw CommandError(.failed, "the demo's lead was not handed over") }
        return found
    }

    private func add(_ event: Text, of record: RecordID) throws {
        let now = self.context.clock.now
        let id = self.context.ids.next().description
        try self.store.write { transaction in
            let cause = Cause(actor: try transaction.actor("person:website"), at: now)
            _ = try transaction.addEvent(PersonEvent(id: Text(id), name: event, at: now), to: record, cause: cause)
        }
    }

    /// A linked contact that is a lead and has a name and an address.
    private func someLead() throws -> (id: RecordID, name: String) {
        try self.store.read { transaction in
            let object = try transaction.object("contact")
            for record in try transaction.liveRecords(object, limit: 100_000) {
                guard record["lifecycle_stage"] == "lead", !record["first_name"].isBlank, !record["email"].isBlank,
                    !record["job_title"].isBlank, try !transaction.links(of: record.id).isEmpty
                else { continue }
                return (record.id, "\(record["first_name"]) \(record["last_name"])")
            }
            throw CommandError(.failed, "the demo has no lead to hand over; try another --seed")
        }
    }
}
