import Records

/// What an import did, line by line where something was not taken.
package struct ImportReport: Hashable, Sendable {
    /// A line that was not taken, or of which a part was not taken.
    package struct Note: Hashable, Sendable {
        /// The line, from 1.
        package let line: Int
        /// Why, for a person.
        package let reason: String
    }

    /// The most notes that are kept of each kind; all are counted.
    package static let maximumNotes = 1000

    /// The run that the changes belong to.
    package internal(set) var run: RunNumber?
    /// Rows that made a record, or events that are new.
    package internal(set) var created = 0
    /// Rows that changed a record.
    package internal(set) var updated = 0
    /// Rows that changed nothing, or events that were known.
    package internal(set) var unchanged = 0
    /// Rows that were not taken.
    package internal(set) var rejected = 0
    /// Why rows were not taken.
    package internal(set) var rejections: [Note] = []
    /// What was kept as it was, although the row says otherwise, in rows that were taken.
    package internal(set) var kept: [Note] = []

    /// Creates an empty report.
    package init() {}

    mutating func reject(_ line: Int, _ reason: String) {
        self.rejected += 1
        if self.rejections.count < Self.maximumNotes { self.rejections.append(Note(line: line, reason: reason)) }
    }

    mutating func keep(_ line: Int, _ reason: String) {
        if self.kept.count < Self.maximumNotes { self.kept.append(Note(line: line, reason: reason)) }
    }

    /// The counts as a run stores them.
    var counts: [String: Int64] {
        [
            "created": Int64(self.created), "updated": Int64(self.updated), "unchanged": Int64(self.unchanged),
            "rejected": Int64(self.rejected),
        ]
    }
}

/// How an import is to be done.
package struct ImportOptions: Sendable {
    /// The object that rows are of, or that events happen to.
    package var object: String
    /// The properties that tell which record a row means.
    package var key: [String]
    /// Whether workflows may start because of the rows; a backfill of old data should start none (R11).
    package var startsWorkflows: Bool
    /// Columns that are left out on purpose.
    package var ignoredColumns: [String]
    /// Who imports, in the journal.
    package var actor: String

    /// Creates options; without others, contacts known by their e-mail address.
    package init(
        object: String = "contact",
        key: [String] = ["email"],
        startsWorkflows: Bool = true,
        ignoredColumns: [String] = [],
        actor: String = "import"
    ) {
        self.object = object
        self.key = key
        self.startsWorkflows = startsWorkflows
        self.ignoredColumns = ignoredColumns
        self.actor = actor
    }
}
