import Mapping
import Records
import RelaisTesting
import Store
import SyncEngine
import Testing

/// R7 and R13: one bad record stops nobody else, and unique values change hands in the right order.
@Suite struct RulePoisonTests {
    private func people(_ count: Int) async throws -> (SyncBench, [RecordID], [Text]) {
        let bench = try SyncBench()
        let remote = (0..<count).map { number in
            bench.account.edit(
                "contacts",
                nil,
                ["email": .text("p\(number)@example.com"), "first_name": .text("P\(number)")]
            )
        }
        try await bench.sync()
        let records = try bench.contacts()
        let local = try remote.map { id in
            try #require(try records.first { try bench.remoteID(of: $0.id) == id }?.id)
        }
        bench.account.with { state in
            // As HubSpot does: an address that another contact has is refused.
            state.habits.keepsUnique = ["email"]
        }
        return (bench, local, remote)
    }

    /// A value that our side cannot hold in a page of many.
    @Test func aRecordThatCannotBeStoredIsSetAsideAndTheOthersGoOn() async throws {
        let bench = try SyncBench()
        for number in 0..<20 { bench.account.edit("contacts", nil, ["email": .text("p\(number)@example.com")]) }
        let poison = bench.account.edit("contacts", nil, ["email": "bad@example.com", "city": .number(7)])
        for number in 20..<40 { bench.account.edit("contacts", nil, ["email": .text("p\(number)@example.com")]) }
        let report = try await bench.sync()
        #expect(report.counts.createdLocally == 40)
        #expect(report.counts.quarantined == 1)
        let aside = try bench.store.read { try $0.quarantined(limit: 9).map(\.remote) }
        #expect(aside == [poison])
        // Mended in the CRM, it comes in.
        bench.account.edit("contacts", poison, ["city": "Paris"])
        try await bench.sync()
        #expect(try bench.contacts().count == 41)
    }

    /// Ada takes Bob's address, Bob takes a new one: in one batch Ada must not be refused.
    @Test func anAddressThatChangesHandsIsFreedFirst() async throws {
        let (bench, local, remote) = try await self.people(3)
        try bench.edit(local[0], ["email": "p1@example.com"])
        try bench.edit(local[1], ["email": "p2@example.com"])
        try bench.edit(local[2], ["email": "new@example.com"])
        try await bench.sync()
        let now = remote.map { bench.account.value("contacts", $0, "email") }
        #expect(now == ["p1@example.com", "p2@example.com", "new@example.com"])
        let quiet = try await bench.sync()
        #expect(quiet.counts.localWrites + quiet.counts.remoteWrites == 0)
        #expect(quiet.counts.fieldsRejected == 0)
    }

    /// Two addresses are swapped: one after the other is refused, so they are parked together, and the rest goes on.
    @Test func aSwapIsParkedTogetherAndTheRestGoesOn() async throws {
        let (bench, local, remote) = try await self.people(2)
        try bench.edit(local[0], ["email": "p1@example.com", "city": "Paris"])
        try bench.edit(local[1], ["email": "p0@example.com", "city": "Nice"])
        let report = try await bench.sync()
        #expect(report.counts.fieldsRejected == 2)
        #expect(remote.map { bench.account.value("contacts", $0, "city") } == ["Paris", "Nice"])
        let holds = try bench.store.read { transaction in
            try transaction.holds(#require(try transaction.connection("crm")?.number), limit: 9)
        }
        #expect(holds.count == 2)
        for hold in holds {
            let other = hold.record == local[0] ? remote[1] : remote[0]
            #expect(hold.detail.contains("swapped with \(other.string)"))
        }
        let quiet = try await bench.sync()
        #expect(quiet.counts.localWrites + quiet.counts.remoteWrites == 0)
        // Swapped there too, both agree.
        bench.account.edit("contacts", remote[0], ["email": "p1@example.com"])
        bench.account.edit("contacts", remote[1], ["email": "p0@example.com"])
        for _ in 0..<2 { try await bench.sync() }
        #expect(try await bench.sync().counts.fieldsRejected == 0)
        #expect(try local.map { try bench.value($0, "email") } == ["p1@example.com", "p0@example.com"])
    }

    /// The same in the CRM: both links stay where they are.
    @Test func aSwapInTheCRMKeepsTheLinks() async throws {
        let (bench, local, remote) = try await self.people(2)
        bench.account.edit("contacts", remote[0], ["email": "p1@example.com"])
        bench.account.edit("contacts", remote[1], ["email": "p0@example.com"])
        try await bench.sync()
        #expect(try local.map { try bench.value($0, "email") } == ["p1@example.com", "p0@example.com"])
        #expect(try local.map { try bench.remoteID(of: $0) } == remote)
        #expect(try bench.contacts().count == 2)
    }
}
