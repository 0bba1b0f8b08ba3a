import Connectors
import Records

/// Repeats what failed in passing, as often and as slowly as is decent.
struct Retrying: Sendable {
    let sleeper: Sleeper
    /// Spreads the waits, so that those who failed together do not come back together; nil waits exactly.
    var randomness: Randomness?
    /// How often something is tried in all.
    var attempts = 5
    /// The longest wait that is still decent; longer ones end the run.
    var longestWait = Duration.seconds(120)

    /// Runs `work` until it succeeds, fails for good, or the attempts are used up.
    ///
    /// The server's wish counts, and never shortens our own pause: a server that says "now" has just refused.
    func run<Result>(_ work: () async throws -> Result) async throws -> Result {
        var attempt = 1
        while true {
            do {
                return try await work()
            } catch let failure as RemoteFailure where failure.disposition == .retry && attempt < self.attempts {
                let wait = max(failure.retryAfter ?? .zero, self.pause(after: attempt))
                guard wait <= self.longestWait else { throw failure }
                try await self.sleeper.sleep(for: wait)
                attempt += 1
            }
        }
    }

    /// Writes, and writes again what the CRM had no time for; of such an input nothing was carried out.
    ///
    /// What is still refused at the end keeps that answer. A cancelled task stops with what it has.
    func write(
        _ inputs: [RemoteWrite],
        _ send: ([RemoteWrite]) async -> [RemoteWriteResult]
    ) async -> [RemoteWriteResult] {
        var results = await send(inputs)
        for attempt in 1..<self.attempts {
            var wait = Duration.zero
            let refused = results.indices.filter { index in
                guard case .rateLimited(let after) = results[index].outcome else { return false }
                wait = max(wait, after ?? .zero)
                return true
            }
            wait = max(wait, self.pause(after: attempt))
            guard !refused.isEmpty, wait <= self.longestWait, (try? await self.sleeper.sleep(for: wait)) != nil else {
                return results
            }
            let again = await send(refused.map { inputs[$0] })
            for (index, result) in zip(refused, again) { results[index] = result }
        }
        return results
    }

    /// The wait after a failed attempt, counted from 1: 1, 2, 4 … up to 32 seconds, of which the second half is left to
    /// chance.
    func pause(after attempt: Int) -> Duration {
        let longest = Duration.seconds(1 << min(attempt - 1, 5))
        guard let randomness else { return longest }
        let part = Double(randomness.next() >> 11) / Double(UInt64(1) << 53)
        return longest / 2 + longest / 2 * part
    }
}
