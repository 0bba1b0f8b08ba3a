import Records
import Synchronization

/// Keeps requests within the declared rates, by making them wait.
///
/// Each policy remembers when its latest requests went out; a request that would make a window of one of its rates overfull
/// sleeps until there is room, and looks again. Nobody reserves a moment to come, and lanes that can wait leave a part of
/// each window free: so an urgent request is never behind a first import. What the server says can only make the
/// estimate lower, never higher.
final class APIBudget: Sendable {
    private let rules: BudgetRules
    private let clock: WallClock
    private let sleeper: Sleeper
    private let state: Mutex<[Lane]>

    /// The times at which a policy's latest requests went out, ascending, in microseconds.
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
    func wait(_ policy: Int?, lane: RequestLane = .current) async throws -> Duration? {
        guard let policy else { return nil }
        let rates = self.rules.policies[policy].rates
        while true {
            let now = self.clock.now.microseconds
            let start = self.state.withLock { Self.take(&$0[policy], rates, for: lane, now: now) }
            guard start > now else { return nil }
            let wait = Duration.microseconds(start - now)
            if wait > Self.patience { return wait }
            try await self.sleeper.sleep(for: wait)
        }
    }

    /// Counts a request that may go out now; otherwise says when there will be room.
    private static func take(
        _ state: inout Lane,
        _ rates: [BudgetRules.Rate],
        for lane: RequestLane,
        now: Int64
    ) -> Int64 {
        // A clock that was set back must not make everybody wait for it.
        if let last = state.times.last, last > now + Self.horizon { state.times.removeAll() }
        if state.blockedUntil > now + Self.horizon { state.blockedUntil = now }
        var start = max(now, state.blockedUntil, state.times.last ?? now)
        for rate in rates {
            let limit = lane.share(of: rate.limit)
            guard state.times.count >= limit else { continue }
            start = max(start, state.times[state.times.count - limit] + rate.interval.microseconds)
        }
        guard start <= now else { return start }
        state.times.append(now)
        let longest = rates.map(\.limit).max() ?? 0
        if state.times.count > longest { state.times.removeFirst(state.times.count - longest) }
        return now
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
