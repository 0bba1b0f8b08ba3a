import CEL
package import Records

/// A kind of event of ours that the CRM gets as an activity on its record.
package struct ActivityRule: Sendable {
    /// The name of the events.
    package let event: Text
    /// The kind of activity, as the connector's manifest calls it: `note`.
    package let kind: String
    /// Events from then on count; nil for those since the rule was first seen by a sync.
    package let since: Instant?
    /// Where it stands in its file.
    package let location: SourceLocation
    let text: CELProgram
    let condition: CELProgram?
    let eventVariable: Int
    private let types: PropertyTypes

    init(
        event: Text,
        kind: String,
        since: Instant?,
        text: CELProgram,
        condition: CELProgram?,
        eventVariable: Int,
        object: ObjectSchema,
        lifecycle: Lifecycle,
        location: SourceLocation
    ) {
        self.event = event
        self.kind = kind
        self.since = since
        self.text = text
        self.condition = condition
        self.eventVariable = eventVariable
        self.types = PropertyTypes(of: object, lifecycle: lifecycle)
        self.location = location
    }

    /// Whether an event of a record with these values, in the order of its schema, is written; one whose `when` cannot be
    /// decided is not.
    package func admits(_ event: PersonEvent, of local: [Value]) -> Bool {
        guard event.name == self.event else { return false }
        guard let condition = self.condition else { return true }
        return ((try? condition.matches(self.activation(event, local))) ?? nil) ?? false
    }

    /// What the activity says; nil if the expression fails or gives nothing.
    package func text(of event: PersonEvent, of local: [Value]) -> Text? {
        guard case .string(let text)? = try? self.text.evaluate(self.activation(event, local)), !text.utf8.isEmpty
        else { return nil }
        return Text(text)
    }

    private func activation(_ event: PersonEvent, _ local: [Value]) -> EventActivation {
        EventActivation(
            record: LocalActivation(local, types: self.types),
            event: CELValue(event),
            variable: self.eventVariable
        )
    }
}

/// A record's values and what happened to it.
private struct EventActivation: CELActivation {
    let record: LocalActivation
    let event: CELValue
    let variable: Int

    func value(variable: Int) -> CELValue? { variable == self.variable ? self.event : nil }
    func field(variable: Int, slot: Int) -> CELValue { self.record.field(variable: variable, slot: slot) }
}
