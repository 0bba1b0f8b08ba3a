package import Records

/// The number of a list of a CRM that a mapping keeps.
package struct RemoteListNumber: StoredNumber, SQLArgument {
    /// The number in the database.
    package let rawValue: Int64

    package init(rawValue: Int64) { self.rawValue = rawValue }
}

/// A list of a CRM as the store knows it.
package struct RemoteListRow: Hashable, Sendable {
    /// The number.
    package let number: RemoteListNumber
    /// The hash of the segment that it follows; empty before the first look at all records.
    package let hash: String
    /// The CRM's id of the list; nil before it was found there.
    package let remote: Text?
    /// When its members were read last; nil if they never were.
    package let readAt: Instant?
    /// The hash of the segment that somebody approved it with; nil before that.
    package let approved: String?
}

/// Where a record stands that our side put on a list, or found there.
package enum ListState: String, Hashable, Sendable, CaseIterable, SQLArgument {
    /// It is on the list, and so both sides agreed last.
    case `in`
    /// Somebody in the CRM took it off; it stays off until the segment moves.
    case removed
}

/// A record of a list's base: what both sides agreed on last.
package struct ListBase: Hashable, Sendable {
    /// The record.
    package let record: RecordID
    /// Where it stands.
    package let state: ListState
    /// Since when.
    package let since: Instant
    /// The remote record; nil if there is no link at work.
    package let remote: Text?
}
