import Connectors
import Records
import RelaisTesting
import Store
import SyncEngine
import Synchronization
import Testing

/// People edit on both sides while a sync runs: before and after each request, one moment after the other.
///
/// What is read, decided and written here is one transaction, so that a plan never works on a value that somebody has
/// replaced; what goes to the CRM is settled against the version that it was made from.
@Suite struct InterleavingTests {
    /// A bench with one contact on both sides, whose policy and write protection are given.
    private func bench(_ policy: String, _ lostUpdate: LostUpdateProtection) async throws -> (SyncBench, RecordID, Text)
    {
        let field = "{ local: city, remote: city, initial: prefer_local, on_conflict: \(policy) }"
        let bench = try SyncBench(mappings: [try SyncBench.mapping(fields: [field])], lostUpdate: lostUpdate)
        let remote = bench.account.edit("contacts", nil, ["email": "ada@example.com", "city": "Paris"])
        try await bench.sync()
        return (bench, try #require(try bench.contacts().first?.id), remote)
    }

    /// The values that are neither in force nor in the conflict log once all is quiet.
    private func lost(_ values: [Value], _ bench: SyncBench, _ ada: RecordID, _ remote: Text) async throws -> [Value] {
        for _ in 0..<4 { try await bench.sync(after: .seconds(600)) }
        let about = try (bench.conflicts(.open) + bench.conflicts(.settled)).map(\.about)
        let known =
            try [bench.value(ada, "city"), bench.account.value("contacts", remote, "city")]
            + about.flatMap { [$0.local, $0.remote] }
        return values.filter { !known.contains($0) }
    }

    private func isQuiet(_ bench: SyncBench, _ ada: RecordID, _ remote: Text) async throws -> Bool {
        let report = try await bench.sync(after: .seconds(600))
        let isSame = try bench.value(ada, "city") == bench.account.value("contacts", remote, "city")
        return try report.counts.localWrites + report.counts.remoteWrites == 0
            && (isSame || !bench.conflicts(.open).isEmpty)
    }

    private static let policies = ["newest", "prefer_local", "prefer_remote", "manual"]

    /// R1: a local edit at any moment of a sync that brings a change of the CRM.
    @Test(arguments: Self.policies, [LostUpdateProtection.window, .none])
    func aLocalEditAtAnyMomentOfAPullIsNotOverwrittenUnseen(
        policy: String,
        lostUpdate: LostUpdateProtection
    ) async throws {
        var moment = 0
        var isPassed = true
        while isPassed {
            moment += 1
            let (bench, ada, remote) = try await self.bench(policy, lostUpdate)
            bench.account.edit("contacts", remote, ["city": "Nice"])
            isPassed = try await self.run(bench, at: moment) { _ = try? bench.edit(ada, ["city": "Lyon"]) }
            guard isPassed else { break }
            let lost = try await self.lost(["Nice", "Lyon"], bench, ada, remote)
            #expect(lost.isEmpty, "\(lost) is lost, edited at moment \(moment)")
            #expect(try await self.isQuiet(bench, ada, remote), "restless after moment \(moment)")
        }
        #expect(moment > 2)
    }

    /// The same while an earlier local edit is on its way to the CRM: a later one of the same person may replace it.
    @Test(arguments: Self.policies, [LostUpdateProtection.window, .none])
    func aLocalEditAtAnyMomentOfAPushIsNotTakenForAgreed(policy: String, lostUpdate: LostUpdateProtection) async throws
    {
        var moment = 0
        var isPassed = true
        while isPassed {
            moment += 1
            let (bench, ada, remote) = try await self.bench(policy, lostUpdate)
            bench.account.with { $0.habits.answersWithoutValues = true }
            try bench.edit(ada, ["city": "Lyon"])
            isPassed = try await self.run(bench, at: moment) { _ = try? bench.edit(ada, ["city": "Lille"]) }
            guard isPassed else { break }
            #expect(try await self.lost(["Lille"], bench, ada, remote).isEmpty, "edited at moment \(moment)")
            #expect(bench.account.value("contacts", remote, "city") == "Lille", "edited at moment \(moment)")
        }
        #expect(moment > 6)
    }

    /// R2: an edit in the CRM at any moment of a push, with and without another one here at any other.
    ///
    /// Writes are conditional, so that there is no window in which an edit is overwritten unseen. What the person there
    /// types over is what they saw.
    @Test(arguments: Self.policies)
    func anEditInTheCRMAtAnyMomentOfAPushIsNotOverwritten(policy: String) async throws {
        var remoteMoment = 0
        var isPassed = true
        while isPassed {
            remoteMoment += 1
            var (localMoment, count) = (0, Int.max)
            while localMoment <= count {
                let (at, here) = (remoteMoment, localMoment)
                let (bench, ada, remote) = try await self.bench(policy, .none)
                bench.account.with { $0.habits.answersWithoutValues = true }
                try bench.edit(ada, ["city": "Lyon"])
                let seen = Mutex<Value>(.absent)
                count = try await self.moments(of: bench) { moment in
                    if moment == at {
                        seen.withLock { $0 = bench.account.value("contacts", remote, "city") }
                        bench.account.edit("contacts", remote, ["city": "Nice"])
                    }
                    if moment == here { _ = try? bench.edit(ada, ["city": "Lille"]) }
                }
                isPassed = count >= at
                guard isPassed else { break }
                let values: [Value] = here == 0 || here > count ? ["Nice", "Lyon"] : ["Nice", "Lille"]
                let lost = try await self.lost(values, bench, ada, remote).filter { $0 != seen.withLock(\.self) }
                #expect(lost.isEmpty, "\(lost) is lost, edited there at \(at), here at \(here)")
                localMoment += 1
            }
        }
        #expect(remoteMoment > 6)
    }

    /// Syncs once with an edit at a moment; false if the sync has not so many.
    private func run(_ bench: SyncBench, at moment: Int, _ edit: @escaping @Sendable () -> Void) async throws -> Bool {
        try await self.moments(of: bench) { if $0 == moment { edit() } } >= moment
    }

    /// Syncs once with somebody who acts at moments; returns how many there were.
    private func moments(of bench: SyncBench, _ act: @escaping @Sendable (Int) -> Void) async throws -> Int {
        bench.account.atMoments(act)
        try await bench.sync(after: .seconds(600))
        return bench.account.endMoments()
    }
}
