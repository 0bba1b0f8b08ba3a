package import Messaging
package import Records

/// What a tick of the hand-offs did.
package struct HandOffReport: Hashable, Sendable {
    /// Rows of the journal that were read.
    package var journalRows = 0
    /// Leads that came to review.
    package var opened = 0
    /// Leads that were accepted, by rule or in the CRM.
    package var accepted = 0
    /// Leads that got an owner, with owner, stage, task and deal written here.
    package var routed = 0
    /// Leads that the CRM confirmed, and whose owner is told.
    package var confirmed = 0
    /// Reminders, escalations and reassignments.
    package var nudged = 0
    /// Leads whose owner has begun.
    package var begun = 0
    /// Leads that became customers.
    package var won = 0
    /// Leads that ended otherwise.
    package var ended = 0
    /// What went wrong with single hand-offs.
    package var problems: [Text] = []
    /// What the outbox did; nil if there was none.
    package var outbox: OutboxReport?
    /// When something is due next; nil for when something happens.
    package var nextDue: Instant?

    /// Creates an empty report.
    package init() {}

    /// Whether anything was done that can lead to something else.
    var madeProgress: Bool {
        self.journalRows + self.opened + self.accepted + self.routed + self.confirmed + self.nudged + self.begun
            + self.won + self.ended > 0
    }

    /// Adds the counts of another report.
    mutating func add(_ other: HandOffReport) {
        self.journalRows += other.journalRows
        self.opened += other.opened
        self.accepted += other.accepted
        self.routed += other.routed
        self.confirmed += other.confirmed
        self.nudged += other.nudged
        self.begun += other.begun
        self.won += other.won
        self.ended += other.ended
        self.problems += other.problems
    }
}
