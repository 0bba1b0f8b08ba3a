import Connectors
import FakeCRM
import Mapping
import Planning
import Records
import RelaisTesting
import Store
import SyncEngine
import Synchronization
import Testing
import Transport

/// R2: where the CRM keeps the history of its properties, a value that we overwrote unseen enters the conflict log.
@Suite struct RuleLostUpdateTests {
    private func linked(_ bench: SyncBench, city: Value = "Paris") async throws -> (local: RecordID, remote: Text) {
        let remote = bench.account.edit("contacts", nil, ["email": "ada@example.com", "city": city])
        try await bench.sync()
        return (try #require(try bench.contacts().first?.id), remote)
    }

    /// Somebody in the CRM writes just before our next write arrives, after our read before it.
    private func meddle(_ bench: SyncBench, _ remote: Text, _ values: [String: Value]...) {
        bench.account.with { state in
            state.beforeWrite = { state in
                for value in values {
                    let now = state.objects["contacts"]?[remote]?.version ?? 0
                    state.objects["contacts"]?[remote]?.write(value, by: "CRM_UI userId:7", at: now + 1_000_000)
                }
                state.beforeWrite = nil
            }
        }
    }

    private func journal(_ bench: SyncBench, _ record: RecordID) throws -> [JournalEntry] {
        try bench.store.read { try $0.timeline(of: record, limit: 50) }.filter { $0.kind == .overwritten }
    }

    @Test func r2AValueOverwrittenUnseenIsInTheConflictLog() async throws {
        let bench = try SyncBench(lostUpdate: .detected)
        let (ada, remote) = try await self.linked(bench)
        try bench.edit(ada, ["city": "Lyon"])
        self.meddle(bench, remote, ["city": "Nice"])
        let report = try await bench.sync()
        #expect(report.counts.overwrittenUnseen == 1)
        let log = try bench.conflicts(.settled)
        #expect(log.map(\.about.remote) == ["Nice"] && log.map(\.about.local) == ["Lyon"])
        #expect(log.map(\.about.localBase) == ["Paris"] && log.map(\.about.remoteBase) == ["Paris"])
        #expect(log.map(\.about.remoteBy) == ["CRM_UI userId:7"] && log.map(\.about.localBy) == ["person:ada"])
        #expect(log.allSatisfy { $0.about.localAt != nil && $0.about.remoteAt != nil && $0.winner == .local })
        let told = try self.journal(bench, ada)
        #expect(told.map(\.changes) == [[PropertyChange("city", old: "Nice", new: "Lyon")]])
        #expect(bench.account.value("contacts", remote, "city") == "Lyon")
        let quiet = try await bench.sync()
        #expect(quiet.counts.localWrites + quiet.counts.remoteWrites + quiet.counts.conflictsFound == 0)
    }

    /// An undo puts back what was there before our write, not what we believed.
    @Test func r2TheJournalKnowsWhatTheWriteReplaced() async throws {
        let bench = try SyncBench(lostUpdate: .detected)
        let (ada, remote) = try await self.linked(bench)
        try bench.edit(ada, ["city": "Lyon"])
        self.meddle(bench, remote, ["city": "Nice"])
        try await bench.sync()
        let pushes = try bench.store.read { try $0.timeline(of: ada, limit: 50) }.filter { $0.kind == .push }
        #expect(pushes.map(\.changes) == [[PropertyChange("city", old: "Nice", new: "Lyon")]])
    }

    /// Nothing was lost where nobody wrote, wrote the same, wrote elsewhere, or took it back.
    @Test(
        arguments: [
            [], [["city": "Lyon"]], [["street": "2 rue B"]], [["city": "Nice"], ["city": "Paris"]],
        ] as [[[String: Value]]]
    )
    func r2WhatWasNotLostIsNoConflict(edits: [[String: Value]]) async throws {
        let bench = try SyncBench(lostUpdate: .detected)
        let (ada, remote) = try await self.linked(bench)
        try bench.edit(ada, ["city": "Lyon"])
        bench.account.with { state in
            state.beforeWrite = { state in
                for value in edits {
                    let now = state.objects["contacts"]?[remote]?.version ?? 0
                    state.objects["contacts"]?[remote]?.write(value, by: "person", at: now + 1)
                }
                state.beforeWrite = nil
            }
        }
        let report = try await bench.sync()
        #expect(report.counts.overwrittenUnseen == 0)
        #expect(try bench.conflicts(.settled).isEmpty && self.journal(bench, ada).isEmpty)
        #expect(bench.account.value("contacts", remote, "city") == "Lyon")
    }

    /// Somebody who writes after us has seen ours, whatever they write.
    @Test func r2AnEditAfterOurWriteIsNotLost() async throws {
        let bench = try SyncBench(lostUpdate: .detected)
        let (ada, remote) = try await self.linked(bench)
        try bench.edit(ada, ["city": "Lyon"])
        bench.account.with { state in
            state.afterWrite = { state in
                let now = state.objects["contacts"]?[remote]?.version ?? 0
                for (place, city) in (["Nice", "Lyon"] as [Value]).enumerated() {
                    let at = now + Int64(place + 1) * 2_000_000
                    state.objects["contacts"]?[remote]?.write(["city": city], by: "person", at: at)
                }
                state.afterWrite = nil
            }
        }
        #expect(try await bench.sync().counts.overwrittenUnseen == 0)
        #expect(try bench.conflicts(.settled).isEmpty)
    }

    /// A stage is taken back by a clear and a set: the blank between is ours, and what lay before it is not.
    @Test(arguments: [nil, "sql"] as [Value?])
    func r2TheBlankBetweenIsNobodysEdit(unseen: Value?) async throws {
        let mapping = try SyncBench.mapping(
            fields: ["{ local: stage, remote: stage, on_conflict: furthest, backward: allow, initial: prefer_remote }"]
        )
        let bench = try SyncBench(mappings: [mapping], lostUpdate: .detected)
        let remote = bench.account.edit("contacts", nil, ["email": "ada@example.com", "stage": "mql"])
        try await bench.sync()
        let ada = try #require(try bench.contacts().first?.id)
        try bench.edit(ada, ["stage": "lead"])
        if let unseen { self.meddle(bench, remote, ["stage": unseen]) }
        try await bench.sync()
        #expect(bench.account.value("contacts", remote, "stage") == "lead")
        #expect(try bench.conflicts(.settled).map(\.about.remote) == [unseen].compactMap { $0 })
    }

    /// The answer was lost, or the history could not be read: the write is settled once it can be told what it replaced.
    @Test(arguments: [true, false])
    func r2WhatCannotBeLookedAtNowIsLookedAtLater(losesAnswer: Bool) async throws {
        let bench = try SyncBench(lostUpdate: .detected)
        let (ada, remote) = try await self.linked(bench)
        try bench.edit(ada, ["city": "Lyon"])
        self.meddle(bench, remote, ["city": "Nice"])
        bench.account.with { state in
            if losesAnswer { state.faults = [.loseAnswer] }
            state.historyFailures = 1
        }
        let early = try await bench.sync()
        #expect(early.counts.unknown == 1 && early.counts.needsAttention)
        #expect(try bench.conflicts(.settled).isEmpty)
        try await bench.sync()
        #expect(try bench.conflicts(.settled).map(\.about.remote) == ["Nice"])
        let quiet = try await bench.sync()
        #expect(quiet.counts.localWrites + quiet.counts.remoteWrites + quiet.counts.unknown == 0)
    }

    /// One read for each 50 written records, none for what was only read or made; and it is the read-back as well.
    @Test func r2LookingCostsOneRequestForEachFifty() async throws {
        var bench = try SyncBench(lostUpdate: .detected)
        bench.breaker = Breaker(floor: 1000, share: 1)
        for number in 0..<70 {
            bench.account.edit("contacts", nil, ["email": .text("p\(number)@x.org"), "city": "Paris"])
        }
        try bench.edit(nil, ["email": "new@x.org", "city": "Lyon"])
        try await bench.sync()
        #expect(bench.account.with { $0.historiesAsked.isEmpty })
        bench.account.with { $0.habits.answersWithoutValues = true }
        for record in try bench.contacts() { try bench.edit(record.id, ["city": "Lille"]) }
        let before = bench.account.with { $0.requests }
        try await bench.sync()
        #expect(bench.account.with { $0.historiesAsked.map(\.count) } == [50, 21])
        // A page, the read before the write, the write, and what it replaced.
        #expect(bench.account.with { $0.requests } - before <= 5)
    }

    @Test func r2AConnectionThatLivesWithTheWindowAsksNothing() async throws {
        let bench = try SyncBench(lostUpdate: .window)
        let (ada, remote) = try await self.linked(bench)
        try bench.edit(ada, ["city": "Lyon"])
        self.meddle(bench, remote, ["city": "Nice"])
        try await bench.sync()
        #expect(bench.account.with { $0.historiesAsked.isEmpty })
    }

    // MARK: HubSpot

    /// The shipped manifest against the fake HubSpot: a salesperson types between the batch read and the batch update.
    @Test(.timeLimit(.minutes(2)))
    func r2OnHubSpotAnUnseenEditIsFoundInThePropertyHistory() async throws {
        let meddler = Meddler()
        let bench = try HubSpotBench(watching: { meddler.watch("\($0.url)") })
        try await bench.connect()
        let id = try bench.crm.add(.contacts, ["email": "ada@example.com", "firstname": "Ada", "city": "Paris"], by: 7)
        try await bench.sync()
        try await bench.sync()
        let ada = try #require(try bench.records("contact").first?.id)
        try bench.edit("contact", ada, ["city": "Lyon", "first_name": "Augusta"])
        meddler.arm { try? bench.crm.edit(.contacts, id, set: ["city": "Nice"], by: 7) }
        let report = try await bench.sync()
        #expect(report.counts.overwrittenUnseen == 1)
        let log = try bench.store.read { try $0.conflicts(ConflictFilter(state: .settled), limit: 9) }
        #expect(log.map(\.about.field) == ["city"] && log.map(\.about.remote) == ["Nice"])
        #expect(log.map(\.about.remoteBy) == ["CRM_UI userId:7"])
        let quiet = try await bench.sync()
        #expect(quiet.counts.localWrites + quiet.counts.remoteWrites == 0)
    }
}

/// Somebody who acts just before the next update reaches the CRM.
private final class Meddler: Sendable {
    private let action = Mutex<(@Sendable () -> Void)?>(nil)

    func arm(_ action: @escaping @Sendable () -> Void) { self.action.withLock { $0 = action } }

    func watch(_ url: String) {
        guard url.contains("/batch/update") else { return }
        self.action.withLock { action in
            action?()
            action = nil
        }
    }
}
