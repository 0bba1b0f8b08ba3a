import Connectors
import Mapping
import Records
import RelaisTesting
import Store
import SyncEngine
import Testing

/// A property of the CRM that is made from our record is settled as every other write is.
@Suite struct RuleComputedTests {
    private static let tag = "{ remote: tag, value: \"'in ' + contact.phone\" }"

    private typealias Linked = (bench: SyncBench, ada: RecordID, remote: Text)

    private func linked(
        _ field: String = Self.tag,
        lostUpdate: LostUpdateProtection = .window
    ) async throws -> Linked {
        let bench = try SyncBench(
            mappings: [try SyncBench.mapping(fields: ["{ local: city, remote: city }", field])],
            lostUpdate: lostUpdate
        )
        let ada = try bench.edit(nil, ["email": "ada@x.org", "phone": "Paris"])
        for _ in 0..<2 { try await bench.sync() }
        return (bench, ada, try #require(try bench.remoteID(of: ada)))
    }

    private func tag(_ state: Linked) -> Value { state.bench.account.value("contacts", state.remote, "tag") }

    private func pushes(_ state: Linked) throws -> [JournalEntry] {
        try state.bench.store.read { try $0.timeline(of: state.ada, limit: 50) }.filter { $0.kind == .push }
    }

    private func expectQuiet(_ state: Linked, _ comment: Comment? = nil) async throws {
        let writes = state.bench.account.with { $0.writes }
        let quiet = try await state.bench.sync()
        #expect(quiet.counts.localWrites + quiet.counts.remoteWrites == 0, comment)
        #expect(state.bench.account.with { $0.writes } == writes, comment)
    }

    /// Counted, told with its cause, and settled at once: nothing is left for the next page to say.
    @Test(arguments: [false, true]) func itsAnswerSettlesIt(isSilent: Bool) async throws {
        let state = try await self.linked()
        state.bench.account.with { $0.habits.answersWithoutValues = isSilent }
        try state.bench.edit(state.ada, ["phone": "Lyon"])
        let report = try await state.bench.sync()
        #expect(report.counts.updatedRemotely == 1)
        #expect(self.tag(state) == "in Lyon")
        let pushes = try self.pushes(state)
        #expect(pushes.map(\.run) == [RunNumber(rawValue: report.run)])
        #expect(pushes.first?.changes == [PropertyChange("tag", old: "in Paris", new: "in Lyon")])
        let isDirty = try state.bench.store.read { transaction in
            try transaction.links(of: state.ada).contains { !$0.localShadow.isEmpty }
        }
        #expect(!isDirty)
        try await self.expectQuiet(state)
    }

    /// R1: what the CRM made of it is its own form, and no edit that drift would put back.
    @Test func r1TheNormalFormOfTheAnswerIsAgreed() async throws {
        let state = try await self.linked("{ remote: tag, value: \"'in ' + contact.phone\", drift: restore }")
        state.bench.account.with { account in
            account.habits.normalise = { name, value in
                name == "tag" ? .text(Text(value.text?.string.uppercased() ?? "")) : value
            }
        }
        try state.bench.edit(state.ada, ["phone": "Lyon"])
        try await state.bench.sync()
        #expect(self.tag(state) == "IN LYON")
        for _ in 0..<2 { try await self.expectQuiet(state) }
    }

    /// R1: a write that the CRM took and ignored is held, told, and not repeated until our side moves.
    @Test func r1AnIgnoredWriteIsHeldAndNotRepeated() async throws {
        let state = try await self.linked()
        state.bench.account.with { $0.habits.ignores = ["tag"] }
        try state.bench.edit(state.ada, ["phone": "Lyon"])
        let report = try await state.bench.sync()
        #expect(report.counts.fieldsRejected == 1)
        for _ in 0..<2 { try await self.expectQuiet(state) }
        state.bench.account.with { $0.habits.ignores = [] }
        try state.bench.edit(state.ada, ["phone": "Lille"])
        try await state.bench.sync()
        #expect(self.tag(state) == "in Lille")
        try await self.expectQuiet(state)
    }

    /// R13: a refusal that names the property parks it and nothing else.
    @Test func r13ARefusedValueParksTheFieldOnly() async throws {
        let state = try await self.linked()
        state.bench.account.with { account in
            account.habits.refuses["tag"] = { $0 == "in Atlantis" ? "no such place" : nil }
        }
        try state.bench.edit(state.ada, ["phone": "Atlantis", "city": "Nice", "email": "countess@x.org"])
        let report = try await state.bench.sync()
        #expect(report.counts.fieldsRejected == 1 && report.counts.quarantined == 0)
        #expect(state.bench.account.value("contacts", state.remote, "city") == "Nice")
        #expect(state.bench.account.value("contacts", state.remote, "email") == "countess@x.org")
        #expect(self.tag(state) == "in Paris")
        try await self.expectQuiet(state)
        try state.bench.edit(state.ada, ["phone": "Lyon"])
        try await state.bench.sync()
        #expect(self.tag(state) == "in Lyon")
    }

    /// R1: an answer that never came is looked at, and what somebody typed after our write is an edit of theirs.
    @Test(arguments: [MemoryAccount.Fault.loseAnswer, .loseRequest])
    func r1AnUnansweredWriteIsReadBack(fault: MemoryAccount.Fault) async throws {
        let state = try await self.linked()
        try state.bench.edit(state.ada, ["phone": "12"])
        state.bench.account.with { account in
            account.faults = [fault]
            account.readFailureCode = .unreachable
            account.beforeWrite = { account in
                account.readFailures = 9
                account.beforeWrite = nil
            }
        }
        _ = try? await state.bench.sync()
        let waiting = try state.bench.store.read { transaction in
            try transaction.operations(try #require(try transaction.connection("crm")).number, in: .unknown, limit: 9)
        }
        #expect(waiting.map(\.record) == [state.ada])
        state.bench.account.with { $0.readFailures = 0 }
        for _ in 0..<2 { try await state.bench.sync() }
        #expect(self.tag(state) == "in 12")
        #expect(try self.pushes(state).count == 1)
        try await self.expectQuiet(state)
    }

    /// R2: what it replaced unseen is told.
    @Test func r2WhatItReplacedUnseenEntersTheConflictLog() async throws {
        let state = try await self.linked(lostUpdate: .detected)
        try state.bench.edit(state.ada, ["phone": "Lyon"])
        let remote = state.remote
        state.bench.account.with { account in
            account.beforeWrite = { account in
                let now = account.objects["contacts"]?[remote]?.version ?? 0
                account.objects["contacts"]?[remote]?.write(["tag": "mine"], by: "CRM_UI userId:7", at: now + 1_000_000)
                account.beforeWrite = nil
            }
        }
        let report = try await state.bench.sync()
        #expect(report.counts.overwrittenUnseen == 1)
        #expect(try state.bench.conflicts(.settled).map(\.about.remote) == ["mine"])
        #expect(self.tag(state) == "in Lyon")
        try await self.expectQuiet(state)
    }

    /// What changes here while the write is on its way goes after it.
    @Test func aChangeMeanwhileIsSentAsWell() async throws {
        let state = try await self.linked()
        try state.bench.edit(state.ada, ["phone": "12"])
        let (bench, ada) = (state.bench, state.ada)
        bench.account.with { account in
            account.afterWrite = { account in
                _ = try? bench.edit(ada, ["phone": "13"])
                account.afterWrite = nil
            }
        }
        for _ in 0..<2 { try await bench.sync() }
        #expect(self.tag(state) == "in 13")
        try await self.expectQuiet(state)
    }

    /// R13: a new record is made without the value that was refused.
    @Test func aRefusedCreateLeavesItOut() async throws {
        let state = try await self.linked()
        state.bench.account.with { $0.habits.refuses["tag"] = { $0 == "in Metz" ? "no such place" : nil } }
        let eve = try state.bench.edit(nil, ["email": "eve@x.org", "phone": "Metz", "city": "Metz"])
        try await state.bench.sync()
        let remote = try #require(try state.bench.remoteID(of: eve))
        #expect(state.bench.account.value("contacts", remote, "city") == "Metz")
        #expect(state.bench.account.value("contacts", remote, "tag").isBlank)
        try await self.expectQuiet(state)
    }
}
