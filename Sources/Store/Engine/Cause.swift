package import Records

/// Who changes something, in which run, and when; every journal row carries it.
package struct Cause: Hashable, Sendable {
    /// Who acts.
    package let actor: ActorNumber
    /// The run that the change belongs to; nil outside runs.
    package let run: RunNumber?
    /// When.
    package let at: Instant

    /// Creates a cause.
    package init(actor: ActorNumber, run: RunNumber? = nil, at: Instant) {
        self.actor = actor
        self.run = run
        self.at = at
    }
}
