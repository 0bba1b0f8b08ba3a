import Connectors
import Planning
import Records
import RelaisTesting
import Store
import SyncEngine
import Synchronization
import Testing

extension SimulationFindingTests {
    /// R4, R7: a record was made in the CRM and could not be read back yet; another one of ours has the same role's address,
    /// under which the CRM finds it.
    @Test func whatWasMadeForAnotherIsNotTakenForOnesOwn() async throws {
        let bench = try SyncBench()
        let ada = try bench.edit(nil, ["email": "info@example.com", "phone": "1", "first_name": "Ada"])
        bench.account.with { $0.faults = [.loseRequest] }
        _ = try? await bench.sync()
        let eve = try bench.edit(nil, ["email": "info@example.com", "phone": "2", "first_name": "Eve"])
        let moments = Counter()
        bench.account.with { state in
            state.afterWrite = { state in
                state.habits.damaged = Set((state.objects["contacts"] ?? [:]).keys)
                state.afterWrite = nil
            }
        }
        // Nothing can be made out of the first read after it was made.
        bench.account.atMoments { [account = bench.account] _ in
            account.with { state in
                if !state.habits.damaged.isEmpty, moments.next() == 3 { state.habits.damaged = [] }
            }
        }
        try await bench.sync(after: .seconds(600))
        for _ in 0..<2 { try await bench.sync(after: .seconds(600)) }
        let remote = try #require(bench.account.ids("contacts").first)
        #expect(bench.account.value("contacts", remote, "first_name") == "Ada")
        #expect(try bench.value(eve, "first_name") == "Eve")
        let links = try bench.store.read { try [$0.links(of: ada).count, $0.links(of: eve).count] }
        #expect(links == [1, 0])
    }
}

extension SimulationFindingTests {
    /// S1: somebody typed within the millisecond in which our write arrived, so that the record has the version of our write.
    @Test func whatWasTypedInTheSameMillisecondIsNotOurs() async throws {
        let bench = try SyncBench(lostUpdate: .detected)
        let remote = bench.account.edit("contacts", nil, ["email": "ada@example.com", "city": "Paris"])
        try await bench.sync()
        let ada = try #require(try bench.contacts().first?.id)
        try bench.edit(ada, ["city": "Lyon"])
        bench.account.with { state in
            state.habits.answersWithoutValues = true
            state.afterWrite = { state in
                guard var record = state.objects["contacts"]?[remote] else { return }
                let version = RemoteVersion(value: "Nice", at: Instant(microseconds: record.version), by: "person:bob")
                record.values["city"] = "Nice"
                record.history["city", default: []].insert(version, at: 0)
                state.objects["contacts"]?[remote] = record
            }
        }
        try await bench.sync(after: .milliseconds(60_123))
        bench.account.with { $0.afterWrite = nil }
        for _ in 0..<2 { try await bench.sync(after: .seconds(600)) }
        #expect(bench.account.value("contacts", remote, "city") == "Nice")
        #expect(try bench.value(ada, "city") == "Nice")
    }
}

/// Counts.
private final class Counter: Sendable {
    private let count = Mutex(0)

    func next() -> Int {
        self.count.withLock { count in
            count += 1
            return count
        }
    }
}

/// Values that the CRM keeps in a form of its own, and does not tell in the answer to a write.
extension SimulationFindingTests {
    private func linkedToALowerCaseCRM(
        _ protection: LostUpdateProtection
    ) async throws -> (
        bench: SyncBench, local: RecordID, remote: Text
    ) {
        let bench = try SyncBench(lostUpdate: protection)
        let remote = bench.account.edit("contacts", nil, ["email": "ada@example.com", "city": "paris"])
        try await bench.sync()
        bench.account.with { state in
            state.habits.answersWithoutValues = true
            state.habits.normalise = { name, value in name == "city" && value == "Lyon" ? "lyon" : value }
        }
        // A CRM that counts whole seconds only could not tell who was first.
        bench.clock.advance(by: .milliseconds(7))
        return (bench, try #require(try bench.contacts().first?.id), remote)
    }

    /// R1: nobody touched the record since the version that the answer gave, so that what is read is what became of ours.
    @Test func theCRMsFormOfAValueIsNobodysEditWhereNobodyTouchedTheRecord() async throws {
        let (bench, ada, remote) = try await self.linkedToALowerCaseCRM(.none)
        try bench.edit(ada, ["city": "Lyon"])
        try await bench.sync(after: .seconds(60))
        #expect(bench.account.value("contacts", remote, "city") == "lyon")
        #expect(try bench.value(ada, "city") == "Lyon")
        #expect(try bench.conflicts(.settled).isEmpty)
        let quiet = try await bench.sync()
        #expect(quiet.counts.localWrites + quiet.counts.remoteWrites == 0)
    }

    /// The same of a record that was made just now.
    @Test func theCRMsFormOfANewRecordIsNobodysEdit() async throws {
        let (bench, _, _) = try await self.linkedToALowerCaseCRM(.none)
        let eve = try bench.edit(nil, ["email": "eve@example.com", "city": "Lyon"])
        try await bench.sync(after: .seconds(60))
        #expect(try bench.value(eve, "city") == "Lyon")
        #expect(try bench.conflicts(.settled).isEmpty)
    }

    /// R2: what our write replaced is found although the history holds ours in the CRM's form.
    @Test func whatAWriteInTheCRMsFormReplacedIsInTheConflictLog() async throws {
        let (bench, ada, remote) = try await self.linkedToALowerCaseCRM(.detected)
        try bench.edit(ada, ["city": "Lyon"])
        bench.account.with { state in
            state.beforeWrite = { state in
                let now = state.objects["contacts"]?[remote]?.version ?? 0
                state.objects["contacts"]?[remote]?.write(["city": "Nice"], by: "CRM_UI userId:7", at: now + 1_000)
                state.beforeWrite = nil
            }
        }
        let report = try await bench.sync(after: .seconds(60))
        #expect(report.counts.overwrittenUnseen == 1)
        #expect(try bench.conflicts(.settled).map(\.about.remote) == ["Nice"])
        #expect(try bench.value(ada, "city") == "Lyon")
        #expect(bench.account.value("contacts", remote, "city") == "lyon")
    }

    /// Somebody who changed another field since may have changed this one too: theirs stands, and ours is in the log.
    @Test func aRecordThatSomebodyTouchedSinceIsNotTakenForOurs() async throws {
        let (bench, ada, remote) = try await self.linkedToALowerCaseCRM(.none)
        try bench.edit(ada, ["city": "Lyon"])
        bench.account.with { state in
            state.afterWrite = { state in
                state.objects["contacts"]?[remote]?.values["city"] = "Nice"
                state.objects["contacts"]?[remote]?.version += 1_000
                state.afterWrite = nil
            }
        }
        try await bench.sync(after: .seconds(60))
        #expect(try bench.value(ada, "city") == "Nice")
        #expect(try bench.conflicts(.settled).map(\.about.local) == ["Lyon"])
    }
}
