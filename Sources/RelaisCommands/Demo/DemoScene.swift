import Connectors
import FakeCRM
import Mapping
import Records
import Store
import SyncEngine

/// The scenes of the demo over an open store and account.
struct DemoScene {
    let story: DemoStory
    let store: Store
    let account: any RemoteAccount
    let connection: ConnectionConfiguration
    let mail: FakeMailServer

    var output: Output { self.story.output }
    var crm: FakeCRMAccount { self.story.world.crm }
    var context: CommandContext { self.story.context }

    // MARK: First contact

    func firstSync() async throws {
        self.output.line("1. Two sides that know nothing of each other")
        self.output.line(
            "   The CRM has \(self.crm.ids(.contacts).count) contacts, \(self.crm.ids(.companies).count) companies and "
                + "\(self.crm.ids(.deals).count) deals."
        )
        let (imported, known) = try self.importMarketing()
        self.output.line(
            "   Marketing brings a list of \(imported + known): \(imported) taken in, \(known) repeated an address."
        )
        try await self.connect()
        self.output.line()
        self.output.line("2. The plan comes before the first write")
        let plan = try await self.sync()
        self.tell(plan)
        self.output.line("   Nothing was written. `relais sync hubspot --approve` carries it out:")
        self.tell(try await self.sync(approve: true))
        try self.tellWhatIsParked()
    }

    /// What waits, and why, the most frequent reasons first.
    private func tellWhatIsParked() throws {
        let left = try self.store.read { transaction in
            try transaction.connection(self.connection.name).map { try LeftAlone(in: $0.number, transaction) }
        }
        for line in left?.lines(limit: 6, namingCommands: false) ?? [] { self.output.line("   \(line)") }
    }

    private func connect() async throws {
        let id = try await self.account.accountID()
        try self.store.write { transaction in
            let number = try transaction.registerConnection(self.connection.name, connector: self.connection.connector)
            try transaction.pin(number, account: id, at: self.context.clock.now)
        }
        let mappings = try self.context.workspace.mappings(self.connection)
        for object in self.account.traits.keyedObjects(of: mappings) {
            _ = try await self.account.prepareCreateKey(for: object)
        }
        self.output.line("   Connected to account \(id), and pinned to it.")
    }

    /// Imports the marketing list; gives how many were taken in, and how many had an address that was there already.
    private func importMarketing() throws -> (imported: Int, known: Int) {
        let schema = self.store.schema
        return try self.store.write { transaction in
            let object = try transaction.object("contact")
            let key = IdentityKey(["email"])
            try transaction.buildIdentityKey(key, of: object)
            guard let number = try transaction.identityKey(key, of: object) else { return (0, 0) }
            let cause = Cause(actor: try transaction.actor("import"), at: self.context.clock.now)
            var counts = (imported: 0, known: 0)
            for entry in self.story.world.marketing {
                let set = entry.values.compactMap { name, text -> PropertySetting? in
                    guard schema.object("contact")?.property(name)?.type.takesText == true else { return nil }
                    return PropertySetting(name, .text(text))
                }
                let email = set.first { $0.property == "email" }?.value ?? .absent
                if let canon = IdentityKey.canon(of: [email]),
                    try !transaction.records(object, matching: number, canon, limit: 1).isEmpty
                {
                    counts.known += 1
                    continue
                }
                try transaction.create(self.context.ids.next(), object: object, properties: set, cause: cause)
                counts.imported += 1
            }
            return counts
        }
    }

    // MARK: A conflict

    func settleAConflict() async throws {
        self.output.line()
        self.output.line("3. Both sides change the same field")
        let (record, remote) = try self.someLinkedContact()
        try self.edit(record, "job_title", "Head of Data")
        try self.crm.edit(.contacts, remote, set: ["jobtitle": "Chief Data Officer"], by: 0)
        try await self.waitForTheIndex()
        self.tell(try await self.sync())
        let conflict = try self.store.read { transaction in
            try transaction.conflicts(ConflictFilter(state: .open, record: record, field: "job_title"), limit: 1).first
        }
        guard let conflict else { throw CommandError(.failed, "the demo's conflict did not appear") }
        self.output.line("   conflict \(conflict.id), \(conflict.about.field):")
        self.output.line("     both had   \(Printable.value(conflict.about.localBase ?? .absent))")
        self.output.line("     marketing  \(Printable.value(conflict.about.local))")
        self.output.line("     CRM        \(Printable.value(conflict.about.remote))")
        self.output.line("   `relais conflicts resolve \(conflict.id) --take remote`, and the next sync:")
        try self.store.write { transaction in
            let decision = ConflictDecision(choice: .side(.remote), by: self.context.person, at: self.context.clock.now)
            _ = try transaction.decideConflict(
                conflict.id,
                decision,
                seenLocal: conflict.about.local,
                seenRemote: conflict.about.remote
            )
        }
        self.tell(try await self.sync())
        let local = try self.store.read { try $0.record(record)?["job_title"] ?? .absent }
        let crm = self.crm.value(.contacts, remote, "jobtitle") ?? ""
        self.output.line("   Now marketing holds \(Printable.value(local)) and the CRM \(crm).")
    }

    private func someLinkedContact() throws -> (RecordID, Int64) {
        try self.store.read { transaction in
            let contact = try transaction.object("contact")
            let contacts = try transaction.object("contacts")
            guard let connection = try transaction.connection(self.connection.name) else {
                throw CommandError(.failed, "the connection is gone")
            }
            var found: [(RecordID, Int64)] = []
            for record in try transaction.liveRecords(contact, limit: .max) where !record["job_title"].isBlank {
                let link = try transaction.link(of: record.id, connection: connection.number, object: contacts)
                if let link, let id = Int64(link.key.remote.string) { found.append((record.id, id)) }
            }
            // Our ids are drawn anew each time, the CRM's are not: the same seed tells the same story.
            guard let first = found.min(by: { $0.1 < $1.1 }) else {
                throw CommandError(.failed, "no linked contact has a job title")
            }
            return first
        }
    }

    private func edit(_ record: RecordID, _ property: String, _ value: Value) throws {
        try self.store.write { transaction in
            let cause = Cause(actor: try transaction.actor("person:marketing"), at: self.context.clock.now)
            try transaction.change(record, set: [PropertySetting(property, value)], cause: cause)
        }
    }

    // MARK: Quiet

    func quietSync() async throws {
        self.output.line()
        self.output.line("6. When nobody edits, nothing is written")
        let before = (self.crm.stats.writes.values.reduce(0, +), try self.store.read { try $0.journalEnd() })
        self.tell(try await self.sync())
        let after = (self.crm.stats.writes.values.reduce(0, +), try self.store.read { try $0.journalEnd() })
        self.output.line("   Writes in the CRM: \(after.0 - before.0). Changes here: \(after.1 - before.1).")
        try self.store.write { transaction in
            try transaction.setSetting(
                "demo/quiet_resync_writes",
                to: String(Int64(after.0 - before.0) + after.1 - before.1)
            )
        }
    }

    // MARK: Helpers

    func sync(approve: Bool = false) async throws -> SyncReport {
        try await self.context.syncer(self.connection, account: self.account, store: self.store)
            .sync(approvedBy: approve ? self.context.person : nil)
    }

    func waitForTheIndex() async throws {
        try await self.context.sleeper.sleep(for: DemoWorld.indexLag + .milliseconds(150))
    }

    func tell(_ report: SyncReport) {
        for line in report.lines { self.output.line("   \(line)") }
    }
}

extension PropertyType {
    /// Whether any text may be stored.
    fileprivate var takesText: Bool { self == .text }
}
