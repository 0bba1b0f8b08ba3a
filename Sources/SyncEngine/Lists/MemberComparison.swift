import Connectors
import Records
import Store

/// Holds the members of a list, as they were read, against the base: what people in the CRM did to it.
///
/// Whom they took off stays off until the segment moves, and whom they put on is left alone.
struct MemberComparison {
    let segment: SegmentReader
    let list: RemoteListNumber
    let members: Set<Text>
    /// When the reading began.
    let at: Instant
    /// What was found.
    private(set) var counts = SyncCounts()
    private var place = Place.base(after: nil)
    private var agreed = 0

    private enum Place {
        case base(after: RecordID?)
        case due(after: RecordID?)
        case done
    }

    init(segment: SegmentReader, list: RemoteListNumber, members: Set<Text>, at: Instant) {
        self.segment = segment
        self.list = list
        self.members = members
        self.at = at
    }

    /// Compares some records; false at the end.
    mutating func step(in transaction: Transaction) throws -> Bool {
        switch self.place {
        case .base(let after): try self.compareBase(after: after, in: transaction)
        case .due(let after): try self.compareDue(after: after, in: transaction)
        case .done: return false
        }
        return true
    }

    private mutating func compareBase(after: RecordID?, in transaction: Transaction) throws {
        let (connection, object) = (self.segment.session.connection.number, self.segment.lane.object)
        let base = try transaction.listBase(self.list, connection, object, after: after, limit: ListPhase.step)
        // What we did a moment ago may not show yet.
        let lag = max(self.segment.session.context.account.traits.indexLag, .seconds(60))
        let horizon = self.at.advanced(by: .zero - lag)
        for entry in base {
            guard let remote = entry.remote else { continue }
            switch (entry.state, self.members.contains(remote)) {
            case (.in, true): self.agreed += 1
            case (.removed, true):
                try transaction.setListState(.in, of: entry.record, on: self.list, at: self.at)
                self.agreed += 1
            case (.in, false) where entry.since < horizon: try self.noteRemoval(of: entry.record, in: transaction)
            case (.in, false), (.removed, false): break
            }
        }
        self.place = base.last.map { .base(after: $0.record) } ?? .due(after: nil)
    }

    private mutating func noteRemoval(of record: RecordID, in transaction: Transaction) throws {
        if Breakage.listFightsPeople.isOn {
            try transaction.setListState(nil, of: record, on: self.list, at: self.at)
            return try transaction.setListDue(true, record, on: self.list)
        }
        // Whom the segment let go as well is off by both.
        let isOff = try self.segment.decide(record, on: self.list, in: transaction) == .remove
        try transaction.setListState(isOff ? nil : .removed, of: record, on: self.list, at: self.at)
        if !isOff { self.counts.takenOffLists += 1 }
    }

    private mutating func compareDue(after: RecordID?, in transaction: Transaction) throws {
        let (connection, object) = (self.segment.session.connection.number, self.segment.lane.object)
        let due = try transaction.listDue(self.list, connection, object, after: after, limit: ListPhase.step)
        for (record, remote) in due {
            guard let remote, self.members.contains(remote),
                try self.segment.decide(record, on: self.list, in: transaction) == .add
            else { continue }
            // Both put them there.
            try transaction.setListState(.in, of: record, on: self.list, at: self.at)
            self.agreed += 1
        }
        if let last = due.last {
            self.place = .due(after: last.record)
            return
        }
        self.counts.strangersOnLists += max(0, self.members.count - self.agreed)
        if Breakage.listRemovesStrangers.isOn { try self.adoptStrangers(in: transaction) }
        self.place = .done
    }

    private func adoptStrangers(in transaction: Transaction) throws {
        let (connection, object) = (self.segment.session.connection.number, self.segment.lane.object)
        for remote in self.members.sorted() {
            guard let link = try transaction.link(LinkKey(connection, object, remote)),
                try transaction.listState(of: link.record, on: self.list) == nil
            else { continue }
            try transaction.setListState(.in, of: link.record, on: self.list, at: self.at)
            _ = try self.segment.decide(link.record, on: self.list, in: transaction)
        }
    }
}
