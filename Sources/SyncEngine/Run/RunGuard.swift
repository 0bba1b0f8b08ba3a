import Planning
import Synchronization

/// What one run has deleted, blanked and overwritten so far, in all its phases (R11).
final class RunGuard: Sendable {
    private let state = Mutex(BreakerCounts())

    /// The counts so far.
    var counts: BreakerCounts { self.state.withLock { $0 } }

    /// Adds what a transaction is about to commit.
    func add(_ counts: BreakerCounts) { self.state.withLock { $0.add(counts) } }
}
