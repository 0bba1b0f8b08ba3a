import Connectors
import Mapping
import Records
import Store

/// Reads the records that notifications told of, by id, and takes them in.
struct HintPhase {
    let session: SyncSession
    let lane: MappingLane
    /// What was done.
    var counts = SyncCounts()

    /// Runs until no hint of the object is left; each goes in the transaction that takes its record in.
    mutating func run() async throws {
        let (connection, object) = (self.session.connection.number, self.lane.object)
        let size = self.session.context.account.traits.readBatchSize
        while true {
            try Task.checkCancellation()
            let hints = try self.session.context.store.read {
                try $0.hints(connection, object, limit: size)
            }
            guard !hints.isEmpty else { return }
            try await self.take(hints)
        }
    }

    private mutating func take(_ hints: [Hint]) async throws {
        let reader = DirectReader(session: self.session, lane: self.lane)
        let ids = hints.map(\.key.remote)
        let readings = try await reader.read(ids, withAssociations: true)
        let counts = try self.session.context.store.write { transaction in
            var applier = self.session.applier(self.lane, in: transaction)
            for (hint, reading) in zip(hints, readings) {
                try reader.take(hint.key.remote, reading, with: &applier)
                try transaction.removeHint(hint)
            }
            try BreakerCheck(session: self.session).admit(applier.counts.guarded, lane: self.lane, in: transaction)
            return applier.counts
        }
        self.counts.add(counts)
        self.counts.hinted += hints.count
    }
}
