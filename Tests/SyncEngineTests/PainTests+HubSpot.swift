import FakeCRM
import Records
import RelaisTesting
import Store
import SyncEngine
import Testing

/// Pains that need a whole CRM: its batches, its index, its formats, its associations.
extension PainTests {
    /// 8: a date moved by a day on its way there or back.
    @Test(.timeLimit(.minutes(2)), arguments: ["2026-03-29", "2026-10-25", "2026-01-01", "2000-02-29"])
    func pain08ADateMovedByADay(day: String) async throws {
        let bench = try HubSpotBench()
        try await bench.connect()
        let date = try #require(CalendarDate(day))
        let deal = try bench.edit(
            "deal",
            nil,
            ["name": "Bread", "stage": "qualified", "pipeline": "default", "close_date": .date(date)]
        )
        for _ in 0..<3 { try await bench.sync() }
        let remote = try #require(bench.crm.ids(.deals).first)
        #expect(bench.crm.value(.deals, remote, "closedate")?.hasPrefix(day) ?? false)
        #expect(try bench.records("deal").first { $0.id == deal }?["close_date"] == .date(date))
        // A time of that day, as a person's calendar leaves it, is the same day.
        try bench.crm.edit(.deals, remote, set: ["closedate": "\(day)T23:59:59Z", "dealname": "More bread"], by: 0)
        for _ in 0..<2 { try await bench.sync() }
        #expect(try bench.records("deal").first?["close_date"] == .date(date))
        #expect(try bench.records("deal").first?["name"] == "More bread")
    }

    /// 10 and 9: a batch that the CRM refuses in part, with an answer for each input, leaves nobody behind.
    @Test(.timeLimit(.minutes(2)))
    func pain09TheGoodOnesOfAPartialBatchWereLost() async throws {
        let bench = try HubSpotBench()
        try await bench.connect()
        for number in 0..<30 {
            let email = number == 11 ? "not an address" : "a\(number)@bakery.example"
            try bench.edit("contact", nil, ["email": .text(email), "last_name": .text("No \(number)")])
        }
        try await bench.sync()
        // The refused address is parked, and the contact is made without it.
        #expect(bench.crm.ids(.contacts).count == 30)
        let report = try await bench.sync()
        #expect(report.counts.fieldsRejected == 1 && report.counts.quarantined == 0)
    }

    /// 14: a record that was deleted in the CRM was synced on as if nothing had happened.
    @Test(.timeLimit(.minutes(2)))
    func pain14ADeletedRecordWentUnnoticed() async throws {
        let bench = try HubSpotBench(population: HubSpotBench.population(seed: 4, contacts: 8, companies: 0, deals: 0))
        try await bench.connect()
        try await bench.sync()
        let gone = try #require(bench.crm.ids(.contacts).first)
        try bench.crm.archive(.contacts, gone)
        bench.crm.resetStats()
        for _ in 0..<2 { try await bench.sync(after: .seconds(3700)) }
        let told = try bench.store.read { transaction in
            try transaction.runs(limit: 2).contains { run in
                ["missing_remotely", "deleted_locally"].contains { run.counts[$0, default: 0] > 0 }
            }
        }
        #expect(told)
        #expect(bench.crm.stats.recordWrites == 0, "nobody wrote to it or made it anew")
    }

    /// 18: a company that a person tied to a contact never arrived, because that does not touch the contact's time.
    @Test(.timeLimit(.minutes(2)))
    func pain18AnAssociationThatTouchesNoTimeWasMissed() async throws {
        let bench = try HubSpotBench(population: HubSpotBench.population(seed: 6, contacts: 60, companies: 2, deals: 0))
        try await bench.connect()
        for _ in 0..<2 { try await bench.sync() }
        let free = try #require(try bench.records("contact").first { $0["company"].isBlank })
        let remote = try #require(try self.remote(of: free, bench))
        try await bench.sync(after: .seconds(600))
        let company = try #require(bench.crm.ids(.companies).first)
        try bench.crm.associate(.contacts, remote, .companies, company)
        try await bench.sync(after: .seconds(600), reconciling: true)
        let found = try #require(try bench.records("contact").first { $0.id == free.id })
        #expect(!found["company"].isBlank)
    }

    /// 20: an owner whom the other side does not know was cleared, or became somebody else.
    @Test(.timeLimit(.minutes(2)))
    func pain20AnUnknownOwnerWasCleared() async throws {
        let population = HubSpotBench.population(seed: 5, contacts: 5, companies: 0, deals: 0)
        let bench = try HubSpotBench(population: population)
        try await bench.connect()
        try await bench.sync()
        let contact = try #require(try bench.records("contact").first { !$0["owner"].isBlank })
        let remote = try #require(try self.remote(of: contact, bench))
        let before = bench.crm.value(.contacts, remote, "hubspot_owner_id")
        try bench.edit("contact", contact.id, ["owner": "nobody@elsewhere.example"])
        for _ in 0..<2 { try await bench.sync() }
        #expect(bench.crm.value(.contacts, remote, "hubspot_owner_id") == before)
        #expect(try bench.records("contact").first { $0.id == contact.id }?["owner"] == "nobody@elsewhere.example")
        let report = try await bench.sync()
        #expect(report.counts.unmapped == 1 && report.counts.needsAttention)
    }

    private func remote(of record: StoredRecord, _ bench: HubSpotBench) throws -> Int64? {
        try bench.store.read { try $0.links(of: record.id) }.first.flatMap { Int64($0.key.remote.string) }
    }
}
