import Connectors
import FakeCRM
import Records
import RelaisTesting
import Store
import SyncEngine
import Synchronization
import Testing
import Transport

/// A first import that is interrupted, that is slow, and that stands in nobody's way.
@Suite struct FirstImportTests {
    /// Which pages of the list of contacts were asked for.
    private final class Pages: Sendable {
        private let state = Mutex<[String]>([])

        func note(_ request: HTTPRequest) {
            guard request.method == .get, request.url.contains("/contacts?") else { return }
            self.state.withLock { $0.append(request.url) }
        }

        var all: [String] { self.state.withLock { $0 } }
    }

    private static func bench(
        contacts: Int,
        _ watching: @escaping @Sendable (HTTPRequest) -> Void
    ) async throws -> HubSpotBench {
        let bench = try HubSpotBench(
            population: HubSpotBench.population(seed: 5, contacts: contacts, companies: 0, deals: 0),
            first: true,
            watching: watching
        )
        try await bench.connect()
        return bench
    }

    /// A failure at two thirds: what was read is kept to the last page, and no page is asked for twice.
    @Test(.timeLimit(.minutes(3)))
    func anImportThatFailsOnTheWayGoesOnWhereItWas() async throws {
        let pages = Pages()
        let bench = try await Self.bench(contacts: 2_000) { pages.note($0) }
        // 20 pages; behind the 13th the server is down, longer than anybody retries.
        bench.crm.faults = Faults(rules: [
            .init(.failBefore(503), method: "GET", pathContains: "/contacts", skip: 13, times: 5)
        ])
        await #expect(throws: RemoteFailure.self) { try await bench.sync() }
        let read = Set(pages.all)
        #expect(read.count == 14)
        bench.crm.faults = .none
        let before = pages.all.count
        let report = try await bench.sync()
        let asked = Array(pages.all[before...])
        // A few look like others of the population and are questions for a person.
        #expect(try bench.records("contact").count + report.counts.reviews == 2_000)
        // The page that failed comes again, and the archived ones are another list.
        #expect(asked.count { read.contains($0) } == 1)
        #expect(Set(asked).count == asked.count)
        #expect(report.counts.createdLocally > 1_950, "a plan saw them first; the sync made them")
    }

    /// A kill at two thirds: nothing after the last commit is known, so only the pages on their way are read again.
    @Test(.timeLimit(.minutes(3)))
    func anImportThatIsKilledOnTheWayRepeatsOnlyThePagesOnTheirWay() async throws {
        let pages = Pages()
        let dead = Mutex(false)
        let gate: @Sendable () throws -> Void = {
            if dead.withLock({ $0 }) { throw StoreError(.unusable, "the process is dead") }
        }
        let bench = try await Self.bench(contacts: 2_000) { request in
            pages.note(request)
            // At the 13th page the process dies: its store does nothing more.
            if Set(pages.all).count == 13 { dead.withLock { $0 = true } }
        }
        var victim = bench
        victim.adjust = { $0 = $0.using(bench.store.handle(gate: gate)) }
        let doomed = victim
        await #expect(throws: (any Error).self) { try await doomed.sync() }
        let read = Set(pages.all)
        let before = pages.all.count
        dead.withLock { $0 = false }
        let report = try await bench.sync()
        let asked = Array(pages.all[before...])
        #expect(try bench.records("contact").count + report.counts.reviews == 2_000)
        // A group of 10 pages was about to be committed, and the next was on its way.
        let again = asked.count { read.contains($0) }
        #expect(again <= 13, "\(again) pages again")
        #expect(Set(asked).count == asked.count)
    }

    /// A lead that sales waits for, in the middle of a first import that fills the CRM's limits.
    ///
    /// The account answers at once, so that the import uses up each window of 10 s in an instant and then waits for the next:
    /// the worst moment is just after that.
    @Test(.timeLimit(.minutes(5)), arguments: [75])
    func anUrgentWriteIsNotBehindAFirstImport(page: Int) async throws {
        let moment = Mutex<(asked: Instant, written: Instant?)?>(nil)
        let box = Mutex<HubSpotBench?>(nil)
        let pages = Pages()
        let bench = try await Self.bench(contacts: 8_500) { request in
            pages.note(request)
            guard let bench = box.withLock({ $0 }) else { return }
            if pages.all.count == page, request.method == .get, moment.withLock({ $0 == nil }) {
                moment.withLock { $0 = (bench.clock.now, nil) }
                do { try Self.handOver(bench) } catch { Issue.record(error) }
            }
            if request.url.hasSuffix("/tasks/batch/create") {
                moment.withLock { if $0?.written == nil { $0?.written = bench.clock.now } }
            }
        }
        // The plan that a first sync begins with would read it all: this account is connected and empty so far.
        try bench.store.write { transaction in
            let connection = try #require(try transaction.connection("hubspot")).number
            try transaction.firstSyncDone(connection, at: bench.clock.now)
        }
        bench.crm.limits = RateLimits(perTenSeconds: 100, searchesPerSecond: 5)
        box.withLock { $0 = bench }
        let start = bench.clock.now
        try await bench.sync(after: .zero)
        let end = bench.clock.now
        let (asked, written) = try #require(moment.withLock { $0 })
        let wait = try #require(written).since(asked)
        print("asked for at page \(page): written after \(wait), in a first import of \(end.since(start))")
        #expect(wait <= .seconds(11), "\(wait)")
        #expect(end.since(start) >= .seconds(10))
        #expect(bench.crm.stats.statuses[429] == nil, "no request was refused")
    }

    /// A hand-off is accepted: owner, task and deal are written here and wait for the CRM.
    private static func handOver(_ bench: HubSpotBench) throws {
        let task = try bench.edit("task", nil, ["subject": "Call Ada"])
        try bench.store.write { transaction in
            let opened = try transaction.openHandOff(
                task,
                origin: "score",
                points: 80,
                grade: "A",
                reasons: ["x"],
                dueAt: nil,
                at: bench.clock.now
            )
            var written = try #require(opened)
            let before = written
            written.state = .written
            written.task = task
            let step = HandOffStep(at: bench.clock.now, actor: "person:ada", state: .written, detail: "")
            #expect(try transaction.advance(before, to: written, step))
        }
    }

    /// What was spent today is a row, whoever spent it.
    @Test func requestsAreCountedAcrossProcesses() async throws {
        let bench = try await Self.bench(contacts: 300) { _ in }
        try await bench.sync()
        let spent = try bench.store.read { transaction in
            let connection = try #require(try transaction.connection("hubspot")).number
            return try #require(try transaction.spending(of: connection, limit: 1).first)
        }
        #expect(spent.total == bench.account.dailyBudget?.spending.total)
        #expect(spent.backfill > 0 && spent.urgent > 0)
        #expect(spent.limit == 250_000 && spent.left == 250_000 - spent.total)
        // Another process begins with what this one left.
        let kept = DaySpending(
            day: spent.day,
            urgent: 1_000,
            incremental: 200_000,
            backfill: 24_000,
            said: nil,
            limit: 250_000,
            reserve: 25_000
        )
        try bench.store.write { transaction in
            try transaction.keep(kept, of: try #require(try transaction.connection("hubspot")).number)
        }
        // What is left is the reserve: the account is looked at, and then nothing but urgent work is done.
        let failure = await #expect(throws: RemoteFailure.self) { try await bench.sync() }
        #expect(failure?.code == .rateLimited && failure?.message.contains("kept for hand-offs") ?? false)
        let run = try bench.store.read { try $0.runs(limit: 1)[0] }
        #expect(run.state == .failed && run.counts["requests_left_today"] ?? 0 > 24_000)
    }
}
