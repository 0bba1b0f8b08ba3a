import Connectors
import Mapping
import Records
import RelaisTesting
import Store
import SyncEngine
import Synchronization
import Testing

/// Pains of a contact's whole life: rules of single fields, merges, conversions, notifications, consent, many contacts.
extension PainTests {
    private func mapped(
        _ fields: [String],
        more: [String] = [],
        _ values: [String: Value]
    ) async throws -> (bench: SyncBench, ada: RecordID, remote: Text) {
        let bench = try SyncBench(mappings: [try SyncBench.mapping(fields: fields, more: more)])
        let remote = bench.account.edit("contacts", nil, values.merging(["email": "ada@x.org"]) { $1 })
        try await bench.sync()
        return (bench, try #require(try bench.contacts().first).id, remote)
    }

    /// 3: there was no way to say that a field is written only where the CRM has nothing.
    @Test func pain03AFieldThatWasOnlyToBeFilledWasOverwritten() async throws {
        let (bench, ada, remote) = try await self.mapped(
            ["{ local: city, remote: city, write: { push: if_blank, pull: never }, initial: prefer_local }"],
            ["city": "Paris"]
        )
        try bench.edit(ada, ["city": "Lyon"])
        for _ in 0..<2 { try await bench.sync() }
        #expect(bench.account.value("contacts", remote, "city") == "Paris")
        #expect(try bench.value(ada, "city") == "Lyon")
        let grace = bench.account.edit("contacts", nil, ["email": "grace@x.org"])
        try await bench.sync()
        let ours = try #require(try bench.contacts().first { $0["email"] == "grace@x.org" }?.id)
        try bench.edit(ours, ["city": "Nice"])
        try await bench.sync()
        #expect(bench.account.value("contacts", grace, "city") == "Nice")
    }

    /// 7: several values in one text, in another order and with one that only the CRM knows, came back as a change each
    /// time, or were cut down to what both knew.
    @Test func pain07AnOptionThatOnlyTheCRMKnowsWasLost() async throws {
        let (bench, ada, remote) = try await self.mapped(
            [
                "{ local: interests, remote: interests, via: [ { set: \";\" } ], on_conflict: merge, initial: prefer_remote }"
            ],
            ["interests": "rugs;Yachts;art"]
        )
        bench.account.edit("contacts", remote, ["interests": "art;rugs;Yachts"])
        for _ in 0..<2 { try await bench.sync() }
        #expect(bench.account.value("contacts", remote, "interests") == "art;rugs;Yachts", "another order is no change")
        guard case .set(let known) = try bench.value(ada, "interests") else {
            Issue.record("no set")
            return
        }
        try bench.edit(ada, ["interests": .set(known + ["tea"])])
        for _ in 0..<2 { try await bench.sync() }
        let held = bench.account.value("contacts", remote, "interests").text?.string.split(separator: ";").map(
            String.init
        )
        #expect(held?.sorted() == ["Yachts", "art", "rugs", "tea"])
        #expect(try await self.staysQuiet(bench))
    }

    /// 15: two contacts were merged in the CRM; the old id led nowhere, and a second contact was made.
    @Test func pain15AMergedContactWasMadeASecondTime() async throws {
        let delete = DeleteSwitches(pull: .archive, push: .archive)
        let bench = try SyncBench(mappings: [SyncBench.contacts(delete: delete)])
        let old = bench.account.edit("contacts", nil, ["email": "ada@x.org", "city": "Paris"])
        try await bench.sync()
        let ada = try #require(try bench.contacts().first?.id)
        let stranger = bench.account.edit("contacts", nil, ["email": "countess@y.org"])
        let winner = bench.account.merge("contacts", old, into: stranger)
        try bench.edit(ada, ["city": "Lyon"])
        for _ in 0..<2 { try await bench.sync() }
        #expect(try bench.contacts().map(\.id) == [ada])
        #expect(bench.account.ids("contacts") == [winner])
        #expect(bench.account.value("contacts", winner, "city") == "Lyon")
        #expect(try await self.staysQuiet(bench))
    }

    /// 16: a merge added the scores of both up, and forgot what had happened to one of them.
    @Test func pain16AMergeInflatedTheScoreAndLostTheHistory() async throws {
        let bench = try SyncBench()
        let first = bench.account.edit("contacts", nil, ["email": "ada@x.org", "first_name": "Ada"])
        try await bench.sync()
        let second = bench.account.edit("contacts", nil, ["email": "ada@y.org", "first_name": "Ada"])
        try await bench.sync()
        let ids = try bench.contacts().map(\.id)
        for (number, id) in ids.enumerated() {
            try bench.edit(id, ["score": .number(40)])
            try bench.store.write { transaction in
                let cause = Cause(actor: try transaction.actor("site"), at: bench.clock.now)
                let event = PersonEvent(id: Text("e\(number)"), name: "visited", at: bench.clock.now, attributes: [:])
                try transaction.addEvent(event, to: id, cause: cause)
            }
        }
        bench.account.merge("contacts", second, into: first)
        for _ in 0..<2 { try await bench.sync() }
        let survivor = try #require(try bench.contacts().first)
        #expect(try bench.contacts().count == 1)
        #expect(survivor["score"] == .number(40), "points are folded from events, never added up")
        #expect(try bench.store.read { try $0.events(of: survivor.id) }.count == 2)
    }

    /// 17: a lead was converted, and every later write met "cannot reference a converted record".
    @Test func pain17AConvertedLeadCouldNotBeWrittenAnyMore() async throws {
        let (contacts, leads) = (SyncBench.contacts(), SyncBench.leads())
        let bench = try SyncBench(mappings: [leads, contacts])
        let lead = bench.account.edit("leads", nil, ["email": "ada@x.org", "city": "Paris"])
        try await bench.sync()
        let ada = try #require(try bench.contacts().first?.id)
        let contact = bench.account.convert("leads", lead, to: "contacts")
        try bench.edit(ada, ["city": "Lyon"])
        let report = try await bench.sync()
        #expect(report.counts.quarantined == 0)
        #expect(bench.account.value("contacts", contact, "city") == "Lyon")
        #expect(try bench.contacts().map(\.id) == [ada])
        #expect(try await self.staysQuiet(bench))
    }

    /// 26: a sync of contacts gave somebody a subscription back who had left.
    @Test func pain26ASyncBroughtARefusedConsentBack() async throws {
        let (bench, ada, remote) = try await self.mapped(
            [],
            more: ["consent: [ { purpose: newsletter, remote: optout, meaning: inverted } ]"],
            ["optout": "false"]
        )
        try bench.edit(ada, ["newsletter": .flag(false)])
        // The CRM's list is imported from somewhere else, with the old word.
        bench.account.edit("contacts", remote, ["optout": "false", "email": "ada@x.org"])
        for _ in 0..<3 { try await bench.sync() }
        #expect(try bench.value(ada, "newsletter") == .flag(false))
        #expect(bench.account.value("contacts", remote, "optout") == "true")
    }

    /// 30: with many contacts each small change took minutes: what is done for one is the same among ten times as many.
    @Test func pain30OneChangeCostMoreTheMoreContactsThereWere() async throws {
        func statements(among count: Int) async throws -> Int {
            let seen = Mutex(0)
            let bench = try SyncBench { _ in seen.withLock { $0 += 1 } }
            for number in 0..<count {
                bench.clock.advance(by: .seconds(1))
                bench.account.edit("contacts", nil, ["email": .text("a\(number)@x.org"), "city": "Paris"])
            }
            for _ in 0..<2 { try await bench.sync(after: .seconds(3600)) }
            let (ours, theirs) = (try bench.contacts()[3].id, try #require(bench.account.ids("contacts").last))
            try bench.edit(ours, ["city": "Lyon"])
            bench.account.edit("contacts", theirs, ["city": "Nice"])
            let before = seen.withLock { $0 }
            let report = try await bench.sync()
            #expect(report.counts.localWrites == 1 && report.counts.remoteWrites == 1)
            return seen.withLock { $0 } - before
        }
        let (few, many) = (try await statements(among: 100), try await statements(among: 1000))
        // One more or less of those that changed is in the overlap that is read again.
        #expect(many <= few + 15, "\(few) and \(many) statements")
    }

    private func staysQuiet(_ bench: SyncBench) async throws -> Bool {
        for _ in 0..<3 {
            let counts = try await bench.sync().counts
            if counts.localWrites + counts.remoteWrites > 0 { return false }
        }
        return true
    }
}
