import Connectors
import Mapping
import Records
import RelaisTesting
import Store
import SyncEngine
import Testing

/// A process that is killed at any of its steps loses nothing and doubles nothing.
///
/// One case after the other: they never wait, and would keep the threads from tests that do.
@Suite(.serialized) struct KilledProcessTests {
    /// Both sides as people see them, without ids.
    private struct World: Equatable {
        var local: [[Value]]
        var remote: [[Value]]
        var conflicts: [Value]

        init(_ bench: SyncBench) throws {
            let names = ["email", "phone", "first_name", "city", "street"]
            self.local = try bench.contacts().map { record in names.map { record[$0].isBlank ? .null : record[$0] } }
                .sorted { "\($0)" < "\($1)" }
            self.remote = bench.account.ids("contacts")
                .map { id in names.map { bench.account.value("contacts", id, $0) } }
                .sorted { "\($0)" < "\($1)" }
            self.conflicts = try bench.conflicts(.settled).map(\.about.local)
        }
    }

    /// Links three records, then lets people edit, make and change on both sides.
    private func bench(createKey: String?, approved: Bool) async throws -> SyncBench {
        let city = MappingField(local: "city", remote: "city", onConflict: .preferRemote, fingerprint: "city")
        let bench = try SyncBench(mappings: [SyncBench.contacts(city)], createKey: createKey, approved: approved)
        bench.account.with { $0.habits.lag = .seconds(10) }
        var remotes: [Text] = []
        for index in 0..<3 {
            remotes.append(bench.account.edit("contacts", nil, ["email": .text("a\(index)@x.org"), "city": "Paris"]))
            bench.clock.advance(by: .seconds(600))
        }
        if approved {
            try await bench.sync()
            let locals = try bench.contacts().map(\.id)
            try bench.edit(locals[0], ["city": "Lyon"])
            try bench.edit(locals[1], ["city": "Lyon", "street": "1 rue A"])
            bench.account.edit("contacts", remotes[1], ["city": "Nice"])
        }
        for name in ["Ada", "Eve"] {
            try bench.edit(nil, ["phone": .text("+33 1 \(name)"), "first_name": .text(name)])
            bench.account.edit("contacts", nil, ["email": .text("\(name)@y.org"), "city": "Brest"])
            bench.clock.advance(by: .seconds(600))
        }
        return bench
    }

    /// Runs until all is quiet; the first run comes before the index can show what the killed one made.
    private func finish(_ bench: SyncBench) async throws -> World {
        for pause in [5, 60, 60] {
            bench.clock.advance(by: .seconds(pause))
            _ = try await bench.syncer.sync(approvedBy: "ada")
        }
        return try World(bench)
    }

    @Test(arguments: [nil, "relais_id"], [true, false])
    func endsAsIfItHadNotBeenKilled(createKey: String?, approved: Bool) async throws {
        let expected = try await self.finish(self.bench(createKey: createKey, approved: approved))
        #expect(expected.local.count == 7 && expected.remote.count == 7)
        var steps = 0
        while steps < 400 {
            var bench = try await self.bench(createKey: createKey, approved: approved)
            let kill = KillSwitch(after: steps)
            bench.process = bench.store.handle { try kill.step() }
            bench.clock.advance(by: .seconds(60))
            _ = try? await bench.syncer.sync(approvedBy: "ada")
            bench.process = nil
            guard kill.hasFired else { break }
            let world = try await self.finish(bench)
            try #require(world == expected, "killed at step \(steps)")
            steps += 1
        }
        #expect(steps > 10 && steps < 400)
    }
}
