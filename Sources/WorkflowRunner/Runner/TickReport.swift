package import Messaging
package import Records

/// What a tick did.
package struct TickReport: Hashable, Sendable {
    /// Rows of the journal that were read.
    package var journalRows = 0
    /// Records that entered a workflow.
    package var enrolled = 0
    /// Steps that were taken.
    package var steps = 0
    /// Enrolments that ended.
    package var ended = 0
    /// Enrolments that cannot go on without a person.
    package var parked = 0
    /// Scores that were worked out.
    package var scored = 0
    /// Records that came to qualify.
    package var qualified = 0
    /// What went wrong with single records, without their values.
    package var problems: [Text] = []
    /// What the outbox did; nil if there was none.
    package var outbox: OutboxReport?
    /// When something is due next; nil for when something happens.
    package var nextDue: Instant?
    /// Whether there is nothing left to do now.
    package var isQuiet = true

    /// Creates an empty report.
    package init() {}

    /// Whether anything was done that can lead to something else.
    var madeProgress: Bool {
        self.journalRows + self.enrolled + self.steps + self.ended + self.parked + self.scored > 0
    }

    /// Adds the counts of another report.
    mutating func add(_ other: TickReport) {
        self.journalRows += other.journalRows
        self.enrolled += other.enrolled
        self.steps += other.steps
        self.ended += other.ended
        self.parked += other.parked
        self.scored += other.scored
        self.qualified += other.qualified
        self.problems += other.problems
    }
}
