import Connectors
import Records
import RelaisTesting
import Store
import SyncEngine
import Testing

/// R2: damaged histories of a text that several fields share.
@Suite struct DamagedJointTextTests {
    private typealias Alteration = @Sendable (RemoteHistory) throws -> RemoteHistory?
    private typealias Linked = (bench: SyncBench, ada: RecordID, remote: Text)

    private func linked() async throws -> Linked {
        let mapping = try SyncBench.mapping(
            fields: [
                "{ local: street, remote: place, via: [ { split: { by: ', ', part: 1 } } ] }",
                "{ local: city, remote: place, via: [ { split: { by: ', ', part: 2 } } ] }",
            ],
            more: ["initial: prefer_remote"]
        )
        let bench = try SyncBench(mappings: [mapping], lostUpdate: .detected)
        let remote = bench.account.edit("contacts", nil, ["email": "ada@x.org", "place": "1 rue X, Paris"])
        try await bench.sync()
        return (bench, try #require(try bench.contacts().first).id, remote)
    }

    /// Somebody types a place just before our next write.
    private func meddle(_ state: Linked, _ place: Value) {
        let remote = state.remote
        state.bench.account.with { account in
            account.beforeWrite = { account in
                let now = account.objects["contacts"]?[remote]?.version ?? 0
                account.objects["contacts"]?[remote]?
                    .write(["place": place], by: "CRM_UI userId:7", at: now + 1_000_000)
                account.beforeWrite = nil
            }
        }
    }

    private static func keeping(
        of history: RemoteHistory,
        _ isKept: (Int, RemoteVersion) -> Bool
    ) -> RemoteHistory {
        let versions = history.versions["place", default: []].enumerated().filter { isKept($0.offset, $0.element) }
        return RemoteHistory(record: history.record, versions: ["place": versions.map(\.element)])
    }

    private static let alterations: [(name: String, alteration: Alteration)] = [
        ("the record is left out", { _ in nil }),
        ("the property is left out", { RemoteHistory(record: $0.record, versions: [:]) }),
        ("it does not reach up to our write", { history in Self.keeping(of: history) { place, _ in place > 0 } }),
        ("it is refused", { _ in throw RemoteFailure(.badRequest, "400") }),
        (
            "nothing but the id can be read",
            { RemoteHistory(record: .unreadable(id: $0.record.id, properties: 9), versions: [:]) }
        ),
    ]

    /// The part that only went along is told once the history can be read, and neither part is sent again.
    @Test(arguments: Self.alterations.indices)
    func r2APartReplacedUnseenIsToldOnceItCanBe(number: Int) async throws {
        let state = try await self.linked()
        let name = Self.alterations[number].name
        try state.bench.edit(state.ada, ["city": "Lyon"])
        self.meddle(state, "9 rue Q, Paris")
        state.bench.account.with { $0.onHistory = Self.alterations[number].alteration }
        let report = try await state.bench.sync()
        #expect(report.counts.unknown == 1 && report.counts.needsAttention, "\(name)")
        #expect(try state.bench.conflicts(.settled).isEmpty)
        let writes = state.bench.account.with { account in
            account.onHistory = nil
            return account.writes
        }
        try await state.bench.sync(after: .seconds(5))
        let log = try state.bench.conflicts(.settled)
        #expect(log.map(\.about.field) == ["street"] && log.map(\.about.remote) == ["9 rue Q"], "\(name)")
        let quiet = try await state.bench.sync()
        #expect(quiet.counts.localWrites + quiet.counts.remoteWrites + quiet.counts.unknown == 0)
        #expect(state.bench.account.with { $0.writes } == writes, "\(name)")
        #expect(state.bench.account.value("contacts", state.remote, "place") == "1 rue X, Lyon")
        #expect(try state.bench.value(state.ada, "street") == "1 rue X")
    }

    /// A history that holds what somebody typed after us, and not what the answer said of our write, has a hole.
    @Test func r2AHistoryWithoutWhatTheAnswerSaidIsAskedForAgain() async throws {
        let state = try await self.linked()
        let remote = state.remote
        try state.bench.edit(state.ada, ["city": "Lyon"])
        self.meddle(state, "9 rue Q, Paris")
        state.bench.account.with { account in
            account.afterWrite = { account in
                let now = account.objects["contacts"]?[remote]?.version ?? 0
                account.objects["contacts"]?[remote]?
                    .write(["place": "1 rue X, Nice"], by: "CRM_UI userId:7", at: now + 5_000_000)
                account.afterWrite = nil
            }
            account.onHistory = { history in Self.keeping(of: history) { $1.value != "1 rue X, Lyon" } }
        }
        #expect(try await state.bench.sync().counts.unknown == 1)
        state.bench.account.with { $0.onHistory = nil }
        for _ in 0..<2 { try await state.bench.sync(after: .seconds(5)) }
        #expect(try state.bench.conflicts(.settled).contains { $0.about.remote == "9 rue Q" })
        #expect(try state.bench.value(state.ada, "city") == "Nice")
        #expect(state.bench.account.value("contacts", remote, "place") == "1 rue X, Nice")
    }

    /// The CRM writes the whole text in its own form, the part that only went along too: the history knows it by that.
    @Test func r2APartInTheFormOfTheAnswerIsFoundInTheHistory() async throws {
        let state = try await self.linked()
        state.bench.account.with { account in
            account.habits.normalise = { name, value in
                guard name == "place", case .text(let text) = value else { return value }
                return .text(Text(text.string.uppercased()))
            }
        }
        try state.bench.edit(state.ada, ["city": "Lyon"])
        self.meddle(state, "9 rue Q, Paris")
        #expect(try await state.bench.sync().counts.overwrittenUnseen == 1)
        #expect(try state.bench.conflicts(.settled).map(\.about.remote) == ["9 rue Q"])
    }
}
