import Records
import Synchronization

/// Keeps requests within the declared rates, by making them wait.
///
/// Each policy remembers when its latest requests went out; a request takes the first moment at which no window of any of
/// its rates is overfull, and sleeps until then. What the server says can only make the estimate lower, never higher.
final class APIBudget: Sendable {
    private let rules: BudgetRules
    private let clock: WallClock
    private let sleeper: Sleeper
    private let state: Mutex<[Lane]>

    /// The times at which a policy's latest requests go out, ascending, in microseconds.
    private struct Lane {
        var times: [Int64] = []
        /// Nothing goes out before this moment.
        var blockedUntil: Int64 = .min
    }

    init(_ rules: BudgetRules, clock: WallClock, sleeper: Sleeper) {
        self.rules = rules
        self.clock = clock
        self.sleeper = sleeper
        self.state = Mutex(Array(repeating: Lane(), count: rules.policies.count))
    }

    /// Which policy counts a request; nil if none does.
    func policy(method: String, path: String) -> Int? {
        self.rules.policies.firstIndex { policy in
            (policy.method ?? method).hasSameBytes(as: method) && path.hasSuffix(policy.pathEnd ?? "")
        }
    }

    /// The longest wait that a request sleeps through; a longer one is the caller's business.
    static let patience = Duration.seconds(60)
    /// No time of ours lies further ahead than this, unless the clock was set back.
    private static let horizon: Int64 = 7_200_000_000

    /// Waits until a request may go out; throws if the task is cancelled.
    ///
    /// Gives the wait instead, without waiting, if it is too long.
    func wait(_ policy: Int?) async throws -> Duration? {
        guard let policy else { return nil }
        let now = self.clock.now.microseconds
        let start = self.state.withLock { lanes in
            Self.reserve(&lanes[policy], self.rules.policies[policy].rates, now: now)
        }
        let wait = Duration.microseconds(start - now)
        if wait > Self.patience { return wait }
        if start > now { try await self.sleeper.sleep(for: wait) }
        return nil
    }

    private static func reserve(_ lane: inout Lane, _ rates: [BudgetRules.Rate], now: Int64) -> Int64 {
        // A clock that was set back must not make everybody wait for it.
        if let last = lane.times.last, last > now + Self.horizon { lane.times.removeAll() }
        if lane.blockedUntil > now + Self.horizon { lane.blockedUntil = now }
        var start = max(now, lane.blockedUntil, lane.times.last ?? now)
        for rate in rates where lane.times.count >= rate.limit {
            start = max(start, lane.times[lane.times.count - rate.limit] + rate.interval.microseconds)
        }
        guard start - now <= Self.patience.microseconds else { return start }
        lane.times.append(start)
        let longest = rates.map(\.limit).max() ?? 0
        if lane.times.count > longest { lane.times.removeFirst(lane.times.count - longest) }
        return start
    }

    /// Takes over what the server says it still allows, where that is less than we think.
    func observe(_ policy: Int?, remaining: Int?, interval: Duration?) {
        guard let policy, let remaining, remaining >= 0 else { return }
        let now = self.clock.now.microseconds
        self.state.withLock { lanes in
            for rate in self.rules.policies[policy].rates where interval == nil || interval == rate.interval {
                let window = now - rate.interval.microseconds
                let used = lanes[policy].times.count { $0 > window }
                let missing = min(rate.limit, rate.limit - used - remaining)
                guard missing > 0 else { continue }
                let place = lanes[policy].times.firstIndex { $0 > now } ?? lanes[policy].times.count
                lanes[policy].times.insert(contentsOf: repeatElement(now, count: missing), at: place)
            }
        }
    }

    /// Lets nothing out for a while, because the server said so.
    func block(_ policy: Int?, for duration: Duration) {
        guard let policy else { return }
        let until = self.clock.now.microseconds + duration.microseconds
        self.state.withLock { $0[policy].blockedUntil = max($0[policy].blockedUntil, until) }
    }
}

extension Duration {
    /// Whole microseconds, rounded down.
    var microseconds: Int64 {
        let (seconds, attoseconds) = self.components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }
}
