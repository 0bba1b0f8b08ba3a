package import Records

/// The number of a version of a workflow.
package struct WorkflowVersionNumber: StoredNumber, SQLArgument {
    /// The number in the database.
    package let rawValue: Int64

    package init(rawValue: Int64) { self.rawValue = rawValue }
}

/// One version of a workflow, which never changes.
package struct WorkflowVersion: Hashable, Sendable {
    /// The number in the database.
    package let number: WorkflowVersionNumber
    /// The workflow.
    package let workflow: Text
    /// The hash of the definition.
    package let hash: Text
    /// The definition as JSON.
    package let definition: String
    /// When it was first seen.
    package let registeredAt: Instant
}

/// The number of an enrolment; people see it.
package struct EnrolmentNumber: StoredNumber, SQLArgument {
    /// The number in the database.
    package let rawValue: Int64

    package init(rawValue: Int64) { self.rawValue = rawValue }
}

/// Whether an enrolment goes on.
package enum EnrolmentState: String, Hashable, Sendable, CaseIterable, SQLArgument {
    /// It goes on when it is due.
    case active
    /// It cannot go on without a person.
    case parked
    /// It is over.
    case ended
}

/// What an enrolment does at its step.
package enum EnrolmentPhase: String, Hashable, Sendable, CaseIterable, SQLArgument {
    /// The step is to be taken when it is due.
    case ready
    /// The step was taken and waits for its time, or for an event until then.
    case waiting
}

/// What an enrolment waits for beside its time.
package struct EventWait: Hashable, Sendable {
    /// The name of the event.
    package let event: Text
    /// Events behind this place of the journal count.
    package let after: Int64

    /// Creates a wait.
    package init(event: Text, after: Int64) {
        self.event = event
        self.after = after
    }
}

/// One record going through one version of one workflow.
package struct Enrolment: Hashable, Sendable {
    /// The number.
    package let id: EnrolmentNumber
    /// The workflow.
    package let workflow: Text
    /// The version it keeps to the end.
    package let version: WorkflowVersionNumber
    /// The record.
    package let record: RecordID
    /// What the entry was about; empty if there can be only one at a time.
    package let entryKey: Text
    /// When it began.
    package let enteredAt: Instant
    /// The event that started it, by its attributes, as JSON; `{}` without one.
    package let data: String
    /// Whether it goes on.
    package var state: EnrolmentState
    /// The id of the step at which it stands; where it ended, the last one.
    package var step: Text?
    /// What it does there.
    package var phase: EnrolmentPhase
    /// How often it came to this step.
    package var visit: Int
    /// When it goes on; nil unless it is active.
    package var dueAt: Instant?
    /// The event that lets it go on earlier.
    package var wait: EventWait?
    /// When it ended.
    package var endedAt: Instant?
    /// Why it ended or was parked.
    package var reason: Text?
}

/// What one visit of a step did.
package struct EnrolmentStep: Hashable, Sendable {
    /// The step's id.
    package let step: Text
    /// Which visit it was, from 1.
    package let visit: Int
    /// When.
    package let at: Instant
    /// What happened, in one word: `then`, `waited`, `reserved`.
    package let outcome: Text
    /// The rest, for a person.
    package let detail: Text

    /// Creates an entry.
    package init(step: Text, visit: Int, at: Instant, outcome: Text, detail: Text = "") {
        self.step = step
        self.visit = visit
        self.at = at
        self.outcome = outcome
        self.detail = detail
    }
}
