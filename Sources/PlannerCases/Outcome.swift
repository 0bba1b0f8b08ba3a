/// What a plan means for one unit.
package enum CaseOutcome: String, CaseIterable, Sendable {
    /// Nothing changed, and nothing happens.
    case nothing
    /// The shadow moves, nothing is written.
    case agree
    /// The CRM is written, and nobody loses.
    case push
    /// The store is written, and nobody loses.
    case pull
    /// The store's value goes to the CRM, whose value is logged.
    case wonLocal = "local wins"
    /// The CRM's value goes to the store, whose value is logged.
    case wonRemote = "remote wins"
    /// A third value goes to both, and both are logged.
    case merged
    /// A person must decide.
    case waiting
    /// It differs, and is left alone with a reason.
    case left
    /// A person's decision is carried out, whatever that takes; counted apart in the coverage.
    case decided
}

/// What changed: the rows of the table, and on first contact what there is.
package enum ChangeRow: String, CaseIterable, Sendable {
    /// Neither side; both blank on first contact.
    case neither
    /// Only the store; only the store has a value.
    case local
    /// Only the CRM; only the CRM has a value.
    case remote
    /// Both, to the same; both have the same value.
    case same
    /// Both, differently; both have a value, and the values differ.
    case different
}
