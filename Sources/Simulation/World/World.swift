import Connectors
package import FakeCRM
package import Mapping
import Planning
package import Records
package import RelaisTesting
package import Store
import SyncEngine
import Synchronization

/// One seed's world: our store, two CRM accounts, the engine between them, people on all sides, and what goes wrong.
///
/// It runs on a seeded executor, so that the same scenario gives the same history.
package actor World {
    package nonisolated let executor: SeededExecutor
    package nonisolated var unownedExecutor: UnownedSerialExecutor { self.executor.asUnownedSerialExecutor() }

    /// What was decided in advance.
    package let scenario: Scenario
    /// Our store, past every seam.
    package let store: Store
    /// The CRM accounts.
    package let crms: [Home: FakeCRMAccount]
    /// The mappings in force.
    package var mappings: [Home: [CompiledMapping]]
    let networks: [Home: Network]
    let clocks: Clocks
    let watch: LogWatch
    let start: Instant
    nonisolated let story: Story

    /// The process that lives now.
    var life: Life
    var lives = 1
    /// Where subjects were found last.
    var found = FoundSubjects()
    /// Where subjects were when somebody removed them.
    var removed = FoundSubjects()
    /// What was noticed while it ran.
    var violations: [Violation] = []
    /// Faults that are not requests'.
    var counts: [FaultKind: Int] = [:]
    var trace = Trace()
    var floors: [LinkKey: Int64] = [:]
    var breakersAllowed = 0
    /// What the next sync of a connection may do beyond its breaker, once.
    var allowances: [Home: Set<Breaker.Kind>] = [:]
    /// What only the world knows.
    var chronicle = Chronicle()
    /// Connections with a run.
    var busy: Set<Home> = []
    /// How many changes of a CRM it has told of.
    var told: [Home: Int] = [:]
    /// What a CRM has yet to tell of, when it tells in another order.
    var heldBack: [Home: [(ObjectType, Int64)]] = [:]
    /// How much the syncs of a connection had written here when that was counted last, and up to which row.
    var written: [Home: (end: Int64, count: Int)] = [:]
    var syncs = 0
    var failedSyncs: [String: Int] = [:]
    /// How many of the liveness phase's syncs it took to become quiet.
    var roundsUntilQuiet = 0

    /// When every world begins: 2026-03-02T00:00:00Z.
    package static let beginning = Instant(milliseconds: 1_772_409_600_000)

    /// Builds a world; nothing has happened in it yet.
    package init(_ scenario: Scenario, on executor: SeededExecutor, keepsStory: Bool = false) throws {
        self.executor = executor
        self.scenario = scenario
        self.start = executor.now
        let clocks = Clocks(executor)
        let story = Story(isKept: keepsStory)
        self.clocks = clocks
        self.story = story
        let options = StoreOptions(schema: try WorldMappings.schema.get())
        self.store = try Store(inMemory: options)
        self.watch = LogWatch()
        var crms: [Home: FakeCRMAccount] = [:]
        var networks: [Home: Network] = [:]
        var mappings: [Home: [CompiledMapping]] = [:]
        let plan = FaultPlan(scenario)
        for home in Home.remotes {
            let crm = Self.account(home, scenario, clocks)
            crms[home] = crm
            networks[home] = Network(home, crm: crm, plan: plan, executor: executor) { text in
                story.tell(executor.now, nil, text)
            }
            mappings[home] = try WorldMappings.mappings(home, policies: scenario.policies)
        }
        self.crms = crms
        self.networks = networks
        self.mappings = mappings
        self.life = try Life(
            1,
            scenario: scenario,
            plan: plan,
            store: self.store,
            networks: networks,
            mappings: mappings,
            clocks: clocks,
            watch: self.watch,
            story: story
        )
    }

    private static func account(_ home: Home, _ scenario: Scenario, _ clocks: Clocks) -> FakeCRMAccount {
        let options = AccountOptions(
            portalID: Self.portal(home),
            tokens: [AccessToken(Self.token(home))],
            owners: (0..<3).map { number in
                Owner(
                    id: Int64(76_000_001 + number),
                    userID: Int64(9_000_001 + number),
                    email: "seller\(number)@sim.example",
                    firstName: "Seller",
                    lastName: "\(number)"
                )
            },
            firstRecordID: home == .alpha ? 10_000_000_001 : 20_000_000_001,
            seed: scenario.seed
        )
        let crm = FakeCRMAccount(
            options: options,
            habits: scenario.habits(home),
            clock: FakeClock(reading: { clocks.remote(home).milliseconds })
        )
        crm.keepChanges()
        return crm
    }

    static func portal(_ home: Home) -> Int64 { 139_000_000 + Int64(home.rawValue) }

    /// The secret of an account; it must turn up nowhere.
    static func token(_ home: Home) -> String { "pat-canary-\(home)-7f3a9c" }

    /// How far it is from the start, in milliseconds.
    var elapsed: Int64 { (self.executor.now.microseconds - self.start.microseconds) / 1000 }
}
