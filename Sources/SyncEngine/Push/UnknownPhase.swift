import Connectors
import Mapping
import Planning
import Records
import Store

/// Finds out what became of writes whose answer never came: read back first, send again only then.
struct UnknownPhase {
    let session: SyncSession
    let lane: MappingLane
    /// What was done.
    var counts = SyncCounts()

    private var account: any RemoteAccount { self.session.context.account }
    private var store: Store { self.session.context.store }

    /// Resolves the writes of the lane that were in flight when their process died, or were never answered.
    ///
    /// Creates that only the ordinary reading can find are left to `runUnkeyed`. Returns the records whose create was not
    /// carried out and may be sent again.
    mutating func run() async throws -> [RecordID] {
        let ids = try self.store.write { transaction in
            let connection = self.session.connection.number
            let stale = try transaction.operations(connection, in: .inFlight, limit: .max)
            for operation in stale {
                if Breakage.inFlightForgottenAfterRestart.isOn { try transaction.finish(operation.id) }
                try transaction.markUnknown(operation.id)
            }
            try self.reshape(connection, in: transaction)
            return try transaction.operations(connection, in: .unknown, limit: .max)
                .filter { $0.object == self.lane.object && ($0.kind != .create || $0.createKey != nil) }
                .filter { try self.session.owns(self.lane, $0.shape, in: transaction) }
                .map(\.id)
        }
        return try await self.resolve(ids, givesUp: true)
    }

    /// Puts what was sent before the mapping changed in its terms of today: what still means the same is still known (R9).
    private func reshape(_ connection: ConnectionNumber, in transaction: Transaction) throws {
        for state in [OperationState.unknown, .waiting] {
            for operation in try transaction.operations(connection, in: state, limit: .max)
            where operation.object == self.lane.object && operation.shape != self.lane.shape {
                guard try self.session.owns(self.lane, operation.shape, in: transaction) else { continue }
                try transaction.reshape(operation, to: self.lane.shape)
            }
        }
    }

    /// Resolves the creates that have no key, once everything new has been read; see `run`.
    mutating func runUnkeyed() throws -> [RecordID] {
        let operations = try self.store.read { transaction in
            try transaction.operations(self.session.connection.number, in: .unknown, limit: .max)
                .filter { $0.object == self.lane.object && $0.kind == .create && $0.createKey == nil }
                .filter { try self.session.owns(self.lane, $0.shape, in: transaction) }
        }
        return try self.unkeyed(operations, givesUp: true)
    }

    /// Resolves some unknown writes.
    ///
    /// `givesUp` says that a create that cannot be found was not carried out; just after it was sent it may still be on
    /// its way. `wereRefused` says that the CRM did answer these creates, so that they are not on their way any more; what is
    /// looked for is an earlier one of the same record.
    mutating func resolve(_ ids: [Int64], givesUp: Bool, wereRefused: Bool = false) async throws -> [RecordID] {
        let operations = try self.store.read { transaction in try ids.compactMap { try transaction.operation($0) } }
        if Breakage.resendWithoutReadback.isOn {
            try self.store.write { for id in ids { try $0.finish(id) } }
            return operations.filter { $0.kind == .create }.map(\.record)
        }
        var failed: [RecordID] = []
        for chunk in operations.chunked(by: self.account.traits.readBatchSize) {
            try await self.resolveUpdates(chunk.filter { $0.kind != .create })
            failed += try await self.resolveCreates(
                chunk.filter { $0.kind == .create },
                givesUp: givesUp,
                wereRefused: wereRefused
            )
        }
        return failed
    }

    private mutating func resolveUpdates(_ operations: [PendingOperation]) async throws {
        guard !operations.isEmpty else { return }
        let reader = DirectReader(session: self.session, lane: self.lane)
        let readings = try await reader.read(operations.compactMap(\.remote), withAssociations: true)
        var looked = try await self.histories(of: operations)
        looked.compare(with: Dictionary(zip(operations.compactMap(\.remote), readings)) { first, _ in first })
        let counts = try self.store.write { transaction in
            var applier = self.session.applier(self.lane, in: transaction)
            for (operation, reading) in zip(operations, readings) {
                if operation.kind == .archive {
                    try self.settleArchive(operation, reading, with: &applier)
                    continue
                }
                var sent = SentOperation(inDoubt: operation)
                sent.history = operation.remote.flatMap { looked.histories[$0] }
                let isTold = operation.remote.map { !looked.unread.contains($0) } ?? true
                if let reading, !reading.record.isReadable || !isTold {
                    // It is there, and says nothing about our write, or about what that replaced.
                    applier.counts.unknown += 1
                } else if let reading {
                    try applier.settleUpdate(sent, reading: reading, associated: [])
                } else {
                    try transaction.finish(operation.id)
                    guard let remote = operation.remote else { continue }
                    try reader.take(remote, nil, with: &applier)
                }
            }
            return applier.counts
        }
        self.counts.add(counts)
    }

    /// What the writes replaced, if they were carried out (R2); fails where that cannot be told now.
    private func histories(of operations: [PendingOperation]) async throws -> HistoryReader.Findings {
        let written = operations.filter { $0.kind != .archive }
            .map { SentOperation(inDoubt: $0) }
        let findings = try await HistoryReader(session: self.session, lane: self.lane).read(written)
        if let failure = findings.failure { throw failure }
        return findings
    }

    /// An archiving without an answer was carried out if the record is not there any more; otherwise it is planned again.
    private func settleArchive(
        _ operation: PendingOperation,
        _ reading: DirectReader.Reading?,
        with applier: inout RecordApplier
    ) throws {
        guard let reading, !reading.record.isArchived else { return try applier.settleArchive(operation) }
        try applier.transaction.finish(operation.id)
    }

    private mutating func resolveCreates(
        _ operations: [PendingOperation],
        givesUp: Bool,
        wereRefused: Bool
    ) async throws -> [RecordID] {
        let keyed = operations.filter { $0.createKey != nil }
        var failed = try self.unkeyed(operations.filter { $0.createKey == nil }, givesUp: givesUp)
        guard !keyed.isEmpty, let property = self.lane.runtime.createKey else { return failed }
        let found = try await self.session.retrying.run {
            try await self.account.holders(
                self.lane.mapping.remoteObject,
                of: keyed.compactMap(\.createKey),
                by: property,
                selecting: self.lane.runtime.selection
            )
        }
        let (counts, gone) = try self.store.write { transaction -> (SyncCounts, [RecordID]) in
            var applier = self.session.applier(self.lane, in: transaction)
            var gone: [RecordID] = []
            for (operation, records) in zip(keyed, found) {
                let hits = try self.own(records, operation, in: transaction)
                if hits.contains(where: { !$0.isReadable }) {
                    // Somebody is there, and it cannot be told who.
                    applier.counts.unknown += 1
                } else if hits.count > 1 && !Breakage.firstOfSeveralKeys.isOn {
                    try self.askWhichOne(operation, hits, with: &applier)
                } else if let record = hits.first {
                    try self.settle(operation, record, with: &applier)
                } else if givesUp, wereRefused || self.isDueAgain(operation) {
                    // Not forgotten until it is sent again: the process may die, or the run fail, before that.
                    try transaction.markWaiting(operation.id)
                    gone.append(operation.record)
                } else {
                    applier.counts.unknown += 1
                }
            }
            return (applier.counts, gone)
        }
        self.counts.add(counts)
        failed += gone
        return failed
    }

    /// The records of an answer that may be the one that was made: not those that are linked to other records of ours, and
    /// archived ones only if there is no other.
    private func own(
        _ records: [RemoteRecord],
        _ operation: PendingOperation,
        in transaction: Transaction
    ) throws -> [RemoteRecord] {
        let hits = try records.filter { record in
            let link = try transaction.link(LinkKey(operation.connection, operation.object, record.id))
            return link == nil || link?.record == operation.record
        }
        let live = hits.filter { !$0.isArchived }
        return live.isEmpty ? hits : live
    }

    /// Whether a create that was not found may be sent again.
    ///
    /// Where the CRM keeps the key unique, it refuses a second one should the first arrive after all. Elsewhere it stays
    /// unknown until it cannot be on its way any more (R4).
    private func isDueAgain(_ operation: PendingOperation) -> Bool {
        guard self.account.traits.unenforcedKeys.contains(self.lane.mapping.remoteObject),
            !Breakage.noPatienceWithAKey.isOn, let sentAt = operation.sentAt
        else { return true }
        return sentAt.advanced(by: self.account.traits.indexLag) <= self.session.context.clock.now
    }

    /// Several records carry our id: nobody knows which one we made, and nothing is sent until a person has seen to it (R4).
    private func askWhichOne(
        _ operation: PendingOperation,
        _ hits: [RemoteRecord],
        with applier: inout RecordApplier
    ) throws {
        let ids = hits.map(\.id.string).joined(separator: ", ")
        try applier.transaction.openReview(
            .createUnknown,
            connection: operation.connection,
            object: operation.object,
            remote: nil,
            record: operation.record,
            candidates: [],
            detail: "\(ids) all carry its id: keep one of them in the CRM, and merge or archive the others",
            at: applier.cause.at
        )
        applier.counts.unknown += 1
        applier.counts.reviews += 1
    }

    private func settle(
        _ operation: PendingOperation,
        _ record: RemoteRecord,
        with applier: inout RecordApplier
    ) throws {
        let link = try applier.transaction.link(
            of: operation.record,
            connection: self.session.connection.number,
            object: self.lane.object
        )
        guard link == nil else {
            try applier.transaction.finish(operation.id)
            return
        }
        try applier.transaction.settleReviews(
            connection: operation.connection,
            object: operation.object,
            remote: nil,
            record: operation.record,
            by: "sync",
            at: applier.cause.at
        )
        let sent = SentOperation(operation: operation, fields: operation.sentFields, wasAnswered: false)
        let incoming = try applier.incoming(record, associations: [:])
        if let own = try applier.transaction.record(operation.record), !own.isLive {
            try applier.transaction.finish(operation.id)
            _ = try applier.linkTombstone(own, incoming)
            return
        }
        // It carries our id, so that it was made as it was sent: what it holds now is what became of that.
        try applier.settleCreate(sent, incoming, evidence: .readBack)
    }

    /// Without a create key only the ordinary reading can find the record; once the index cannot lag any more and it did
    /// not turn up, it was not made (R4).
    private mutating func unkeyed(_ operations: [PendingOperation], givesUp: Bool) throws -> [RecordID] {
        let patience = Breakage.noPatienceWithTheIndex.isOn ? .zero : self.account.traits.indexLag + .seconds(5)
        let now = self.session.context.clock.now
        var failed: [RecordID] = []
        try self.store.write { transaction in
            for operation in operations {
                let isLinked = try transaction.link(
                    of: operation.record,
                    connection: operation.connection,
                    object: operation.object
                )
                if isLinked != nil {
                    try transaction.finish(operation.id)
                } else if givesUp, let sentAt = operation.sentAt, sentAt.advanced(by: patience) < now {
                    try transaction.markWaiting(operation.id)
                    failed.append(operation.record)
                } else {
                    self.counts.unknown += 1
                }
            }
        }
        return failed
    }
}
