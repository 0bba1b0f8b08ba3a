package import Records

/// The events by which the engines of automation speak to each other through the journal.
package enum AutomationEvents {
    /// A workflow wants a lead to be handed to sales; `workflow` names it, `reason` says why.
    package static let handOffRequested: Text = "hand_off_requested"
    /// A score and a grade came to qualify; `points` and `grade` say how.
    package static let qualified: Text = "qualified"
}
