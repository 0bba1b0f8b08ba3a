import Connectors
import FakeCRM
import Records
import Testing

/// Reading what changed: nothing is missed, nothing is read twice for ever, and a quiet read stays one request.
@Suite struct ChangedSinceTests {
    static let selection = RemoteSelection(properties: ["firstname"])

    /// A fake account with an index that lags, an account over it, and their time.
    static func bench(lag: Int64 = 10_000) throws -> (FakeCRMAccount, ManifestAccount, TestTime) {
        let time = TestTime()
        let fake = FakeCRMAccount(habits: Habits(indexLag: lag), clock: FakeClock { time.now.milliseconds })
        return (fake, try Workbench.account(FakeTransport(account: fake), clock: time), time)
    }

    static func pull(_ account: ManifestAccount, from position: Text?) async throws -> ([RemoteRecord], Text) {
        var (records, position, hasMore) = ([RemoteRecord](), position, true)
        while hasMore {
            let page = try await account.page(of: "contacts", selecting: Self.selection, at: position)
            records += page.records
            (position, hasMore) = (page.position, page.hasMore)
        }
        return (records, try #require(position))
    }

    @Test func aChangeThatTheIndexShowsLateIsNotMissed() async throws {
        let (fake, account, time) = try Self.bench(lag: 25_000)
        let early = try fake.add(.contacts, ["firstname": "Early"], by: 7)
        time.advance(by: .seconds(60))
        var (_, position) = try await Self.pull(account, from: nil)
        // Changed now, visible in 25 s; meanwhile two reads see nothing of it.
        try fake.edit(.contacts, early, set: ["firstname": "Late"], by: 7)
        var seen: [RemoteRecord] = []
        for _ in 0..<5 {
            time.advance(by: .seconds(8))
            let (records, next) = try await Self.pull(account, from: position)
            seen += records
            position = next
        }
        #expect(seen.contains { $0.values == [.text("Late")] })
        time.advance(by: .seconds(120))
        (_, position) = try await Self.pull(account, from: position)
        time.advance(by: .seconds(60))
        let (quiet, _) = try await Self.pull(account, from: position)
        #expect(quiet.isEmpty)
    }

    /// Pain 13: a search ends after 10,000 results, and the changes beyond were dropped without a word.
    @Test func pain13ChangesBeyondTheEndOfASearchWereDropped() async throws {
        let (fake, account, time) = try Self.bench(lag: 0)
        let (_, start) = try await Self.pull(account, from: nil)
        time.advance(by: .seconds(60))
        for number in 0..<10_450 { _ = try fake.add(.contacts, ["firstname": "N\(number)"], by: 7) }
        time.advance(by: .seconds(60))
        let before = account.requestsMade
        let (records, position) = try await Self.pull(account, from: start)
        #expect(Set(records.map(\.id)).count == 10_450)
        #expect(records.count == 10_450)
        #expect(account.requestsMade - before == 53)
        time.advance(by: .seconds(60))
        let (overlap, _) = try await Self.pull(account, from: position)
        #expect(overlap.isEmpty)
    }

    @Test func searchesStayWithinTheirRate() async throws {
        let (fake, account, time) = try Self.bench(lag: 0)
        let (_, start) = try await Self.pull(account, from: nil)
        fake.limits = RateLimits(searchesPerSecond: 5)
        for number in 0..<3_000 { _ = try fake.add(.contacts, ["firstname": "N\(number)"], by: 7) }
        time.advance(by: .seconds(60))
        let (records, _) = try await Self.pull(account, from: start)
        #expect(records.count == 3_000)
        #expect(fake.stats.statuses[429] == nil)
        #expect(!time.slept.isEmpty)
    }

    @Test func anArchivedRecordIsReportedAsArchived() async throws {
        let (fake, account, time) = try Self.bench(lag: 0)
        let kept = try fake.add(.contacts, ["firstname": "Kept"], by: 7)
        let gone = try fake.add(.contacts, ["firstname": "Gone"], by: 7)
        time.advance(by: .seconds(60))
        var (_, position) = try await Self.pull(account, from: nil)
        time.advance(by: .seconds(60))
        try fake.archive(.contacts, gone)
        time.advance(by: .seconds(60))
        let (early, next) = try await Self.pull(account, from: position)
        #expect(early.isEmpty)
        position = next
        time.advance(by: .seconds(3600))
        let (records, last) = try await Self.pull(account, from: position)
        #expect(records.map(\.id) == [Text(String(gone))])
        #expect(records.first?.isArchived == true)
        #expect(records.first?.values == [.absent])
        let archivedAt = Workbench.start.advanced(by: .seconds(120)).microseconds
        #expect(records.first?.version == archivedAt)
        time.advance(by: .seconds(60))
        let before = account.requestsMade
        _ = try await Self.pull(account, from: last)
        #expect(account.requestsMade == before + 1)
        #expect(kept != gone)
    }

    @Test func aWrongClockOfOursLosesNothing() async throws {
        // Our clock is an hour ahead of the server's; its Date field says so.
        let (fake, _, time) = try Self.bench(lag: 0)
        let ours = TestTime(Workbench.start.advanced(by: .seconds(3600)))
        let transport = DatedTransport(inner: FakeTransport(account: fake), time: time)
        let account = try Workbench.account(transport, clock: ours)
        let id = try fake.add(.contacts, ["firstname": "Old"], by: 7)
        time.advance(by: .seconds(60))
        let (_, position) = try await Self.pull(account, from: nil)
        time.advance(by: .seconds(60))
        try fake.edit(.contacts, id, set: ["firstname": "New"], by: 7)
        time.advance(by: .seconds(60))
        ours.advance(by: .seconds(120))
        let (records, _) = try await Self.pull(account, from: position)
        #expect(records.map(\.values) == [[.text("New")]])
    }
}
