package import Records

/// What a transform makes of a value.
package enum LensResult: Hashable, Sendable {
    /// The value on the other side.
    case value(Value)
    /// The value has no counterpart on the other side; the text says why, without secrets (R14).
    case unmapped(String)
    /// The value names a record that has no link in this connection yet.
    case unlinked
}

/// How much of a value survives a round trip (DESIGN §5).
package enum LensClass: String, Hashable, Sendable, CaseIterable, Comparable {
    /// Nothing is lost either way.
    case iso
    /// Nothing is lost up to a canonical form.
    case quotient
    /// Nothing is lost on a stated domain; other values stay as they are.
    case partial
    /// One way only.
    case view

    package static func < (lhs: Self, rhs: Self) -> Bool {
        guard let left = Self.allCases.firstIndex(of: lhs), let right = Self.allCases.firstIndex(of: rhs) else {
            return false
        }
        return left < right
    }
}

/// What a transform may look up outside the two values: owners and links of the connection at hand.
package protocol LensContext {
    /// The remote id of the CRM user with that e-mail address; nil if none or several are active.
    func remoteOwner(email: Text) -> Text?
    /// The e-mail address of the CRM user with that remote id; nil if unknown, inactive or without address.
    func ownerEmail(remoteOwner: Text) -> Text?
    /// Whether that CRM user is the one under whose name we write: nobody's owner (R12).
    func isOwnUser(_ remoteOwner: Text) -> Bool
    /// The remote id that a record is linked to in this connection, as the given remote object.
    func remoteID(of record: RecordID, remoteObject: String) -> Text?
    /// The record that a remote id is linked to in this connection.
    func record(remoteID: Text, remoteObject: String) -> RecordID?
}

extension LensContext {
    /// No user is ours unless the connection names it.
    package func isOwnUser(_ remoteOwner: Text) -> Bool { false }
}

/// A two-way transform with a complement.
///
/// Laws, wherever a result is `.value`: `toLocal(toRemote(l, r), l) = l` and `toRemote(toLocal(r, l), r) = r`. Each side
/// keeps what the other cannot hold: the second argument is what the side to be written holds now.
package protocol Lens: Sendable {
    /// How much of a value survives a round trip.
    var lensClass: LensClass { get }

    /// The remote value for a local one, given what the remote side holds now.
    func toRemote(_ local: Value, previous remote: Value, in context: any LensContext) -> LensResult

    /// The local value for a remote one, given what the local side holds now.
    func toLocal(_ remote: Value, previous local: Value, in context: any LensContext) -> LensResult
}

/// A context without owners and links, for checks and tests of transforms that need neither.
package struct EmptyLensContext: LensContext {
    /// Creates the context.
    package init() {}

    package func remoteOwner(email: Text) -> Text? { nil }
    package func ownerEmail(remoteOwner: Text) -> Text? { nil }
    package func remoteID(of record: RecordID, remoteObject: String) -> Text? { nil }
    package func record(remoteID: Text, remoteObject: String) -> RecordID? { nil }
}
