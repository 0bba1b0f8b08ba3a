import CEL
import Records
import Scoring
import Store

extension WorkflowRunner {
    private static let scanPage = 500

    /// Begins segments that are new or have another condition.
    ///
    /// Who fulfils the condition when a segment begins is a member without having joined: a new segment starts nothing
    /// for those who were there before. In a store whose journal nobody has read yet there is no before: the journal
    /// tells of everybody.
    func beginSegments(_ now: Instant) throws {
        for segment in self.library.segments {
            try self.store.write { transaction in
                let known = try transaction.segment(segment.name)
                guard known?.hash != segment.hash else { return }
                let object = try transaction.object(segment.vocabulary.object.name)
                try transaction.startSegment(segment.name, hash: segment.hash, object: object)
                if try transaction.journalCursor(Self.reader) == 0 {
                    try transaction.setSegmentScan(segment.name, to: nil)
                }
            }
            while try !self.scan(segment, now) {}
        }
    }

    /// Looks at the next records for a segment that begins; true when all were looked at.
    private func scan(_ segment: Segment, _ now: Instant) throws -> Bool {
        try self.store.write { transaction in
            guard let stored = try transaction.segment(segment.name), !stored.isReady else { return true }
            let object = try transaction.object(segment.vocabulary.object.name)
            let (members, last) = try Self.members(segment, object, after: stored.scannedTo, transaction)
            for record in members { try transaction.setMember(record, of: segment.name, true, at: now) }
            try transaction.setSegmentScan(segment.name, to: last)
            return last == nil
        }
    }

    /// The next members of a segment behind a record, and the record that the look at them has reached; nil at the end.
    private static func members(
        _ segment: Segment,
        _ object: ObjectNumber,
        after record: RecordID?,
        _ transaction: Transaction
    ) throws -> (members: [RecordID], last: RecordID?) {
        if let selection = segment.selection {
            let found = try transaction.recordIDs(object, where: selection, after: record, limit: Self.scanPage)
            return (found, found.last)
        }
        let records = try transaction.liveRecords(object, after: record, limit: Self.scanPage)
        return (try records.filter { try segment.contains($0.values) }.map(\.id), records.last?.id)
    }
}
