import Connectors
import Mapping
import Planning
import Records
import RelaisTesting
import Store
import SyncEngine
import Testing

/// Writes of which it cannot be told at once what became of them.
extension SimulationFindingTests {
    /// Linked to a contact in Paris, in a CRM that gives histories and answers without values.
    private func linked(
        _ city: MappingField = MappingField(
            local: "city",
            remote: "city",
            onConflict: .preferLocal,
            fingerprint: "city"
        )
    ) async throws -> (bench: SyncBench, local: RecordID, remote: Text) {
        let bench = try SyncBench(mappings: [SyncBench.contacts(city)], lostUpdate: .detected)
        let remote = bench.account.edit("contacts", nil, ["email": "ada@example.com", "city": "Paris"])
        try await bench.sync()
        bench.account.with { $0.habits.answersWithoutValues = true }
        // A CRM that counts whole seconds only could not tell who was first.
        bench.clock.advance(by: .milliseconds(7))
        return (bench, try #require(try bench.contacts().first?.id), remote)
    }

    /// A value came into the CRM without a trace in its history, as by a merge, and it is the CRM's form of ours: our write
    /// changes nothing there.
    @Test func whatTheCRMTookAndDidNotChangeIsNotSentAgain() async throws {
        let (bench, ada, remote) = try await self.linked()
        try bench.edit(ada, ["city": "Lyon"])
        bench.account.with { state in
            state.habits.normalise = { name, value in name == "city" && value == "Lyon" ? "69000" : value }
            state.objects["contacts"]?[remote]?.values["city"] = "69000"
            state.objects["contacts"]?[remote]?.version += 1_000
        }
        #expect(try await bench.sync(after: .seconds(60)).counts.unknown == 1)
        let writes = bench.account.with { $0.writes }
        let report = try await bench.sync(after: .seconds(60))
        #expect(report.counts.unknown == 0 && report.counts.fieldsRejected == 1)
        for _ in 0..<2 { try await bench.sync(after: .seconds(60)) }
        #expect(bench.account.with { $0.writes } == writes)
        #expect(try bench.value(ada, "city") == "Lyon")
        let holds = try bench.store.read { transaction in
            try transaction.links(of: ada).flatMap { try transaction.holds($0.key.connection, limit: 10) }
        }
        #expect(holds.map(\.reason) == [.ignored])
    }

    /// The history could not be asked for at once; nobody touched the record since the version that the answer gave.
    @Test func theVersionThatAnAnswerGaveIsKnownToTheNextRun() async throws {
        let (bench, ada, remote) = try await self.linked()
        try bench.edit(ada, ["city": "Lyon"])
        bench.account.with { state in
            state.habits.normalise = { name, value in name == "city" && value == "Lyon" ? "69000" : value }
            state.onHistory = { RemoteHistory(record: $0.record, versions: [:]) }
        }
        #expect(try await bench.sync(after: .seconds(60)).counts.unknown == 1)
        for _ in 0..<2 { try await bench.sync(after: .seconds(60)) }
        #expect(try bench.value(ada, "city") == "Lyon")
        #expect(bench.account.value("contacts", remote, "city") == "69000")
        #expect(try bench.conflicts(.settled).isEmpty)
    }

    /// The answer was lost, and somebody had typed just before our write: what the CRM made of ours is known by who wrote it.
    @Test func aFormOfOursThatNobodyTypedIsOursWithoutAnAnswer() async throws {
        let mapping = try SyncBench.mapping(fields: ["{ local: score, remote: score, on_conflict: prefer_local }"])
        let bench = try SyncBench(mappings: [mapping], lostUpdate: .detected)
        let remote = bench.account.edit("contacts", nil, ["email": "ada@example.com", "score": .number(10)])
        try await bench.sync()
        let ada = try #require(try bench.contacts().first?.id)
        let exact = Value.number(try #require(Number("444.375")))
        try bench.edit(ada, ["score": exact])
        bench.account.with { state in
            state.habits.normalise = { name, value in name == "score" && value == exact ? .number(444) : value }
            state.faults = [.loseAnswer]
            state.beforeWrite = { state in
                let now = state.objects["contacts"]?[remote]?.version ?? 0
                state.objects["contacts"]?[remote]?
                    .write(["score": .number(448)], by: "CRM_UI userId:7", at: now + 1_000)
                state.beforeWrite = nil
            }
        }
        for _ in 0..<3 { try await bench.sync(after: .seconds(60)) }
        #expect(try bench.value(ada, "score") == exact)
        #expect(bench.account.value("contacts", remote, "score") == .number(444))
        #expect(try bench.conflicts(.settled).map(\.about.remote) == [.number(448)])
    }

    /// A person may type what the CRM would have made of ours: theirs stands, and ours is in the log.
    @Test func aFormOfOursThatAPersonTypedIsTheirs() async throws {
        let (bench, ada, remote) = try await self.linked()
        try bench.edit(ada, ["city": "Lyon"])
        bench.account.with { state in
            state.faults = [.loseRequest]
            state.afterWrite = nil
        }
        bench.account.atMoments { [account = bench.account] _ in
            account.with { state in
                guard state.faults.isEmpty, state.objects["contacts"]?[remote]?.values["city"] == "Paris" else {
                    return
                }
                let now = state.objects["contacts"]?[remote]?.version ?? 0
                state.objects["contacts"]?[remote]?.write(["city": "lyon"], by: "CRM_UI userId:7", at: now + 1_000)
            }
        }
        for _ in 0..<3 { try await bench.sync(after: .seconds(60)) }
        #expect(try bench.value(ada, "city") == "lyon")
        #expect(try bench.conflicts(.settled).map(\.about.local) == ["Lyon"])
    }
}
