import Connectors
import Mapping
import Records
import RelaisTesting
import Store
import SyncEngine
import Synchronization
import Testing

/// What a person approves is the plan that was shown (R11).
@Suite struct ApprovalTests {
    private func shown(_ contacts: Int) async throws -> SyncBench {
        let bench = try SyncBench(approved: false)
        for number in 0..<contacts { Self.add(number, to: bench) }
        bench.clock.advance(by: .seconds(60))
        #expect(try await bench.syncer.plan().counts.createdLocally == contacts)
        return bench
    }

    /// Approves the plan in a process that is killed on the way.
    private func interrupt(_ bench: SyncBench) async throws {
        var bench = bench
        let steps = Mutex(0)
        bench.process = bench.store.handle {
            try steps.withLock { count in
                count += 1
                if count > 40 { throw CancellationError() }
            }
        }
        await #expect(throws: (any Error).self) { try await bench.syncer.sync(approvedBy: "ada") }
        #expect(try bench.store.read { try $0.connection("crm")?.approvedAt } != nil)
    }

    private static func add(_ number: Int, to bench: SyncBench) {
        bench.account.edit("contacts", nil, ["email": .text(Text("c\(number)@example.com"))])
    }

    @Test func anApprovalOfAPlanThatGrewIsNotTaken() async throws {
        let bench = try await self.shown(3)
        for number in 100..<120 { Self.add(number, to: bench) }
        bench.clock.advance(by: .seconds(60))
        let refused = try await bench.syncer.sync(approvedBy: "ada")
        guard case .plan = refused.kind else {
            Issue.record("nothing may be written")
            return
        }
        #expect(refused.moves == ["created_locally: 3 was shown, now 23"])
        #expect(refused.shownBy == 1)
        #expect(try bench.contacts().isEmpty)
        #expect(try bench.store.read { try $0.connection("crm")?.approvedAt } == nil)
        // What was refused was shown: approved again, it goes through.
        let done = try await bench.syncer.sync(approvedBy: "ada")
        #expect(done.counts.createdLocally == 23 && done.moves.isEmpty)
    }

    /// Careful runs made most of the plan: what is left of it was shown too.
    @Test func whatIsLeftOfAPlanAfterCarefulRunsWasShown() async throws {
        let bench = try await self.shown(30)
        let careful = FirstFew(20)
        #expect(try await bench.syncer.sync(approvedBy: "ada", through: careful).counts.createdLocally == 20)
        bench.clock.advance(by: .seconds(60))
        let done = try await bench.syncer.sync(approvedBy: "ada")
        #expect(done.kind == .sync && done.moves.isEmpty, "\(done.moves)")
        #expect(try bench.contacts().count == 30)
    }

    /// Less of one kind of change makes no room for more of another that nobody saw.
    @Test func whatNobodySawIsRefusedHoweverMuchWasMade() async throws {
        let bench = try await self.shown(30)
        _ = try await bench.syncer.sync(approvedBy: "ada", through: FirstFew(20))
        for record in try bench.contacts() { try bench.edit(record.id, ["city": "new"]) }
        bench.clock.advance(by: .seconds(60))
        let refused = try await bench.syncer.sync(approvedBy: "ada")
        #expect(refused.kind == .plan && refused.moves == ["updated_remotely: 0 was shown, now 20"], "\(refused.moves)")
    }

    @Test func aFewRecordsMoreAreTheSamePlan() async throws {
        let bench = try await self.shown(3)
        for number in 100..<105 { Self.add(number, to: bench) }
        bench.clock.advance(by: .seconds(60))
        #expect(try await bench.syncer.sync(approvedBy: "ada").counts.createdLocally == 8)
    }

    @Test func anotherMappingIsAnotherPlan() async throws {
        var bench = try await self.shown(3)
        bench.mappings = [
            try SyncBench.mapping(fields: ["{ local: city, remote: city }"])
        ]
        let refused = try await bench.syncer.sync(approvedBy: "ada")
        #expect(refused.moves == ["the mapping is another one"])
        #expect(try bench.contacts().isEmpty)
    }

    /// A first sync that was approved and then interrupted goes on; people do not stop working meanwhile.
    @Test func whatWasApprovedGoesOnAfterAnInterruption() async throws {
        let bench = try await self.shown(3)
        try await self.interrupt(bench)
        for number in 100..<120 { Self.add(number, to: bench) }
        bench.clock.advance(by: .seconds(60))
        let done = try await bench.syncer.sync(approvedBy: "ada")
        #expect(done.kind == .sync && done.moves.isEmpty)
        #expect(try bench.contacts().count == 23)
    }

    /// The first sync was stopped, somebody edited the mapping, and the next run went on as if that had been approved.
    @Test func anEditOfTheMappingDuringTheFirstSyncIsShownFirst() async throws {
        var bench = try await self.shown(3)
        try await self.interrupt(bench)
        let before = try bench.store.read { try $0.journalEnd() }
        bench.mappings = [try SyncBench.mapping(fields: ["{ local: city, remote: city, initial: prefer_remote }"])]
        bench.clock.advance(by: .seconds(60))
        let shown = try await bench.syncer.sync()
        #expect(shown.kind == .plan && shown.moves == ["the mapping is another one than was approved"])
        #expect(try bench.store.read { try $0.journalEnd() } == before)
        #expect(bench.account.with { $0.writes } == 0)
        let done = try await bench.syncer.sync(approvedBy: "ada")
        #expect(done.kind == .sync && done.moves.isEmpty)
        #expect(try bench.contacts().count == 3)
        #expect(try await bench.sync().kind == .sync)
    }

    @Test func whoNeverLookedApprovesWhatThereIs() async throws {
        let bench = try SyncBench(approved: false)
        Self.add(1, to: bench)
        bench.clock.advance(by: .seconds(60))
        #expect(try await bench.syncer.sync(approvedBy: "ada").counts.createdLocally == 1)
    }
}

/// Lets the changes of the first few records through.
private final class FirstFew: ChangeGate {
    private let limit: Int
    private let seen = Mutex<Set<Text>>([])

    init(_ limit: Int) { self.limit = limit }

    func admits(_ changes: [PlannedChange]) -> Bool {
        guard let remote = changes.first?.remote else { return false }
        return self.seen.withLock { seen in
            guard seen.contains(remote) || seen.count < self.limit else { return false }
            seen.insert(remote)
            return true
        }
    }
}
