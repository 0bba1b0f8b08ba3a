import Synchronization

/// One account of the fake CRM: a HubSpot look-alike that is as strict as the real one.
///
/// It holds its records in memory and answers requests by itself; `FakeCRMServer` puts it behind a socket. All time comes
/// from its clock and all choices from its seed, so the same requests give the same answers.
package final class FakeCRMAccount: Sendable {
    /// The account's id, which `account-info` tells.
    package let portalID: Int64
    /// The account's source of time.
    package let clock: FakeClock
    let state: Mutex<AccountState>

    /// Creates an empty account.
    package init(options: AccountOptions = AccountOptions(), habits: Habits = .realistic, clock: FakeClock) {
        self.portalID = options.portalID
        self.clock = clock
        self.state = Mutex(AccountState(options: options, habits: habits, clock: clock))
    }

    /// Takes over a state that was read from a file.
    init(state: AccountState, clock: FakeClock) {
        self.portalID = state.options.portalID
        self.clock = clock
        self.state = Mutex(state)
    }

    /// Answers one request of the API.
    package func handle(_ request: FakeRequest) -> FakeResponse {
        self.state.withLock { $0.respond(to: request) }
    }

    /// Whether a token lets into this account.
    package func knows(token: String) -> Bool {
        self.state.withLock { state in
            state.options.tokens.contains { $0.hasSecret(token.utf8) }
        }
    }

    /// The habits in force.
    package var habits: Habits {
        get { self.state.withLock { $0.habits } }
        set { self.state.withLock { $0.habits = newValue } }
    }

    /// The faults in force; setting them starts their counts afresh.
    package var faults: Faults {
        get { self.state.withLock { $0.faults } }
        set { self.state.withLock { $0.setFaults(newValue) } }
    }

    /// The rate limits in force; off by default.
    package var limits: RateLimits {
        get { self.state.withLock { $0.limits } }
        set { self.state.withLock { $0.limits = newValue } }
    }

    /// What was asked so far.
    package var stats: RequestStats { self.state.withLock { $0.stats } }

    /// Sets all counts to zero.
    package func resetStats() { self.state.withLock { $0.stats = RequestStats() } }
}
