import Records
import Store

/// Takes in unlinked records that were seen and kept: by a plan before its approval, or because a person had to say who
/// they are.
struct KeptObservations {
    let session: SyncSession
    let lane: MappingLane

    /// Applies all of them, some in each transaction.
    func apply() throws -> SyncCounts {
        var counts = SyncCounts()
        var after: Text = ""
        while true {
            let last = try self.session.context.store.write { transaction -> Text? in
                var applier = self.session.applier(self.lane, in: transaction)
                let (last, _) = try self.apply(after: after, limit: 2000, with: &applier)
                counts.add(applier.counts)
                return last
            }
            guard let last else { return counts }
            after = last
        }
    }

    /// Applies some behind a remote id; returns the last id seen, nil at the end, and those that were taken in.
    func apply(
        after: Text,
        limit: Int,
        with applier: inout RecordApplier
    ) throws -> (last: Text?, taken: [Text]) {
        let kept = try applier.transaction.pending(
            self.session.connection.number,
            self.lane.object,
            after: after,
            limit: limit
        )
        var records: [Incoming] = []
        for (observation, link) in kept where link == nil && observation.state == .live {
            guard let incoming = Incoming(observation, shape: self.lane.shape) else {
                // Seen through an earlier mapping: the reader starts over when the mapping changes.
                try applier.transaction.removeObservation(observation.key)
                continue
            }
            records.append(incoming)
        }
        try applier.take(records, makesNew: true)
        return (kept.last?.observation.key.remote, records.map(\.id))
    }
}
