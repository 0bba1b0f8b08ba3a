import Connectors
import Mapping
import Planning
import Records
import Store

/// Keeps lists of the CRM in step with segments of ours.
///
/// Three-way, as an association set is: the base is whom both sides had on the list when they last agreed. Whom the segment
/// moved since is put on, or taken off; whom somebody in the CRM moved is told of and left until the segment moves again.
/// Both calls can be made twice without harm, so that an answer that never came costs a second call and no more: what is
/// due stays due until the CRM has said yes.
struct ListPhase {
    let session: SyncSession
    let lane: MappingLane
    /// What was done.
    var counts = SyncCounts()

    /// How many records one transaction looks at.
    static let step = 1000

    private var account: any RemoteAccount { self.session.context.account }
    private var store: Store { self.session.context.store }
    private var now: Instant { self.session.context.clock.now }

    /// Brings all lists of the mapping up to date; one that cannot be written stops nothing else.
    mutating func run(sweeps: Bool) async throws {
        guard self.lane.mapping.update.push else { return }
        for membership in self.lane.mapping.memberships {
            try Task.checkCancellation()
            do {
                try await self.bring(membership, sweeps: sweeps)
            } catch let failure as RemoteFailure where Self.isOfOneList(failure) {
                self.counts.troubles[self.name(membership)] = failure.message
            }
        }
    }

    /// Whether a failure is about one list and not about the account.
    static func isOfOneList(_ failure: RemoteFailure) -> Bool {
        guard !Breakage.listStopsRun.isOn else { return false }
        return switch failure.code {
        case .badRequest, .forbidden, .unexpectedAnswer: true
        case .unreachable, .unauthorized, .rateLimited, .serverError: false
        }
    }

    private mutating func bring(_ membership: ListMembership, sweeps: Bool) async throws {
        let name = self.name(membership)
        let segment = SegmentReader(session: self.session, lane: self.lane, membership: membership, name: name)
        while try self.store.write({ try segment.follow(in: $0) }) { try Task.checkCancellation() }
        let row = try self.store.write { try $0.remoteList(name) }
        let wantsMembers = self.isReadingDue(row, membership, sweeps: sweeps)
        guard
            try wantsMembers
                || self.store.read({
                    try $0.hasListDue(row.number, self.session.connection.number, self.lane.object)
                })
        else { return }
        let reading = try await self.reading(membership, withMembers: { $0 != row.remote || wantsMembers })
        try self.store.write { try $0.setRemote(reading.list.id, of: row.number) }
        // Another list than before is looked at from the start.
        while try self.store.write({ try segment.follow(in: $0) }) { try Task.checkCancellation() }
        if let members = reading.members {
            var comparison = MemberComparison(segment: segment, list: row.number, members: members, at: reading.at)
            while try self.store.write({ try comparison.step(in: $0) }) { try Task.checkCancellation() }
            self.counts.add(comparison.counts)
            try self.store.write { try $0.setListRead(row.number, at: reading.at) }
        }
        let approval = ListApproval(segment: segment, list: row.number)
        guard try self.store.write({ try approval.isGiven(in: $0) }) else {
            self.counts.troubles[name] = try self.store.write { try approval.complaint(in: $0) }
            return
        }
        try await self.send(row.number, segment, to: reading.list)
    }

    // MARK: What the CRM says

    /// Finds the lists and reads the members of those that we meet for the first time, for a plan.
    ///
    /// One that cannot be written is nil, with a trouble in `counts`.
    mutating func readings() async throws -> [ListReading?] {
        guard self.lane.mapping.update.push else { return [] }
        var readings: [ListReading?] = []
        for membership in self.lane.mapping.memberships {
            let name = self.name(membership)
            // A plan is taken back, so that it must not make the row.
            let known = try self.store.read { try $0.knownRemoteList(name) }
            do {
                readings.append(
                    try await self.reading(membership) { $0 != known?.remote || known?.readAt == nil }
                )
            } catch let failure as RemoteFailure where Self.isOfOneList(failure) {
                self.counts.troubles[name] = failure.message
                readings.append(nil)
            }
        }
        return readings
    }

    /// Finds a list and, if that is wanted, its members; throws a `RemoteFailure` if nobody can be put on it.
    private func reading(
        _ membership: ListMembership,
        withMembers isWanted: (Text) -> Bool
    ) async throws -> ListReading {
        let object = self.lane.mapping.remoteObject
        let kind = membership.remoteKind
        let at = self.now
        let found = try await self.session.retrying.run {
            try await self.account.list(kind, of: object, membership.reference)
        }
        guard let list = found else {
            throw RemoteFailure(.badRequest, "the CRM has no such \(kind.rawValue) of \(object)")
        }
        if let refusal = list.refusal { throw RemoteFailure(.badRequest, refusal) }
        guard isWanted(list.id) else { return ListReading(list: list, members: nil, at: at) }
        let members = try await self.session.retrying.run { try await self.account.members(of: list) }
        return ListReading(list: list, members: Set(members), at: at)
    }

    /// Whether people may have been at the list for so long that it is read again.
    private func isReadingDue(_ row: RemoteListRow, _ membership: ListMembership, sweeps: Bool) -> Bool {
        guard let readAt = row.readAt, !sweeps else { return true }
        let traits = self.account.traits.lists.first {
            $0.kind == membership.remoteKind && $0.object.hasSameBytes(as: self.lane.mapping.remoteObject)
        }
        return traits?.every.map { readAt.advanced(by: $0) <= self.now } ?? false
    }

    // MARK: Sending

    private mutating func send(
        _ number: RemoteListNumber,
        _ segment: SegmentReader,
        to list: RemoteList
    ) async throws {
        var after: RecordID?
        while let batch = try self.store.write({ try self.batch(number, segment, after: after, in: $0) }) {
            try Task.checkCancellation()
            after = batch.last
            guard !batch.added.isEmpty || !batch.removed.isEmpty else { continue }
            let missing = try await self.session.retrying.run {
                try await self.account.change(
                    list,
                    adding: batch.added.map(\.remote),
                    removing: batch.removed.map(\.remote)
                )
            }
            try self.store.write { transaction in
                let moves = ListMoves(segment: segment, list: number)
                for (moved, state) in [(batch.added, ListState.in), (batch.removed, nil)] {
                    // Whom the CRM does not have stays due; that the record is gone is found elsewhere.
                    for one in moved where !missing.contains(one.remote) {
                        try transaction.setListState(state, of: one.record, on: number, at: self.now)
                        try moves.tell(state == nil ? .listRemove : .listAdd, one.record, one.remote, in: transaction)
                    }
                }
            }
            self.counts.addedToLists += batch.added.count { !missing.contains($0.remote) }
            self.counts.removedFromLists += batch.removed.count { !missing.contains($0.remote) }
        }
    }

    /// Some of those who are due, decided anew.
    private struct Batch {
        var added: [(record: RecordID, remote: Text)] = []
        var removed: [(record: RecordID, remote: Text)] = []
        var last: RecordID
    }

    private func batch(
        _ number: RemoteListNumber,
        _ segment: SegmentReader,
        after: RecordID?,
        in transaction: Transaction
    ) throws -> Batch? {
        let due = try transaction.listDue(
            number,
            self.session.connection.number,
            self.lane.object,
            after: after,
            limit: Self.step
        )
        guard let last = due.last else { return nil }
        var batch = Batch(last: last.record)
        for (record, remote) in due {
            guard let remote, let move = try segment.decide(record, on: number, in: transaction),
                self.admits(move, record, remote, segment.membership)
            else { continue }
            if move == .add { batch.added.append((record, remote)) } else { batch.removed.append((record, remote)) }
        }
        // Whom a wrong condition would take off all at once counts with the values that are blanked (R11).
        var guarded = BreakerCounts()
        guarded[.blanks] = batch.removed.count
        try BreakerCheck(session: self.session).admit(guarded, lane: self.lane, in: transaction)
        return batch
    }

    private func admits(_ move: ListMove, _ record: RecordID, _ remote: Text, _ membership: ListMembership) -> Bool {
        guard let gate = self.session.gate else { return true }
        return gate.admits([PlannedChange(move, membership, of: self.lane.mapping, record: record, remote: remote)])
    }

    /// What the store and the report call a list.
    func name(_ membership: ListMembership) -> String {
        "\(self.session.context.connection)/\(self.lane.mapping.name)/\(membership.name)"
    }
}

/// What a list of the CRM was when it was looked at.
struct ListReading {
    let list: RemoteList
    /// Who is on it; nil if nobody asked.
    let members: Set<Text>?
    let at: Instant
}

extension ListMembership {
    /// What it is, in the words of accounts.
    var remoteKind: RemoteListKind {
        switch self.kind {
        case .list: .list
        case .campaign: .campaign
        }
    }

    /// How it is found.
    var reference: RemoteListReference { self.isID ? .id(self.list) : .name(self.list) }
}

extension PlannedChange {
    /// A record that is put on a list or taken off it.
    init(
        _ move: ListMove,
        _ membership: ListMembership,
        of mapping: CompiledMapping,
        record: RecordID,
        remote: Text?
    ) {
        let isAdd = move == .add
        self.init(
            action: isAdd ? .addToList : .removeFromList,
            mapping: mapping.name,
            record: record,
            remote: remote,
            fields: [Field(name: membership.name, old: .flag(!isAdd), new: .flag(isAdd))]
        )
    }
}
