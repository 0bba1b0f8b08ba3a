import Connectors
import Mapping
import Records
import RelaisTesting
import Store
import SyncEngine
import Testing

/// R1: what the CRM makes of a part that only went along with another one of its text.
@Suite struct RuleCarriedPartTests {
    private typealias Linked = (bench: SyncBench, ada: RecordID, remote: Text)

    private func linked(_ more: [String] = ["initial: prefer_remote"], via: String = "") async throws -> Linked {
        let mapping = try SyncBench.mapping(
            fields: [
                "{ local: street, remote: place, via: [ { split: { by: ', ', part: 1 } }\(via) ] }",
                "{ local: city, remote: place, via: [ { split: { by: ', ', part: 2 } }\(via) ] }",
            ],
            more: more
        )
        let bench = try SyncBench(mappings: [mapping], lostUpdate: .detected)
        let remote = bench.account.edit("contacts", nil, ["email": "ada@x.org", "place": "1 rue X, Paris"])
        try await bench.sync()
        bench.account.with { account in
            account.habits.normalise = { name, value in
                guard name == "place", case .text(let text) = value else { return value }
                return .text(Text(text.string.uppercased()))
            }
        }
        return (bench, try #require(try bench.contacts().first).id, remote)
    }

    private func expect(_ street: Value, _ city: Value, _ whole: Value, _ state: Linked) async throws {
        let quiet = try await state.bench.sync()
        #expect(quiet.counts.localWrites + quiet.counts.remoteWrites == 0)
        #expect(try state.bench.value(state.ada, "street") == street)
        #expect(try state.bench.value(state.ada, "city") == city)
        #expect(state.bench.account.value("contacts", state.remote, "place") == whole)
    }

    @Test func r1TheCRMsFormOfACarriedPartIsNoEdit() async throws {
        let state = try await self.linked()
        try state.bench.edit(state.ada, ["city": "Lyon"])
        let report = try await state.bench.sync()
        #expect(report.counts.localWrites == 0)
        try await self.expect("1 rue X", "Lyon", "1 RUE X, LYON", state)
        let street = try state.bench.store.read { try $0.timeline(of: state.ada, limit: 50) }
            .flatMap(\.changes).filter { $0.property == "street" && $0.new == "1 RUE X" }
        #expect(street.isEmpty, "nobody meant it")
        // From now on the part goes along in that form, and a person's edit of it is one.
        try state.bench.edit(state.ada, ["city": "Nice"])
        try await state.bench.sync()
        try await self.expect("1 rue X", "Nice", "1 RUE X, NICE", state)
        state.bench.account.edit("contacts", state.remote, ["place": "2 rue Y, NICE"])
        try await state.bench.sync()
        try await self.expect("2 rue Y", "Nice", "2 rue Y, NICE", state)
    }

    /// Where a write is answered without values, what is read back is the same by the transforms of the part.
    @Test func r1ACarriedPartThatReadsTheSameIsAgreed() async throws {
        let state = try await self.linked(via: ", lowercase")
        state.bench.account.with { $0.habits.answersWithoutValues = true }
        try state.bench.edit(state.ada, ["city": "lyon"])
        #expect(try await state.bench.sync().counts.localWrites == 0)
        try await self.expect("1 rue x", "lyon", "1 RUE X, LYON", state)
        #expect(try state.bench.conflicts(.open).isEmpty && state.bench.conflicts(.settled).isEmpty)
    }

    /// What was typed here meanwhile is a change of ours, and no conflict with what nobody typed there.
    @Test func r1ACarriedPartThatIsEditedHereMeanwhileIsNoConflict() async throws {
        let state = try await self.linked(["initial: prefer_remote", "on_conflict: manual"])
        try state.bench.edit(state.ada, ["city": "Lyon"])
        state.bench.account.with { account in
            account.beforeWrite = { account in
                account.beforeWrite = nil
                _ = try? state.bench.edit(state.ada, ["street": "3 rue Z"])
            }
        }
        for _ in 0..<2 { try await state.bench.sync() }
        #expect(try state.bench.conflicts(.open).isEmpty)
        try await self.expect("3 rue Z", "Lyon", "3 RUE Z, LYON", state)
    }

    /// The form that the answer told is remembered while the history is waited for.
    @Test func r1TheFormOfTheAnswerIsKeptWhileTheHistoryIsWaitedFor() async throws {
        let state = try await self.linked()
        try state.bench.edit(state.ada, ["city": "Lyon"])
        state.bench.account.with { $0.onHistory = { _ in nil } }
        #expect(try await state.bench.sync().counts.unknown == 1)
        let waiting = try state.bench.store.read { transaction in
            try transaction.operations(try #require(try transaction.connection("crm")).number, in: .unknown, limit: 9)
        }
        #expect(waiting.flatMap(\.fields).map(\.isCarried) == [false, true])
        #expect(waiting.flatMap(\.fields).map(\.sent) == ["LYON", "1 RUE X"])
        state.bench.account.with { $0.onHistory = nil }
        let report = try await state.bench.sync(after: .seconds(5))
        #expect(report.counts.localWrites == 0)
        try await self.expect("1 rue X", "Lyon", "1 RUE X, LYON", state)
    }

    /// What somebody types into a carried part after an answer without values is theirs.
    @Test func r1WhatSomebodyTypesOverACarriedPartIsTheirs() async throws {
        let state = try await self.linked()
        try state.bench.edit(state.ada, ["city": "Lyon"])
        state.bench.account.with { account in
            account.habits.normalise = { $1 }
            account.faults = [.loseAnswer]
        }
        _ = try? await state.bench.sync()
        state.bench.account.edit("contacts", state.remote, ["place": "2 rue Y, Lyon"])
        for _ in 0..<2 { try await state.bench.sync() }
        try await self.expect("2 rue Y", "Lyon", "2 rue Y, Lyon", state)
    }

    /// A part that waits for a person goes on waiting, in whatever form.
    @Test func r1ACarriedPartInConflictGoesOnWaiting() async throws {
        let state = try await self.linked(["initial: prefer_remote", "on_conflict: manual"])
        try state.bench.edit(state.ada, ["street": "2 rue Y"])
        state.bench.account.edit("contacts", state.remote, ["place": "9 rue Q, Paris"])
        try await state.bench.sync()
        #expect(try state.bench.conflicts(.open).map(\.about.field) == ["street"])
        try state.bench.edit(state.ada, ["city": "Lyon"])
        for _ in 0..<2 { try await state.bench.sync() }
        #expect(try state.bench.conflicts(.open).map(\.about.field) == ["street"])
        try await self.expect("2 rue Y", "Lyon", "9 RUE Q, LYON", state)
    }
}
