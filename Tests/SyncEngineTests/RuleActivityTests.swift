import Connectors
import Mapping
import Records
import RelaisTesting
import Store
import SyncEngine
import Testing

/// Events of ours as activities in the CRM.
@Suite struct RuleActivityTests {
    static func mapping(_ activities: String...) throws -> CompiledMapping {
        try SyncBench.mapping(
            fields: ["{ local: score, remote: score }"],
            more: ["initial: prefer_remote", "activities:"] + activities.map { "- \($0)" }
        )
    }

    static let form = "{ event: form_submitted, kind: note, text: \"'Filled in ' + event.form\" }"

    static func bench(_ activities: String..., enforcesKey: Bool = true, approved: Bool = true) throws -> SyncBench {
        let lines = activities.isEmpty ? [Self.form] : activities
        let mapping = try SyncBench.mapping(
            fields: ["{ local: score, remote: score }"],
            more: ["initial: prefer_remote", "activities:"] + lines.map { "- \($0)" }
        )
        return try SyncBench(mappings: [mapping], enforcesKey: enforcesKey, approved: approved)
    }

    /// Something happens to a person, now or `ago`.
    @discardableResult
    static func happen(
        _ bench: SyncBench,
        _ id: Text,
        to record: RecordID,
        _ name: Text = "form_submitted",
        ago: Duration = .zero,
        form: Text = "pricing"
    ) throws -> Int64 {
        try bench.store.write { transaction in
            let cause = Cause(actor: try transaction.actor("website"), at: bench.clock.now)
            let at = bench.clock.now.advanced(by: .zero - ago)
            let event = PersonEvent(id: id, name: name, at: at, attributes: ["form": .text(form)])
            switch try transaction.addEvent(event, to: record, cause: cause) {
            case .added(let sequence), .known(let sequence): return sequence
            }
        }
    }

    /// The texts of the notes that are there.
    static func notes(_ bench: SyncBench) -> [Text] {
        bench.account.with { state in
            (state.objects["notes"] ?? [:]).filter { !$0.value.isArchived }.sorted { $0.key < $1.key }
                .compactMap { $0.value.values["body"]?.text }
        }
    }

    @Test func anEventIsWrittenOnceOnItsContact() async throws {
        let bench = try Self.bench()
        let ada = try bench.edit(nil, ["email": "ada@x.org"])
        try await bench.sync()
        try Self.happen(bench, "1", to: ada)
        try Self.happen(bench, "2", to: ada, "email_opened")
        let report = try await bench.sync()
        #expect(report.counts.activitiesWritten == 1)
        #expect(Self.notes(bench) == ["Filled in pricing"])
        let remote = try #require(try bench.remoteID(of: ada))
        let about = bench.account.with { $0.objects["notes"]?.values.first?.associations["contacts"] ?? [] }
        #expect(about == [remote])
        for _ in 0..<2 { #expect(try await bench.sync().counts.remoteWrites == 0) }
        #expect(Self.notes(bench).count == 1)
    }

    /// Nothing is written about somebody whom the CRM does not have; what happened meanwhile follows the link.
    @Test func nothingIsWrittenBeforeTheContactIsLinked() async throws {
        var bench = try Self.bench()
        let withFilter = try SyncBench.mapping(
            fields: ["{ local: score, remote: score }"],
            more: ["filter: { push: \"contact.score > 0.0\" }", "activities:", "- \(Self.form)"]
        )
        bench.mappings = [withFilter]
        try await bench.sync()
        let ada = try bench.edit(nil, ["email": "ada@x.org"])
        try Self.happen(bench, "1", to: ada)
        let waiting = try await bench.sync()
        #expect(waiting.counts.activitiesWritten == 0 && Self.notes(bench).isEmpty)
        try bench.edit(ada, ["score": .number(1)])
        let report = try await bench.sync()
        #expect(report.counts.activitiesWritten == 1)
        #expect(Self.notes(bench) == ["Filled in pricing"])
    }

    /// What happened before the rule was there is not written, also if we hear of it later.
    @Test func eventsFromBeforeAreNotWritten() async throws {
        let bench = try Self.bench()
        let ada = try bench.edit(nil, ["email": "ada@x.org"])
        try Self.happen(bench, "1", to: ada)
        try await bench.sync()
        try Self.happen(bench, "2", to: ada, ago: .seconds(86_400))
        try await bench.sync()
        #expect(Self.notes(bench).isEmpty)
        try Self.happen(bench, "3", to: ada)
        try await bench.sync()
        #expect(Self.notes(bench).count == 1)
    }

    /// Unless the rule says from when on; each event is still written once, however often `since` is moved.
    @Test func sinceBringsEarlierEvents() async throws {
        var bench = try Self.bench()
        let ada = try bench.edit(nil, ["email": "ada@x.org"])
        try Self.happen(bench, "1", to: ada, ago: .seconds(3 * 86_400), form: "old")
        try Self.happen(bench, "2", to: ada, form: "new")
        try await bench.sync()
        let now = bench.clock.now
        for days in [1, 400, 2] {
            let since = now.advanced(by: .seconds(-86_400 * days)).description
            let line = "{ event: form_submitted, kind: note, text: event.form, since: \"\(since)\" }"
            bench.mappings = [try Self.mapping(line)]
            try await bench.sync()
            #expect(Self.notes(bench).sorted() == (days == 1 ? ["new"] : ["new", "old"]))
        }
    }

    /// A create whose answer never came is found by our text; where it never arrived it is sent again.
    @Test(arguments: [MemoryAccount.Fault.loseAnswer, .loseRequest], [true, false])
    func anUnansweredActivityIsLookedForFirst(fault: MemoryAccount.Fault, enforcesKey: Bool) async throws {
        let bench = try Self.bench(enforcesKey: enforcesKey)
        let ada = try bench.edit(nil, ["email": "ada@x.org"])
        try await bench.sync()
        try Self.happen(bench, "1", to: ada)
        bench.account.with { $0.faults = [fault] }
        let first = try await bench.sync()
        #expect(first.counts.unknown == 1 && first.counts.activitiesWritten == 0)
        #expect(first.counts.needsAttention)
        let second = try await bench.sync()
        #expect(second.counts.activitiesWritten == 1 && second.counts.unknown == 0)
        #expect(Self.notes(bench) == ["Filled in pricing"])
        try await bench.sync()
        #expect(Self.notes(bench).count == 1)
    }

    /// `when` sees the record and the event; one that it does not want is never written.
    @Test func whenDecides() async throws {
        let line =
            "{ event: form_submitted, kind: note, text: event.form, when: \"event.form != 'news' && contact.score > 5.0\" }"
        let bench = try Self.bench(line)
        let ada = try bench.edit(nil, ["email": "ada@x.org", "score": .number(10)])
        try await bench.sync()
        try Self.happen(bench, "1", to: ada, form: "news")
        try Self.happen(bench, "2", to: ada, form: "demo")
        try await bench.sync()
        try bench.edit(ada, ["score": .number(1)])
        try Self.happen(bench, "3", to: ada, form: "late")
        try await bench.sync()
        #expect(Self.notes(bench) == ["demo"])
    }

    /// A refusal is kept and told; it stops nobody else, and is not sent again.
    @Test func aRefusedActivityStopsNobodyElse() async throws {
        let bench = try Self.bench()
        let ada = try bench.edit(nil, ["email": "ada@x.org"])
        try await bench.sync()
        bench.account.with { $0.habits.refuses = ["body": { $0 == "Filled in bad" ? "not that" : nil }] }
        try Self.happen(bench, "1", to: ada, form: "bad")
        try Self.happen(bench, "2", to: ada, form: "good")
        let report = try await bench.sync()
        #expect(report.counts.activitiesRefused == 1 && report.counts.activitiesWritten == 1)
        #expect(Self.notes(bench) == ["Filled in good"])
        #expect(try await bench.sync().counts.activitiesRefused == 0)
    }

    /// A text that cannot be made, since the event lacks what it speaks of, is told as a refusal.
    @Test func aTextThatGivesNothingIsTold() async throws {
        let bench = try Self.bench("{ event: form_submitted, kind: note, text: event.campaign }")
        let ada = try bench.edit(nil, ["email": "ada@x.org"])
        try await bench.sync()
        try Self.happen(bench, "1", to: ada)
        let report = try await bench.sync()
        #expect(report.counts.activitiesRefused == 1 && Self.notes(bench).isEmpty)
        #expect(try await bench.sync().counts.activitiesRefused == 0)
    }

    /// Erasing a person takes out of the CRM what was written about them, also that whose answer never came.
    @Test func erasingAPersonCoversActivities() async throws {
        let bench = try Self.bench()
        let (ada, eve) = (try bench.edit(nil, ["email": "ada@x.org"]), try bench.edit(nil, ["email": "eve@x.org"]))
        try await bench.sync()
        try Self.happen(bench, "1", to: ada)
        try Self.happen(bench, "2", to: eve, form: "eve")
        try await bench.sync()
        try Self.happen(bench, "3", to: ada, form: "later")
        bench.account.with { $0.faults = [.loseAnswer] }
        try await bench.sync()
        #expect(Self.notes(bench).count == 3)
        try bench.store.write { transaction in
            try transaction.prepareErasure(randomness: SeededRandomness(seed: 3).randomness, matching: [:])
            let cause = Cause(actor: try transaction.actor("person:ada"), at: bench.clock.now)
            try transaction.erase(ada, reason: "asked", cause: cause)
        }
        for _ in 0..<2 { try await bench.sync() }
        #expect(Self.notes(bench) == ["Filled in eve"])
    }

    /// An event of a first sync, or of a backfill, is nobody's deed, and a plan writes nothing.
    @Test func aPlanCountsAndWritesNothing() async throws {
        let bench = try Self.bench()
        let ada = try bench.edit(nil, ["email": "ada@x.org"])
        try await bench.sync()
        try Self.happen(bench, "1", to: ada)
        let plan = try await bench.syncer.plan()
        #expect(plan.counts.activitiesWritten == 1)
        #expect(Self.notes(bench).isEmpty)
        #expect(try await bench.sync().counts.activitiesWritten == 1)
    }

    /// A kind that the product does not have is told and stops nothing else.
    @Test func anUnknownKindIsTold() async throws {
        let bench = try Self.bench("{ event: form_submitted, kind: carrier_pigeon, text: event.form }", Self.form)
        let ada = try bench.edit(nil, ["email": "ada@x.org"])
        try await bench.sync()
        try Self.happen(bench, "1", to: ada)
        let report = try await bench.sync()
        #expect(report.counts.troubles.count == 1 && report.counts.needsAttention)
        #expect(Self.notes(bench).count == 1)
    }

    /// What happened to somebody whom a merge took in is written about the survivor.
    @Test func aMergedPersonsEventsFollowTheSurvivor() async throws {
        let bench = try Self.bench()
        let ada = try bench.edit(nil, ["email": "ada@x.org"])
        try await bench.sync()
        let twin = try bench.edit(nil, ["first_name": "Ada"])
        try Self.happen(bench, "1", to: twin)
        try bench.store.write { transaction in
            let cause = Cause(actor: try transaction.actor("person:ada"), at: bench.clock.now)
            try transaction.merge(twin, into: ada, cause: cause)
        }
        try await bench.sync()
        #expect(Self.notes(bench) == ["Filled in pricing"])
    }
}
