import Connectors
import Mapping
import Planning
import Records
import RelaisTesting
import Store
import SyncEngine
import Testing

/// What users of other tools report, each named after what went wrong there; the number is the one of the list that the
/// project keeps of them.
@Suite struct PainTests {
    private func linked(
        _ bench: SyncBench,
        _ values: [String: Value] = ["email": "ada@x.org", "city": "Paris"]
    ) async throws -> (local: RecordID, remote: Text) {
        let remote = bench.account.edit("contacts", nil, values)
        try await bench.sync()
        return (try #require(try bench.contacts().first?.id), remote)
    }

    private func isQuiet(_ bench: SyncBench, rounds: Int = 3) async throws -> Bool {
        let writes = bench.account.with { $0.writes }
        let journal = try bench.store.read { try $0.journalEnd() }
        for _ in 0..<rounds { try await bench.sync() }
        return try bench.account.with { $0.writes } == writes && bench.store.read { try $0.journalEnd() } == journal
    }

    /// 1: the address was changed in the CRM, and the old contact went on being mailed beside a new one.
    @Test func pain01AChangedAddressMadeASecondContact() async throws {
        let bench = try SyncBench()
        let (ada, remote) = try await self.linked(bench)
        bench.account.edit("contacts", remote, ["email": "ada@lovelace.example"])
        try await bench.sync()
        #expect(try bench.contacts().map(\.id) == [ada])
        #expect(try bench.value(ada, "email") == "ada@lovelace.example")
        // And the other way.
        try bench.edit(ada, ["email": "countess@lovelace.example"])
        try await bench.sync()
        #expect(bench.account.ids("contacts") == [remote])
        #expect(bench.account.value("contacts", remote, "email") == "countess@lovelace.example")
    }

    /// 2: the winner of a conflict was overwritten by the loser, whose change was still pending (Mautic's own engine: local
    /// edit 09:00, CRM edit 11:00, and the value of 09:00 ended up on both sides).
    @Test(arguments: [true, false])
    func pain02TheLoserOfAConflictCameBack(remoteIsNewer: Bool) async throws {
        let field = MappingField(local: "city", remote: "city", onConflict: .newest, fingerprint: "city")
        let bench = try SyncBench(mappings: [SyncBench.contacts(field)])
        let (ada, remote) = try await self.linked(bench)
        if !remoteIsNewer { bench.account.edit("contacts", remote, ["city": "CRM"]) }
        if remoteIsNewer { try bench.edit(ada, ["city": "LOCAL"]) }
        bench.clock.advance(by: .seconds(7200))
        if remoteIsNewer { bench.account.edit("contacts", remote, ["city": "CRM"]) }
        if !remoteIsNewer { try bench.edit(ada, ["city": "LOCAL"]) }
        let newer: Value = remoteIsNewer ? "CRM" : "LOCAL"
        for _ in 0..<4 {
            try await bench.sync()
            #expect(try bench.value(ada, "city") == newer)
            #expect(bench.account.value("contacts", remote, "city") == newer)
        }
        // The loser is not lost: it is in the log with its base.
        let log = try bench.conflicts(.settled)
        #expect(log.count == 1 && log[0].about.localBase == "Paris" && log[0].about.local != log[0].about.remote)
    }

    /// 3 and 4: a field that must never be erased was, or could not be cleared at all.
    @Test(arguments: [ClearPolicy.propagate, .ignore, .fill], [Value.null, ""])
    func pain04AClearedValueWipedOrWasForgotten(policy: ClearPolicy, blank: Value) async throws {
        let field = MappingField(local: "city", remote: "city", onClear: policy, fingerprint: "city")
        let bench = try SyncBench(mappings: [SyncBench.contacts(field)])
        let (ada, remote) = try await self.linked(bench)
        bench.account.edit("contacts", remote, ["city": blank])
        try await bench.sync()
        let (here, there) = (try bench.value(ada, "city"), bench.account.value("contacts", remote, "city"))
        switch policy {
        case .propagate: #expect(here.isBlank && there.isBlank)
        case .ignore: #expect(here == "Paris" && there.isBlank)
        case .fill: #expect(here == "Paris" && there == "Paris")
        }
        #expect(try await self.isQuiet(bench))
    }

    /// 4: a property that an answer left out was taken for an empty one.
    @Test func pain04AMissingPropertyWasTakenForAnEmptyOne() async throws {
        let bench = try SyncBench()
        let (ada, _) = try await self.linked(bench)
        // A blank that was never set on either side erases nothing on first contact.
        let second = try bench.edit(nil, ["email": "eve@x.org", "city": "Lyon"])
        let twin = bench.account.edit("contacts", nil, ["email": "eve@x.org"])
        try await bench.sync()
        #expect(try bench.value(second, "city") == "Lyon")
        #expect(bench.account.value("contacts", twin, "city") == "Lyon")
        #expect(try bench.value(ada, "city") == "Paris")
    }

    /// 5: the number 0 was read as "nothing there", and filled over.
    @Test func pain05ZeroWasTakenForNothing() async throws {
        let bench = try HubBench()
        let zero = Value.number(0)
        let remote = bench.account("north").edit("contacts", nil, ["email": "ada@x.org", "employees": zero])
        bench.account("south").edit("contacts", nil, ["email": "ada@x.org", "employees": .number(7)])
        try await bench.sync()
        // Ours is preferred on first contact, and 0 is a value.
        #expect(try bench.contacts()[0]["employees"] == zero)
        #expect(bench.account("north").value("contacts", remote, "employees") == zero)
        let south = try #require(bench.account("south").ids("contacts").first)
        #expect(bench.account("south").value("contacts", south, "employees") == zero)
    }

    /// 6: a placeholder that a CRM demands ("Unknown") came back and spread.
    @Test func pain06APlaceholderCameBack() async throws {
        let field = MappingField(local: "first_name", remote: "first_name", onCreateDefault: .ignore, fingerprint: "f")
        let bench = try SyncBench(mappings: [SyncBench.contacts(field)])
        bench.account.with { $0.habits.fillsOnCreate = ["first_name": "Unknown"] }
        let ada = try bench.edit(nil, ["email": "ada@x.org"])
        for _ in 0..<3 { try await bench.sync() }
        #expect(try bench.value(ada, "first_name").isBlank)
        let remote = try #require(bench.account.ids("contacts").first)
        #expect(bench.account.value("contacts", remote, "first_name") == "Unknown")
        // What a person types in its place is an edit like any other.
        bench.account.edit("contacts", remote, ["first_name": "Ada"])
        try await bench.sync()
        #expect(try bench.value(ada, "first_name") == "Ada")
    }

    /// 9: an input of a batch without an answer was counted as a success and never written.
    @Test(arguments: [MemoryAccount.Fault.loseAnswer, .loseRequest])
    func pain09AnInputWithoutAnAnswerCountedAsDone(fault: MemoryAccount.Fault) async throws {
        let bench = try SyncBench()
        let ids = try (0..<3).map { try bench.edit(nil, ["email": .text("a\($0)@x.org"), "city": "Paris"]) }
        bench.account.with { $0.faults = [fault] }
        for _ in 0..<3 { try await bench.sync() }
        #expect(bench.account.ids("contacts").count == 3)
        for id in ids { #expect(try bench.remoteID(of: id) != nil) }
    }

    /// 10: one bad record failed its whole batch, and everybody behind it.
    @Test func pain10OneBadRecordStoppedTheOthers() async throws {
        let bench = try SyncBench()
        bench.account.with { state in
            state.habits.refusesRecord = { $0["first_name"] == "bad" ? "refused for a reason of its own" : nil }
        }
        for number in 0..<20 {
            try bench.edit(nil, ["email": .text("a\(number)@x.org"), "first_name": number == 7 ? "bad" : "good"])
        }
        let report = try await bench.sync()
        #expect(report.counts.createdRemotely == 19 && report.counts.quarantined == 1)
    }

    /// 11: a row that failed once was skipped for ever, and nobody could see it.
    @Test func pain11AFailedRowWasForgotten() async throws {
        let bench = try SyncBench()
        bench.account.with { state in
            state.habits.refusesRecord = { $0["city"] == "Paris" ? "no such city" : nil }
        }
        let ada = try bench.edit(nil, ["email": "ada@x.org", "city": "Paris"])
        try await bench.sync()
        let waiting = try await bench.sync()
        #expect(waiting.counts.quarantined == 1 && waiting.counts.needsAttention, "it is shown until it is mended")
        try bench.edit(ada, ["city": "Lyon"])
        try await bench.sync()
        #expect(try bench.remoteID(of: ada) != nil)
    }

    /// 12: records that the index showed late, or that share a stamp with those that were read, were never seen.
    @Test func pain12ALateRecordWasNeverSeen() async throws {
        let bench = try SyncBench()
        bench.account.with { $0.habits.lag = .seconds(45) }
        for round in 0..<10 {
            for number in 0..<4 { bench.account.edit("contacts", nil, ["email": .text("\(round)-\(number)@x.org")]) }
            try await bench.sync(after: .seconds(7))
        }
        try await bench.sync(after: .seconds(60))
        #expect(try bench.contacts().count == 40)
    }

    /// 19: of several that match, the first was taken.
    @Test func pain19TheFirstOfSeveralWasTaken() async throws {
        let bench = try SyncBench()
        for name in ["one", "two"] {
            try bench.edit(nil, ["phone": "+33140000000", "first_name": "Ada", "street": .text(name)])
        }
        bench.account.edit("contacts", nil, ["phone": "+33140000000", "first_name": "Ada"])
        // The CRM's record comes in before ours go out.
        let report = try await bench.sync()
        #expect(report.counts.linked == 0)
        // Which of ours the CRM's is, and whether ours are one.
        #expect(try bench.store.read { try $0.openReviews(limit: 9) }.map(\.kind) == [.ambiguous, .duplicateOf])
    }

    /// 21: two systems that spell a value differently wrote to each other for ever.
    @Test func pain21TwoSpellingsPlayedPingPong() async throws {
        let bench = try SyncBench()
        bench.account.with { state in
            state.habits.normalise = { property, value in
                guard case .text(let text) = value else { return value }
                return property == "email" ? .text(text.string.lowercased()) : .text(String(text.string.prefix(12)))
            }
        }
        let ada = try bench.edit(nil, ["email": "Ada@Lovelace.Example", "street": "12, boulevard de Sébastopol"])
        try await bench.sync()
        #expect(try await self.isQuiet(bench, rounds: 5))
        #expect(try bench.value(ada, "street") == "12, boulevard de Sébastopol")
        #expect(try bench.value(ada, "email") == "Ada@Lovelace.Example")
        // Another edit is one write, not the start of a fight.
        let writes = bench.account.with { $0.writes }
        try bench.edit(ada, ["city": "Paris"])
        try await bench.sync()
        #expect(bench.account.with { $0.writes } == writes + 1)
        #expect(try await self.isQuiet(bench, rounds: 5))
    }

    /// 21: a change went A, B, and back to A, and was taken for an echo.
    @Test func pain21ThereAndBackWasTakenForAnEcho() async throws {
        let bench = try SyncBench()
        let (ada, remote) = try await self.linked(bench)
        for city in ["Lyon", "Paris", "Lyon", "Paris"] as [Value] {
            try bench.edit(ada, ["city": city])
            try await bench.sync(after: .seconds(30_000))
            #expect(bench.account.value("contacts", remote, "city") == city)
        }
        for city in ["Nice", "Paris"] as [Value] {
            bench.account.edit("contacts", remote, ["city": city])
            try await bench.sync(after: .seconds(30_000))
            #expect(try bench.value(ada, "city") == city)
        }
    }

    /// 22: an edit that came within a minute of our own write was dropped as its echo.
    @Test func pain22ARealEditAMomentAfterOursWasDropped() async throws {
        let bench = try SyncBench()
        let (ada, remote) = try await self.linked(bench)
        try bench.edit(ada, ["city": "Lyon"])
        bench.account.with { state in
            state.afterWrite = { state in
                state.afterWrite = nil
                state.objects["contacts"]?[remote]?.values["street"] = "1 rue du Bac"
                state.objects["contacts"]?[remote]?.version += 1
            }
        }
        try await bench.sync()
        try await bench.sync(after: .milliseconds(10))
        #expect(try bench.value(ada, "street") == "1 rue du Bac")
        #expect(bench.account.value("contacts", remote, "city") == "Lyon")
    }

    /// 27: a wrong mapping overwrote everything at the first sync, and nobody was asked.
    @Test func pain27TheFirstSyncOverwroteEverything() async throws {
        let bench = try SyncBench(approved: false)
        let ours = try (0..<10).map { try bench.edit(nil, ["email": .text("a\($0)@x.org"), "city": "Paris"]) }
        let theirs = (0..<10).map {
            bench.account.edit("contacts", nil, ["email": .text("a\($0)@x.org"), "city": "Lyon"])
        }
        let plan = try await bench.sync()
        #expect(plan.kind == .plan && plan.counts.linked == 10 && plan.counts.updatedLocally == 10)
        #expect(try ours.allSatisfy { try bench.value($0, "city") == "Paris" })
        #expect(theirs.allSatisfy { bench.account.value("contacts", $0, "city") == "Lyon" })
        #expect(bench.account.with { $0.writes } == 0)
    }

    /// After switching on: records that both sides had before became pairs.
    @Test func afterSwitchingOnEverybodyWasThereTwice() async throws {
        let bench = try SyncBench(approved: false)
        for number in 0..<50 {
            try bench.edit(nil, ["email": .text("A\(number)@X.org"), "first_name": "Ada"])
            bench.account.edit("contacts", nil, ["email": .text("A\(number)@X.org"), "city": "Paris"])
        }
        try await bench.sync()
        _ = try await bench.syncer.sync(approvedBy: "ada")
        for _ in 0..<2 { try await bench.sync() }
        #expect(try bench.contacts().count == 50 && bench.account.ids("contacts").count == 50)
        #expect(try await self.isQuiet(bench))
    }

    /// Values change back: an old page of a lagging index brought yesterday's value over today's.
    @Test func aValueChangedBackByItself() async throws {
        let bench = try SyncBench()
        let (ada, remote) = try await self.linked(bench)
        let yesterday = try #require(bench.account.with { $0.objects["contacts"]?[remote] })
        try bench.edit(ada, ["city": "Lyon"])
        try await bench.sync()
        let today = try #require(bench.account.with { $0.objects["contacts"]?[remote] })
        for stale in [yesterday, today, yesterday, today] {
            bench.account.with { $0.objects["contacts"]?[remote] = stale }
            try await bench.sync()
            #expect(try bench.value(ada, "city") == "Lyon")
        }
    }
}
