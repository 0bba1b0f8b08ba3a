import Connectors
import Records
import RelaisTesting
import Store
import SyncEngine
import Synchronization
import Testing

/// Two runs of one connection do not step on each other.
@Suite struct LeaseTests {
    private static func worker(_ name: String, dead: [String] = []) -> Worker {
        Worker(name: name) { dead.contains($0) }
    }

    private func bench(_ worker: Worker) throws -> SyncBench {
        var bench = try SyncBench()
        bench.adjust = { $0.worker = worker }
        return bench
    }

    /// Another process has the lease: as `relais serve` has it while somebody types `relais sync`.
    private func lock(_ bench: SyncBench, holder: String, for duration: Duration = .seconds(600)) throws -> Lease {
        try bench.store.write { transaction in
            let now = bench.clock.now
            let until = now.advanced(by: duration)
            return try #require(try transaction.acquireLease("sync:crm", holder: holder, at: now, until: until))
        }
    }

    @Test func theSecondOneSaysSoAndGoes() async throws {
        let bench = try self.bench(Self.worker("b"))
        bench.account.edit("contacts", nil, ["email": "ada@x.org"])
        _ = try self.lock(bench, holder: "a")
        let requests = bench.account.requestsMade
        let error = await #expect(throws: SyncError.self) { try await bench.sync() }
        #expect(error?.code == .alreadyRunning && error?.message.contains("(a)") ?? false)
        #expect(bench.account.requestsMade == requests, "nothing was asked of the CRM")
        #expect(try bench.contacts().isEmpty)
    }

    @Test func theLeaseOfADeadProcessIsTakenOverAtOnce() async throws {
        let bench = try self.bench(Self.worker("b", dead: ["a"]))
        let lease = try self.lock(bench, holder: "a")
        try await bench.sync()
        #expect(try bench.store.read { try $0.lease("sync:crm")?.epoch ?? 0 } == lease.epoch + 1)
        #expect(try !bench.store.read { try $0.isHeld(lease) })
    }

    @Test func aLeaseThatRanOutIsTakenOver() async throws {
        let bench = try self.bench(Self.worker("b"))
        _ = try self.lock(bench, holder: "a", for: .seconds(30))
        try await bench.sync(after: .seconds(31))
        #expect(try bench.store.read { try $0.runs(limit: 1)[0].state } == .done)
    }

    @Test func theNextRunFindsItFree() async throws {
        let bench = try self.bench(Self.worker("a"))
        try await bench.sync()
        var other = bench
        other.adjust = { $0.worker = Self.worker("b") }
        try await other.sync()
        bench.account.with { $0.accountID = "portal-2" }
        await #expect(throws: SyncError.self) { try await bench.sync() }
        bench.account.with { $0.accountID = "portal-1" }
        // A run that failed has given it back too.
        try await other.sync()
    }

    /// W2: a process that slept through the end of its lease wakes up and writes nothing more.
    @Test func whoLostTheLeaseWritesNothingMore() async throws {
        let bench = try self.bench(Self.worker("a"))
        let ada = try bench.edit(nil, ["email": "ada@x.org", "city": "Paris"])
        try await bench.sync()
        try bench.edit(ada, ["city": "Lyon"])
        // Between the reading just before the write and the settling of it, somebody else takes over.
        let (store, clock) = (bench.store, bench.clock)
        bench.account.with { state in
            state.afterWrite = { state in
                state.afterWrite = nil
                try? store.write { transaction in
                    let now = clock.now
                    _ = try transaction.acquireLease(
                        "sync:crm",
                        holder: "b",
                        at: now,
                        until: now.advanced(by: .seconds(600)),
                        from: "a"
                    )
                }
            }
        }
        let error = await #expect(throws: SyncError.self) { try await bench.sync() }
        #expect(error?.code == .leaseLost)
        // The write's answer was not settled: it is the new holder's to read back.
        let unsettled = try bench.store.read { transaction in
            try transaction.countOperations(try #require(try transaction.connection("crm")).number, in: .inFlight)
        }
        #expect(unsettled == 1)
        var other = bench
        other.adjust = { $0.worker = Self.worker("b") }
        try await other.sync()
        #expect(bench.account.value("contacts", bench.account.ids("contacts")[0], "city") == "Lyon")
        #expect(bench.account.with { $0.writes } == 2)
    }

    /// A run that takes longer than a lease keeps it, as long as it is heard of.
    @Test func aLongRunProlongsItsLease() async throws {
        let bench = try self.bench(Self.worker("a"))
        for number in 0..<5 {
            try bench.edit(nil, ["email": .text("a\(number)@x.org")])
        }
        let until = Mutex<[Instant]>([])
        let (store, clock) = (bench.store, bench.clock)
        bench.account.with { state in
            state.afterWrite = { _ in
                clock.advance(by: .seconds(400))
                let lease = try? store.read { try $0.lease("sync:crm") }
                until.withLock { $0.append(lease?.until ?? Instant(microseconds: 0)) }
            }
        }
        try await bench.sync()
        #expect(bench.account.ids("contacts").count == 5)
        #expect(try bench.store.read { try $0.lease("sync:crm")?.epoch } == 1)
    }
}
