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

extension PersonEvent {
    /// Why the event cannot be kept, in one clause for a person; nil if it can.
    package var problem: String? {
        for (what, text) in [("id", self.id), ("name", self.name)] {
            let bytes = text.string.utf8
            if bytes.isEmpty { return "the event has no \(what)" }
            if bytes.count > Self.maximumNameBytes { return "the event's \(what) has more than 200 bytes" }
            if bytes.contains(where: { $0 < 0x20 || $0 == 0x7F }) { return "the event's \(what) holds a control byte" }
        }
        if self.attributes.count > Self.maximumAttributes { return "the event has more than 50 attributes" }
        for (name, value) in self.sortedAttributes {
            let isName = (1...64).contains(name.string.utf8.count) && name.string.utf8.allSatisfy(Self.isNameByte)
            if !isName { return "an attribute's name is not letters, digits, _, - and . (64 at most)" }
            if case .text(let text) = value, text.string.utf8.count > 10_000 || text.string.utf8.contains(0) {
                return "the attribute \(name) is longer than 10000 bytes, or holds a zero byte"
            }
        }
        return nil
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
    }
}
