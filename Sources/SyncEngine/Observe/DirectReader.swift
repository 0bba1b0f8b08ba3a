import Connectors
import Mapping
import Records
import Store

/// Reads linked records by id, never through an index, and takes them in.
struct DirectReader {
    let session: SyncSession
    let lane: MappingLane

    /// Reads records by id and takes them in; what is not there any more is noted.
    func refresh(_ ids: [Text], withAssociations: Bool = true) async throws -> SyncCounts {
        let found = try await self.read(ids, withAssociations: withAssociations)
        return try self.session.context.store.write { transaction in
            var applier = self.session.applier(self.lane, in: transaction)
            for (id, reading) in zip(ids, found) { try self.take(id, reading, with: &applier) }
            try BreakerCheck(session: self.session).admit(applier.counts.guarded, lane: self.lane, in: transaction)
            return applier.counts
        }
    }

    /// Takes in what was read of one linked record.
    func take(_ id: Text, _ reading: Reading?, with applier: inout RecordApplier) throws {
        let key = LinkKey(self.session.connection.number, self.lane.object, id)
        guard let reading else {
            guard let link = try applier.transaction.link(key) else { return }
            try applier.noteMissing(key, version: link.remoteVersion, state: .gone)
            return
        }
        if reading.record.id != id {
            // An answer with another id is a remap, not a delete (R10).
            try applier.noteMissing(key, version: reading.record.version, state: .merged(into: reading.record.id))
            return
        }
        let incoming = try applier.incoming(reading.record, associations: reading.associations)
        try applier.apply(incoming, isDirect: true)
    }

    /// One record as it was read.
    struct Reading: Sendable {
        let record: RemoteRecord
        /// The associated ids by field position; empty if they were not asked for.
        let associations: [Int: [Text]]
    }

    /// Reads records by id; one entry for each.
    func read(_ ids: [Text], withAssociations: Bool) async throws -> [Reading?] {
        let context = self.session.context
        let records = try await self.session.retrying.run {
            try await context.account.read(
                self.lane.mapping.remoteObject,
                keys: ids,
                by: nil,
                selecting: self.lane.runtime.selection
            )
        }
        let live = withAssociations ? records.compactMap { $0?.id } : []
        let table = try await PageReader(session: self.session, lane: self.lane).associations(of: live)
        return records.map { record in
            record.map { Reading(record: $0, associations: table.of($0.id)) }
        }
    }
}
