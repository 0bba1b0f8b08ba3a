import Mapping
import Records
import Store

/// Takes in unlinked records that were seen and kept: by a plan before its approval, or because a person had to say who
/// they are.
struct KeptObservations {
    let session: SyncSession
    let lane: MappingLane

    private var connection: ConnectionNumber { self.session.connection.number }

    /// Applies those that wait for nobody, some in each transaction.
    ///
    /// A question that is open stays the same question until somebody answers it or its candidates change; see
    /// `askAgain`. So a run costs no more for all that waits.
    func apply() throws -> SyncCounts {
        var counts = SyncCounts()
        var after: Text = ""
        while try self.isAnythingKept(after: after) {
            let last = try self.session.context.store.write { transaction -> Text? in
                var applier = self.session.applier(self.lane, in: transaction)
                let object = self.lane.object
                let kept = try transaction.unclaimedObservations(self.connection, object, after: after, limit: 2000)
                _ = try self.take(kept, with: &applier)
                try self.admit(applier, in: transaction)
                counts.add(applier.counts)
                return kept.last?.key.remote
            }
            guard let last else { return counts }
            after = last
        }
        return counts
    }

    /// Most runs find nothing, and need not open a transaction for it.
    private func isAnythingKept(after: Text) throws -> Bool {
        try self.session.context.store.read { transaction in
            try !transaction.unclaimedObservations(self.connection, self.lane.object, after: after, limit: 1).isEmpty
        }
    }

    /// Applies those about which something is asked and of whose candidates one changed since this was done last.
    ///
    /// Who looked like a duplicate may have been given another e-mail address, here or by the CRM.
    func askAgain() throws -> SyncCounts {
        let name = "kept/\(self.session.connection.name)/\(self.lane.mapping.name)"
        let isNew = try self.session.context.store.read { transaction in
            try transaction.cursor(name) != Text(String(transaction.journalEnd()))
        }
        guard isNew else { return SyncCounts() }
        return try self.session.context.store.write { transaction in
            var applier = self.session.applier(self.lane, in: transaction)
            let position = try transaction.cursor(name)
            let end = try transaction.journalEnd()
            try transaction.setCursor(name, to: Text(String(end)))
            guard try transaction.hasOpenReviews(self.connection, self.lane.object),
                // The first time all questions are new.
                let start = position.flatMap({ Int64($0.string) })
            else { return applier.counts }
            let changed = try self.recordsChanged(from: start, to: end, in: transaction)
            if !changed.isEmpty { _ = try self.take(self.asked(about: changed, in: transaction), with: &applier) }
            try self.admit(applier, in: transaction)
            return applier.counts
        }
    }

    private func admit(_ applier: RecordApplier, in transaction: Transaction) throws {
        try BreakerCheck(session: self.session).admit(applier.counts.guarded, lane: self.lane, in: transaction)
    }

    private func recordsChanged(from start: Int64, to end: Int64, in transaction: Transaction) throws -> Set<RecordID> {
        var changed: Set<RecordID> = []
        var last = start
        while last < end {
            let entries = try transaction.journal(after: last, limit: 1000)
            guard let next = entries.last?.sequence else { break }
            last = next
            for entry in entries where entry.kind != .create && entry.kind.changesRecord {
                changed.insert(entry.record)
            }
        }
        return changed
    }

    /// The observations behind the open questions that have one of these records as a candidate.
    private func asked(about records: Set<RecordID>, in transaction: Transaction) throws -> [RemoteObservation] {
        try transaction.openQuestions(self.connection, self.lane.object, about: records).compactMap { remote in
            let key = LinkKey(self.connection, self.lane.object, remote)
            return try transaction.link(key) == nil ? transaction.observation(key) : nil
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
        let unlinked = kept.filter { $0.link == nil }.map(\.observation)
        return (kept.last?.observation.key.remote, try self.take(unlinked, with: &applier))
    }

    /// Takes in unlinked records as they were observed; returns the ids of those that could be.
    private func take(_ kept: [RemoteObservation], with applier: inout RecordApplier) throws -> [Text] {
        var records: [Incoming] = []
        for observation in kept where observation.state == .live {
            guard let incoming = Incoming(observation, shape: self.lane.shape) else {
                // Seen through an earlier mapping: it stays until the reader, which starts over, has read it again.
                continue
            }
            records.append(incoming)
        }
        try applier.take(records, makesNew: true)
        return records.map(\.id)
    }
}
