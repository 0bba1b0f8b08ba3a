package import Records

/// What a conflict is about: both bases, both values, and the rule.
package struct ConflictCase: Hashable, Sendable {
    /// The link.
    package let link: LinkKey
    /// The record.
    package let record: RecordID
    /// What people call the field.
    package let field: String
    /// The local value at the last agreement; nil on first contact.
    package let localBase: Value?
    /// The remote value at the last agreement; nil on first contact.
    package let remoteBase: Value?
    /// The local value.
    package let local: Value
    /// The remote value.
    package let remote: Value
    /// When the local value was set; nil if unknown.
    package let localAt: Instant?
    /// When the remote record was changed last; nil if unknown.
    package let remoteAt: Instant?
    /// The rule that decided, or that asks for a person.
    package let rule: String
    /// Who set the local value; nil if nobody asked.
    package let localBy: String?
    /// Who set the remote value, in the CRM's words; nil if unknown.
    package let remoteBy: String?

    /// Creates a case.
    package init(
        link: LinkKey,
        record: RecordID,
        field: String,
        localBase: Value?,
        remoteBase: Value?,
        local: Value,
        remote: Value,
        localAt: Instant? = nil,
        remoteAt: Instant? = nil,
        rule: String,
        localBy: String? = nil,
        remoteBy: String? = nil
    ) {
        self.link = link
        self.record = record
        self.field = field
        self.localBase = localBase
        self.remoteBase = remoteBase
        self.local = local
        self.remote = remote
        self.localAt = localAt
        self.remoteAt = remoteAt
        self.rule = rule
        self.localBy = localBy
        self.remoteBy = remoteBy
    }
}

/// Where a conflict stands.
package enum ConflictState: String, Hashable, Sendable, CaseIterable, SQLArgument {
    /// It waits for a person.
    case open
    /// A person decided; the next run carries it out.
    case decided
    /// It is over; the row is the log.
    case settled
}

/// What a person chose.
package enum ConflictChoice: Hashable, Sendable {
    /// This side's value goes to both.
    case side(Side)
    /// A third value, in local terms, goes to both.
    case value(Value)

    var word: String {
        switch self {
        case .side(let side): side.rawValue
        case .value: "value"
        }
    }

    var value: Value? {
        guard case .value(let value) = self else { return nil }
        return value
    }
}

/// A person's decision.
package struct ConflictDecision: Hashable, Sendable {
    /// What was chosen.
    package let choice: ConflictChoice
    /// Who chose.
    package let by: String
    /// When.
    package let at: Instant

    /// Creates a decision.
    package init(choice: ConflictChoice, by: String, at: Instant) {
        self.choice = choice
        self.by = by
        self.at = at
    }
}

/// Who won in the end.
package enum ConflictWinner: String, Hashable, Sendable, CaseIterable, SQLArgument {
    /// The store's value.
    case local
    /// The CRM's value.
    case remote
    /// A third value, made by a rule or a person.
    case merged
    /// Nobody: the sides came together by themselves.
    case agreed
}

/// One field that both sides changed, differently.
package struct Conflict: Hashable, Sendable {
    /// The number that people type.
    package let id: Int64
    /// What it is about.
    package let about: ConflictCase
    /// Where it stands.
    package let state: ConflictState
    /// The decision; nil while nobody decided, and where a rule did.
    package let decision: ConflictDecision?
    /// When it was first seen.
    package let createdAt: Instant
    /// The run that settled it, or that saw it first; nil outside runs.
    package let run: RunNumber?
    /// When it was settled; nil before.
    package let settledAt: Instant?
    /// Who won; nil before it is settled.
    package let winner: ConflictWinner?
}

/// Which conflicts to list.
package struct ConflictFilter: Hashable, Sendable {
    /// Only in this state; nil lists all.
    package var state: ConflictState?
    /// Only of this connection; nil lists all.
    package var connection: ConnectionNumber?
    /// Only of this record; nil lists all.
    package var record: RecordID?
    /// Only of the field of this name; nil lists all.
    package var field: String?

    /// Creates a filter; without arguments it lists everything.
    package init(
        state: ConflictState? = nil,
        connection: ConnectionNumber? = nil,
        record: RecordID? = nil,
        field: String? = nil
    ) {
        self.state = state
        self.connection = connection
        self.record = record
        self.field = field
    }
}
