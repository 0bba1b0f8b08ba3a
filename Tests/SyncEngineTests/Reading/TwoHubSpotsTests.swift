import FakeCRM
import Records
import RelaisTesting
import Store
import SyncEngine
import Testing

/// R19 over the shipped manifest: two accounts of one product on one store.
@Suite struct TwoHubSpotsTests {
    private func sync(_ benches: [HubSpotBench]) async throws -> SyncRounds.Summary {
        benches[0].clock.advance(by: .seconds(60))
        return try await SyncRounds(benches.map(\.syncer), store: benches[0].store).run { syncer in
            try await syncer.sync()
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func r19TwoAccountsOfOneProductTellTheSameStory() async throws {
        let europe = try HubSpotBench(
            population: HubSpotBench.population(seed: 3, contacts: 12, companies: 3, deals: 2),
            connection: "hubspot-eu"
        )
        let america = try HubSpotBench(connection: "hubspot-us", beside: europe)
        let benches = [europe, america]
        for bench in benches { try await bench.connect() }
        for _ in 0..<3 { _ = try await self.sync(benches) }
        #expect(america.crm.ids(.contacts).count == europe.crm.ids(.contacts).count)
        #expect(america.crm.ids(.companies).count == europe.crm.ids(.companies).count)
        #expect(america.crm.ids(.deals).count == 2)
        let changed = try #require(america.crm.ids(.contacts).first)
        let ours = try #require(america.crm.value(.contacts, changed, "relais_id"))
        try america.crm.edit(.contacts, changed, set: ["jobtitle": "Countess"], by: 0)
        europe.clock.advance(by: .seconds(60))
        let before = (europe.crm.stats.recordWrites, america.crm.stats.recordWrites)
        let summary = try await self.sync(benches)
        #expect(summary.isSettled)
        let record = try #require(RecordID(ours))
        let twin = try europe.store.read { transaction in
            let connection = try #require(try transaction.connection("hubspot-eu")).number
            return try #require(try transaction.links(of: record).first { $0.key.connection == connection }).key.remote
        }
        #expect(europe.crm.value(.contacts, try #require(Int64(twin.string)), "jobtitle") == "Countess")
        // Once in the other account, and not back into the one it came from.
        #expect(europe.crm.stats.recordWrites - before.0 == 1 && america.crm.stats.recordWrites == before.1)
        _ = try await self.sync(benches)
        let writes = benches.map { $0.crm.stats.writeCount }
        let journal = try europe.store.read { try $0.journalEnd() }
        for _ in 0..<2 { #expect(try await self.sync(benches).rounds == 1) }
        #expect(benches.map { $0.crm.stats.writeCount } == writes)
        #expect(try europe.store.read { try $0.journalEnd() } == journal)
    }
}
