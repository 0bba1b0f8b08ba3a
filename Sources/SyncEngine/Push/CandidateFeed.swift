import Mapping
import Records
import Store

/// Finds the local records that may need a remote one.
///
/// The first time it goes over all records without a link; from then on it reads the journal behind its cursor, so that a
/// quiet run costs nothing however many records there are.
struct CandidateFeed {
    /// Some candidates, and how far the reader is once they are dealt with.
    struct Batch {
        let records: [RecordID]
        fileprivate let cursor: String
    }

    private let session: SyncSession
    private let lane: MappingLane
    private var isAtEnd = false
    /// Where this reader stands, if not where the store says.
    private var position: String?

    init(session: SyncSession, lane: MappingLane) {
        self.session = session
        self.lane = lane
    }

    /// The mapping's hash is part of the name: a changed filter looks at every record again.
    private var name: String {
        "create/\(self.session.connection.name)/\(self.lane.mapping.name)/\(self.lane.mapping.fingerprint)"
    }

    /// The next candidates; nil at the end.
    ///
    /// A batch may be empty where the journal tells of other records only.
    mutating func next(limit: Int) throws -> Batch? {
        guard !self.isAtEnd else { return nil }
        let feed = self
        let (batch, isAtEnd) = try self.session.context.store.read { try feed.look(limit: limit, in: $0) }
        self.isAtEnd = isAtEnd
        return batch
    }

    /// The next candidates as an open transaction sees them; see `next(limit:)`.
    mutating func next(limit: Int, in transaction: Transaction) throws -> Batch? {
        guard !self.isAtEnd else { return nil }
        let (batch, isAtEnd) = try self.look(limit: limit, in: transaction)
        self.isAtEnd = isAtEnd
        return batch
    }

    private func look(limit: Int, in transaction: Transaction) throws -> (Batch?, Bool) {
        let cursor =
            try self.position ?? transaction.cursor(self.name)?.string ?? "all/\(try transaction.journalEnd())/"
        if let position = Self.scanPosition(cursor) {
            return try self.scan(position, limit: limit, in: transaction)
        }
        return try self.follow(Int64(cursor) ?? 0, limit: limit, in: transaction)
    }

    /// Moves the reader behind a batch.
    func confirm(_ batch: Batch, in transaction: Transaction) throws {
        try transaction.setCursor(self.name, to: Text(batch.cursor))
    }

    /// Moves this reader behind a batch, and leaves it to the next one to look at it again.
    mutating func pass(_ batch: Batch) { self.position = batch.cursor }

    /// `all/<end of the journal at the start>/<last record>`: going over all records.
    private static func scanPosition(_ cursor: String) -> (end: String, last: RecordID?)? {
        guard cursor.hasPrefix("all/") else { return nil }
        let parts = cursor.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        return (String(parts[1]), RecordID(String(parts[2])))
    }

    private func scan(
        _ position: (end: String, last: RecordID?),
        limit: Int,
        in transaction: Transaction
    ) throws -> (Batch?, Bool) {
        let records = try transaction.unlinkedRecords(
            self.lane.localObject,
            connection: self.session.connection.number,
            remoteObject: self.lane.object,
            after: position.last,
            limit: limit
        )
        guard let last = records.last else { return (Batch(records: [], cursor: position.end), false) }
        return (Batch(records: records.map(\.id), cursor: "all/\(position.end)/\(last.id)"), false)
    }

    private func follow(_ sequence: Int64, limit: Int, in transaction: Transaction) throws -> (Batch?, Bool) {
        var records: [RecordID] = []
        var last = sequence
        while records.count < limit {
            let entries = try transaction.journalMarks(after: last, limit: 1000)
            guard !entries.isEmpty else { break }
            for entry in entries where records.count < limit {
                last = entry.sequence
                guard self.mayNeedOne(entry), !records.contains(entry.record),
                    try self.isUnlinked(entry.record, in: transaction)
                else { continue }
                records.append(entry.record)
            }
        }
        guard last > sequence else { return (nil, true) }
        return (Batch(records: records, cursor: String(last)), false)
    }

    /// A record whose link was cut may need another one, whoever cut it.
    private func mayNeedOne(_ entry: JournalMark) -> Bool {
        switch entry.kind {
        case .create, .update, .restore: entry.actor != self.session.actor
        case .unlink, .include: true
        default: false
        }
    }

    private func isUnlinked(_ id: RecordID, in transaction: Transaction) throws -> Bool {
        // Nearly all are linked, and reading a record costs more than finding its link.
        let link = try transaction.link(of: id, connection: self.session.connection.number, object: self.lane.object)
        guard link == nil, let record = try transaction.record(id) else { return false }
        return record.isLive && record.object == self.lane.localObject
    }
}
