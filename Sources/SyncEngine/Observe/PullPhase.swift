import Connectors
import Mapping
import Planning
import Records
import Store

/// Reads everything new of one object and takes it in, or only keeps it for a plan.
struct PullPhase {
    let session: SyncSession
    let lane: MappingLane
    /// Whether records are only kept as observations, so that nothing but what was seen changes.
    let observesOnly: Bool
    /// What was done.
    var counts = SyncCounts()

    private var pendingRereads: [Text] = []
    private var pendingTwins: [Text] = []

    init(session: SyncSession, lane: MappingLane, observesOnly: Bool) {
        self.session = session
        self.lane = lane
        self.observesOnly = observesOnly
    }

    /// Whether most of what was seen last was new; the first records of a first pass are.
    private var seesNew = true

    /// Pages of the next group: few at first, so that writing begins soon, then more each time.
    private var pages = 10

    private var reader: PageReader {
        PageReader(
            session: self.session,
            lane: self.lane,
            pagesPerGroup: self.pages,
            makesNew: self.seesNew && !self.observesOnly
        )
    }

    /// The name under which the store keeps the position of this reader.
    private var cursorName: String { Self.cursorName(connection: self.session.connection.name, self.lane.mapping) }

    /// The name of the reader of a mapping of a connection.
    static func cursorName(connection: String, _ mapping: CompiledMapping) -> String {
        "observe/\(connection)/\(mapping.remoteObject)/\(mapping.name)"
    }

    /// Runs until no page is left.
    ///
    /// While one group of pages is written, the next is fetched and parsed; the position moves in the transaction of the
    /// pages that it covers.
    ///
    /// A first pass may take hours and is in the lane that waits for all others.
    mutating func run() async throws {
        let position = try self.session.context.store.read { try $0.cursor(self.cursorName) }
        let isFirst = position == nil || self.session.connection.firstSyncDoneAt == nil
        var pull = self
        defer { self = pull }
        try await RequestLane.$current.withValue(isFirst ? .backfill : RequestLane.current) {
            try await pull.run(from: position)
        }
    }

    private mutating func run(from start: Text?) async throws {
        var position = start
        var group = try await self.reader.read(from: position)
        while true {
            try Task.checkCancellation()
            position = group.position
            self.pages = min(2 * self.pages, PageReader.mostPages)
            let reader = self.reader
            guard group.hasMore else {
                try self.take(group)
                try self.session.saveSpending()
                if let failure = group.failure { throw failure }
                try await self.readAgain()
                try await self.repair()
                return
            }
            let next = position
            async let following = reader.read(from: next)
            try self.take(group)
            try self.session.saveSpending()
            if !self.observesOnly { self.counts.add(try await UrgentTurn(session: self.session).run()) }
            group = try await following
        }
    }

    /// Writes a group of pages, their position with them.
    ///
    /// If one record cannot be stored, the whole group is taken back and taken in again record by record.
    private mutating func take(_ group: PageGroup) throws {
        do {
            try self.take(group, isolating: false)
        } catch let error as StoreError where error.disposition == .skipRecord && !self.observesOnly {
            try self.take(group, isolating: true)
        }
    }

    private mutating func take(_ group: PageGroup, isolating: Bool) throws {
        if Breakage.advanceCursorBeforeCommit.isOn, let position = group.position {
            try self.session.context.store.write { try $0.setCursor(self.cursorName, to: position) }
        }
        let (counts, rereads, twins) = try self.session.context.store.write { transaction in
            var applier = self.session.applier(self.lane, in: transaction)
            applier.isolates = isolating
            for read in group.pages { try self.take(read, with: &applier) }
            if let position = group.position { try transaction.setCursor(self.cursorName, to: position) }
            let unmentioned = UnmentionedProperties(connection: self.session.connection.name, lane: self.lane)
            try unmentioned.note(group, in: transaction)
            if try !group.hasMore && unmentioned.areBack(in: transaction) {
                try transaction.removeCursor(self.cursorName)
            }
            try DirectReader(session: self.session, lane: self.lane).promise(
                applier.rereads + applier.twins,
                transaction
            )
            try self.check(applier.counts, in: transaction)
            return (applier.counts, applier.rereads, applier.twins)
        }
        self.counts.add(counts)
        self.seesNew = counts.createdLocally > counts.unchanged
        self.pendingRereads += rereads
        self.pendingTwins += twins
        self.session.context.progress(self.counts)
    }

    private mutating func take(_ read: ReadPage, with applier: inout RecordApplier) throws {
        for unreadable in read.page.unreadable {
            if Breakage.poisonRecordBlocksPage.isOn { throw SyncError(.mappingUnfit, unreadable.reason) }
            try applier.quarantine(remote: unreadable.id, reason: unreadable.reason)
        }
        if !self.observesOnly, let prepared = read.prepared { return try applier.take(prepared) }
        let records = try read.page.records.map { record in
            try applier.incoming(record, associations: read.associations.of(record.id))
        }
        guard self.observesOnly else { return try applier.take(records, makesNew: self.seesNew) }
        for record in records { try applier.observe(record) }
    }

    /// Reads by id what came at its version floor with other content (R3).
    ///
    /// What an earlier run promised and did not come to is read too.
    private mutating func readAgain() async throws {
        if !self.observesOnly { try self.recallPromises() }
        let batch = self.session.context.account.traits.readBatchSize
        let reader = DirectReader(session: self.session, lane: self.lane)
        while !self.pendingRereads.isEmpty {
            let ids = Array(self.pendingRereads.prefix(batch))
            self.pendingRereads.removeFirst(ids.count)
            self.counts.add(try await reader.keepPromise(ids))
        }
        for ids in self.pendingTwins.chunked(by: batch) {
            // They were counted with their page.
            var counts = try await reader.keepPromise(ids)
            counts.unchanged = 0
            self.counts.add(counts)
        }
        self.pendingTwins = []
    }

    private mutating func recallPromises() throws {
        let promises = try self.session.context.store.read { transaction in
            try transaction.promises(self.session.connection.number, self.lane.object).map(\.key.remote)
        }
        let known = Set(self.pendingRereads + self.pendingTwins)
        self.pendingRereads += promises.filter { !known.contains($0) }
    }

    /// Reads by id what could not be read, in this run's pages or in an earlier run; what can be read now is let in again.
    ///
    /// It may have been the answer that was damaged, not the record.
    private mutating func repair() async throws {
        let reader = DirectReader(session: self.session, lane: self.lane)
        let ids = try self.unread()
        for chunk in ids.chunked(by: self.session.context.account.traits.readBatchSize) {
            do {
                try self.repair(chunk, try await reader.read(chunk, withAssociations: true))
            } catch let failure as RemoteFailure {
                // Who is not there at all now is not asked for each of them.
                guard failure.isOfRecords else { return }
                guard chunk.count > 1 else { continue }
                // One of them may spoil the answer for all.
                for id in chunk {
                    try Task.checkCancellation()
                    do {
                        try self.repair([id], try await reader.read([id], withAssociations: true))
                    } catch let failure as RemoteFailure {
                        guard failure.isOfRecords else { return }
                    }
                }
            }
        }
    }

    /// What is set aside because it could not be read, here or in an earlier run.
    private func unread() throws -> [Text] {
        let (connection, object) = (self.session.connection.number, self.lane.object)
        return try self.session.context.store.read { transaction in
            try transaction.quarantined(connection, object, side: .local, limit: 1000).compactMap(\.remote)
        }
    }

    private mutating func repair(_ ids: [Text], _ readings: [DirectReader.Reading?]) throws {
        let reader = DirectReader(session: self.session, lane: self.lane)
        let counts = try self.session.context.store.write { transaction in
            var applier = self.session.applier(self.lane, in: transaction)
            applier.isolates = true
            for (id, reading) in zip(ids, readings) where reading?.record.isReadable ?? true {
                let before = applier.counts.quarantined
                if self.observesOnly {
                    guard let reading else { continue }
                    try applier.observe(applier.incoming(reading.record, associations: reading.associations))
                } else {
                    try applier.attempt(id) { try reader.take(id, reading, with: &$0) }
                }
                if applier.counts.quarantined == before { try applier.readmit(remote: id) }
            }
            try self.check(applier.counts, in: transaction)
            return applier.counts
        }
        self.counts.add(counts)
    }

    private func check(_ counts: SyncCounts, in transaction: Transaction) throws {
        guard !self.observesOnly else { return }
        try BreakerCheck(session: self.session).admit(counts.guarded, lane: self.lane, in: transaction)
    }
}

extension RemoteFailure {
    /// Whether it may be about what was asked for, rather than about the account or the way there.
    fileprivate var isOfRecords: Bool {
        switch self.code {
        case .serverError, .unexpectedAnswer, .badRequest: true
        case .unreachable, .unauthorized, .forbidden, .rateLimited: false
        }
    }
}
