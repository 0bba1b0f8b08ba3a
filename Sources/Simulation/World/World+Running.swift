import Connectors
import FakeCRM
import Mapping
import Planning
import Records
import RelaisTesting
import Store
import SyncEngine

extension World {
    /// Lives through the scenario and looks at what came of it.
    package func run() async throws {
        try self.populate()
        try await self.connect()
        if self.scenario.features.contains(.plans) { try await self.planFirst() }
        self.setStage()
        await withTaskGroup(of: Void.self) { group in
            for home in Home.remotes { group.addTask { await self.poll(home) } }
            group.addTask { await self.people() }
            group.addTask { await self.weather() }
        }
        await self.becomeQuiet()
    }

    /// Makes the properties that carry our ids and pins the accounts, as `connect` does.
    private func connect() async throws {
        for home in Home.remotes {
            self.networks[home]?.begin(poll: -1, faultsAreOn: false)
            guard let account = self.life.accounts[home] else { continue }
            for mapping in self.mappings[home] ?? [] {
                _ = try await account.prepareCreateKey(for: mapping.remoteObject)
            }
            try self.store.write { transaction in
                let number = try transaction.registerConnection("\(home)", connector: "hubspot")
                try transaction.pin(number, account: Text(String(Self.portal(home))), at: self.clocks.local.now)
            }
        }
    }

    // MARK: Syncs

    private func poll(_ home: Home) async {
        let kills = Dictionary(
            self.scenario.kills.filter { $0.home == home }.map { ($0.poll, $0.point) },
            uniquingKeysWith: min
        )
        for poll in self.scenario.polls where poll.home == home {
            await self.executor.sleep(until: self.start.advanced(by: .milliseconds(poll.at)))
            await self.sync(home, poll: poll.id, killAt: kills[poll.id], faultsAreOn: true)
            // A process that died comes back, and begins with a sync.
            var restarts = 0
            while !self.life.process.isAlive, restarts < 3 {
                restarts += 1
                var dice = Dice(self.scenario.seed, "restart", home.rawValue, poll.id, restarts)
                await self.executor.sleep(for: .seconds(dice.pick(1...90)))
                self.comeBack()
                let again = dice.happens(200) ? dice.pick(1...40) : nil
                await self.sync(home, poll: 10_000 + poll.id * 4 + restarts, killAt: again, faultsAreOn: true)
            }
            await self.lookAgain(home, after: poll)
        }
    }

    /// While an index lags, somebody looks again before it has caught up with what the sync wrote.
    private func lookAgain(_ home: Home, after poll: Scenario.Poll) async {
        var dice = Dice(self.scenario.seed, "again", home.rawValue, poll.id)
        guard self.scenario.faults[.indexLag] != nil, dice.happens(300) else { return }
        await self.executor.sleep(for: .milliseconds(dice.pick(500...20_000)))
        await self.sync(home, poll: 30_000 + poll.id, killAt: nil, faultsAreOn: true)
    }

    /// Starts a new process, unless one lives.
    func comeBack() {
        guard !self.life.process.isAlive else { return }
        self.lives += 1
        let life = try? Life(
            self.lives,
            scenario: self.scenario,
            plan: FaultPlan(self.scenario),
            store: self.store,
            networks: self.networks,
            mappings: self.mappings,
            clocks: self.clocks,
            watch: self.watch,
            story: self.story
        )
        if let life { self.life = life }
        self.story.tell(self.executor.now, nil, "the process starts again")
    }

    /// One sync; its failure is noted, and is a violation if nothing explains it.
    @discardableResult
    func sync(_ home: Home, poll: Int, killAt point: Int?, faultsAreOn: Bool) async -> Bool {
        await self.occupy(home)
        defer { self.busy.remove(home) }
        let life = self.life
        guard life.process.isAlive, let syncer = life.syncers[home] else { return false }
        let allowed = (self.allowances.removeValue(forKey: home) ?? [])
            .union(self.breakersAllowed > 0 ? [.overwrites] : [])
        self.begin(home, poll: poll, killAt: point, faultsAreOn: faultsAreOn, allowing: allowed)
        defer { self.end(home) }
        do {
            let report = try await syncer.sync(approvedBy: "ada", allowing: allowed)
            self.story.tell(self.executor.now, nil, "it ends: \(report.summary)")
            self.trace.add(report.summary)
            return true
        } catch {
            self.note(error, home, life: life, faultsAreOn: faultsAreOn)
            return false
        }
    }

    /// A run of a connection begins.
    func begin(
        _ home: Home,
        poll: Int,
        killAt point: Int?,
        faultsAreOn: Bool,
        allowing: Set<Breaker.Kind> = [],
        isUndo: Bool = false
    ) {
        self.networks[home]?.begin(poll: poll, faultsAreOn: faultsAreOn)
        self.life.process.begin(home, poll: poll, killAt: faultsAreOn ? point : nil)
        self.syncs += 1
        let run = Chronicle.Run(
            poll: poll,
            begin: self.executor.now,
            allowsDeletions: allowing.contains(.deletes),
            isUndo: isUndo
        )
        self.chronicle.runs[home, default: []].append(run)
        self.story.tell(self.executor.now, nil, "a sync with \(home) begins (\(poll))")
    }

    /// The latest run of a connection ends.
    func end(_ home: Home) {
        let last = (self.chronicle.runs[home]?.count ?? 0) - 1
        if last >= 0 { self.chronicle.runs[home]?[last].end = self.executor.now }
        // A floor that sank has come up again by the next day, when the index has caught up.
        if self.scenario.faults[.indexLag] != nil { self.watchFloors() }
    }

    func note(_ error: any Error, _ home: Home, life: Life, faultsAreOn: Bool) {
        let name = (error as? any DispositionedError)?.codeName ?? "\(type(of: error))"
        self.failedSyncs[name, default: 0] += 1
        self.trace.add(name)
        self.story.tell(self.executor.now, nil, "it fails: \(error)")
        guard life.process.isAlive else { return }
        if let error = error as? SyncError, error.code == .breakerTripped {
            guard let breaker = error.breaker else { return }
            if breaker.kind == .overwrites { self.breakersAllowed += 1 }
            // They do what the message says.
            self.allowances[home] = breaker.allowed.union([breaker.kind])
            return
        }
        let isExplained: Bool
        switch error {
        case let error as StoreError: isExplained = faultsAreOn && [.busy, .unusable].contains(error.code)
        case is RemoteFailure: isExplained = faultsAreOn
        case let error as SyncError: isExplained = faultsAreOn && error.code == .wrongAccount
        default: isExplained = false
        }
        guard !isExplained else { return }
        self.violations.append(Violation("S20", nil, "the sync with \(home) failed: \(error)"))
    }

    // MARK: Quiet

    /// How many rounds of syncs without faults it may take until nothing is written any more.
    static let patience = 8

    /// Faults stop, people rest: everything must come together, and then nothing may move.
    private func becomeQuiet() async {
        self.stopFaults()
        var quiet = 0
        for round in 0..<Self.patience where quiet < 2 {
            await self.executor.sleep(for: .seconds(3 * 3600))
            self.comeBack()
            // What could not be read while a property was gone has no new version: a sweep finds it.
            if round == 0, self.scenario.faults[.schemaChange] != nil {
                for syncer in self.life.syncers.values { try? syncer.startReadersOver() }
            }
            let before = self.marks()
            for home in Home.remotes {
                await self.sync(home, poll: 100_000 + round, killAt: nil, faultsAreOn: false)
                await self.executor.sleep(for: .seconds(120))
            }
            quiet = self.marks() == before ? quiet + 1 : 0
            if quiet == 0 { self.roundsUntilQuiet = round + 1 }
        }
        if quiet < 2 {
            self.violations.append(Violation("S2", nil, "still writing after \(Self.patience) rounds without faults"))
        }
    }

    /// How much was written so far, on all sides.
    private func marks() -> [Int64] {
        let journal = (try? self.store.read { try $0.journalEnd() }) ?? -1
        return [journal] + Home.remotes.map { Int64(self.crms[$0]?.changeCount ?? 0) }
    }
}
