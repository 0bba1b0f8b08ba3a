import Mapping
import Records
import RelaisTesting
import Store
import SyncEngine
import Synchronization
import Testing

/// Runs that carry out only some of a plan.
@Suite struct CarefulRunTests {
    /// Admits the changes that a closure admits.
    private struct Gate: ChangeGate {
        let admit: @Sendable (PlannedChange) -> Bool

        func admits(_ changes: [PlannedChange]) -> Bool { changes.allSatisfy(self.admit) }
    }

    /// The changes of a plan, in order.
    private final class Heard: Sendable {
        private let changes = Mutex<[PlannedChange]>([])

        var all: [PlannedChange] { self.changes.withLock { $0 } }

        func add(_ change: PlannedChange) { self.changes.withLock { $0.append(change) } }
    }

    private func plan(_ bench: SyncBench) async throws -> [PlannedChange] {
        let heard = Heard()
        _ = try await bench.syncer.plan { heard.add($0) }
        return heard.all
    }

    /// A bench with something to do of every kind.
    private func busy() async throws -> SyncBench {
        let bench = try SyncBench()
        let linked = bench.account.edit("contacts", nil, ["email": "linked@example.com", "city": "Paris"])
        try bench.edit(nil, ["email": "both@example.com", "city": "Rome"])
        try await bench.sync()
        bench.clock.advance(by: .seconds(60))
        bench.account.edit("contacts", linked, ["city": "Lyon"])
        bench.account.edit("contacts", nil, ["email": "new@example.com", "city": "Nice"])
        let both = try #require(try bench.contacts().first { $0["email"] == "both@example.com" })
        try bench.edit(both.id, ["city": "Milan"])
        try bench.edit(nil, ["email": "ours@example.com", "city": "Bonn"])
        bench.clock.advance(by: .seconds(60))
        return bench
    }

    @Test func aPlanTellsEveryChangeOfEveryKind() async throws {
        let bench = try await self.busy()
        let changes = try await self.plan(bench)
        let told = changes.map { "\($0.action.rawValue) \($0.fields.map { "\($0.name)=\($0.old)→\($0.new)" })" }
        #expect(
            Set(changes.map(\.action)) == [.createLocally, .updateLocally, .createRemotely, .updateRemotely],
            "\(told)"
        )
        #expect(changes.count == 4, "\(told)")
        #expect(try bench.contacts().count == 3)
        #expect(bench.account.with { $0.writes } == 1)
    }

    /// A record that is made in the CRM gets here what the mapping computes from it: that is counted before as after.
    @Test func aPlanCountsWhatComesBackFromNewRecords() async throws {
        let value = "remote.?city.orValue('') + ' (CRM)'"
        var bench = try SyncBench()
        bench.mappings = [
            try SyncBench.mapping(fields: ["{ local: city, remote: city }", "{ local: street, value: \"\(value)\" }"])
        ]
        try bench.edit(nil, ["email": "ours@example.com", "city": "Bonn"])
        let plan = try await bench.syncer.plan().counts
        let sync = try await bench.sync().counts
        #expect(try bench.contacts().map { $0["street"] } == ["Bonn (CRM)"])
        #expect(plan.createdRemotely == 1 && plan.updatedLocally == 1)
        #expect(sync.createdRemotely == 1 && sync.updatedLocally == 1)
    }

    /// Deleted here, edited there, and the mapping says that the edit wins: that brings a record back, which is a change.
    @Test func aRecordThatAnEditBringsBackIsAskedAboutToo() async throws {
        let delete = DeleteSwitches(pull: .archive, push: .archive, edited: .keep)
        let bench = try SyncBench(mappings: [SyncBench.contacts(delete: delete)])
        let remote = bench.account.edit("contacts", nil, ["email": "ada@example.com", "city": "Paris"])
        try await bench.sync()
        let ada = try #require(try bench.contacts().first?.id)
        try bench.store.write { transaction in
            let cause = Cause(actor: try transaction.actor("person:ada"), at: bench.clock.now)
            try transaction.delete(ada, cause: cause)
        }
        bench.clock.advance(by: .seconds(60))
        bench.account.edit("contacts", remote, ["city": "Lyon"])
        bench.clock.advance(by: .seconds(60))
        #expect(try await self.plan(bench).map(\.action).contains(.restoreLocally))
        _ = try await bench.syncer.sync(through: Gate { _ in false })
        #expect(try bench.contacts().isEmpty)
        try await bench.sync()
        #expect(try bench.contacts().map { $0["city"] } == ["Lyon"])
    }

    @Test func aPlanIsTheSameTwice() async throws {
        let bench = try await self.busy()
        let first = try await self.plan(bench)
        #expect(try await self.plan(bench) == first)
    }

    @Test(arguments: [PlannedChange.Action.createLocally, .updateLocally, .createRemotely, .updateRemotely])
    func onlyWhatIsAdmittedIsDoneAndTheRestWaits(action: PlannedChange.Action) async throws {
        let bench = try await self.busy()
        let report = try await bench.syncer.sync(through: Gate { $0.action == action })
        let counts = report.counts
        #expect(counts.createdLocally == (action == .createLocally ? 1 : 0))
        #expect(counts.updatedLocally == (action == .updateLocally ? 1 : 0))
        #expect(counts.createdRemotely == (action == .createRemotely ? 1 : 0))
        #expect(counts.updatedRemotely == (action == .updateRemotely ? 1 : 0))
        let left = try await self.plan(bench)
        #expect(left.count == 3)
        #expect(!left.contains { $0.action == action })
        // The next ordinary run does the rest, and the one after it finds nothing.
        let rest = try await bench.sync()
        #expect(rest.counts.localWrites + rest.counts.remoteWrites == 3)
        let quiet = try await bench.sync()
        #expect(quiet.counts.localWrites + quiet.counts.remoteWrites == 0)
        #expect(try bench.contacts().count == 4)
        #expect(bench.account.ids("contacts").count == 4)
    }

    @Test func aPlannedChangeWhoseRecordMovedIsNotMade() async throws {
        let bench = try await self.busy()
        let planned = Set(try await self.plan(bench))
        let both = try #require(try bench.contacts().first { $0["email"] == "both@example.com" })
        try bench.edit(both.id, ["city": "Turin"])
        let remote = try #require(try bench.remoteID(of: both.id))
        let report = try await bench.syncer.sync(through: Gate { planned.contains($0) })
        #expect(report.counts.updatedRemotely == 0)
        #expect(report.counts.localWrites + report.counts.remoteWrites == 3)
        #expect(bench.account.value("contacts", remote, "city") == "Rome")
        try await bench.sync()
        #expect(bench.account.value("contacts", remote, "city") == "Turin")
    }

    @Test func anEditInTheCRMAfterThePlanIsKeptForTheNextRun() async throws {
        let bench = try await self.busy()
        let planned = Set(try await self.plan(bench))
        let linked = try #require(try bench.contacts().first { $0["email"] == "linked@example.com" })
        let remote = try #require(try bench.remoteID(of: linked.id))
        bench.clock.advance(by: .seconds(60))
        bench.account.edit("contacts", remote, ["city": "Lille"])
        _ = try await bench.syncer.sync(through: Gate { planned.contains($0) })
        #expect(try bench.value(linked.id, "city") == "Paris")
        try await bench.sync()
        #expect(try bench.value(linked.id, "city") == "Lille")
    }

    @Test func aCarefulFirstRunIsNoFirstSync() async throws {
        let bench = try SyncBench(approved: false)
        bench.account.edit("contacts", nil, ["email": "one@example.com"])
        bench.account.edit("contacts", nil, ["email": "two@example.com"])
        bench.clock.advance(by: .seconds(60))
        let unapproved = try await bench.syncer.sync(through: Gate { _ in true })
        #expect(unapproved.kind == .plan)
        #expect(try bench.contacts().isEmpty)
        let one = try await bench.syncer.sync(
            approvedBy: "ada",
            through: Gate { $0.fields.contains { $0.new == "one@example.com" } }
        )
        #expect(one.counts.createdLocally == 1)
        let next = try await bench.syncer.sync()
        #expect(next.kind == .plan)
        #expect(next.counts.createdLocally == 1)
    }

    @Test func aPlanDoesNotSwallowTheNewsThatARecordIsGone() async throws {
        let bench = try SyncBench()
        let remote = bench.account.edit("contacts", nil, ["email": "ada@example.com"])
        try await bench.sync()
        bench.clock.advance(by: .seconds(60))
        _ = await bench.account.archive("contacts", ids: [remote])
        _ = try await bench.syncer.plan()
        let ada = try #require(try bench.contacts().first)
        let state = try bench.store.read { transaction in
            try transaction.links(of: ada.id).first.flatMap { try transaction.observation($0.key)?.state }
        }
        #expect(state == .archived)
    }
}
