import Connectors
import Mapping
import Planning
import Records
import RelaisTesting
import Store
import Synchronization
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

    /// What a stopped run did before it was stopped stands, and `runs show` is where people look for it.
    @Test func aStoppedRunTellsWhatItDid() async throws {
        let bench = try await self.bench()
        bench.account.edit("companies", nil, ["domain": "new.com", "name": "New"])
        let company = try #require(bench.account.ids("companies").first)
        bench.account.edit("companies", company, ["name": "Renamed"])
        for record in try bench.contacts().prefix(7) {
            bench.account.edit("contacts", try bench.remoteID(of: record.id), ["city": "new"])
        }
        let error = await #expect(throws: SyncError.self) { try await bench.sync() }
        #expect(error?.code == .breakerTripped)
        let run = try #require(try bench.store.read { try $0.runs(limit: 1) }.first)
        #expect(run.state == .failed)
        #expect(run.counts["created_locally"] == 1 && run.counts["updated_locally"] == 1, "\(run.counts)")
    }

    /// "A run that would surprise says so before it writes": the plan foresees the stop of the run, and no other.
    @Test(arguments: [true, false], [6, 7]) func aPlanForeseesTheBreakerThatStopsItsRun(
        isPulled: Bool,
        many: Int
    ) async throws {
        let bench = try await self.bench()
        for record in try bench.contacts().prefix(many) {
            if isPulled {
                bench.account.edit("contacts", try bench.remoteID(of: record.id), ["city": "new"])
            } else {
                try bench.edit(record.id, ["city": "new"])
            }
        }
        bench.clock.advance(by: .seconds(60))
        let foreseen = try await bench.syncer.plan().breakers
        guard many > 6 else {
            #expect(foreseen.isEmpty)
            try await bench.sync()
            return
        }
        let breaker = try #require(foreseen.first)
        #expect(foreseen.count == 1 && breaker.kind == .overwrites && breaker.object == "contact")
        #expect(breaker.planned == 7 && breaker.earlier == 0 && breaker.links == 30)
        let error = await #expect(throws: SyncError.self) { try await bench.sync() }
        #expect(error?.breaker?.kind == .overwrites)
    }

    /// What the day's other runs did counts for the plan as it does for the run.
    @Test func aPlanCountsTheDayBeforeIt() async throws {
        let bench = try await self.bench()
        let records = try bench.contacts()
        for record in records.prefix(6) { try bench.edit(record.id, ["city": "new"]) }
        try await bench.sync()
        try bench.edit(records[6].id, ["phone": ""])
        try bench.edit(records[7].id, ["city": "new"])
        bench.clock.advance(by: .seconds(60))
        let foreseen = try #require(try await bench.syncer.plan().breakers.first)
        #expect(foreseen.kind == .overwrites && foreseen.planned == 1 && foreseen.earlier == 6)
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

    /// Thirty people of the CRM, who are here although the first sync was never finished.
    private func unfinished(isApproved: Bool) async throws -> SyncBench {
        var bench = try SyncBench(
            mappings: [SyncBench.contacts(delete: DeleteSwitches(pull: .archive, push: .archive))],
            approved: false
        )
        bench.breaker = Breaker(floor: 3, share: 0.2)
        for number in 0..<30 { bench.account.edit("contacts", nil, ["email": .text(Text("p\(number)@x.org"))]) }
        bench.clock.advance(by: .seconds(60))
        guard isApproved else {
            _ = try await bench.syncer.sync(approvedBy: "ada", through: Everything())
            return bench
        }
        // Each process comes a step further than the one before, until all are here.
        for limit in 20..<200 where try bench.contacts().count < 30 {
            let steps = Mutex(0)
            bench.process = bench.store.handle {
                try steps.withLock { count in
                    count += 1
                    if count > limit { throw CancellationError() }
                }
            }
            _ = try? await bench.syncer.sync(approvedBy: "ada")
        }
        bench.process = nil
        try #require(try bench.store.read { try $0.connection("crm")?.firstSyncDoneAt } == nil)
        return bench
    }

    private struct Everything: ChangeGate {
        func admits(_ changes: [PlannedChange]) -> Bool { true }
    }

    /// A first sync is interrupted; what is deleted in the CRM meanwhile was in no plan that anybody approved.
    @Test func deletionsThatNoApprovedPlanShowedAreStoppedInAFirstSyncToo() async throws {
        let bench = try await self.unfinished(isApproved: true)
        for id in bench.account.ids("contacts").prefix(12) { bench.account.setArchived("contacts", id, true) }
        bench.clock.advance(by: .seconds(60))
        let error = await #expect(throws: SyncError.self) { _ = try await bench.syncer.sync(approvedBy: "ada") }
        #expect(error?.breaker?.kind == .deletes)
        #expect(try bench.contacts().count > 24)
        _ = try await bench.syncer.sync(approvedBy: "ada", allowing: [.deletes])
        #expect(try bench.contacts().count == 18)
    }

    @Test func deletionsThatTheApprovedPlanShowedGoThrough() async throws {
        let bench = try await self.unfinished(isApproved: false)
        #expect(try bench.contacts().count == 30)
        for id in bench.account.ids("contacts").prefix(12) { bench.account.setArchived("contacts", id, true) }
        bench.clock.advance(by: .seconds(60))
        #expect(try await bench.syncer.plan().counts.deletedLocally == 12)
        _ = try await bench.syncer.sync(approvedBy: "ada")
        #expect(try bench.contacts().count == 18)
        // Nor do they count for the day that follows.
        let last = try #require(bench.account.ids("contacts").last)
        bench.account.setArchived("contacts", last, true)
        _ = try await bench.syncer.sync()
        #expect(try bench.contacts().count == 17)
    }

    /// Two kinds are too many at once: whoever allows the one is told to allow both, or they would take turns for ever.
    @Test func whoeverAllowsOneKindIsToldToAllowBoth() async throws {
        let bench = try await self.bench()
        let records = try bench.contacts()
        for record in records.prefix(8) {
            bench.account.edit("contacts", try bench.remoteID(of: record.id), ["city": "new"])
        }
        for record in records.suffix(8) { try bench.edit(record.id, ["phone": .null]) }
        var allowed: Set<Breaker.Kind> = []
        var options: [String] = []
        for _ in 0..<3 {
            bench.clock.advance(by: .seconds(60))
            do {
                _ = try await bench.syncer.sync(allowing: allowed)
            } catch let error as SyncError {
                let breaker = try #require(error.breaker)
                #expect("\(error)".hasSuffix("run `relais sync crm \(breaker.option)`"))
                options.append(breaker.option)
                allowed = breaker.allowed.union([breaker.kind])
            }
        }
        #expect(options == ["--allow overwrites", "--allow blanks --allow overwrites"])
        for record in records.prefix(8) { #expect(try bench.value(record.id, "city") == "new") }
        for record in records.suffix(8) {
            let remote = try #require(try bench.remoteID(of: record.id))
            #expect(bench.account.value("contacts", remote, "phone").isBlank)
        }
    }

    @Test func whatTrippedIsToldInNumbers() async throws {
        let bench = try await self.bench()
        for record in try bench.contacts().prefix(8) { try bench.edit(record.id, ["city": "new", "phone": "new"]) }
        let error = await #expect(throws: SyncError.self) { try await bench.sync() }
        #expect(
            error?.breaker
                == TrippedBreaker(kind: .overwrites, count: 8, written: 0, links: 30, share: 0.2, allowed: [])
        )
        #expect(bench.account.with { $0.writes } == 0)
    }
}
