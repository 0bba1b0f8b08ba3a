package import Records
import Synchronization

/// A wall clock that moves only when a test says so; sleeping moves it.
package final class TestClock: Sendable {
    private let state: Mutex<Instant>

    /// Creates a clock that reads 2026-03-02T09:00:00Z, or another instant.
    package init(_ start: Instant = Instant(milliseconds: 1_772_442_000_000)) {
        self.state = Mutex(start)
    }

    /// The time now.
    package var now: Instant { self.state.withLock { $0 } }

    /// Moves the time forward.
    package func advance(by duration: Duration) {
        self.state.withLock { $0 = $0.advanced(by: duration) }
    }

    /// The clock as engines take it.
    package var wallClock: WallClock { WallClock { self.now } }

    /// Sleeping that takes no time and moves the clock.
    package var sleeper: Sleeper { Sleeper { self.advance(by: $0) } }
}

/// Random bits that are the same in every run with the same seed.
package final class SeededRandomness: Sendable {
    private let state: Mutex<UInt64>

    /// Creates a generator.
    package init(seed: UInt64) {
        self.state = Mutex(seed &* 0x9E37_79B9_7F4A_7C15 | 1)
    }

    /// 64 fresh bits.
    package func next() -> UInt64 {
        self.state.withLock { state in
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state &* 0x2545_F491_4F6C_DD1D
        }
    }

    /// The generator as engines take it.
    package var randomness: Randomness { Randomness { self.next() } }
}
