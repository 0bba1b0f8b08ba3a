/// What the machinery should do about a failure.
///
/// Handlers switch on the disposition, never on the kind of error, so that a new connector cannot invent a recovery
/// path that nobody tested.
package enum Disposition: String, Sendable, CaseIterable {
    /// Worth another attempt, later.
    case retry
    /// This one record is bad; set it aside and go on with the rest.
    case skipRecord
    /// Nothing on this connection can succeed until a person acts.
    case pauseConnection
    /// The run cannot continue.
    case abortRun
}

/// A failure that says what should happen next.
package protocol DispositionedError: Error, CustomStringConvertible {
    /// A stable identifier for logs and reports.
    var codeName: String { get }
    /// What the caller should do about it.
    var disposition: Disposition { get }
}
