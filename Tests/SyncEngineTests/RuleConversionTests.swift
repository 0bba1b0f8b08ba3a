import Connectors
import Mapping
import Records
import RelaisTesting
import Store
import SyncEngine
import Testing

/// R17: a lead that is converted to a contact stays one person of ours, and nothing of either side is lost on the way.
@Suite struct RuleConversionTests {
    private struct Lead {
        let bench: SyncBench
        let ada: RecordID
        let remote: Text
    }

    /// Leads and contacts of one CRM, of which Ada is a linked lead.
    private func lead(leadsFirst: Bool, _ values: [String: Value] = [:]) async throws -> Lead {
        let (contacts, leads) = (SyncBench.contacts(), SyncBench.leads())
        let bench = try SyncBench(mappings: leadsFirst ? [leads, contacts] : [contacts, leads])
        let plain: [String: Value] = ["email": "ada@x.org", "first_name": "Ada", "city": "Paris"]
        let remote = bench.account.edit("leads", nil, plain.merging(values) { $1 })
        try await bench.sync()
        return Lead(bench: bench, ada: try #require(try bench.contacts().first?.id), remote: remote)
    }

    private func link(_ ada: RecordID, _ object: String, _ bench: SyncBench) throws -> Link? {
        try bench.store.read { transaction in
            try transaction.links(of: ada).first { try transaction.name(of: $0.key.object) == object }
        }
    }

    private func isQuiet(_ bench: SyncBench) async throws -> Bool {
        for _ in 0..<3 {
            let report = try await bench.sync()
            if report.counts.localWrites + report.counts.remoteWrites > 0 || report.counts.needsAttention {
                return false
            }
        }
        return true
    }

    @Test(arguments: [true, false])
    func theLinkFollowsTheConversion(leadsFirst: Bool) async throws {
        let lead = try await self.lead(leadsFirst: leadsFirst)
        let (bench, ada) = (lead.bench, lead.ada)
        let contact = bench.account.convert("leads", lead.remote, to: "contacts", ["phone": "+33 1"])
        for _ in 0..<2 { try await bench.sync() }
        #expect(try bench.contacts().map(\.id) == [ada])
        #expect(try self.link(ada, "leads", bench) == nil)
        #expect(try self.link(ada, "contacts", bench)?.key.remote == contact)
        #expect(try bench.value(ada, "phone") == "+33 1", "what the conversion added is a change of the CRM")
        #expect(try bench.store.read { try $0.openReviews(limit: 9) }.isEmpty, "nobody is asked who that contact is")
        // From now on it is the contact that is written to, and no second one is made.
        try bench.edit(ada, ["city": "Lyon"])
        try await bench.sync()
        #expect(bench.account.value("contacts", contact, "city") == "Lyon")
        #expect(bench.account.value("leads", lead.remote, "city") == "Paris")
        #expect(bench.account.ids("contacts") == [contact])
        #expect(try await self.isQuiet(bench))
    }

    /// Ours was edited and not sent yet when the salesperson pressed the button.
    @Test(arguments: [true, false])
    func anEditOnItsWayToTheLeadReachesTheContact(leadsFirst: Bool) async throws {
        let lead = try await self.lead(leadsFirst: leadsFirst)
        let (bench, ada) = (lead.bench, lead.ada)
        try bench.edit(ada, ["city": "Lyon", "phone": "+33 2"])
        let contact = bench.account.convert("leads", lead.remote, to: "contacts", ["first_name": "Augusta"])
        for _ in 0..<2 { try await bench.sync() }
        #expect(bench.account.value("contacts", contact, "city") == "Lyon")
        #expect(bench.account.value("contacts", contact, "phone") == "+33 2")
        #expect(try bench.value(ada, "first_name") == "Augusta")
        #expect(bench.account.value("contacts", contact, "first_name") == "Augusta")
        #expect(try await self.isQuiet(bench))
    }

    /// Both sides typed another city: the conflict is one of the contact now, with its base.
    @Test func whatBothChangedIsAConflictWithItsBase() async throws {
        let lead = try await self.lead(leadsFirst: true)
        let (bench, ada) = (lead.bench, lead.ada)
        try bench.edit(ada, ["city": "Lyon"])
        bench.account.convert("leads", lead.remote, to: "contacts", ["city": "Nice"])
        for _ in 0..<2 { try await bench.sync() }
        let conflicts = try bench.conflicts(.settled) + bench.conflicts(.open)
        #expect(conflicts.count == 1)
        #expect(conflicts.first?.about.localBase == "Paris" && conflicts.first?.about.local == "Lyon")
        #expect(conflicts.first?.about.remote == "Nice")
    }

    /// The button is pressed between the read just before the write and the write: the CRM refuses, and nothing is lost.
    @Test func aConversionDuringTheWriteLosesNothing() async throws {
        let lead = try await self.lead(leadsFirst: true)
        let (bench, ada, remote) = (lead.bench, lead.ada, lead.remote)
        try bench.edit(ada, ["city": "Lyon"])
        let contact: Text = "9001"
        bench.account.with { state in
            state.beforeWrite = { state in
                guard var old = state.objects["leads"]?[remote], old.successor == nil else { return }
                state.objects["contacts", default: [:]][contact] = old
                old.successor = RemoteSuccessor(object: "contacts", id: contact)
                old.version += 1
                state.objects["leads"]?[remote] = old
            }
        }
        for _ in 0..<3 { try await bench.sync() }
        #expect(try self.link(ada, "contacts", bench)?.key.remote == contact)
        #expect(bench.account.value("contacts", contact, "city") == "Lyon")
        #expect(try bench.contacts().map(\.id) == [ada])
        #expect(try await self.isQuiet(bench))
    }

    /// The lead becomes part of a contact that is linked to a second record of ours: they are one person.
    @Test(arguments: [true, false])
    func aLeadThatIsConvertedIntoAKnownContactIsThatPerson(leadsFirst: Bool) async throws {
        let lead = try await self.lead(leadsFirst: leadsFirst, ["phone": "+33 7"])
        let (bench, ada) = (lead.bench, lead.ada)
        let contact = bench.account.edit("contacts", nil, ["email": "countess@y.org", "first_name": "Ada"])
        try await bench.sync()
        let countess = try #require(try bench.contacts().first { $0.id != ada }?.id)
        try bench.edit(ada, ["street": "2 rue B"])
        bench.account.convert("leads", lead.remote, to: "contacts", into: contact)
        for _ in 0..<2 { try await bench.sync() }
        #expect(try bench.contacts().map(\.id) == [countess])
        #expect(try bench.store.read { try $0.survivor(of: ada) } == countess)
        #expect(try bench.value(countess, "phone") == "+33 7")
        #expect(bench.account.value("contacts", contact, "street") == "2 rue B", "an unsent edit goes over")
        #expect(try await self.isQuiet(bench))
    }

    /// No mapping covers contacts: the person stays here, the link rests, and the lead is not written to any more.
    @Test func aLeadThatBecomesWhatNoMappingCoversRests() async throws {
        let lead = try await self.lead(leadsFirst: true)
        var bench = lead.bench
        bench.mappings = [bench.mappings[0]]
        bench.account.convert("leads", lead.remote, to: "contacts")
        try await bench.sync()
        try bench.edit(lead.ada, ["city": "Lyon"])
        for _ in 0..<2 { try await bench.sync() }
        #expect(try bench.contacts().map(\.id) == [lead.ada])
        #expect(try self.link(lead.ada, "leads", bench)?.status == .gone)
        #expect(bench.account.value("leads", lead.remote, "city") == "Paris")
        #expect(bench.account.ids("leads") == [lead.remote], "no second lead is made of whoever was converted")
    }

    /// A plan shows nothing but what a sync does, and moves no link.
    @Test func aPlanWritesNothingOfAConversion() async throws {
        let lead = try await self.lead(leadsFirst: true)
        let (bench, ada) = (lead.bench, lead.ada)
        let contact = bench.account.convert("leads", lead.remote, to: "contacts", ["phone": "+33 1"])
        bench.clock.advance(by: .seconds(60))
        let plan = try await bench.syncer.plan()
        #expect(plan.counts.createdLocally == 0 && plan.counts.createdRemotely == 0)
        #expect(try self.link(ada, "leads", bench) != nil)
        try await bench.sync()
        #expect(try self.link(ada, "contacts", bench)?.key.remote == contact)
        #expect(try await self.isQuiet(bench))
    }

    /// A lead that was converted before we ever saw it is no person of its own.
    @Test func whoWasConvertedBeforeWeSawThemIsTheContact() async throws {
        let lead = try await self.lead(leadsFirst: true)
        let bench = lead.bench
        let other = bench.account.edit("leads", nil, ["email": "grace@x.org"])
        let contact = bench.account.convert("leads", other, to: "contacts")
        for _ in 0..<2 { try await bench.sync() }
        let grace = try #require(try bench.contacts().first { $0["email"] == "grace@x.org" }?.id)
        #expect(try bench.contacts().count == 2)
        #expect(try self.link(grace, "contacts", bench)?.key.remote == contact)
        #expect(try self.link(grace, "leads", bench) == nil)
    }
}
