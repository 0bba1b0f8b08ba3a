import Connectors
import Records

/// Repeats what failed in passing, as often and as slowly as is decent.
struct Retrying: Sendable {
    let sleeper: Sleeper
    /// How often something is tried in all.
    var attempts = 5
    /// The longest wait that is still decent; longer ones end the run.
    var longestWait = Duration.seconds(120)

    /// Runs `work` until it succeeds, fails for good, or the attempts are used up.
    func run<Result>(_ work: () async throws -> Result) async throws -> Result {
        var attempt = 1
        while true {
            do {
                return try await work()
            } catch let failure as RemoteFailure where failure.disposition == .retry && attempt < self.attempts {
                let wait = failure.retryAfter ?? self.pause(after: attempt)
                guard wait <= self.longestWait else { throw failure }
                try await self.sleeper.sleep(for: wait)
                attempt += 1
            }
        }
    }

    /// The wait after a failed attempt, counted from 1: 1, 2, 4, 8 seconds.
    func pause(after attempt: Int) -> Duration { .seconds(1 << min(attempt - 1, 5)) }
}
