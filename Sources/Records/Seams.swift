/// The wall clock, as engines see it.
///
/// A value, not a protocol: production passes the system's time, tests and the simulation their own.
package struct WallClock: Sendable {
    private let read: @Sendable () -> Instant

    /// Creates a clock from a function that tells the time.
    package init(_ read: @escaping @Sendable () -> Instant) {
        self.read = read
    }

    /// The time now.
    package var now: Instant { self.read() }
}

/// A source of random bits, as engines see it.
package struct Randomness: Sendable {
    private let draw: @Sendable () -> UInt64

    /// Creates a source from a function that gives 64 fresh bits.
    package init(_ draw: @escaping @Sendable () -> UInt64) {
        self.draw = draw
    }

    /// 64 fresh bits.
    package func next() -> UInt64 { self.draw() }
}

/// Makes record ids.
package struct RecordIDSource: Sendable {
    private let clock: WallClock
    private let randomness: Randomness

    /// Creates a source over a clock and a source of random bits.
    package init(clock: WallClock, randomness: Randomness) {
        self.clock = clock
        self.randomness = randomness
    }

    /// A fresh id.
    package func next() -> RecordID {
        RecordID(at: self.clock.now, random: (self.randomness.next(), self.randomness.next()))
    }
}

/// Waits, as engines see it: an injected `Task.sleep`.
package struct Sleeper: Sendable {
    private let wait: @Sendable (Duration) async throws -> Void

    /// Creates a sleeper from a function that returns after a duration, or throws when the task is cancelled.
    package init(_ wait: @escaping @Sendable (Duration) async throws -> Void) {
        self.wait = wait
    }

    /// Returns after `duration`.
    package func sleep(for duration: Duration) async throws { try await self.wait(duration) }
}
