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
    /// Members of the base, and those whom both sides put there.
    private var agreed: Set<Text> = []
    /// Whether the list was never read before.
    private var isFirst = false

    private enum Place {
        case base(after: RecordID?)
        case due(after: RecordID?)
        case gone(after: RecordID?)
        case strangers(ArraySlice<Text>)
        case done
    }

    private var moves: ListMoves { ListMoves(segment: self.segment, list: self.list) }

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
        case .gone(let after): try self.forgetStrangers(after: after, in: transaction)
        case .strangers(let rest): try self.noteStrangers(rest, in: transaction)
        case .done: return false
        }
        return true
    }

    private mutating func compareBase(after: RecordID?, in transaction: Transaction) throws {
        let (connection, object) = (self.segment.session.connection.number, self.segment.lane.object)
        if after == nil { self.isFirst = try transaction.remoteList(self.segment.name).readAt == nil }
        let base = try transaction.listBase(self.list, connection, object, after: after, limit: ListPhase.step)
        // What we did a moment ago may not show yet.
        let lag = max(self.segment.session.context.account.traits.indexLag, .seconds(60))
        let horizon = self.at.advanced(by: .zero - lag)
        for entry in base {
            guard let remote = entry.remote else { continue }
            switch (entry.state, self.members.contains(remote)) {
            case (.in, true): self.agreed.insert(remote)
            case (.removed, true):
                try transaction.setListState(.in, of: entry.record, on: self.list, at: self.at)
                try self.moves.tell(.listJoined, entry.record, remote, in: transaction)
                self.agreed.insert(remote)
            case (.in, false) where entry.since < horizon:
                try self.moves.tell(.listLeft, entry.record, remote, in: transaction)
                try self.noteRemoval(of: entry.record, in: transaction)
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
            try self.moves.noteStranger(record, remote, isFirst: self.isFirst, in: transaction)
            try transaction.removeListStranger(record, on: self.list)
            self.agreed.insert(remote)
        }
        if let last = due.last {
            self.place = .due(after: last.record)
            return
        }
        self.counts.strangersOnLists += max(0, self.members.count - self.agreed.count)
        if Breakage.listRemovesStrangers.isOn { try self.adoptStrangers(in: transaction) }
        self.place = .gone(after: nil)
    }

    // MARK: Whom no segment put there

    /// Those who were seen on the list and are not on it any more: somebody in the CRM took them off.
    private mutating func forgetStrangers(after: RecordID?, in transaction: Transaction) throws {
        let (connection, object) = (self.segment.session.connection.number, self.segment.lane.object)
        let known = try transaction.listStrangers(self.list, connection, object, after: after, limit: ListPhase.step)
        for (record, remote) in known {
            if let remote {
                guard !self.members.contains(remote) else { continue }
                try self.moves.tell(.listLeft, record, remote, in: transaction)
            } else {
                // Without a link nobody can say whether the CRM's record is there.
                try transaction.removeListStranger(record, on: self.list)
            }
        }
        self.place =
            known.last.map { .gone(after: $0.record) }
            ?? .strangers(self.members.subtracting(self.agreed).sorted()[...])
    }

    /// Those who are on the list and whom nobody has told of yet.
    private mutating func noteStrangers(_ rest: ArraySlice<Text>, in transaction: Transaction) throws {
        let (connection, object) = (self.segment.session.connection.number, self.segment.lane.object)
        for remote in rest.prefix(ListPhase.step) {
            guard let link = try transaction.link(LinkKey(connection, object, remote)), link.status == .active,
                try transaction.listState(of: link.record, on: self.list) == nil
            else { continue }
            try self.moves.noteStranger(link.record, remote, isFirst: self.isFirst, in: transaction)
        }
        let left = rest.dropFirst(ListPhase.step)
        self.place = left.isEmpty ? .done : .strangers(left)
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
