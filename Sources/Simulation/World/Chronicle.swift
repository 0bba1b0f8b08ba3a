import Records

/// What the world itself knows and no store or CRM tells: who was made as whom, and what was meant.
struct Chronicle {
    /// The subject as which a person made a record here.
    var local: [RecordID: Int] = [:]
    /// The subject as which a person made a record in a CRM.
    var remote: [Home: [Int64: Int]] = [:]
    /// Subjects that look alike and must not be taken for one.
    var apart: [Set<Int>] = []
    /// What erased people were known by.
    var forgotten = ForgottenKeys()
    /// The subjects that were erased.
    var erased: Set<Int> = []
    /// The addresses that they had then.
    var addresses: [Int: String] = [:]
    /// When that was.
    var erasedAt: [Int: Instant] = [:]
    /// The subjects that were deleted, restored or merged by somebody: there may be several of them, or none, and
    /// what was typed is not followed.
    var unsettled: Set<Int> = []
    /// Copies that somebody made in a CRM, by home.
    var copies: Set<Int> = []
    /// When syncs ran, by home; the last one may go on.
    var runs: [Home: [Run]] = [:]
    /// The runs that undid another one.
    var undoing: Set<Int64> = []
    /// Records that are kept out of syncs now, and since when.
    var excluded: [RecordID: Instant] = [:]

    /// The times in which a field of contacts was in no mapping of a connection.
    var unmapped: [(home: Home, field: String, from: Instant, to: Instant?)] = []
    /// The times in which a CRM had no such property of contacts.
    var withoutProperty: [(home: Home, property: String, from: Instant, to: Instant?)] = []
    /// When faults stopped.
    var quietSince = Instant(microseconds: .max)

    /// One sync, from its begin to its end.
    struct Run {
        let poll: Int
        let begin: Instant
        var end: Instant?
        /// Whether a person allowed deletions.
        let allowsDeletions: Bool
        /// Whether it undoes another one.
        let isUndo: Bool
    }

    /// Whether an undo ran at a time, in milliseconds.
    func wasUndoing(_ home: Home, at time: Int64) -> Bool {
        (self.runs[home] ?? []).contains { run in
            run.isUndo && run.begin.milliseconds <= time && time <= (run.end?.milliseconds ?? .max)
        }
    }
}
