import Connectors
import Mapping
import Planning
import Records
import Store

/// What a sync would do to the lists of one mapping, in a transaction that is taken back.
struct ListPlan {
    let session: SyncSession
    let lane: MappingLane
    /// What the CRM said of each list, in the order of the mapping; nil for one that cannot be written.
    let readings: [ListReading?]
    /// The records that the same plan makes in the CRM.
    let made: Set<RecordID>
    /// Told of every move.
    let note: (PlannedChange) -> Void

    func run(in transaction: Transaction) throws -> SyncCounts {
        var counts = SyncCounts()
        let phase = ListPhase(session: self.session, lane: self.lane)
        for (membership, reading) in zip(self.lane.mapping.memberships, self.readings) {
            guard let reading else { continue }
            let name = phase.name(membership)
            let number = try transaction.remoteList(name).number
            try transaction.setRemote(reading.list.id, of: number)
            let segment = SegmentReader(session: self.session, lane: self.lane, membership: membership, name: name)
            while try segment.follow(in: transaction) {}
            if let members = reading.members {
                var comparison = MemberComparison(segment: segment, list: number, members: members, at: reading.at)
                while try comparison.step(in: transaction) {}
                counts.add(comparison.counts)
            }
            try self.count(segment, number, into: &counts, in: transaction)
        }
        return counts
    }

    private func count(
        _ segment: SegmentReader,
        _ number: RemoteListNumber,
        into counts: inout SyncCounts,
        in transaction: Transaction
    ) throws {
        var after: RecordID?
        while true {
            let due = try transaction.listDue(
                number,
                self.session.connection.number,
                self.lane.object,
                after: after,
                limit: ListPhase.step
            )
            guard let last = due.last else { return }
            after = last.record
            for (record, remote) in due where remote != nil || self.made.contains(record) {
                guard let move = try segment.decide(record, on: number, in: transaction) else { continue }
                if move == .add {
                    counts.addedToLists += 1
                } else {
                    counts.removedFromLists += 1
                    counts.guarded[.blanks] += 1
                }
                self.note(
                    PlannedChange(move, segment.membership, of: self.lane.mapping, record: record, remote: remote)
                )
            }
        }
    }
}
