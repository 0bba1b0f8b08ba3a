import Connectors
import Planning
import Records
import RelaisTesting
import Store
import SyncEngine
import Testing

/// R6 in the CRM: one that normalises, refuses, overtakes or garbles what an undo asks of it.
@Suite struct RemoteUndoTests {
    private func linked(
        _ count: Int = 1,
        lostUpdate: LostUpdateProtection = .window,
        city: Value = "Paris"
    ) async throws -> (bench: SyncBench, local: [RecordID], remote: [Text]) {
        let bench = try SyncBench(lostUpdate: lostUpdate)
        let remote = (0..<count).map { number in
            bench.account.edit("contacts", nil, ["email": .text("p\(number)@example.com"), "city": city])
        }
        try await bench.sync()
        let records = try bench.contacts()
        let local = try remote.map { id in
            try #require(try records.first { try bench.remoteID(of: $0.id) == id }?.id)
        }
        return (bench, local, remote)
    }

    private func push(_ bench: SyncBench, _ local: [RecordID], _ city: Value) async throws -> RunNumber {
        for id in local { try bench.edit(id, ["city": city]) }
        return RunNumber(rawValue: try await bench.sync().run)
    }

    private func undo(_ bench: SyncBench, _ run: RunNumber) async throws -> UndoReport {
        bench.clock.advance(by: .seconds(60))
        return try await bench.syncer.undo(run, side: .remote, carryOut: true)
    }

    private func stands(
        _ bench: SyncBench,
        _ local: RecordID,
        _ here: Value,
        _ remote: Text,
        _ there: Value
    ) async throws {
        for pause in [60, 4000, 60] {
            let counts = try await bench.sync(after: .seconds(pause)).counts
            #expect(counts.localWrites + counts.remoteWrites == 0, "\(counts)")
            #expect(try bench.value(local, "city") == here)
            #expect(bench.account.value("contacts", remote, "city") == there)
        }
    }

    /// What it holds is its own form of what was there, and of what we put back; with and without values in its answers.
    @Test(arguments: [true, false], [LostUpdateProtection.window, .detected])
    func r6ACRMThatNormalisesTakesItBackInItsOwnForm(isSilent: Bool, lostUpdate: LostUpdateProtection) async throws {
        let (bench, local, remote) = try await self.linked(lostUpdate: lostUpdate, city: "Paris ")
        bench.account.with { state in
            state.habits.answersWithoutValues = isSilent
            state.habits.normalise = { name, value in
                guard name == "city", case .text(let text) = value else { return value }
                return .text(Text(text.string.filter { $0 != " " }))
            }
        }
        let run = try await self.push(bench, local, "Lyon")
        let report = try await self.undo(bench, run)
        #expect(report.remote == 1 && report.leftTotal == 0, "\(report.left)")
        try await self.stands(bench, local[0], "Lyon", remote[0], "Paris")
        // Without an answer, its own form of `Paris ` cannot be told from what somebody typed after us: that is logged (R1).
        #expect(try bench.conflicts(.settled).count == (isSilent && lostUpdate != .detected ? 1 : 0))
    }

    /// What was put back before the CRM failed is told, and the rest can be undone once it answers.
    @Test func r6AFailureInTheMiddleKeepsTheReport() async throws {
        var (bench, local, remote) = try await self.linked(51, lostUpdate: .detected)
        bench.breaker = Breaker(floor: 1000, share: 1)
        let run = try await self.push(bench, local, "Lyon")
        let last = try #require(remote.max())
        bench.account.with { state in
            state.onHistory = { history in
                guard history.record.id != last else { throw RemoteFailure(.serverError, "503") }
                return history
            }
        }
        let report = try await self.undo(bench, run)
        #expect(report.remote == 50 && report.left == ["the CRM has not answered yet": 1], "\(report.left)")
        #expect(report.failure?.code == .serverError)
        let undoing = try bench.store.read { try $0.run(RunNumber(rawValue: report.undoing)) }
        #expect(undoing?.state == .failed)
        bench.account.with { $0.onHistory = nil }
        try await bench.sync()
        #expect(remote.allSatisfy { bench.account.value("contacts", $0, "city") == "Paris" })
    }

    /// The record cannot be read just now: nothing of it is put back, it says so, and the others are.
    @Test func r6WhatCannotBeReadIsLeftWithItsReasonAndTheOthersArePutBack() async throws {
        let (bench, local, remote) = try await self.linked(3)
        let run = try await self.push(bench, local, "Lyon")
        bench.account.with { $0.habits.damaged = [remote[1]] }
        let report = try await self.undo(bench, run)
        #expect(report.remote == 2)
        #expect(report.left == ["the CRM's answer about it cannot be read; undo the run again later": 1])
        #expect(remote.map { bench.account.value("contacts", $0, "city") } == ["Paris", "Lyon", "Paris"])
        bench.account.with { $0.habits.damaged = [] }
        #expect(try await self.undo(bench, run).remote == 1)
        #expect(bench.account.value("contacts", remote[1], "city") == "Paris")
    }

    /// No answer at all: nothing was written, nothing is held, and it can be asked for again.
    @Test func r6AFailedReadUndoesNothing() async throws {
        let (bench, local, remote) = try await self.linked()
        let run = try await self.push(bench, local, "Lyon")
        bench.account.with { $0.readFailures = 1 }
        await #expect(throws: RemoteFailure.self) { try await self.undo(bench, run) }
        try await self.stands(bench, local[0], "Lyon", remote[0], "Lyon")
        #expect(try await self.undo(bench, run).remote == 1)
    }

    /// The write that puts it back is never answered: it is held and settled by the next run, whatever became of it.
    @Test(arguments: [MemoryAccount.Fault.loseAnswer, .loseRequest])
    func r6AnUnansweredUndoIsFinishedByTheNextRun(fault: MemoryAccount.Fault) async throws {
        let (bench, local, remote) = try await self.linked()
        let run = try await self.push(bench, local, "Lyon")
        bench.account.with { state in
            state.faults = [fault]
            state.beforeWrite = { state in
                state.habits.damaged = [remote[0]]
                state.beforeWrite = nil
            }
        }
        let report = try await self.undo(bench, run)
        #expect(report.remote == 0 && report.left == ["the CRM has not answered yet": 1])
        bench.account.with { $0.habits.damaged = [] }
        for _ in 0..<2 { try await bench.sync() }
        let there = bench.account.value("contacts", remote[0], "city")
        if case .loseAnswer = fault { #expect(there == "Paris") }
        try await self.stands(bench, local[0], "Lyon", remote[0], there)
    }

    /// R2: somebody types between the look and the undo's own write.
    @Test func r2WhatAnUndoOverwritesUnseenIsInTheConflictLog() async throws {
        let (bench, local, remote) = try await self.linked(lostUpdate: .detected)
        let run = try await self.push(bench, local, "Lyon")
        bench.account.with { state in
            state.beforeWrite = { state in
                let now = state.objects["contacts"]?[remote[0]]?.version ?? 0
                state.objects["contacts"]?[remote[0]]?.write(["city": "Nice"], by: "CRM_UI", at: now + 1_000_000)
                state.beforeWrite = nil
            }
        }
        #expect(try await self.undo(bench, run).remote == 1)
        #expect(try bench.conflicts(.settled).map(\.about.remote) == ["Nice"])
        try await self.stands(bench, local[0], "Lyon", remote[0], "Paris")
    }

    /// Of two records that the run made, the CRM archives the second: the first is named as the one that stays.
    @Test func r6WhoeverWasNotArchivedIsNamed() async throws {
        let bench = try SyncBench()
        try bench.edit(nil, ["email": "a@example.com"])
        try bench.edit(nil, ["email": "b@example.com"])
        let run = RunNumber(rawValue: try await bench.sync().run)
        bench.account.with { $0.faults = [.loseRequest] }
        let report = try await self.undo(bench, run)
        #expect(report.unmade == 1 && report.left == ["the CRM did not archive it": 1])
        let named = try #require(report.samples.first { $0.fate != .putBack }?.record)
        #expect(bench.account.ids("contacts") == [try bench.remoteID(of: named)])
    }
}
