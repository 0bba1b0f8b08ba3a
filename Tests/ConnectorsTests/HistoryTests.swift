import Connectors
import FakeCRM
import Records
import Testing
import Transport

/// Property histories: what was asked for, in which portions, and which value a write of ours replaced (R2).
@Suite struct HistoryTests {
    private static let selection = RemoteSelection(properties: ["city"])

    private static func record(_ id: String, _ versions: [(value: String, at: String, by: String)]) -> String {
        let all = versions.map { version in
            #"{"value":"\#(version.value)","timestamp":"\#(version.at)","sourceType":"\#(version.by)","sourceId":"7"}"#
        }
        return """
            {"id":"\(id)","updatedAt":"2026-11-22T09:00:00Z","properties":{"city":"\(versions.first?.value ?? "")"},
            "propertiesWithHistory":{"city":[\(all.joined(separator: ","))]}}
            """
    }

    private static let two = [
        (value: "Lyon", at: "2026-11-22T09:00:00Z", by: "INTEGRATION"),
        (value: "", at: "2026-11-22T08:00:00Z", by: "CRM_UI"),
    ]

    @Test(arguments: [false, true])
    func historiesAreReadNewestFirstWhateverTheOrder(isReversed: Bool) async throws {
        let versions = isReversed ? Self.two.reversed() : Self.two
        let transport = ScriptedTransport([.answer(207, #"{"results":[\#(Self.record("2", versions))]}"#)])
        let found = try await Workbench.account(transport)
            .histories("contacts", ids: ["1", "2"], of: ["city"], selecting: Self.selection)
        #expect(found.map { $0?.record.id } == [nil, "2"])
        let city = found[1]?.versions["city"] ?? []
        #expect(city.map(\.by) == ["INTEGRATION 7", "CRM_UI 7"])
        #expect(city.map(\.value) == ["Lyon", ""])
        #expect(city.map(\.isByIntegration) == [true, false])
        #expect(city.first?.at == Instant("2026-11-22T09:00:00Z"))
        let body = try #require(transport.bodies.first)
        #expect(body["propertiesWithHistory"] == ["city"] && body["inputs"] == [["id": "1"], ["id": "2"]])
        #expect(body["properties"] == ["city", "hs_merged_object_ids"])
    }

    /// Whatever the order: by time.
    @Test func shuffledHistoriesAreSorted() async throws {
        let versions = [
            (value: "Nice", at: "2026-11-22T08:30:00Z", by: "CRM_UI"),
            (value: "Lyon", at: "2026-11-22T09:00:00Z", by: "INTEGRATION"),
            (value: "Paris", at: "2026-11-22T08:00:00Z", by: "CRM_UI"),
        ]
        let transport = ScriptedTransport([.answer(200, #"{"results":[\#(Self.record("1", versions))]}"#)])
        let found = try await Workbench.account(transport)
            .histories("contacts", ids: ["1"], of: ["city"], selecting: Self.selection)
        #expect(found[0]?.versions["city"]?.map(\.value) == ["Lyon", "Nice", "Paris"])
        #expect(found[0]?.overwritten("city", landed: "Lyon", base: "Paris", until: nil)?.value == "Nice")
    }

    /// A record without its id, or with nothing but it, is missing or unreadable, and stops nobody else (R13).
    @Test func damagedRecordsStopNobodyElse() async throws {
        let good = Self.record("3", Self.two)
        let body = #"{"results":[{"properties":{"city":"X"}},{"id":"2"},\#(good)]}"#
        let transport = ScriptedTransport([.answer(200, body)])
        let found = try await Workbench.account(transport)
            .histories("contacts", ids: ["1", "2", "3"], of: ["city"], selecting: Self.selection)
        #expect(found.map { $0?.record.id } == [nil, "2", "3"])
        #expect(found.map { $0?.record.isReadable } == [nil, false, true])
    }

    @Test(arguments: [#"{"results":[{"id":"1","upd"#, "{}", #"{"results":{}}"#, "", "null", "<html>"])
    func aGarbledAnswerIsAFailure(body: String) async throws {
        let account = try Workbench.account(ScriptedTransport([], watch: { _ in .answer(200, body) }))
        await #expect(throws: RemoteFailure.self) {
            try await account.histories("contacts", ids: ["1"], of: ["city"], selecting: Self.selection)
        }
    }

    /// An entry that cannot be made out is no clear: it was somebody's value, and that is told.
    @Test(arguments: ["17", "{}", #"{"value":{"x":1},"timestamp":"2026-11-22T08:30:00Z","sourceType":"CRM_UI"}"#])
    func anEntryThatCannotBeReadIsNoClear(entry: String) async throws {
        let body = """
            {"results":[{"id":"1","updatedAt":"2026-11-22T09:00:00Z","properties":{"city":"Lyon"},
            "propertiesWithHistory":{"city":[{"value":"Lyon","timestamp":"2026-11-22T09:00:00Z"},\(entry),
            {"value":"","timestamp":"2026-11-22T08:00:00Z"}]}}]}
            """
        let account = try Workbench.account(ScriptedTransport([.answer(200, body)]))
        let found = try await account.histories("contacts", ids: ["1"], of: ["city"], selecting: Self.selection)
        #expect(found[0]?.overwritten("city", landed: "Lyon", base: .null, until: nil)?.value == .absent)
    }

    /// Who wrote is for people to read; the CRM may say anything, and at any length.
    @Test func aWritersNameIsCut() async throws {
        let name = String(repeating: "\\u001b[2J", count: 10_000)
        let versions = [(value: "Lyon", at: "2026-11-22T09:00:00Z", by: name)]
        let transport = ScriptedTransport([.answer(200, #"{"results":[\#(Self.record("1", versions))]}"#)])
        let found = try await Workbench.account(transport)
            .histories("contacts", ids: ["1"], of: ["city"], selecting: Self.selection)
        #expect(found[0]?.versions["city"]?.first?.by.unicodeScalars.count == 200)
    }

    /// HubSpot takes 50 with histories, and 100 without.
    @Test func fiftyAreAskedForAtATime() async throws {
        let transport = ScriptedTransport(Array(repeating: .answer(200, #"{"results":[]}"#), count: 3))
        let account = try Workbench.account(transport)
        #expect(account.traits.lostUpdate == .detected && account.traits.historyBatchSize == 50)
        let ids = (1...120).map { Text(String($0)) }
        _ = try await account.histories("contacts", ids: ids, of: ["city"], selecting: Self.selection)
        #expect(transport.bodies.map { $0["inputs"]?.array?.count } == [50, 50, 20])
    }

    @Test func aConnectionMayLiveWithTheWindow() throws {
        let account = try ManifestAccount(
            manifest: Workbench.manifest("hubspot"),
            settings: AccountSettings(credentials: ["token": Secret("pat")], detectsLostUpdates: false),
            transport: ScriptedTransport([]),
            clock: TestTime().clock,
            sleeper: TestTime().sleeper,
            logger: .init(label: "test")
        )
        #expect(account.traits.lostUpdate == .window && account.traits.historyBatchSize == nil)
    }

    /// Tryton's writes are conditional, and nobody keeps our id unique there.
    @Test func trytonNeedsNoHistoryAndKeepsNoKeyUnique() throws {
        let credentials = ["login": Secret("a"), "password": Secret("b")]
        let manifest = try Workbench.manifest("tryton")
        let traits = try Workbench.account(ScriptedTransport([]), manifest: manifest, credentials: credentials).traits
        #expect(traits.lostUpdate == .none && traits.historyBatchSize == nil)
        #expect(traits.unenforcedKeys == ["contacts", "companies", "deals"])
        #expect(try Workbench.account(ScriptedTransport([])).traits.unenforcedKeys.isEmpty)
    }

    @Test func detectionWithoutAHistoryIsAMistakeOfTheManifest() {
        let update = """
              update:
                request: { method: POST, path: "/x", body: { $each: inputs, $item: "${item.properties}" } }
            """
        let text = ManifestDiagnosticTests.right
            .replacing("index_lag: 5s", with: "index_lag: 5s\nlost_update: detected")
            .replacing("operations:\n", with: "operations:\n\(update)\n")
        let findings = ManifestDiagnosticTests.findings(text)
        #expect(findings.contains("test.yaml:7:") && findings.contains("cannot be detected without its history"))
        #expect(findings.contains("add an operation history"))
    }

    // MARK: What was replaced

    private static func history(_ values: [Value]) -> RemoteHistory {
        let versions = values.enumerated().map { place, value in
            RemoteVersion(value: value, at: Instant(microseconds: Int64(100 - place) * 10_000_000), by: "")
        }
        let record = RemoteRecord(id: "1", version: 0, values: [])
        return RemoteHistory(record: record, versions: ["city": versions])
    }

    /// The history newest first, and what was replaced by our Lyon, which was based on Paris.
    @Test(
        arguments: [
            (["Lyon", "Nice", "Paris"], "Nice"), (["Lyon", "Lille", "Nice", "Paris"], "Lille"),
            (["Lyon", .null, "Paris"], .null), (["Lyon", "Paris"], nil), (["Lyon", "Paris", "Nice"], nil),
            (["Lyon", "Lyon", "Paris"], nil), (["Lyon"], nil), ([], nil), (["Nice", "Paris"], nil),
            (["Nice", "Lyon", "Lille", "Paris"], "Lille"),
        ] as [([Value], Value?)]
    )
    func theVersionJustBeforeOursIsWhatWasReplaced(versions: [Value], replaced: Value?) {
        let found = Self.history(versions).overwritten("city", landed: "Lyon", base: "Paris", until: nil)
        #expect(found?.value == replaced)
    }

    @Test func aBlankBaseIsABlankHoweverItIsSpelt() {
        let found = Self.history(["Lyon", ""]).overwritten("city", landed: "Lyon", base: .null, until: nil)
        #expect(found == nil)
    }

    /// Ours is from second 980; somebody typed the same later.
    @Test func whatIsLaterThanOurAnswerIsNotOurs() {
        let history = Self.history(["Lyon", "Nice", "Lyon", "Paris"])
        #expect(history.overwritten("city", landed: "Lyon", base: "Paris", until: 980_000_000) == nil)
        #expect(history.overwritten("city", landed: "Lyon", base: "Paris", until: nil)?.value == "Nice")
    }
}
