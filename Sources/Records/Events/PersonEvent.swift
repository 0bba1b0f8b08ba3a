/// Something that a person did, or that happened to a record: a click, a form, a visit.
///
/// Events are journal rows. The id makes them countable: the same id twice is one event.
package struct PersonEvent: Hashable, Sendable {
    /// What makes this event the same as another one, such as the id that a website gave it.
    package let id: Text
    /// The kind of event: `email_clicked`.
    package let name: Text
    /// When it happened, which may be long before we heard of it.
    package let at: Instant
    /// What else is known of it, by name.
    package let attributes: [Text: Value]

    /// The longest id or name, in bytes.
    package static let maximumNameBytes = 200
    /// The most attributes of one event.
    package static let maximumAttributes = 50

    /// Creates an event.
    package init(id: Text, name: Text, at: Instant, attributes: [Text: Value] = [:]) {
        self.id = id
        self.name = name
        self.at = at
        self.attributes = attributes
    }

    /// The attributes in the order of their names' bytes.
    package var sortedAttributes: [(name: Text, value: Value)] {
        self.attributes.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
    }
}

extension PersonEvent: Comparable {
    /// By time, then by id: the order in which events count.
    package static func < (lhs: Self, rhs: Self) -> Bool {
        lhs.at == rhs.at ? lhs.id < rhs.id : lhs.at < rhs.at
    }
}
