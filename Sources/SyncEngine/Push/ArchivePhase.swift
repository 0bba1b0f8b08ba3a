import Connectors
import Mapping
import Planning
import Records
import Store

/// Archives in the CRM what was deleted here (R10), unless the CRM edited it meanwhile.
struct ArchivePhase {
    let session: SyncSession
    let lane: MappingLane
    /// What was done.
    var counts = SyncCounts()

    private var account: any RemoteAccount { self.session.context.account }
    private var store: Store { self.session.context.store }

    /// Runs over every deleted record whose link is still at work.
    mutating func run() async throws {
        guard self.lane.mapping.delete.push == .archive else { return }
        var after: RecordID?
        while true {
            try Task.checkCancellation()
            let links = try self.store.read { transaction in
                try transaction.linksOfDeleted(
                    self.lane.localObject,
                    connection: self.session.connection.number,
                    object: self.lane.object,
                    after: after,
                    limit: self.account.traits.batchSize
                )
            }
            guard let last = links.last else { return }
            after = last.record
            try await self.archive(links.map(\.key.remote))
            self.session.context.progress(self.counts)
        }
    }

    private mutating func archive(_ ids: [Text]) async throws {
        // There is no archiving on condition, so the records are always read just before (R2).
        let reader = DirectReader(session: self.session, lane: self.lane)
        var unreadable: Set<Text> = []
        for chunk in ids.chunked(by: self.account.traits.readBatchSize) {
            var (counts, unread) = try await reader.look(at: chunk)
            counts.unchanged = 0
            self.counts.add(counts)
            unreadable.formUnion(unread)
        }
        let operations = try self.prepare(ids.filter { !unreadable.contains($0) })
        guard !operations.isEmpty else { return }
        let outcomes = await self.account.archive(self.lane.mapping.remoteObject, ids: operations.compactMap(\.remote))
        try self.settle(operations, outcomes)
    }

    /// Notes what is about to be archived as in flight; committed before anything leaves.
    private mutating func prepare(_ ids: [Text]) throws -> [PendingOperation] {
        let (counts, operations) = try self.store.write { transaction in
            var applier = self.session.applier(self.lane, in: transaction)
            var operations: [PendingOperation] = []
            for id in ids {
                guard let operation = try applier.outgoingArchive(id, run: self.session.run) else { continue }
                operations.append(operation)
            }
            let guarded = applier.counts.guarded
            try BreakerCheck(session: self.session).admit(guarded, lane: self.lane, in: transaction)
            return (applier.counts, operations)
        }
        self.counts.add(counts)
        return operations
    }

    mutating func settle(_ operations: [PendingOperation], _ outcomes: [Outcome]) throws {
        var failure: (any Error)?
        let counts = try self.store.write { transaction in
            var applier = self.session.applier(self.lane, in: transaction)
            for (place, operation) in operations.enumerated() {
                let outcome = place < outcomes.count ? outcomes[place] : .unknown(reason: "no answer")
                switch outcome {
                case .updated, .unchanged, .gone, .created: try applier.settleArchive(operation)
                case .unknown, .linked:
                    try transaction.markUnknown(operation.id)
                    applier.counts.unknown += 1
                case .rejected(_, let reason): try applier.refuseArchive(operation, reason: reason)
                case .conflict, .remapped: try transaction.finish(operation.id)
                case .rateLimited, .transient:
                    try transaction.finish(operation.id)
                    failure = failure ?? self.account.denial ?? Settling.failure(of: outcome)
                }
            }
            return applier.counts
        }
        self.counts.add(counts)
        if let failure { throw failure }
    }
}

extension RecordApplier {
    /// Notes the archiving of a record that was deleted here as in flight; nil if it is not to be archived now.
    mutating func outgoingArchive(_ remote: Text, run: RunNumber, isPlan: Bool = false) throws -> PendingOperation? {
        let key = LinkKey(self.connection, self.object, remote)
        guard let link = try self.transaction.link(key), link.status == .active, try self.owns(link.shape),
            !(try self.isInFlight(link)),
            try self.transaction.exclusion(of: link.record) == nil,
            let record = try self.transaction.record(link.record), record.deletedAt != nil,
            try !self.isSetAside(record)
        else { return nil }
        if let seen = try self.transaction.observation(key) {
            // Anything but "alive" is for the departures to deal with.
            guard seen.state == .live, try self.deletionStands(link, against: seen) else { return nil }
        }
        guard self.admits(.archiveRemotely, record: link.record, remote: remote) else { return nil }
        var operation = PendingOperation(
            run: run,
            connection: self.connection,
            object: self.object,
            record: link.record,
            remote: remote,
            kind: .archive,
            basedOn: record.version,
            shape: self.shape,
            fields: []
        )
        self.counts.guarded[.deletes] += 1
        guard !isPlan else { return operation }
        operation.id = try self.transaction.put(operation)
        try self.transaction.markInFlight(operation.id, at: self.cause.at)
        return operation
    }

    /// Whether our deletion stands against an edit in the CRM; if the edit wins, our record comes back.
    private mutating func deletionStands(_ link: Link, against seen: RemoteObservation) throws -> Bool {
        guard let values = seen.values, seen.shape == self.shape else { return false }
        let work = try LinkWork(link, runtime: self.runtime, shape: self.shape, in: self.transaction)
        let isEdited = self.runtime.mapping.fields.indices.contains { position in
            self.runtime.mapping.fields[position].direction != .push && work.remoteShadow[position] != nil
                && values[position] != .absent && work.remoteShadow[position] != values[position]
        }
        guard isEdited, !Breakage.archiveIgnoresEdit.isOn else { return true }
        switch self.runtime.mapping.delete.edited {
        case .archive: return true
        case .review:
            try self.askAboutDeletion(.deletedLocally, link)
            return false
        case .keep:
            guard self.admits(.restoreLocally, record: link.record, remote: link.key.remote) else { return false }
            try self.transaction.restore(link.record, cause: self.cause)
            self.counts.restoredLocally += 1
            let work = try LinkWork(link, runtime: self.runtime, shape: self.shape, in: self.transaction)
            try self.plan(work, remote: values, version: max(seen.version, link.remoteVersion))
            return false
        }
    }

    /// The CRM archived the record, or had done so before.
    mutating func settleArchive(_ operation: PendingOperation) throws {
        try self.transaction.finish(operation.id)
        guard let remote = operation.remote,
            let link = try self.transaction.link(LinkKey(self.connection, self.object, remote))
        else { return }
        try self.transaction.setStatus(.gone, of: link.key)
        try self.transaction.removeObservation(link.key)
        try self.transaction.appendJournal(
            link.record,
            kind: .pushArchive,
            detail: self.transaction.description(of: link.key),
            cause: self.cause
        )
        self.counts.archivedRemotely += 1
    }

    func refuseArchive(_ operation: PendingOperation, reason: String) throws {
        try self.transaction.finish(operation.id)
        try self.setAside(operation.record, version: operation.basedOn, detail: reason)
    }
}
