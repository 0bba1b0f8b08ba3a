package import Planning
package import Records

/// A failure that ends a run.
package struct SyncError: DispositionedError {
    /// Which failure it is.
    package enum Code: String, Sendable, CaseIterable {
        /// The credentials belong to another account than the one pinned by `connect` (R10).
        case wrongAccount = "wrong_account"
        /// Too many deletes, blanks or overwrites (R11).
        case breakerTripped = "breaker_tripped"
        /// The connection was never set up with `connect`.
        case notConnected = "not_connected"
        /// There is no such run, or it cannot be undone now.
        case noSuchRun = "no_such_run"
        /// The remote object lacks something that the mapping needs.
        case mappingUnfit = "mapping_unfit"
        /// Another process is syncing the connection.
        case alreadyRunning = "already_running"
        /// Another process took over in the middle of the run.
        case leaseLost = "lease_lost"

        /// The one place where a code is tied to a recovery.
        package var disposition: Disposition {
            switch self {
            case .wrongAccount, .breakerTripped, .notConnected: .pauseConnection
            case .mappingUnfit, .noSuchRun, .alreadyRunning, .leaseLost: .abortRun
            }
        }
    }

    /// Which failure it is.
    package let code: Code
    /// One line for an operator: what happened and what to do, free of field values and secrets.
    package let message: String
    /// What tripped a breaker; nil for every other failure.
    package let breaker: TrippedBreaker?

    /// Creates a failure.
    package init(_ code: Code, _ message: String, breaker: TrippedBreaker? = nil) {
        self.code = code
        self.message = message
        self.breaker = breaker
    }

    package var codeName: String { self.code.rawValue }
    package var disposition: Disposition { self.code.disposition }
    package var description: String { self.message }
}

/// How far a run would have gone beyond what a connection allows (R11).
package struct TrippedBreaker: Hashable, Sendable {
    /// The kind of change.
    package let kind: Breaker.Kind
    /// The changes of this kind in 24 hours, those that were stopped among them.
    package let count: Int
    /// Of these, what this run wrote before it was stopped.
    package let written: Int
    /// The links of the object.
    package let links: Int
    /// The share of the links that is allowed, from 0 to 1.
    package let share: Double
    /// The kinds that the run was allowed to go beyond.
    package let allowed: Set<Breaker.Kind>

    /// What lets a run go beyond this one too, as an option of `relais sync`.
    ///
    /// It names what was allowed before as well: where two kinds are too many, allowing either alone stops at the other.
    package var option: String {
        Breaker.Kind.allCases.filter { $0 == self.kind || self.allowed.contains($0) }
            .map { "--allow \($0.rawValue)" }.joined(separator: " ")
    }
}
