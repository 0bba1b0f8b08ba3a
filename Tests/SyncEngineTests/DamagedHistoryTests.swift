import Connectors
import Planning
import Records
import RelaisTesting
import Store
import SyncEngine
import Testing

/// R2: histories that are refused, incomplete or damaged: nothing is lost, nobody else is stopped, and it is told.
@Suite struct DamagedHistoryTests {
    private typealias Alteration = @Sendable (RemoteHistory) throws -> RemoteHistory?

    private func linked(_ count: Int = 1) async throws -> (bench: SyncBench, local: [RecordID], remote: [Text]) {
        var bench = try SyncBench(lostUpdate: .detected)
        bench.breaker = Breaker(floor: 1000, share: 1)
        let remote = (0..<count).map { number in
            bench.account.edit("contacts", nil, ["email": .text("p\(number)@example.com"), "city": "Paris"])
        }
        try await bench.sync()
        let records = try bench.contacts()
        let local = try remote.map { id in
            try #require(try records.first { try bench.remoteID(of: $0.id) == id }?.id)
        }
        return (bench, local, remote)
    }

    /// Somebody types Nice just before our next write.
    private func meddle(_ bench: SyncBench, _ remote: Text) {
        bench.account.with { state in
            state.beforeWrite = { state in
                let now = state.objects["contacts"]?[remote]?.version ?? 0
                state.objects["contacts"]?[remote]?.write(["city": "Nice"], by: "CRM_UI userId:7", at: now + 1_000_000)
                state.beforeWrite = nil
            }
        }
    }

    private static func without(_ versions: Int, of history: RemoteHistory) -> RemoteHistory {
        let city = history.versions["city", default: []].dropFirst(versions)
        return RemoteHistory(record: history.record, versions: ["city": Array(city)])
    }

    private static let alterations: [(name: String, alteration: Alteration)] = [
        ("the record is left out", { _ in nil }),
        ("the property is left out", { RemoteHistory(record: $0.record, versions: [:]) }),
        ("it does not reach up to our write", { Self.without(1, of: $0) }),
        ("it is refused", { _ in throw RemoteFailure(.badRequest, "400") }),
        ("it is garbled", { _ in throw RemoteFailure(.unexpectedAnswer, "not JSON") }),
        (
            "nothing but the id can be read",
            { RemoteHistory(record: .unreadable(id: $0.record.id, properties: 9), versions: [:]) }
        ),
    ]

    /// What an answer says today of what was overwritten is not final: it is asked for again, and told meanwhile.
    @Test(arguments: Self.alterations.indices)
    func r2WhatADamagedHistoryDoesNotTellIsAskedForAgain(number: Int) async throws {
        let (bench, local, remote) = try await self.linked()
        try bench.edit(local[0], ["city": "Lyon"])
        self.meddle(bench, remote[0])
        bench.account.with { $0.onHistory = Self.alterations[number].alteration }
        let report = try await bench.sync()
        #expect(report.counts.unknown == 1 && report.counts.needsAttention, "\(Self.alterations[number].name)")
        #expect(try bench.conflicts(.settled).isEmpty)
        bench.account.with { $0.onHistory = nil }
        try await bench.sync(after: .seconds(5))
        #expect(try bench.conflicts(.settled).map(\.about.remote) == ["Nice"])
        #expect(bench.account.value("contacts", remote[0], "city") == "Lyon")
        let quiet = try await bench.sync()
        #expect(quiet.counts.localWrites + quiet.counts.remoteWrites + quiet.counts.unknown == 0)
    }

    /// A product that keeps no history of a property would hold up each record that was ever written.
    @Test func r2AHistoryThatNeverHoldsOurWriteIsNotWaitedForLongerThanTheIndexMayLag() async throws {
        let (bench, local, _) = try await self.linked()
        bench.account.with { $0.onHistory = { RemoteHistory(record: $0.record, versions: [:]) } }
        try bench.edit(local[0], ["city": "Lyon"])
        #expect(try await bench.sync().counts.unknown == 1)
        #expect(try await bench.sync(after: .seconds(5)).counts.unknown == 1)
        #expect(try await bench.sync(after: .seconds(6)).counts.unknown == 0)
    }

    /// R13: one record of which the CRM gives no history stops none of the others, now or ever.
    @Test(arguments: [RemoteFailure.Code.badRequest, .unexpectedAnswer])
    func r13OneSpoiltHistoryStopsNobodyElse(code: RemoteFailure.Code) async throws {
        let (bench, local, remote) = try await self.linked(40)
        let poison = remote[17]
        bench.account.with { state in
            state.onHistory = { history in
                guard history.record.id != poison else { throw RemoteFailure(code, "one of them") }
                return history
            }
        }
        for id in local { try bench.edit(id, ["city": "Lyon"]) }
        for _ in 0..<2 {
            #expect(try await bench.sync().counts.unknown == 1)
            // 40, 20, 20, 10, 10, 5, 5, 3, 2, 2 and 1, 1 and 1 at most.
            #expect(bench.account.with { $0.historiesAsked.count } < 20)
        }
        let shadows = try bench.store.read { transaction in
            try local.map { try transaction.links(of: $0).first?.localShadow.isEmpty }
        }
        #expect(shadows.count { $0 == true } == 39)
        bench.account.with { $0.onHistory = nil }
        for _ in 0..<2 { try await bench.sync() }
        #expect(try await bench.sync().counts.unknown == 0)
    }

    /// An account that refuses all histories costs a few requests, and neither stops the run nor hides anything.
    @Test func r2AnAccountWithoutHistoriesIsToldOf() async throws {
        let (bench, local, remote) = try await self.linked(40)
        bench.account.with { $0.onHistory = { _ in throw RemoteFailure(.badRequest, "no histories in your plan") } }
        for id in local { try bench.edit(id, ["city": "Lyon"]) }
        bench.account.edit("contacts", nil, ["email": "new@example.com"])
        let report = try await bench.sync()
        #expect(report.counts.unknown == 40 && report.counts.createdLocally == 1)
        #expect(bench.account.with { $0.historiesAsked.count } == 3)
        #expect(remote.allSatisfy { bench.account.value("contacts", $0, "city") == "Lyon" })
    }

    /// R1 and R19: the answer said what the CRM made of our value; that the history came later does not make it an edit.
    @Test func r1TheNormalFormOfAnAnsweredWriteIsNoEditBecauseItsHistoryCameLater() async throws {
        let (bench, local, remote) = try await self.linked()
        bench.account.with { state in
            state.habits.normalise = { name, value in
                guard name == "city", case .text(let text) = value else { return value }
                return .text(Text(text.string.uppercased()))
            }
            state.onHistory = { _ in throw RemoteFailure(.badRequest, "400") }
        }
        try bench.edit(local[0], ["city": "Lyon"])
        try await bench.sync()
        bench.account.with { $0.onHistory = nil }
        for _ in 0..<2 { try await bench.sync() }
        #expect(try bench.value(local[0], "city") == "Lyon")
        #expect(bench.account.value("contacts", remote[0], "city") == "LYON")
        #expect(try bench.conflicts(.settled).isEmpty)
    }

    /// What the CRM ignored is not agreed because of that either.
    @Test func r1AnIgnoredWriteStaysIgnoredWhenItsHistoryComesLater() async throws {
        let (bench, local, remote) = try await self.linked()
        bench.account.with { state in
            state.habits.ignores = ["city"]
            state.onHistory = { _ in throw RemoteFailure(.badRequest, "400") }
        }
        try bench.edit(local[0], ["city": "Lyon"])
        try await bench.sync()
        bench.account.with { $0.onHistory = nil }
        for _ in 0..<2 { try await bench.sync() }
        #expect(try bench.value(local[0], "city") == "Lyon")
        #expect(bench.account.value("contacts", remote[0], "city") == "Paris")
        #expect(try await bench.sync().counts.fieldsRejected == 1)
    }

    /// The process dies after the write and before anybody asked what it replaced.
    @Test func r2AKillBeforeTheHistoryIsReadHidesNothing() async throws {
        var (bench, local, remote) = try await self.linked()
        try bench.edit(local[0], ["city": "Lyon"])
        self.meddle(bench, remote[0])
        let writes = bench.account.with { $0.writes }
        let account = bench.account
        bench.process = bench.store.handle {
            guard account.with({ $0.writes }) == writes else { throw CancellationError() }
        }
        await #expect(throws: (any Error).self) { try await bench.sync() }
        #expect(bench.account.value("contacts", remote[0], "city") == "Lyon")
        #expect(try bench.conflicts(.settled).isEmpty)
        bench.process = nil
        #expect(try await bench.sync().counts.overwrittenUnseen == 1)
        #expect(try bench.conflicts(.settled).map(\.about.remote) == ["Nice"])
    }
}
