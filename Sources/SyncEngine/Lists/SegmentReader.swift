import Mapping
import Records
import Store

/// What becomes of a record on a list.
enum ListMove: Hashable, Sendable {
    /// It is put on the list.
    case add
    /// It is taken off the list.
    case remove
}

/// Finds out whom a segment moved: once over all records, then behind the journal, so that a quiet run costs nothing.
struct SegmentReader {
    let session: SyncSession
    let lane: MappingLane
    let membership: ListMembership
    /// What the store calls the list.
    let name: String

    private var cursor: String { "list/\(self.name)" }

    /// Goes one step over all records, or along the journal; false at the end.
    func follow(in transaction: Transaction) throws -> Bool {
        let list = try transaction.remoteList(self.name)
        let isNew = !list.hash.hasSameBytes(as: self.membership.hash)
        if isNew { try transaction.setHash(self.membership.hash, of: list.number) }
        let known = try isNew ? nil : transaction.cursor(self.cursor)?.string
        // The base outlives another meaning of the segment: who is in both stays, unasked.
        let place = try known ?? "all/\(transaction.journalEnd())/"
        let parts = place.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3 else {
            return try self.followJournal(list.number, after: Int64(place) ?? 0, in: transaction)
        }
        let records = try transaction.liveRecords(
            self.lane.localObject,
            after: RecordID(parts[2]),
            limit: ListPhase.step
        )
        for record in records { try self.look(at: record, on: list.number, in: transaction) }
        let next = records.last.map { "all/\(parts[1])/\($0.id)" } ?? parts[1]
        try transaction.setCursor(self.cursor, to: Text(next))
        return true
    }

    private func followJournal(
        _ list: RemoteListNumber,
        after sequence: Int64,
        in transaction: Transaction
    ) throws -> Bool {
        let entries = try transaction.journalMarks(after: sequence, limit: ListPhase.step)
        guard let last = entries.last else { return false }
        var seen: Set<RecordID> = []
        for entry in entries where entry.kind.movesSegments {
            guard seen.insert(entry.record).inserted, let record = try transaction.record(entry.record),
                record.object == self.lane.localObject
            else { continue }
            try self.look(at: record, on: list, in: transaction)
        }
        try transaction.setCursor(self.cursor, to: Text(String(last.sequence)))
        return true
    }

    private func look(at record: StoredRecord, on list: RemoteListNumber, in transaction: Transaction) throws {
        let state = try transaction.listState(of: record.id, on: list)
        guard record.isLive else {
            // Whoever is not here any more has nobody who could move them.
            if state != nil { try transaction.setListState(nil, of: record.id, on: list, at: self.session.cause.at) }
            try transaction.removeListStranger(record.id, on: list)
            return try transaction.setListDue(false, record.id, on: list)
        }
        let isIn = self.membership.holds(record.values)
        if !isIn, state == .removed {
            // Off by both: the next time that the segment wants them is a new one.
            return try transaction.setListState(nil, of: record.id, on: list, at: self.session.cause.at)
        }
        try transaction.setListDue(isIn != (state != nil), record.id, on: list)
    }

    /// What is to be done about a record that is due; nil, and it is due no more, if nothing.
    func decide(_ id: RecordID, on list: RemoteListNumber, in transaction: Transaction) throws -> ListMove? {
        guard let record = try transaction.record(id) else { return nil }
        try self.look(at: record, on: list, in: transaction)
        guard record.isLive else { return nil }
        let isIn = self.membership.holds(record.values)
        let isBase = try transaction.listState(of: id, on: list) != nil
        return isIn == isBase ? nil : isIn ? .add : .remove
    }
}

extension JournalKind {
    /// Whether a row of this kind may bring a record into a segment, or out of it.
    fileprivate var movesSegments: Bool {
        switch self {
        case .create, .update, .delete, .restore, .merge, .absorb, .erase: true
        default: false
        }
    }
}
