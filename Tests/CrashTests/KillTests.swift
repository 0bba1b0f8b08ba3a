import FakeCRM
import Foundation
import Logging
import Records
import Store
import Testing

/// The process may die anywhere, and nothing is lost or made twice.
@Suite(.enabled(if: RelaisProcess.binary != nil, "there is no relais beside the test bundle; set RELAIS_BINARY"))
struct KillTests {
    @Test(.timeLimit(.minutes(5)))
    func fiftyKillsDoubleNothingAndLoseNothing() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "relais-crash-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let world = try CrashWorld(seed: 17, folder: folder)
        let server = FakeCRMServer(
            accounts: [world.crm],
            controlToken: CrashWorld.token,
            logger: Logger(label: "crash.test") { _ in SwiftLogNoOpLogHandler() }
        )
        try await server.serving { base in try await Self.crash(world, base: base) }
    }

    private static func crash(_ world: CrashWorld, base: String) async throws {
        try world.writeWorkspace(base: base)
        var ledger = Ledger(world)
        var killer = Killer(world, base: base)
        #expect(try await killer.run("connect", "hubspot") == .exited(0))
        try ledger.start()
        let first = KillMoment.thirty(seed: 23)
        for (round, moment) in first.enumerated() {
            try ledger.workGoesOn(round: round)
            guard try await killer.kill(at: moment) else { return }
        }
        let isFirst = try world.withStore { store in
            try store.read { try $0.connection(CrashWorld.connection)?.firstSyncDoneAt == nil }
        }
        #expect(isFirst, "the first thirty kills fell into the first sync")
        try await Self.finish(world, &killer)
        for (round, moment) in KillMoment.twenty(seed: 29).enumerated() {
            try ledger.workGoesOn(round: first.count + round)
            guard try await killer.kill(at: moment) else { return }
        }
        try await Self.finish(world, &killer)
        for line in killer.tally.lines { print(line) }
        for (_, type) in CrashWorld.objects { #expect(killer.tally.killsInside[type, default: 0] > 0) }
        let born = CrashWorld.objects.map { ledger.born[$0.local]?.count ?? 0 }.reduce(0, +)
        #expect(killer.tally.kills == 50 && killer.tally.created == born)
        try FinalState.check(world, ledger)
    }

    /// Lets the index catch up, and syncs to the end.
    private static func finish(_ world: CrashWorld, _ killer: inout Killer) async throws {
        let lastEdit = ContinuousClock.now
        world.crm.resetStats()
        _ = try await killer.run("sync", "hubspot", "--approve")
        try await ContinuousClock().sleep(until: lastEdit + .milliseconds(CrashWorld.indexLag + 500))
        try await Self.untilQuiet(world, &killer)
        killer.tally.created += world.crm.stats.created
    }

    /// Syncs until a run writes nothing on either side.
    private static func untilQuiet(_ world: CrashWorld, _ killer: inout Killer) async throws {
        for _ in 0..<5 {
            let before = (world.crm.stats.writeCount, try Self.journalEnd(world))
            _ = try await killer.run("sync", "hubspot")
            if try (world.crm.stats.writeCount, Self.journalEnd(world)) == before { return }
        }
        Issue.record("five runs in a row wrote something")
    }

    private static func journalEnd(_ world: CrashWorld) throws -> Int64 {
        try world.withStore { store in try store.read { try $0.journalEnd() } }
    }
}
