package import CEL
package import Records
package import Scoring

/// What makes records enter a workflow.
package enum WorkflowTrigger: Sendable {
    /// Each event of a name; with a condition over record and event, those only for which it holds.
    ///
    /// With a key, each value of that attribute of the event can be in the workflow once at a time.
    case event(Text, when: CELProgram?, key: Text?)
    /// A property changed; to that value if there is one, and with a condition, only if it holds then.
    case propertyChanged(Text, to: Value?, when: CELProgram?)
    /// The record came to be in a segment.
    case joinedSegment(Text)
    /// Nobody enters by itself.
    case manual
}

/// Whether a record may go through a workflow again.
package enum WorkflowReentry: Hashable, Sendable {
    /// Once in a lifetime.
    case never
    /// As often as it is triggered, one at a time.
    case always
    /// When so long has passed since it ended.
    case after(Duration)
}

/// How long a step waits.
package enum WorkflowWait: Hashable, Sendable {
    /// So long.
    case span(Duration)
    /// At least so long, and then until it is that time somewhere.
    case until(LocalTime, after: Duration, weekdays: Bool)

    /// When the wait that begins now is over.
    package func end(from now: Instant) -> Instant {
        switch self {
        case .span(let span): now.advanced(by: span)
        case .until(let time, let span, let weekdays):
            // Strictly later, so that a wait for 09:00 at 09:00 is a day's.
            time.next(from: Instant(microseconds: now.advanced(by: span).microseconds + 1), weekdays: weekdays)
        }
    }
}

/// A value that a step writes.
package enum WorkflowValue: Sendable {
    /// As it stands in the file.
    case literal(Value)
    /// What an expression gives, as a property of the type holds it.
    case expression(CELProgram, PropertyType?)
}

/// Whom a notification goes to.
package enum WorkflowRecipient: Hashable, Sendable {
    /// The record's owner.
    case owner
    /// An address.
    case address(Text)
}

/// What a step does.
package enum WorkflowAction: Sendable {
    /// Goes on with one branch or the other; a condition that has no answer takes `otherwise`.
    case condition(CELProgram, then: Text?, otherwise: Text?)
    /// Waits.
    case wait(WorkflowWait)
    /// Waits for an event; `of` names the step since whose effect it counts.
    case waitFor(event: Text, of: Text?, when: CELProgram?, timeout: Duration, then: Text?, otherwise: Text?)
    /// Writes properties of the record.
    case set([(property: Text, value: WorkflowValue)])
    /// Sends a mail to the person.
    case sendEmail(template: Text)
    /// Sends a mail to one of ours.
    case notify(WorkflowRecipient, template: Text)
    /// Asks for a hand-off to sales.
    case handOff(reason: Text?)
    /// Adds an event.
    case emit(event: Text, with: [(name: Text, value: WorkflowValue)])
    /// Ends the enrolment.
    case end(reason: Text)
}

/// One step.
package struct WorkflowStep: Sendable {
    /// The id; effects and migration depend on it.
    package let id: Text
    /// What it does.
    package let action: WorkflowAction
    /// The step behind it; nil if it is the last one.
    package let next: Text?
}

/// A workflow as a file describes it: immutable once read, and the same for the same hash.
package struct WorkflowDefinition: Sendable {
    /// The name.
    package let name: Text
    /// What the expressions speak of.
    package let vocabulary: RecordVocabulary
    /// What makes records enter.
    package let trigger: WorkflowTrigger
    /// Whether they may enter again.
    package let reentry: WorkflowReentry
    /// Who fulfils it has arrived, and who fulfils it at the door does not enter.
    package let goal: CELProgram?
    /// Who fulfils it is to leave.
    package let exit: CELProgram?
    /// The flag that must be true for a mail; nil for the general rule.
    package let consent: Text?
    /// Hours without mails.
    package let quietHours: QuietHours?
    /// How often a person may be written to.
    package let frequencyCap: FrequencyCap?
    /// The steps in the order of the file, those of branches behind the step that they belong to.
    package let steps: [WorkflowStep]
    /// The file as canonical JSON, without its tests.
    package let json: String
    /// SHA-256 of the JSON, in hexadecimal.
    package let hash: Text

    /// The step of an id.
    package func step(_ id: Text) -> WorkflowStep? { self.steps.first { $0.id == id } }
}
