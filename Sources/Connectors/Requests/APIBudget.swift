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

    /// Waits until a request may go out; throws if the task is cancelled.
    func wait(_ policy: Int?) async throws {
        guard let policy else { return }
        let now = self.clock.now.microseconds
        let start = self.state.withLock { lanes in
            Self.reserve(&lanes[policy], self.rules.policies[policy].rates, now: now)
        }
        if start > now { try await self.sleeper.sleep(for: .microseconds(start - now)) }
    }

    private static func reserve(_ lane: inout Lane, _ rates: [BudgetRules.Rate], now: Int64) -> Int64 {
        var start = max(now, lane.blockedUntil, lane.times.last ?? now)
        // A clock that was set back must not make everybody wait for it.
        if let last = lane.times.last, last - now > 3_600_000_000 {
            lane.times.removeAll()
            start = now
        }
        for rate in rates where lane.times.count >= rate.limit {
            start = max(start, lane.times[lane.times.count - rate.limit] + rate.interval.microseconds)
        }
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
