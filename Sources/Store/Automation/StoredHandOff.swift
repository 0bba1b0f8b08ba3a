package import Records

/// The number of a hand-off; people see it.
package struct HandOffNumber: StoredNumber, SQLArgument {
    /// The number in the database.
    package let rawValue: Int64

    package init(rawValue: Int64) { self.rawValue = rawValue }
}

/// How far a hand-off got.
package enum HandOffState: String, Hashable, Sendable, CaseIterable, SQLArgument {
    /// The lead is an MQL and waits to be accepted, rejected or recycled.
    case review
    /// It was accepted and waits for an owner.
    case accepted
    /// Owner, stage, task and deal are written here, and wait for the CRM to confirm them.
    case written
    /// The CRM has them, the owner was told, and a deadline runs.
    case confirmed
    /// The owner has begun.
    case working
    /// It does not fit.
    case rejected
    /// It fits, but not yet: marketing goes on.
    case recycled
    /// The deal was won.
    case won
    /// The deal was lost.
    case lost
    /// The record is gone.
    case dropped

    /// Whether nothing more will happen.
    package var isClosed: Bool {
        switch self {
        case .review, .accepted, .written, .confirmed, .working: false
        case .rejected, .recycled, .won, .lost, .dropped: true
        }
    }
}

/// One hand-off of one lead.
package struct StoredHandOff: Hashable, Sendable {
    /// The number.
    package let id: HandOffNumber
    /// The lead.
    package let record: RecordID
    /// Counts the hand-offs of the lead, from 1.
    package let epoch: Int
    /// What began it: `score`, `workflow:nurturing`, `person:ada`.
    package let origin: Text
    /// The points when it began; nil if the lead had no score.
    package let points: Int?
    /// The grade when it began; nil if the lead had no score.
    package let grade: Text?
    /// Why it qualified, one line a reason, those that weigh most first.
    package let reasons: [Text]
    /// When it began.
    package let createdAt: Instant
    /// How far it got.
    package var state: HandOffState
    /// The owner's address; nil before one was chosen.
    package var owner: Text?
    /// Why this owner.
    package var ownerReason: Text?
    /// Owners who had it and let it lie, or from whom it was taken.
    package var passedOver: [Text]
    /// Counts the owners, from 1 once there is one.
    package var round: Int
    /// The deal that was made for it.
    package var deal: RecordID?
    /// The task that was made for it.
    package var task: RecordID?
    /// Who accepted, rejected or recycled it.
    package var decidedBy: Text?
    /// What the decider said.
    package var note: Text?
    /// What it waits for, for a person; nil if for nothing but time.
    package var waitingFor: Text?
    /// When the CRM had confirmed everything.
    package var confirmedAt: Instant?
    /// How many reminders and escalations of this round are through.
    package var nudges: Int
    /// When it must be looked at again; nil for when something happens.
    package var dueAt: Instant?
    /// When it last changed.
    package var updatedAt: Instant
    /// When it ended; nil while it is open.
    package var closedAt: Instant?
}

/// One transition of a hand-off.
package struct HandOffStep: Hashable, Sendable {
    /// When.
    package let at: Instant
    /// Who.
    package let actor: Text
    /// The state that it led to.
    package let state: HandOffState
    /// What happened, for a person.
    package let detail: Text

    /// Creates a transition.
    package init(at: Instant, actor: Text, state: HandOffState, detail: Text) {
        self.at = at
        self.actor = actor
        self.state = state
        self.detail = detail
    }
}

/// An owner's place in a weighted rotation.
package struct RotationEntry: Hashable, Sendable {
    /// The owner's address.
    package let owner: Text
    /// What the owner has saved up; who has most is next.
    package var credit: Int
    /// How many leads the owner was given.
    package var assigned: Int
    /// When the owner was last given one.
    package var lastAt: Instant?

    /// Creates an entry.
    package init(owner: Text, credit: Int = 0, assigned: Int = 0, lastAt: Instant? = nil) {
        self.owner = owner
        self.credit = credit
        self.assigned = assigned
        self.lastAt = lastAt
    }
}
