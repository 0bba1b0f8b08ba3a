import Connectors
import Mapping
import Planning
import Records
import Store

/// Reads everything of one object and compares it: finds what neither the changed-since reading nor a notification told of.
///
/// It comes after the ordinary reading, so that whatever still differs, and is older than an index may lag, was missed: that
/// is drift, and it is reported by field before it is taken in like any other news. A linked record that is in no page of
/// a complete reading is a suspect, no more: it is read by id beside a record that must answer, and only then is there
/// evidence for those who act on it (R10).
struct SweepPhase {
    let session: SyncSession
    let lane: MappingLane
    /// What was done.
    var counts = SyncCounts()

    private var pendingRereads: [Text] = []
    /// Digests of the ids that were read.
    ///
    /// Two ids of one digest hide a missing record until it is missed otherwise; nothing
    /// is ever taken for missing because of it.
    private var seen: Set<UInt64> = []
    /// Whether an answer held a record that had not even an id: then nothing can be called absent.
    private var isComplete = true
    /// A record that answered, to stand beside those that may not.
    private var control: Text?

    init(session: SyncSession, lane: MappingLane) {
        self.session = session
        self.lane = lane
    }

    private var connection: ConnectionNumber { self.session.connection.number }

    /// Runs through the whole list once.
    mutating func run() async throws {
        // What changed after this may be news that nobody could know yet.
        let traits = self.session.context.account.traits
        let horizon = self.session.context.clock.now.advanced(by: .zero - traits.indexLag - .seconds(60)).microseconds
        let reader = PageReader(session: self.session, lane: self.lane, asksAllAssociations: true)
        var position: Text?
        var isListing = true
        while isListing {
            try Task.checkCancellation()
            let group = try await reader.read(from: position)
            position = group.position
            // Behind the list come the changes since; those have a reader of their own.
            isListing = group.hasMore && group.pages.last?.page.isFirstPass == true
            try self.take(group, horizon: horizon)
            try self.session.saveSpending()
            if let failure = group.failure { throw failure }
            self.session.context.progress(self.counts)
            self.counts.add(try await UrgentTurn(session: self.session).run())
        }
        try await self.readAgain()
        if self.isComplete { try await self.lookForMissing() }
    }

    // MARK: Taking in

    private mutating func take(_ group: PageGroup, horizon: Int64) throws {
        let (counts, rereads, drift) = try self.session.context.store.write { transaction in
            var applier = self.session.applier(self.lane, in: transaction)
            var drift = SyncCounts()
            for read in group.pages where read.page.isFirstPass {
                for unreadable in read.page.unreadable {
                    try applier.quarantine(remote: unreadable.id, reason: unreadable.reason)
                }
                for record in read.page.records {
                    let incoming = try applier.incoming(record, associations: read.associations.of(record.id))
                    if record.version < horizon { try self.compare(incoming, applier, &drift) }
                    try applier.apply(incoming, isDirect: false)
                }
            }
            try DirectReader(session: self.session, lane: self.lane).promise(applier.rereads, transaction)
            try self.check(applier.counts, in: transaction)
            return (applier.counts, applier.rereads, drift)
        }
        for read in group.pages where read.page.isFirstPass { self.note(read.page) }
        self.counts.add(counts)
        self.counts.add(drift)
        self.pendingRereads += rereads
    }

    private mutating func note(_ page: RemotePage) {
        for record in page.records { self.seen.insert(Self.digest(record.id)) }
        for unreadable in page.unreadable {
            guard let id = unreadable.id else {
                self.isComplete = false
                continue
            }
            self.seen.insert(Self.digest(id))
        }
        self.control = page.records.last { !$0.isArchived }?.id ?? self.control
    }

    /// Counts what a record holds that nobody told of.
    private func compare(_ record: Incoming, _ applier: RecordApplier, _ drift: inout SyncCounts) throws {
        let transaction = applier.transaction
        let key = LinkKey(self.connection, self.lane.object, record.id)
        guard let link = try transaction.link(key) else {
            guard record.passesFilter, !record.isArchived, self.lane.mapping.create.pull,
                try transaction.observation(key) == nil
            else { return }
            drift.driftNew += 1
            return
        }
        guard link.status == .active, record.version >= link.remoteVersion, link.shape == self.lane.shape else {
            return
        }
        // What was read and waits for a decision is known, not missed.
        let known = try transaction.observation(key)?.values
        let shadow = try link.remoteShadow()
        let fields = self.lane.mapping.fields
        let moved = fields.indices.filter { position in
            record.values[position] != known?[position] ?? shadow[position]
                && record.values[position] != shadow[position]
        }
        guard !moved.isEmpty else { return }
        drift.driftChanged += 1
        for position in moved {
            drift.driftFields["\(self.lane.mapping.name) \(fields[position].name)", default: 0] += 1
        }
    }

    private func check(_ counts: SyncCounts, in transaction: Transaction) throws {
        try BreakerCheck(session: self.session).admit(counts.guarded, lane: self.lane, in: transaction)
    }

    /// Reads by id what came at its version floor with other content (R3).
    private mutating func readAgain() async throws {
        let batch = self.session.context.account.traits.readBatchSize
        for chunk in self.pendingRereads.chunked(by: batch) {
            self.counts.add(try await DirectReader(session: self.session, lane: self.lane).keepPromise(chunk))
        }
        self.pendingRereads = []
    }

    // MARK: What is missing

    /// Reads the linked records by id that were in no page, beside one that must answer.
    private mutating func lookForMissing() async throws {
        var after: Text = ""
        let size = max(2, self.session.context.account.traits.readBatchSize)
        while true {
            try Task.checkCancellation()
            let links = try self.session.context.store.read { transaction in
                try transaction.links(self.connection, self.lane.object, after: after, limit: 1000)
            }
            guard let last = links.last else { return }
            after = last.key.remote
            let suspects = links.filter { $0.status == .active && !self.seen.contains(Self.digest($0.key.remote)) }
            for chunk in suspects.map(\.key.remote).chunked(by: size - 1) { try await self.read(chunk) }
        }
    }

    private mutating func read(_ suspects: [Text]) async throws {
        // Where nothing at all answers, nothing is known.
        guard let control else { return }
        let reader = DirectReader(session: self.session, lane: self.lane)
        let readings = try await reader.read(suspects + [control], withAssociations: true)
        guard readings.last?.flatMap(\.self) != nil else { return }
        let counts = try self.session.context.store.write { transaction in
            var applier = self.session.applier(self.lane, in: transaction)
            for (id, reading) in zip(suspects, readings) {
                if reading == nil { applier.counts.driftMissing += 1 }
                try reader.take(id, reading, with: &applier)
            }
            return applier.counts
        }
        self.counts.add(counts)
    }

    /// FNV-1a, the same in every process.
    private static func digest(_ id: Text) -> UInt64 {
        id.string.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }
}
