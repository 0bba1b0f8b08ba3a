import Synchronization

/// One change of a record, as the account itself knows it: what a simulation holds against what the client believes.
package struct CRMChange: Sendable {
    /// What happened.
    package enum Kind: Sendable, Equatable {
        /// The record was made; `old` is empty.
        case create
        /// A value was written; `old` and `new` may be equal.
        case update
        /// The record was archived.
        case archive
        /// The record was brought back.
        case restore
        /// The record became part of the one with this id.
        case merge(into: Int64)
        /// The record was erased.
        case erase
        /// An association to a record of the type that `property` names, whose id is in `new`, or in `old` if removed.
        case association
    }

    /// The record's type.
    package let type: ObjectType
    /// The record's id.
    package let id: Int64
    /// What happened.
    package let kind: Kind
    /// The property's name; empty for what is not about one.
    package let property: String
    /// The value before.
    package let old: String
    /// The value after.
    package let new: String
    /// Whether somebody in the CRM's own pages did it, not an integration.
    package let isPerson: Bool
    /// When, in milliseconds since 1970.
    package let time: Int64
}

/// Keeps the changes of an account while somebody wants them.
struct ChangeLedger {
    /// Whether changes are kept; off costs nothing.
    var isOn = false
    var entries: [CRMChange] = []
}

extension AccountState {
    /// Keeps a change, if anybody wants to know.
    mutating func keep(
        _ kind: CRMChange.Kind,
        _ type: ObjectType,
        _ id: Int64,
        _ property: String = "",
        old: [UInt8] = [],
        new: [UInt8] = [],
        source: UInt8?
    ) {
        guard self.ledger.isOn else { return }
        self.ledger.entries.append(
            CRMChange(
                type: type,
                id: id,
                kind: kind,
                property: property,
                old: readable(old),
                new: readable(new),
                isPerson: source.map { self.sources[Int($0)].isPerson } ?? true,
                time: self.lastStamp
            )
        )
    }
}

extension AccountState {
    /// Keeps the change of a value, whose property is known by its number.
    mutating func keep(
        _ kind: CRMChange.Kind,
        _ type: ObjectType,
        _ id: Int64,
        _ property: Int,
        old: [UInt8] = [],
        new: [UInt8],
        source: UInt8
    ) {
        self.keep(kind, type, id, self[type].properties[property].name, old: old, new: new, source: source)
    }
}

extension FakeCRMAccount {
    /// Keeps every change of a record from now on.
    package func keepChanges() { self.state.withLock { $0.ledger.isOn = true } }

    /// The changes kept so far, behind a place, in the order in which they happened.
    package func changes(from place: Int = 0) -> [CRMChange] {
        self.state.withLock { Array($0.ledger.entries.dropFirst(place)) }
    }

    /// How many changes were kept.
    package var changeCount: Int { self.state.withLock { $0.ledger.entries.count } }
}
