package import Records

/// One test of a workflow, from its file.
package struct WorkflowTest: Sendable {
    /// Something that happens to the record from outside.
    package struct Happening: Sendable {
        /// What happens.
        package enum Kind: Sendable {
            /// Somebody changes properties.
            case set([(property: Text, value: Value)])
            /// An event arrives.
            case event(Text, [Text: Value])
        }

        /// How long after the start.
        package let after: Duration
        /// What happens.
        package let kind: Kind

        /// Creates a happening.
        package init(after: Duration, _ kind: Kind) {
            self.after = after
            self.kind = kind
        }
    }

    /// Something that the workflow must do, and nothing else.
    package struct Expectation: Sendable {
        /// How long after the start.
        package let after: Duration
        /// What: `sent`, `notified`, `skipped`, `failed`, `set`, `emitted`, `handed_off`, `ended`, `parked`.
        package let what: Text
        /// The template, property, event or reason.
        package let detail: Text
        /// Where the file says so.
        package let location: SourceLocation
    }

    /// The name.
    package let name: Text
    /// The record's properties at the start.
    package let given: [(property: Text, value: Value)]
    /// When it enters.
    package let start: Instant
    /// What happens, in the order of time.
    package let happenings: [Happening]
    /// What the workflow must do; exhaustive.
    package let expected: [Expectation]
    /// How long the test looks on; the last of what happens and is expected, and a year more.
    package let span: Duration
    /// Where the file says so.
    package let location: SourceLocation
}
