/// What became of one operation.
///
/// A closed set without a default success (DESIGN §4).
package enum Outcome: Hashable, Sendable {
    /// The record was made on the other side, with this id and version.
    case created(id: Text, version: Int64?)
    /// The record was changed; the version is nil if the answer gave none.
    case updated(version: Int64?)
    /// The other side said that there was nothing to change.
    case unchanged
    /// The record existed already under this id; nothing was written.
    case linked(id: Text)
    /// The record lives on under another id, merged or converted.
    case remapped(id: Text)
    /// The record does not exist any more.
    case gone
    /// The other side refused, for good; nil if it named no field.
    case rejected(field: Text?, reason: String)
    /// The record was changed since it was read; nothing was written.
    case conflict
    /// Not now; try again after this long, if the other side said how long.
    case rateLimited(after: Duration?)
    /// A passing fault before anything was written.
    case transient(reason: String)
    /// No answer: it may have been carried out.
    ///
    /// Read back before anything is sent again.
    case unknown(reason: String)

    /// A stable name for reports and the journal.
    package var name: String {
        switch self {
        case .created: "created"
        case .updated: "updated"
        case .unchanged: "unchanged"
        case .linked: "linked"
        case .remapped: "remapped"
        case .gone: "gone"
        case .rejected: "rejected"
        case .conflict: "conflict"
        case .rateLimited: "rate_limited"
        case .transient: "transient"
        case .unknown: "unknown"
        }
    }
}
