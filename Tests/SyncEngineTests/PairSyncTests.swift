import FakeCRM
import Records
import RelaisTesting
import Store
import SyncEngine
import Testing

/// A stage and its pipeline move together, under the mapping that comes with the project.
@Suite struct PairSyncTests {
    private static func bench() async throws -> (bench: HubSpotBench, deal: RecordID, remote: Int64) {
        let bench = try HubSpotBench()
        try await bench.connect()
        let deal = try bench.edit("deal", nil, ["name": "Bread", "stage": "qualified", "pipeline": "default"])
        for _ in 0..<2 { try await bench.sync() }
        return (bench, deal, try #require(bench.crm.ids(.deals).first))
    }

    private static func pair(_ bench: HubSpotBench) throws -> [Value?] {
        let deal = try #require(try bench.records("deal").first)
        return [deal["pipeline"], deal["stage"]]
    }

    @Test(.timeLimit(.minutes(2)))
    func aStageOfOursNeverGoesIntoAPipelineThatSomebodyChoseInTheCRM() async throws {
        let (bench, deal, remote) = try await Self.bench()
        try bench.crm.edit(.deals, remote, set: ["pipeline": "74925531", "dealstage": "145206351"], by: 0)
        try bench.edit("deal", deal, ["stage": "won", "name": "More bread"])
        for _ in 0..<3 { try await bench.sync() }
        #expect(bench.crm.value(.deals, remote, "pipeline") == "74925531")
        #expect(bench.crm.value(.deals, remote, "dealstage") == "145206351")
        #expect(bench.crm.value(.deals, remote, "dealname") == "More bread")
        // Nor does their pipeline stand beside our stage here.
        #expect(try Self.pair(bench) == ["default", "won"])
    }

    @Test(.timeLimit(.minutes(2)))
    func aPairThatTheCRMDoesNotHaveWaitsAndTheRestGoesOn() async throws {
        let (bench, deal, remote) = try await Self.bench()
        try bench.edit("deal", deal, ["pipeline": "74925531", "stage": "won", "name": "More bread"])
        let report = try await bench.sync()
        #expect(report.counts.fieldsRejected > 0)
        #expect(bench.crm.value(.deals, remote, "dealname") == "More bread")
        #expect(bench.crm.value(.deals, remote, "pipeline") == "default")
        #expect(bench.crm.value(.deals, remote, "dealstage") == "qualifiedtobuy")
        let quiet = try await bench.sync()
        #expect(quiet.counts.remoteWrites == 0)
        #expect(quiet.counts.fieldsRejected > 0)
        // Chosen again, it goes.
        try bench.edit("deal", deal, ["pipeline": "default", "stage": "lost"])
        for _ in 0..<2 { try await bench.sync() }
        #expect(bench.crm.value(.deals, remote, "dealstage") == "closedlost")
    }
}
