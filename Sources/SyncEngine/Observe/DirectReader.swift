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
        try await self.look(at: ids, withAssociations: withAssociations).counts
    }

    /// Does what `refresh` does, and says which records are there and could not be read: nobody knows what they hold.
    func look(
        at ids: [Text],
        withAssociations: Bool = true
    ) async throws -> (counts: SyncCounts, unreadable: Set<Text>) {
        let found = try await self.read(ids, withAssociations: withAssociations)
        let unreadable = zip(ids, found).filter { $1.map { !$0.record.isReadable } ?? false }.map(\.0)
        let counts = try self.session.context.store.write { transaction in
            var applier = self.session.applier(self.lane, in: transaction)
            for (id, reading) in zip(ids, found) { try self.take(id, reading, with: &applier) }
            try BreakerCheck(session: self.session).admit(applier.counts.guarded, lane: self.lane, in: transaction)
            return applier.counts
        }
        return (counts, Set(unreadable))
    }

    // MARK: Promises

    /// Notes, in the transaction that moves the position behind them, that records are to be read by id: the run may end
    /// before it comes to that, and the next one would not be told of them again.
    func promise(_ ids: [Text], _ transaction: Transaction) throws {
        for id in ids {
            let key = LinkKey(self.session.connection.number, self.lane.object, id)
            try transaction.addHint(key, type: Hint.promise, at: self.session.context.clock.now)
        }
    }

    /// Reads such records; an event that comes meanwhile keeps its hint.
    func keepPromise(_ ids: [Text]) async throws -> SyncCounts {
        let store = self.session.context.store
        let hints = try store.read { transaction in
            try ids.compactMap { try transaction.hint(LinkKey(self.session.connection.number, self.lane.object, $0)) }
        }
        let counts = try await self.refresh(ids)
        try store.write { transaction in for hint in hints { try transaction.removeHint(hint) } }
        return counts
    }

    // MARK: Taking in

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
