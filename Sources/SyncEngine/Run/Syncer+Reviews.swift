import Connectors
import Mapping
import Planning
package import Records
package import Store

extension Syncer {
    /// A person says that a linked remote record is not the record of ours that it is linked to: cuts the link and gives it to
    /// `other`, or to a new record, whose id this returns (R7).
    ///
    /// Asks the CRM nothing; see `IdentityAnswer`.
    package func separate(
        _ answer: IdentityAnswer,
        _ key: LinkKey,
        from other: RecordID?,
        by person: String,
        in transaction: Transaction
    ) throws -> RecordID {
        let name = try transaction.name(of: key.object)
        return try answer.isAnother(
            other,
            knowsKeys: self.context.account.traits.createKeys[name] != nil,
            by: person
        ) { try self.makeRecord(of: $0, by: person, in: transaction) }
    }

    /// A person says that a remote record about which there is a question is none of ours: makes a record of it, links
    /// both, and gives the new id (R7).
    ///
    /// Asks the CRM nothing, because what it said is in the store. What needs the CRM to be understood, such as an owner,
    /// stays blank: the observation stays too, and the next sync meets those fields for the first time (R9). Throws
    /// `SyncError.mappingUnfit` if the mapping changed since the record was seen.
    package func makeRecord(
        of observation: RemoteObservation,
        by person: String,
        in transaction: Transaction
    ) throws -> RecordID {
        let (key, traits, schema) = (observation.key, self.context.account.traits, self.context.store.schema)
        for mapping in self.context.mappings {
            let runtime = try MappingRuntime(mapping, traits: traits, schema: schema)
            let lane = try MappingLane(runtime, in: transaction)
            guard lane.object == key.object, let record = Incoming(observation, shape: lane.shape) else { continue }
            let context = LinkContext(transaction: transaction, connection: key.connection, owners: OwnerDirectory([]))
            let creation = LocalCreation(of: record.values, lane.runtime, in: context)
            let cause = Cause(actor: try transaction.actor("person:\(person)"), at: self.context.clock.now)
            let id = self.context.ids.next()
            try transaction.create(id, object: lane.localObject, properties: creation.set, cause: cause)
            try transaction.insertLink(
                key,
                record: id,
                version: record.version,
                shape: lane.shape,
                agreed: creation.agreed,
                cause: cause
            )
            return id
        }
        throw SyncError(
            .mappingUnfit,
            "the mapping changed since the record was seen: run `relais sync`, then look again"
        )
    }
}
