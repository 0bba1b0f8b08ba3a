import Planning
import Synchronization

/// The records that one run has deleted, blanked and overwritten so far, in all its phases, by object of ours (R11).
final class RunGuard: Sendable {
    private let state = Mutex<[String: BreakerCounts]>([:])
    private let before = Mutex<[String: Int]?>(nil)

    /// The counts of an object so far.
    func counts(of object: String) -> BreakerCounts { self.state.withLock { $0[object] ?? BreakerCounts() } }

    /// How many records of all objects so far.
    func total(_ kind: Breaker.Kind) -> Int { self.state.withLock { $0.values.reduce(0) { $0 + $1[kind] } } }

    /// Adds what a transaction is about to commit.
    func add(_ counts: BreakerCounts, of object: String) {
        self.state.withLock { $0[object, default: BreakerCounts()].add(counts) }
    }

    /// What earlier runs of the day did, by name; looked up once in a run, as nobody else syncs the connection meanwhile.
    func earlier(_ lookUp: () throws -> [String: Int]) rethrows -> [String: Int] {
        try self.before.withLock { known in
            if let known { return known }
            let found = try lookUp()
            known = found
            return found
        }
    }

    /// The counts as the store keeps them with a run, without those of the kinds that a person allowed: they count
    /// for nothing in the day that follows.
    func stored(without allowed: Set<Breaker.Kind>) -> [String: Int64] {
        var result: [String: Int64] = [:]
        for (object, counts) in self.state.withLock({ $0 }) {
            for kind in Breaker.Kind.allCases where !allowed.contains(kind) && counts[kind] > 0 {
                result[Self.name(kind, object)] = Int64(counts[kind])
            }
        }
        return result
    }

    /// The name of a count in the store.
    static func name(_ kind: Breaker.Kind, _ object: String) -> String { "\(Self.prefix)\(kind.rawValue)_\(object)" }

    /// What such names begin with.
    static let prefix = "guarded_"

    /// Whether a count in the store has such a name, and is of a kind.
    static func isName(_ name: String, of kind: Breaker.Kind) -> Bool { name.hasPrefix(Self.name(kind, "")) }
}
