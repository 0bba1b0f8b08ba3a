package import Records
package import Store

/// Two records of ours that are one: what the survivor takes over, and where the links go (R17).
///
/// Computed first, so that a person can look at it; `carryOut` does exactly that.
package struct RecordMerge {
    /// A property that the survivor takes from the other record.
    package struct Taken: Hashable, Sendable {
        /// The property.
        package let property: String
        /// What the survivor holds now.
        package let old: Value
        /// What it will hold.
        package let new: Value
        /// Why: `most restrictive` for consent, `blank`, `set` for what both sets hold, `furthest` for a stage, `edit` for an edit that no CRM has got yet.
        package let reason: String
    }

    /// Where a link of the other record goes.
    package enum Way: Hashable, Sendable {
        /// To the survivor.
        case moves
        /// Nowhere: the survivor has a link of its own there, so that CRM keeps two records for one of ours.
        case stays
    }

    /// The record that will be an alias.
    package let lost: StoredRecord
    /// The record that survives.
    package let kept: StoredRecord
    /// What the survivor takes over, in the order of the properties.
    package let taken: [Taken]
    /// The links of the lost record and where they go.
    package let links: [(link: Link, way: Way)]
    private let transaction: Transaction

    /// Works out the merge of two live records of one object.
    ///
    /// `restrictive` names the flags of consent: what either record says no to stays no.
    package init(
        lost: StoredRecord,
        kept: StoredRecord,
        lifecycle: Lifecycle,
        restrictive: Set<String> = [],
        in transaction: Transaction
    ) throws {
        self.lost = lost
        self.kept = kept
        self.transaction = transaction
        let (edits, ownEdits) = (
            try Self.unsent(lost.id, in: transaction), try Self.unsent(kept.id, in: transaction)
        )
        self.taken = zip(lost.schema.properties, zip(lost.values, kept.values)).compactMap { property, values in
            let (other, own) = values
            func take(_ value: Value, _ reason: String) -> Taken? {
                value == own ? nil : Taken(property: property.name, old: own, new: value, reason: reason)
            }
            if other.isBlank { return nil }
            if case .set(let theirs) = other, case .set(let ours) = own {
                return take(.set(of: ours + theirs), "set")
            }
            if restrictive.contains(property.name), case .flag(let theirs) = other, case .flag(let ours) = own {
                return take(.flag(theirs && ours), "most restrictive")
            }
            if own.isBlank { return take(other, "blank") }
            if property.type == .stage, let theirs = other.text.flatMap({ lifecycle.rank(of: $0) }),
                let ours = own.text.flatMap({ lifecycle.rank(of: $0) })
            {
                return theirs > ours ? take(other, "furthest") : nil
            }
            guard edits.contains(property.name), !Breakage.mergeForgetsEdits.isOn, !ownEdits.contains(property.name)
            else { return nil }
            return take(other, "edit")
        }
        self.links = try transaction.links(of: lost.id).map { link in
            let own = try transaction.link(of: kept.id, connection: link.key.connection, object: link.key.object)
            return (link, own == nil ? .moves : .stays)
        }
    }

    /// The properties that were edited here and that a CRM has not got yet.
    private static func unsent(_ record: RecordID, in transaction: Transaction) throws -> Set<String> {
        var names: Set<String> = []
        for link in try transaction.links(of: record) where link.status == .active {
            let shape = try transaction.shape(link.shape)
            for field in link.localShadow.fields where field < shape.fields.count {
                if let name = shape.fields[field].local { names.insert(name) }
            }
        }
        return names
    }

    /// Who must not be written to under one address must not be under the other one either.
    private func joinSuppressions(at instant: Instant) throws {
        func addresses(_ record: StoredRecord) -> [Text] {
            record.values.compactMap { value in
                guard case .text(let text) = value, text.string.utf8.contains(UInt8(ascii: "@")) else { return nil }
                return Text(text.string.lowercased())
            }
        }
        let all = addresses(self.lost) + addresses(self.kept)
        guard let reason = try all.compactMap({ try self.transaction.suppression(of: $0) }).first else { return }
        for address in all where try self.transaction.suppression(of: address) == nil {
            try self.transaction.suppress(address, reason: reason, at: instant)
        }
    }

    /// Merges.
    ///
    /// What the survivor takes over is a change of it like any other, so that the CRMs hear of it. Values of the lost
    /// record that lose stay in its row and its journal.
    package func carryOut(cause: Cause) throws {
        for (link, _) in self.links { try self.transaction.removeWaiting(of: link, cause: cause) }
        try self.joinSuppressions(at: cause.at)
        try self.transaction.merge(self.lost.id, into: self.kept.id, cause: cause)
        if !self.taken.isEmpty {
            try self.transaction.change(
                self.kept.id,
                set: self.taken.map { PropertySetting($0.property, $0.new) },
                cause: cause
            )
        }
        for (link, way) in self.links where way == .moves {
            try self.transaction.moveLink(link.key, to: self.kept.id, cause: cause)
        }
        if try self.transaction.exclusion(of: self.lost.id) != nil,
            try self.transaction.exclusion(of: self.kept.id) == nil
        {
            try self.transaction.exclude(self.kept.id, reason: "merged with an excluded record", cause: cause)
        }
    }
}
