import Connectors
import Mapping
import Records
import RelaisTesting
import Store
import SyncEngine
import Testing

/// R12: fights over what the CRM is told without a property of ours, beside those over an ordinary field.
@Suite struct RuleFightTests {
    private typealias Linked = (bench: SyncBench, ada: RecordID, remote: Text)

    /// What pushes `tag`, and the values that it gives for a score of 60 and of 10.
    static let pushes: [(kind: String, entry: String, high: Value, low: Value)] = [
        (
            "an ordinary field", "{ local: city, remote: tag, direction: push, drift: restore }", "Paris", "Paris"
        ),
        (
            "a computed push",
            "{ remote: tag, value: \"contact.score >= 50.0 ? 'hot' : 'cold'\", drift: restore }",
            "hot", "cold"
        ),
        ("a constant", "{ remote: tag, constant: relais, drift: restore }", "relais", "relais"),
        ("a list", "{ segment: warm, remote: tag, in: warm, out: cold, drift: restore }", "warm", "cold"),
    ]

    private func linked(_ entry: String) async throws -> Linked {
        let isList = entry.hasPrefix("{ segment:")
        let mapping = try SyncBench.mapping(
            fields: ["{ local: score, remote: score }"] + (isList ? [] : [entry]),
            more: ["initial: prefer_remote"] + (isList ? ["lists:", "- \(entry)"] : []),
            segments: SyncBench.warmSegment()
        )
        let bench = try SyncBench(mappings: [mapping])
        let ada = try bench.edit(nil, ["email": "ada@x.org", "city": "Paris", "score": .number(60)])
        for _ in 0..<2 { try await bench.sync() }
        return (bench, ada, try #require(try bench.remoteID(of: ada)))
    }

    private func tag(_ state: Linked) -> Value { state.bench.account.value("contacts", state.remote, "tag") }

    private func holds(_ state: Linked) throws -> [Hold] {
        try state.bench.store.read { transaction in
            try transaction.holds(try #require(try transaction.connection("crm")).number, limit: 9)
        }
    }

    /// Somebody in the CRM puts their value back each time, until it is told.
    private func fight(_ state: Linked, rounds: Int = 4, pause: Duration = .seconds(600)) async throws -> [Conflict] {
        for _ in 0..<rounds {
            state.bench.account.edit("contacts", state.remote, ["tag": "theirs"])
            try await state.bench.sync(after: pause)
            let open = try state.bench.conflicts(.open)
            if !open.isEmpty { return open }
        }
        return []
    }

    private func decide(_ conflict: Conflict, _ side: Side, _ state: Linked) throws {
        try state.bench.store.write { transaction in
            let decision = ConflictDecision(choice: .side(side), by: "ada", at: state.bench.clock.now)
            let (local, remote) = (conflict.about.local, conflict.about.remote)
            _ = try transaction.decideConflict(conflict.id, decision, seenLocal: local, seenRemote: remote)
        }
    }

    @Test(arguments: pushes.indices) func r12WhatIsFoughtOverIsParkedNamingBothWriters(index: Int) async throws {
        let (kind, entry, high, _) = Self.pushes[index]
        let state = try await self.linked(entry)
        #expect(self.tag(state) == high, "\(kind)")
        let open = try await self.fight(state)
        #expect(open.map(\.about.rule) == ["fight: sync:crm and somebody in the CRM"], "\(kind)")
        #expect(open.map(\.about.local) == [high] && open.map(\.about.remote) == ["theirs"], "\(kind)")
        #expect(try self.holds(state).map(\.reason) == [.fight], "\(kind)")
        let writes = state.bench.account.with { $0.writes }
        for _ in 0..<2 {
            state.bench.account.edit("contacts", state.remote, ["tag": "still theirs", "score": .number(70)])
            try await state.bench.sync()
        }
        #expect(state.bench.account.with { $0.writes } == writes, "\(kind)")
        #expect(try state.bench.value(state.ada, "score") == .number(70), "\(kind): the other fields go on")
    }

    @Test(arguments: pushes.indices) func r12APersonEndsIt(index: Int) async throws {
        let (kind, entry, high, low) = Self.pushes[index]
        for side in Side.allCases {
            let state = try await self.linked(entry)
            let conflict = try #require(try await self.fight(state).first, "\(kind)")
            try self.decide(conflict, side, state)
            try await state.bench.sync(after: .seconds(60))
            #expect(self.tag(state) == (side == .local ? high : "theirs"), "\(kind)")
            #expect(try self.holds(state).isEmpty, "\(kind)")
            #expect(try state.bench.conflicts(.open).isEmpty, "\(kind)")
            let quiet = try await state.bench.sync()
            #expect(quiet.counts.localWrites + quiet.counts.remoteWrites == 0, "\(kind)")
            // What changes here from then on is sent, and one edit there is no fight yet.
            try state.bench.edit(state.ada, ["score": .number(10)])
            try await state.bench.sync(after: .seconds(60))
            if high != low { #expect(self.tag(state) == low, "\(kind)") }
            state.bench.account.edit("contacts", state.remote, ["tag": "once more"])
            try await state.bench.sync(after: .seconds(60))
            #expect(try state.bench.conflicts(.open).isEmpty, "\(kind)")
            #expect(self.tag(state) == low, "\(kind)")
        }
    }

    /// What was more than twenty-four hours ago does not count.
    @Test(arguments: pushes.indices) func r12EditsOfManyDaysAreNoFight(index: Int) async throws {
        let state = try await self.linked(Self.pushes[index].entry)
        #expect(try await self.fight(state, rounds: 8, pause: .seconds(90_000)).isEmpty)
        #expect(self.tag(state) == Self.pushes[index].high)
    }

    /// A value that goes to and fro because our record does is nobody's fight.
    @Test(arguments: [1, 3]) func r12WhatOnlyWeWriteIsNoFight(index: Int) async throws {
        let (_, entry, high, low) = Self.pushes[index]
        let state = try await self.linked(entry)
        for round in 0..<8 {
            try state.bench.edit(state.ada, ["score": .number(round % 2 == 0 ? 10 : 60)])
            try await state.bench.sync(after: .seconds(600))
            #expect(self.tag(state) == (round % 2 == 0 ? low : high))
        }
        #expect(try self.holds(state).isEmpty && state.bench.conflicts(.open).isEmpty)
    }
}
