package import Records
import Synchronization

/// What an account may be asked in a day, and what it was asked: counted for each lane, with a reserve for what is urgent.
///
/// Days are those of UTC. A product whose day begins elsewhere says what is left in its answers, and that can only lower what
/// we think; so the worst is that we are careful for some hours.
package final class DailyBudget: Sendable {
    /// What was spent in a day; what the store keeps.
    package struct Spending: Hashable, Sendable {
        /// Days since 1970-01-01 in UTC.
        package var day: Int64
        /// Requests by lane, in the order of `RequestLane.allCases`.
        package var requests: [Int]
        /// What the server said last that it still allows, and how many requests there were then; nil if it never said.
        package var said: Said?

        /// A word of the server.
        package struct Said: Hashable, Sendable {
            /// Requests that it still allowed.
            package var left: Int
            /// Requests that we had made by then.
            package var at: Int

            /// Creates a word.
            package init(left: Int, at: Int) {
                self.left = left
                self.at = at
            }
        }

        /// Creates the spending of a day.
        package init(day: Int64, requests: [Int] = [0, 0, 0], said: Said? = nil) {
            self.day = day
            self.requests = requests
            self.said = said
        }

        /// Requests of all lanes.
        package var total: Int { self.requests.reduce(0, +) }
    }

    /// The most requests in a day; nil if the product sets no such limit, or none that we know.
    package let limit: Int?
    /// The requests that only urgent work may make.
    package let reserve: Int
    private let clock: WallClock
    private let state: Mutex<Spending>
    private let saved = Mutex<Spending?>(nil)

    /// Creates a budget with a share of the limit, in percent, for urgent work.
    package init(limit: Int?, reservePercent: Int = 10, clock: WallClock) {
        self.limit = limit
        self.reserve = (limit ?? 0) * reservePercent / 100
        self.clock = clock
        self.state = Mutex(Spending(day: Self.day(clock.now)))
    }

    /// Whether this is what the store was told last; nothing was spent since.
    package func isSaved(_ spending: Spending) -> Bool { self.saved.withLock { $0 == spending } }

    /// Whether the store was told of that day last.
    package func hasSaved(_ day: Int64) -> Bool { self.saved.withLock { $0?.day == day } }

    /// Remembers what the store knows; nil if it knows nothing of today.
    package func noteSaved(_ spending: Spending?) { self.saved.withLock { $0 = spending } }

    /// What was spent today.
    package var spending: Spending {
        let today = Self.day(self.clock.now)
        return self.state.withLock { $0.day == today ? $0 : Spending(day: today) }
    }

    /// Requests that may still be made today; nil without a limit.
    package var left: Int? { self.left(of: self.spending) }

    /// Goes on from what the store kept; what was spent meanwhile is not forgotten.
    package func resume(from kept: Spending) {
        self.state.withLock { state in
            guard kept.day == Self.day(self.clock.now) else { return }
            guard state.day == kept.day else {
                state = kept
                return
            }
            state.requests = zip(state.requests, kept.requests).map { max($0, $1) }
            state.said = state.said ?? kept.said
        }
    }

    /// Counts a request; gives the wait until tomorrow instead if the lane has nothing left today.
    ///
    /// A first import stops twice the reserve before the end, so that the day's changes still come through.
    func spend(_ lane: RequestLane) -> Duration? {
        let now = self.clock.now
        let today = Self.day(now)
        return self.state.withLock { state in
            if state.day != today { state = Spending(day: today) }
            if let left = self.left(of: state), left <= self.reserve * lane.rawValue {
                return .microseconds((today + 1) * Self.microsecondsOfDay - now.microseconds)
            }
            state.requests[lane.rawValue] += 1
            return nil
        }
    }

    /// Takes over what the server says is left today; more than we think changes nothing.
    func observe(left: Int?) {
        guard let left, left >= 0 else { return }
        self.state.withLock { state in
            let said = Spending.Said(left: left, at: state.total)
            if let known = self.left(of: state), known <= left { return }
            state.said = said
        }
    }

    private func left(of state: Spending) -> Int? {
        let own = self.limit.map { $0 - state.total }
        let told = state.said.map { $0.left - (state.total - $0.at) }
        return [own, told].compactMap { $0 }.min().map { max(0, $0) }
    }

    private static let microsecondsOfDay: Int64 = 86_400_000_000

    private static func day(_ instant: Instant) -> Int64 {
        let (days, rest) = instant.microseconds.quotientAndRemainder(dividingBy: self.microsecondsOfDay)
        return rest < 0 ? days - 1 : days
    }
}
