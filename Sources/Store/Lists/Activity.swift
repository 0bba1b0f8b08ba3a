package import Records

/// The number of a rule by which events become activities in a CRM.
package struct ActivityRuleNumber: StoredNumber, SQLArgument {
    /// The number in the database.
    package let rawValue: Int64

    package init(rawValue: Int64) { self.rawValue = rawValue }
}

/// A rule as the store knows it.
package struct ActivityRuleRow: Hashable, Sendable {
    /// The number.
    package let number: ActivityRuleNumber
    /// The name.
    package let name: String
    /// When it was first seen by a sync.
    package let switchedOnAt: Instant
    /// The moment from which events count, as it was when the journal was last begun.
    package let since: Instant
    /// How far it has read the journal.
    package let position: Int64
}

/// How far an activity got.
package enum ActivityState: String, Hashable, Sendable, CaseIterable, SQLArgument {
    /// It is to be written, as soon as the record is linked.
    case waiting
    /// It was on its way and no answer is known; it is looked for before anything is sent again.
    case unknown
    /// It is in the CRM.
    case written
    /// The CRM refused it.
    case refused
    /// Its person was erased: it is to be taken out of the CRM.
    case erasing
}

/// One event on its way into a CRM, or there.
package struct Activity: Hashable, Sendable {
    /// The connection.
    package let connection: ConnectionNumber
    /// The remote object that activities of its kind are.
    package let object: ObjectNumber
    /// The place of the event in the journal.
    package let event: Int64
    /// The rule that wants it.
    package let rule: ActivityRuleNumber
    /// Whom the event happened to.
    package let record: RecordID
    /// How far it got.
    package let state: ActivityState
    /// The CRM's id of it; nil if none is known.
    package let remote: Text?
    /// Why the CRM refused it, or would not take it out; nil if it did not.
    package let detail: String?
    /// When its state last changed.
    package let at: Instant

    /// The text by which it is found in the CRM: the same whoever sends it, and however often.
    package var key: Text { Text("\(self.record)/\(self.event)") }
}
