import Synchronization

/// The fake CRM's only source of time.
package final class FakeClock: Sendable {
    private let offset = Mutex<Int64>(0)
    private let reading: @Sendable () -> Int64

    /// Creates a clock that stands still until it is advanced; the start is in milliseconds since 1970.
    package init(startingAt milliseconds: Int64) { self.reading = { milliseconds } }

    /// Creates a clock that reads another one, in milliseconds since 1970.
    package init(reading: @escaping @Sendable () -> Int64) { self.reading = reading }

    /// The time in milliseconds since 1970.
    package var now: Int64 { self.reading() + self.offset.withLock { $0 } }

    /// Moves the clock, forward or back, by milliseconds.
    package func advance(by milliseconds: Int64) { self.offset.withLock { $0 += milliseconds } }
}
