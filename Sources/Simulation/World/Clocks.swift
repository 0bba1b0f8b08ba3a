import Records
import RelaisTesting
import Synchronization

/// The clocks of the world: one true time, and what each side reads of it.
final class Clocks: Sendable {
    private let executor: SeededExecutor
    /// By the side's number.
    private let errors = Mutex(Home.allCases.map { _ in Duration.zero })

    init(_ executor: SeededExecutor) { self.executor = executor }

    /// Sets how far a side's clock is off.
    func set(_ error: Duration, of home: Home) { self.errors.withLock { $0[home.rawValue] = error } }

    /// What a side's clock reads.
    func remote(_ home: Home) -> Instant {
        self.executor.now.advanced(by: self.errors.withLock { $0[home.rawValue] })
    }

    /// Our clock, as engines take it.
    var local: WallClock { WallClock { self.remote(.local) } }
}
