import Mapping
import Records
import RelaisTesting
import Store
import SyncEngine

/// Something that happened on both sides, and the command that meets it and is killed.
struct CrashScenario: Sendable {
    /// What happened.
    let name: String
    /// Brings both sides to where the command begins; the same each time.
    let begin: @Sendable () async throws -> SyncBench
    /// What people do while the killed process is down; nothing by default.
    var meanwhile: @Sendable (SyncBench) throws -> Void = { _ in }
    /// The command that is killed, and given again.
    var command: @Sendable (SyncBench) async throws -> Void = { bench in
        _ = try await bench.syncer.sync(approvedBy: "ada")
    }

    /// Runs the command again, and syncs until all is quiet; the first run comes before the index shows what the killed one
    /// made.
    func finish(_ bench: SyncBench) async throws -> CrashOutcome {
        bench.clock.advance(by: .seconds(5))
        try await self.command(bench)
        for pause in [60, 60, 4000, 60] {
            bench.clock.advance(by: .seconds(pause))
            _ = try await bench.syncer.sync(approvedBy: "ada")
        }
        return try CrashOutcome(bench)
    }
}

/// All that people can see of both sides, without ids.
struct CrashOutcome: Equatable {
    private static let names = [
        "email", "phone", "first_name", "city", "street", "place", "stage", "newsletter", "interests", "score",
    ]

    /// Our live records.
    var local: [String]
    /// The CRM's live records.
    var remote: [String]
    /// What was set aside, waits or was decided, as words.
    var waiting: [String]
    /// How many links of each state there are.
    var links: [String: Int]
    /// How many were deleted for good in the CRM.
    var erased: Int

    init(_ bench: SyncBench) throws {
        let companies = Dictionary(
            try bench.store.read { transaction in
                try transaction.liveRecords(transaction.object("company"), limit: 100)
                    .map { ($0.id.description, "\($0["domain"])") }
            }
        ) { first, _ in first }
        self.local = try bench.contacts()
            .map { record in
                let values = Self.names.map { record[$0].isBlank ? "-" : "\(record[$0])" }
                let joined = Self.elements(record["companies"]).map { companies[$0] ?? "?" }.sorted()
                return (values + joined).joined(separator: "|")
            }
            .sorted()
        self.remote = bench.account.ids("contacts")
            .map { id in
                let values = Self.names.map { name -> String in
                    let value = bench.account.value("contacts", id, name)
                    return value.isBlank ? "-" : "\(value)"
                }
                let joined = bench.account.associated("contacts", id, "companies")
                    .map { "\(bench.account.value("companies", $0, "domain"))" }
                return (values + joined.sorted()).joined(separator: "|")
            }
            .sorted()
        (self.waiting, self.links) = try bench.store.read { transaction in
            guard let connection = try transaction.connection("crm")?.number else { return ([], [:]) }
            let states: [ConflictState] = [.open, .decided, .settled]
            let conflicts = try states.flatMap { state in
                try transaction.conflicts(ConflictFilter(state: state), limit: 1000)
                    // Where the answer was lost, what the CRM makes of a value cannot be told from what a person made of it.
                    .filter { !$0.about.rule.hasSuffix("answered write, overtaken: remote") || $0.winner != .remote }
                    .map { "\(state.rawValue) \($0.about.field) \($0.about.local) \($0.about.remote) \($0.about.rule)" }
            }
            let holds = try transaction.holds(connection, limit: 1000).map {
                "hold \($0.field) \($0.reason) \($0.local)"
            }
            let reviews = try transaction.openReviews(limit: 1000).map { "review \($0.kind)" }
            let aside = try transaction.quarantined(limit: 1000).map { "aside \($0.reason) \($0.detail)" }
            let operations = try transaction.countOperations(connection, in: .unknown)
            var links: [String: Int] = [:]
            for record in try transaction.liveRecords(transaction.object("contact"), limit: 1000) {
                for link in try transaction.links(of: record.id) { links["\(link.status)", default: 0] += 1 }
            }
            return ((conflicts + holds + reviews + aside).sorted() + ["unknown \(operations)"], links)
        }
        self.erased = bench.account.with { $0.erased.count }
    }

    private static func elements(_ value: Value) -> [String] {
        guard case .set(let elements) = value else { return [] }
        return elements.map(\.string)
    }
}
