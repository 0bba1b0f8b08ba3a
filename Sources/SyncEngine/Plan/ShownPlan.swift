import Crypto
import Mapping
import Records
import Store

/// The plan that people saw last before the first sync of a connection: what an approval is of (R11).
struct ShownPlan {
    /// The run that showed it.
    let run: Int64
    /// What the mappings were made of: the same counts under another mapping are another plan.
    let mappings: String
    /// The counts by name.
    let counts: [String: Int]

    /// How far a count may move before it is another plan: one in a hundred, and five at least.
    ///
    /// A CRM in use is never twice the same, and whoever approves means its size and kind.
    static func tolerance(of count: Int) -> Int { max(5, count / 100) }

    /// The plan that a report shows, under the mappings that it was made with.
    init(_ report: SyncReport, of mappings: [CompiledMapping]) {
        let parts = mappings.map { "\($0.name) \($0.fingerprint)" }.sorted()
        let digest = SHA256.hash(data: Array(parts.joined(separator: "\n").utf8)).prefix(8)
        self.run = report.run
        self.mappings = digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        self.counts = Dictionary(
            uniqueKeysWithValues: SyncCounts.named.map { ($0.name, report.counts[keyPath: $0.path]) }
        )
    }

    /// What is beyond what was shown, in words; empty if nothing is.
    ///
    /// Less of a kind of change is no news: whoever looked saw it, and careful runs may have made some of it since. What is
    /// unchanged or came too late changes nothing at all.
    func moves(to now: ShownPlan) -> [String] {
        var moves: [String] = []
        if !self.mappings.hasSameBytes(as: now.mappings) { moves.append("the mapping is another one") }
        for (name, _) in SyncCounts.named where name != "unchanged" && name != "stale" {
            let (before, after) = (self.counts[name] ?? 0, now.counts[name] ?? 0)
            if after - before > Self.tolerance(of: before) {
                moves.append("\(name): \(before) was shown, now \(after)")
            }
        }
        return moves
    }
}

extension ShownPlan {
    /// The plan of a connection as it was kept; nil if none was shown.
    static func kept(_ connection: String, in transaction: Transaction) throws -> ShownPlan? {
        guard let text = try transaction.setting(Self.key(connection)), let kept = try? JSON(parsing: Array(text.utf8)),
            let run = kept["run"]?.int, let mappings = kept["mappings"]?.string, let counts = kept["counts"]?.object
        else { return nil }
        return ShownPlan(run: Int64(run), mappings: mappings, counts: counts.map { ($0.key, $0.value.int ?? 0) })
    }

    private init(run: Int64, mappings: String, counts: [(String, Int)]) {
        self.run = run
        self.mappings = mappings
        self.counts = Dictionary(counts) { first, _ in first }
    }

    /// Keeps the plan as the one that was shown last.
    func keep(_ connection: String, in transaction: Transaction) throws {
        let counts = self.counts.sorted { $0.key < $1.key }.map { (key: $0.key, value: JSON.number(String($0.value))) }
        let document: JSON = [
            "run": .number(String(self.run)), "mappings": .string(self.mappings), "counts": .object(counts),
        ]
        try transaction.setSetting(Self.key(connection), to: document.text)
    }

    /// Keeps the mappings of the plan as those that were approved.
    func approve(_ connection: String, in transaction: Transaction) throws {
        try transaction.setSetting(Self.approvalKey(connection), to: self.mappings)
    }

    /// What the mappings were made of that somebody approved last; nil if nobody did.
    static func approvedMappings(_ connection: String, in transaction: Transaction) throws -> String? {
        try transaction.setting(Self.approvalKey(connection))
    }

    private static func key(_ connection: String) -> String { "shown-plan/\(connection)" }
    private static func approvalKey(_ connection: String) -> String { "approved-mappings/\(connection)" }
}
