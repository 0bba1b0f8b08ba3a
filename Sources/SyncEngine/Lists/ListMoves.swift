import Mapping
import Records
import Store

/// Leaves a row in the journal for each move on or off a list: who, when, why, through which run.
struct ListMoves {
    let segment: SegmentReader
    let list: RemoteListNumber

    /// Tells of a move; one by which we put somebody on who was seen there before is none.
    func tell(_ kind: JournalKind, _ record: RecordID, _ remote: Text, in transaction: Transaction) throws {
        let wasThere = try transaction.removeListStranger(record, on: self.list)
        guard kind != .listAdd || !wasThere, !Breakage.listMoveUntold.isOn else { return }
        let session = self.segment.session
        let key = LinkKey(session.connection.number, self.segment.lane.object, remote)
        let isOn = kind == .listAdd || kind == .listJoined
        let membership = self.segment.membership
        var detail = try transaction.description(of: key)
        // What people in the CRM did, they did for reasons of their own.
        if kind == .listAdd || kind == .listRemove { detail = "segment \(membership.segment), \(detail)" }
        try transaction.appendJournal(
            record,
            kind: kind,
            changes: [PropertyChange(membership.name, old: .flag(!isOn), new: .flag(isOn))],
            detail: detail,
            cause: session.cause
        )
    }

    /// Notes that somebody in the CRM put a record on the list, and tells of it once.
    ///
    /// Who was there when the list was read for the first time made no move that anybody saw.
    func noteStranger(_ record: RecordID, _ remote: Text, isFirst: Bool, in transaction: Transaction) throws {
        let at = self.segment.session.cause.at
        guard try transaction.addListStranger(record, on: self.list, at: at), !isFirst else { return }
        try self.tell(.listJoined, record, remote, in: transaction)
        try transaction.addListStranger(record, on: self.list, at: at)
    }
}
