package import Records

/// What a workflow did with one record, in the order of time.
package struct WorkflowTimeline: Hashable, Sendable {
    /// One thing that it did.
    package struct Entry: Hashable, Sendable {
        /// When.
        package let at: Instant
        /// The step; nil for the end.
        package let step: Text?
        /// What: `sent`, `notified`, `skipped`, `failed`, `set`, `emitted`, `handed_off`, `ended`, `parked`, or how a step
        /// without effect went: `then`, `else`, `waited`.
        package let what: Text
        /// The template, properties, event or reason.
        package let detail: Text

        /// Whether the world or the store notices it; tests must list these.
        package var isEffect: Bool { !["then", "else", "waited", "end"].contains(self.what) }
    }

    /// What it did.
    package let entries: [Entry]
    /// The step at which it stands and until when; nil if it is over.
    package let waiting: (step: Text, until: Instant)?

    package static func == (lhs: Self, rhs: Self) -> Bool {
        lhs.entries == rhs.entries && lhs.waiting?.step == rhs.waiting?.step && lhs.waiting?.until == rhs.waiting?.until
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(self.entries)
        hasher.combine(self.waiting?.step)
    }
}
