import Mapping
import Planning
import Records
import Store

/// What the rules of single fields need to know of a link.
extension LinkWork {
    /// The attribute of an opt-in event that names the consent, and the event's name.
    private static let optIn = (event: "opt_in" as Text, purpose: "purpose" as Text)

    func addRules(to state: inout RecordState, remoteAt version: Int64, in transaction: Transaction) throws {
        let mapping = self.runtime.mapping
        if mapping.hasConditions {
            state.closed.local.formUnion(mapping.closedForPush(local: self.record.values))
            state.closed.remote.formUnion(mapping.closedForPull(remote: mapping.remoteRecord(fields: state.remote)))
        }
        for position in self.runtime.recordDefaults {
            state.placeholders[position] = mapping.newValue(position, local: self.record.values)
        }
        let key = self.link.key
        for owed in try transaction.owed(of: self.link.record, connection: key.connection, object: key.object) {
            guard let position = self.runtime.position(named: owed.field) else { continue }
            state.owed[position] = OwedWrite(local: owed.local, remote: owed.remote)
        }
        if !self.runtime.lattices.isEmpty { try self.addEpochs(to: &state, remoteAt: version, in: transaction) }
    }

    /// R5: in which epoch each side is; newer evidence of a consent counts as one.
    private func addEpochs(to state: inout RecordState, remoteAt version: Int64, in transaction: Transaction) throws {
        let epochs = try transaction.epochs(of: self.link.record)
        let key = self.link.key
        for position in self.runtime.lattices {
            let field = self.runtime.mapping.fields[position]
            guard let property = field.local, state.local[position] != state.localShadow[position] else { continue }
            let agreed = try transaction.agreedEpoch(
                of: property,
                record: self.link.record,
                connection: key.connection,
                object: key.object
            )
            let own = epochs.first { $0.property.hasSameBytes(as: property) }
            var local = max(own?.number ?? 0, agreed)
            if field.rules.isConsent {
                let restricted = try self.lastRestriction(position, property, state, remoteAt: version, in: transaction)
                // A person's word, or an opt-in, counts against what was restricted before it, never against later.
                if let own, let restricted, own.openedAt <= restricted { local = agreed }
                if state.local[position] == .flag(true),
                    let given = try self.lastOptIn(property, in: transaction),
                    restricted.map({ given > $0 }) ?? true || Breakage.evidenceOfAnyAge.isOn
                {
                    local = max(local, agreed + 1)
                }
            }
            if local > 0 || agreed > 0 { state.epochs[position] = FieldEpochs(local: local, remote: agreed) }
        }
    }

    /// When the person last opted in to a purpose by an event of ours; nil if never.
    private func lastOptIn(_ purpose: String, in transaction: Transaction) throws -> Instant? {
        try transaction.events(of: self.link.record)
            .filter { $0.event.name == Self.optIn.event && $0.event.attributes[Self.optIn.purpose] == .text(purpose) }
            .map(\.event.at).max()
    }

    /// When the consent was last restricted on either side; nil if that is not known to have happened.
    private func lastRestriction(
        _ position: Int,
        _ property: String,
        _ state: RecordState,
        remoteAt version: Int64,
        in transaction: Transaction
    ) throws -> Instant? {
        let history = try transaction.history(of: self.link.record)
        let own = history.last { entry in
            entry.changes.contains { $0.property.hasSameBytes(as: property) && $0.new == .flag(false) }
        }
        guard state.remote[position] != state.remoteShadow[position] else { return own?.at }
        let remote = Instant(microseconds: version).advanced(by: state.times.uncertainty)
        return max(own?.at ?? remote, remote)
    }
}
