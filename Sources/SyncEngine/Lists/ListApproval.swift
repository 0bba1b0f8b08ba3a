import Mapping
import Records
import Store

/// Asks a person before a list is written that is new in the mapping, or follows another segment than before (R11).
///
/// The plan of a first sync is approved as a whole. Later a mapping, or a segment, can move thousands of people at once, and
/// a CRM's own automation may start for each of them: what would happen is shown before it does.
struct ListApproval {
    let segment: SegmentReader
    let list: RemoteListNumber

    private var session: SyncSession { self.segment.session }
    private var hash: String { self.segment.membership.hash }

    /// Whether the list may be written now; an approval that this run brings is kept.
    func isGiven(in transaction: Transaction) throws -> Bool {
        // A careful run is asked change by change.
        guard self.session.gate == nil, !Breakage.newListUnshown.isOn else { return true }
        let row = try transaction.remoteList(self.segment.name)
        if row.approved?.hasSameBytes(as: self.hash) ?? false { return true }
        guard self.session.approvesLists else { return try self.moves(in: transaction) == (0, 0) }
        try transaction.approve(self.list, as: self.hash)
        return true
    }

    /// What is told in place of the writes.
    func complaint(in transaction: Transaction) throws -> String {
        let isNew = try transaction.remoteList(self.segment.name).approved == nil
        let (added, removed) = try self.moves(in: transaction)
        let name = self.session.context.connection
        return """
            \(isNew ? "the list is new in the mapping" : "the list follows another segment than before"), and nobody has \
            approved that \(added) records are put on it and \(removed) taken off: look at `relais plan \(name)`, then \
            `relais sync \(name) --approve`
            """
    }

    /// How many would be put on, and taken off.
    private func moves(in transaction: Transaction) throws -> (added: Int, removed: Int) {
        var moves = (added: 0, removed: 0)
        var after: RecordID?
        while true {
            let due = try transaction.listDue(
                self.list,
                self.session.connection.number,
                self.segment.lane.object,
                after: after,
                limit: ListPhase.step
            )
            guard let last = due.last else { return moves }
            after = last.record
            for (record, remote) in due where remote != nil {
                switch try self.segment.decide(record, on: self.list, in: transaction) {
                case .add: moves.added += 1
                case .remove: moves.removed += 1
                case nil: break
                }
            }
        }
    }
}
