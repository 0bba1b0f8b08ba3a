import Connectors
import FakeCRM
import Foundation
import Logging
import Mapping
import Records
import RelaisTesting
import Store
import SyncEngine
import Testing

extension RealTryton {
    /// R19 with two products: a live Tryton and a fake HubSpot on one store, each through its shipped manifest.
    @Suite(.serialized) struct BesideHubSpotTests {
        /// The HubSpot side.
        struct HubSpot {
            let crm: FakeCRMAccount
            let account: ManifestAccount
            let mappings: [CompiledMapping]

            init(_ bench: TrytonBench) async throws {
                let crm = FakeCRMAccount(
                    habits: .realistic,
                    clock: FakeClock { TrytonBench.clock.now.milliseconds }
                )
                self.crm = crm
                self.account = try ManifestAccount(
                    manifest: ConnectorManifest.load(
                        TrytonBench.bytes("Config/connectors/hubspot.yaml"),
                        file: "hubspot.yaml"
                    ),
                    settings: AccountSettings(
                        baseURL: "http://127.0.0.1:1",
                        credentials: ["token": Secret("pat-fake-0001")],
                        budget: .unlimited
                    ),
                    transport: InProcessTransport(crm: crm),
                    clock: TrytonBench.clock,
                    sleeper: Sleeper { try await Task.sleep(for: $0) },
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                )
                var compiler = MappingCompiler(schema: bench.store.schema)
                compiler.variables = ["hubspot": "hubspot"]
                self.mappings = try compiler.compile(
                    ["company", "contact", "deal"].map {
                        MappingFile(path: "\($0).yaml", bytes: try TrytonBench.bytes("Mappings/hubspot/\($0).yaml"))
                    }
                )
                .get()
                for mapping in self.mappings { _ = try await self.account.prepareCreateKey(for: mapping.remoteObject) }
                try bench.store.write { transaction in
                    let now = TrytonBench.clock.now
                    let number = try transaction.registerConnection("hubspot", connector: "hubspot")
                    try transaction.pin(number, account: Text(String(crm.portalID)), at: now)
                    try transaction.approve(number, by: "test", at: now)
                    try transaction.firstSyncDone(number, at: now)
                }
            }

            func syncer(_ bench: TrytonBench) -> Syncer {
                Syncer(
                    SyncContext(
                        connection: "hubspot",
                        account: self.account,
                        store: bench.store,
                        mappings: self.mappings,
                        clock: TrytonBench.clock,
                        sleeper: Sleeper { try await Task.sleep(for: $0) },
                        ids: bench.freshIDs,
                        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                    )
                )
            }

            /// What HubSpot holds of a record of ours.
            func value(_ type: ObjectType, _ id: RecordID, _ property: String, _ bench: TrytonBench) throws -> String? {
                self.crm.value(type, try self.id(id, bench), property)
            }

            func id(_ id: RecordID, _ bench: TrytonBench) throws -> Int64 {
                let remote = try bench.store.read { transaction in
                    let number = try #require(try transaction.connection("hubspot")).number
                    return try transaction.links(of: id).first { $0.key.connection == number }?.key.remote
                }
                return try #require(remote.flatMap { Int64($0.string) })
            }
        }

        private func sync(_ bench: TrytonBench, _ hubspot: HubSpot) async throws -> SyncRounds.Summary {
            try await SyncRounds([bench.syncer(), hubspot.syncer(bench)], store: bench.store).run {
                try await $0.sync()
            }
        }

        /// The index of the fake HubSpot lags for some seconds of real time; a sync before that sees nothing new.
        private func waitForTheIndex(_ hubspot: HubSpot) async throws {
            try await Task.sleep(for: .milliseconds(hubspot.crm.habits.indexLag + 200))
        }

        @Test(.timeLimit(.minutes(5))) func r19AChangeInOneReachesTheOtherOnceAndThenAllIsQuiet() async throws {
            let bench = try await TrytonBench()
            let hubspot = try await HubSpot(bench)
            let email = "ada-\(bench.tag)@acme.example"
            let acme = try await bench.sales.company(
                "Acme \(bench.tag)",
                ["website": "https://acme-\(bench.tag).example"]
            )
            let party = try await bench.sales.person("Ada Lovelace", ["email": email], of: acme)
            #expect(try await self.sync(bench, hubspot).isSettled)
            let ada = try bench.record("contacts", party)
            #expect(try hubspot.value(.contacts, ada, "email", bench) == email)

            // From HubSpot to Tryton.
            try hubspot.crm.edit(.contacts, hubspot.id(ada, bench), set: ["phone": bench.phone(4)], by: 0)
            try await self.waitForTheIndex(hubspot)
            let written = hubspot.crm.stats.recordWrites
            #expect(try await self.sync(bench, hubspot).isSettled)
            #expect(try await bench.sales.mechanism("phone", of: party) == bench.phone(4))
            #expect(hubspot.crm.stats.recordWrites == written, "not back to where it came from")

            // From Tryton to HubSpot.
            try await bench.sales.edit("email", of: party, to: "countess-\(bench.tag)@acme.example")
            _ = try await self.sync(bench, hubspot)
            #expect(try hubspot.value(.contacts, ada, "email", bench) == "countess-\(bench.tag)@acme.example")
            #expect(hubspot.crm.stats.recordWrites == written + 1)

            try await self.waitForTheIndex(hubspot)
            _ = try await self.sync(bench, hubspot)
            let (journal, marks) = (try bench.store.read { try $0.journalEnd() }, try await bench.sales.fingerprint())
            let writes = hubspot.crm.stats.writeCount
            let quiet = try await self.sync(bench, hubspot)
            #expect(quiet.rounds == 1 && quiet.isSettled)
            #expect(try bench.store.read { try $0.journalEnd() } == journal)
            #expect(try await bench.sales.fingerprint() == marks)
            #expect(hubspot.crm.stats.writeCount == writes)
        }

        @Test(.timeLimit(.minutes(5))) func r19AThreeWayConflictShowsAllThreeValues() async throws {
            let bench = try await TrytonBench()
            let hubspot = try await HubSpot(bench)
            let acme = try await bench.sales.company(
                "Acme \(bench.tag)",
                ["website": "https://acme-\(bench.tag).example"]
            )
            _ = try await self.sync(bench, hubspot)
            let company = try bench.record("companies", acme)
            try await self.waitForTheIndex(hubspot)
            _ = try await self.sync(bench, hubspot)

            try bench.edit("company", company, ["name": .text("Ours \(bench.tag)")])
            try await bench.sales.edit("party.party", acme, ["name": .string("Tryton's \(bench.tag)")])
            try hubspot.crm.edit(.companies, hubspot.id(company, bench), set: ["name": "HubSpot's \(bench.tag)"], by: 0)
            try await self.waitForTheIndex(hubspot)
            _ = try await self.sync(bench, hubspot)

            let open = try bench.conflicts(.open, of: company)
            #expect(open.map(\.about.local) == [.text("Ours \(bench.tag)"), .text("Ours \(bench.tag)")])
            #expect(
                Set(open.map(\.about.remote)) == [.text("Tryton's \(bench.tag)"), .text("HubSpot's \(bench.tag)")]
            )
            let sides = try bench.store.read { try $0.remoteSides(of: "name", record: company) }
            #expect(Set(sides.compactMap(\.now)) == Set(open.map(\.about.remote)))
        }
    }
}
