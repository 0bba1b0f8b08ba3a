import Connectors
import Mapping
import Planning
import Records
import RelaisTesting
import Store
import Testing

@testable import SyncEngine

/// What a breaker counts, and of what (R11).
@Suite struct BreakerCheckTests {
    @Test(arguments: [0.0, 0.001, 0.1, 0.2, 1.0 / 3, 1], [0, 50, 51, 99, 1_000, 123_457])
    func enoughLinksNeverTripAndFewerAreCountedExactly(share: Double, count: Int) {
        let breaker = Breaker(share: share)
        let enough = breaker.links(allowing: count)
        #expect(share == 0 || !breaker.trips(count: count, links: enough))
        #expect(share == 0 || count <= breaker.floor || breaker.trips(count: count, links: enough - 2))
    }

    private static let fields = ["first_name", "city", "street", "phone"]

    /// Thirty people with every field filled, and two companies.
    private func bench() async throws -> SyncBench {
        let company = CompiledMapping(
            name: "memory/company",
            connection: "crm",
            localObject: "company",
            remoteObject: "companies",
            fields: ["name", "domain"].map {
                MappingField(local: $0, remote: $0, initial: .preferRemote, fingerprint: $0)
            },
            match: [[1]]
        )
        var bench = try SyncBench(mappings: [company, SyncBench.contacts()])
        bench.breaker = Breaker(floor: 3, share: 0.2)
        for number in 0..<2 {
            bench.account.edit("companies", nil, ["domain": .text("c\(number).com"), "name": .text("C\(number)")])
        }
        for number in 0..<30 {
            var values: [String: Value] = ["email": .text("p\(number)@x.org")]
            for field in Self.fields { values[field] = .text("\(field) \(number)") }
            bench.account.edit("contacts", nil, values)
        }
        try await bench.sync()
        return bench
    }

    /// Five records of thirty are less than a fifth, however many of their fields change.
    @Test(arguments: [true, false]) func recordsAreCountedAndNotTheirValues(isPulled: Bool) async throws {
        let bench = try await self.bench()
        let records = try bench.contacts().prefix(5)
        for record in records {
            let values = Dictionary(Self.fields.map { ($0, Value.text("new")) }) { first, _ in first }
            if isPulled {
                bench.account.edit("contacts", try bench.remoteID(of: record.id), values)
            } else {
                try bench.edit(record.id, values)
            }
        }
        let counts = try await bench.sync().counts
        #expect((isPulled ? counts.updatedLocally : counts.updatedRemotely) == 5)
    }

    /// Four contacts of thirty are no reason to stop the one company of two that changes as well.
    @Test func anObjectIsHeldAgainstItsOwnLinks() async throws {
        let bench = try await self.bench()
        for record in try bench.contacts().prefix(4) { try bench.edit(record.id, ["city": "new"]) }
        let company = try #require(bench.account.ids("companies").first)
        bench.account.edit("companies", company, ["name": "new"])
        let counts = try await bench.sync().counts
        #expect(counts.updatedRemotely == 4 && counts.updatedLocally == 1)
    }

    /// Six of thirty may change in a day; who syncs each minute has many runs in between.
    @Test func theDayIsADayHoweverManyRunsItHas() async throws {
        let bench = try await self.bench()
        let records = try bench.contacts()
        for record in records.prefix(6) { try bench.edit(record.id, ["city": "new"]) }
        try await bench.sync()
        let now = bench.clock.now
        try bench.store.write { transaction in
            let connection = try transaction.connection("crm")?.number
            for _ in 0..<700 {
                let run = try transaction.startRun(connection, kind: "sync", at: now)
                try transaction.endRun(run, .done, counts: ["unchanged": 1], requests: 1, at: now)
            }
        }
        try bench.edit(records[6].id, ["city": "new"])
        await #expect(throws: SyncError.self) { try await bench.sync() }
    }

    /// Each of several processes writes less than the breaker lets pass, and is killed before its run ends.
    @Test func whatAKilledRunWroteCountsForTheDay() async throws {
        var bench = try await self.bench()
        let records = try bench.contacts()
        for record in records.prefix(6) { try bench.edit(record.id, ["city": "new"]) }
        let writes = bench.account.with { $0.writes }
        let account = bench.account
        // Dead with the first statement after the write.
        bench.process = bench.store.handle {
            guard account.with({ $0.writes }) == writes else { throw CancellationError() }
        }
        await #expect(throws: (any Error).self) { try await bench.sync() }
        #expect(bench.account.with { $0.writes } == writes + 6)
        bench.process = nil
        try bench.edit(records[6].id, ["city": "new"])
        let error = await #expect(throws: SyncError.self) { try await bench.sync() }
        #expect(error?.breaker?.count == 7)
    }

    @Test func whatTrippedIsToldInNumbers() async throws {
        let bench = try await self.bench()
        for record in try bench.contacts().prefix(8) { try bench.edit(record.id, ["city": "new", "phone": "new"]) }
        let error = await #expect(throws: SyncError.self) { try await bench.sync() }
        #expect(error?.breaker == TrippedBreaker(kind: .overwrites, count: 8, written: 0, links: 30, share: 0.2))
        #expect(bench.account.with { $0.writes } == 0)
    }
}
