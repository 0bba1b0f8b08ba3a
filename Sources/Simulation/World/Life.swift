import Connectors
import Logging
import Mapping
import Planning
import Records
import RelaisTesting
import Store
import SyncEngine
import Synchronization

/// One life of the program: its seams, its accounts, its engines.
struct Life: Sendable {
    let number: Int
    let process: SimulatedProcess
    let accounts: [Home: ManifestAccount]
    let syncers: [Home: Syncer]

    init(
        _ number: Int,
        scenario: Scenario,
        plan: FaultPlan,
        store: Store,
        networks: [Home: Network],
        mappings: [Home: [CompiledMapping]],
        clocks: Clocks,
        watch: LogWatch,
        story: Story
    ) throws {
        self.number = number
        let process = SimulatedProcess(
            storeFault: { id in
                guard let fault = plan.storeFault(id) else { return nil }
                guard networks[id.home]?.state.withLock({ $0.faultsAreOn }) ?? false else { return nil }
                networks[id.home]?
                    .state.withLock { state in
                        state.counts[.storeFails, default: 0] += 1
                        state.fired.append(id)
                    }
                return fault
            },
            died: { home, point in
                networks[home]?.state.withLock { $0.counts[.kill, default: 0] += 1 }
                networks[home]?.note("the process is killed at point \(point) of the sync with \(home)")
            }
        )
        self.process = process
        var accounts: [Home: ManifestAccount] = [:]
        var syncers: [Home: Syncer] = [:]
        let numbers = SeededRandomness(seed: scenario.seed &* 1_000_003 &+ UInt64(number))
        let ids = RecordIDSource(clock: clocks.local, randomness: numbers.randomness)
        for home in Home.remotes {
            guard let network = networks[home] else { continue }
            let sleeper = Sleeper { duration in
                try process.pass(home, .sleep)
                await network.executor.sleep(for: duration)
                try process.pass(home, .sleep)
            }
            let account = try ManifestAccount(
                manifest: try WorldMappings.manifest.get(),
                settings: AccountSettings(
                    baseURL: "http://\(home).example",
                    credentials: ["token": Secret(World.token(home))]
                ),
                transport: SimulatedTransport(network: network, process: process, life: number),
                clock: clocks.local,
                sleeper: sleeper,
                logger: watch.logger,
                readers: network.readers
            )
            accounts[home] = account
            syncers[home] = Syncer(
                SyncContext(
                    connection: "\(home)",
                    account: account,
                    store: store.handle { try process.pass(home, .store) },
                    mappings: mappings[home] ?? [],
                    clock: clocks.local,
                    sleeper: sleeper,
                    ids: ids,
                    breaker: scenario.features.contains(.massDeletions)
                        ? Breaker(floor: S13DeleteBreaker.floor, share: S13DeleteBreaker.share) : Breaker(),
                    logger: watch.logger
                )
            )
        }
        self.accounts = accounts
        self.syncers = syncers
    }
}
