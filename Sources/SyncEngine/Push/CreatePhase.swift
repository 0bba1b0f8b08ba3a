import Connectors
import Mapping
import Planning
import Records
import Store

/// Makes the remote records of local ones that have none yet.
struct CreatePhase {
    let session: SyncSession
    let lane: MappingLane
    /// What was done.
    var counts = SyncCounts()
    /// A failure that concerns more than one record, thrown at the end of a batch.
    private var failure: (any Error)?

    init(session: SyncSession, lane: MappingLane) {
        self.session = session
        self.lane = lane
    }

    private var account: any RemoteAccount { self.session.context.account }
    private var store: Store { self.session.context.store }

    /// Runs over every local record that may need a remote one; `retries` are records whose create came to nothing.
    mutating func run(retries: [RecordID]) async throws {
        guard self.lane.mapping.create.push else { return }
        let freed = try await OwnKeys(session: self.session, lane: self.lane).give()
        let again = try self.waiting(and: retries + freed.filter { !retries.contains($0) })
        for chunk in again.chunked(by: self.account.traits.batchSize) { try await self.create(chunk) }
        var feed = CandidateFeed(session: self.session, lane: self.lane)
        while let batch = try feed.next(limit: self.account.traits.batchSize) {
            try Task.checkCancellation()
            if Breakage.createCursorBeforeCreate.isOn { try self.store.write { try feed.confirm(batch, in: $0) } }
            try await self.create(batch.records)
            if self.session.gate == nil || Breakage.carefulRunMovesCursor.isOn {
                try self.store.write { try feed.confirm(batch, in: $0) }
            } else {
                feed.pass(batch)
            }
            try self.session.saveSpending()
            self.session.context.progress(self.counts)
            self.counts.add(try await UrgentTurn(session: self.session).run())
        }
    }

    /// Makes the remote records of these and no others: those that somebody waits for.
    ///
    /// While the object's first reading is under way, a record is made only if it has a key by which the CRM can be asked
    /// whether it is there, or if nothing could match it.
    mutating func run(only records: [RecordID]) async throws {
        guard self.lane.mapping.create.push else { return }
        let isRead = self.session.connection.firstSyncDoneAt != nil || self.lane.mapping.match.isEmpty
        let ready = isRead ? records : try self.withUniqueKey(records)
        for chunk in ready.chunked(by: self.account.traits.batchSize) { try await self.create(chunk) }
    }

    private func withUniqueKey(_ records: [RecordID]) throws -> [RecordID] {
        let properties = self.account.traits.uniqueProperties[self.lane.mapping.remoteObject] ?? []
        let positions = properties.compactMap { self.lane.runtime.position(ofRemote: $0) }
        return try self.store.read { transaction in
            try records.filter { id in
                try positions.contains { try self.key(of: id, at: $0, in: transaction) != nil }
            }
        }
    }

    /// The records whose create was not carried out, in this run or in an earlier one that did not come to sending it again.
    private func waiting(and retries: [RecordID]) throws -> [RecordID] {
        var records = retries
        try self.store.write { transaction in
            let connection = self.session.connection.number
            for operation in try transaction.operations(connection, in: .waiting, limit: .max)
            where operation.kind == .create && operation.object == self.lane.object {
                let record = try transaction.record(operation.record)
                let link = try transaction.link(of: operation.record, connection: connection, object: self.lane.object)
                guard link == nil, record?.isLive ?? false else {
                    try transaction.finish(operation.id)
                    continue
                }
                if !records.contains(operation.record) { records.append(operation.record) }
            }
        }
        return records
    }

    private mutating func create(_ records: [RecordID]) async throws {
        var remaining = try OwnKeys(session: self.session, lane: self.lane).without(records)
        // Each try leaves out another field that the CRM refused, so that there are no more tries than fields.
        for _ in 0...self.lane.mapping.fields.count where !remaining.isEmpty {
            remaining = try await self.linkKnown(remaining)
            let batch = try self.prepare(remaining)
            guard !batch.isEmpty else { return }
            let (account, object) = (self.account, self.lane.mapping.remoteObject)
            let results = await self.session.retrying.write(batch.map(\.write)) { await account.create(object, $0) }
            remaining = try await self.settle(batch, results)
        }
        if let failure { throw failure }
    }

    // MARK: Before

    /// Links records that exist in the CRM already under a property that the CRM keeps unique; returns the others.
    private mutating func linkKnown(_ records: [RecordID]) async throws -> [RecordID] {
        var remaining = records
        for property in self.account.traits.uniqueProperties[self.lane.mapping.remoteObject] ?? [] {
            guard let position = self.lane.runtime.position(ofRemote: property) else { continue }
            let keyed = try self.store.read { transaction in
                try remaining.compactMap { id in try self.key(of: id, at: position, in: transaction).map { (id, $0) } }
            }
            guard !keyed.isEmpty else { continue }
            let found = try await self.session.retrying.run {
                try await self.account.read(
                    self.lane.mapping.remoteObject,
                    keys: keyed.map(\.1),
                    by: property,
                    selecting: self.lane.runtime.selection
                )
            }
            let hits = zip(keyed, found).compactMap { key, record in record.map { (key.0, $0) } }
            try self.postpone(hits.filter { !$0.1.isReadable })
            try await self.link(hits.filter(\.1.isReadable))
            let met = Set(hits.map(\.0))
            remaining.removeAll { met.contains($0) }
        }
        return remaining
    }

    /// Leaves records to the next run whose counterpart is there and cannot be read: they must not be made a second time,
    /// nor be forgotten.
    private func postpone(_ hits: [(record: RecordID, remote: RemoteRecord)]) throws {
        guard !hits.isEmpty else { return }
        try self.store.write { transaction in
            let connection = self.session.connection.number
            for (id, remote) in hits {
                try self.tell(remote, in: transaction)
                guard try transaction.operation(of: id, connection: connection, object: self.lane.object) == nil else {
                    continue
                }
                let waiting = PendingOperation(
                    run: self.session.run,
                    connection: connection,
                    object: self.lane.object,
                    record: id,
                    remote: nil,
                    kind: .create,
                    createKey: nil,
                    basedOn: try transaction.record(id)?.version ?? 0,
                    shape: self.lane.shape,
                    fields: []
                )
                _ = try transaction.put(waiting)
            }
        }
    }

    /// A record that is there and cannot be read is set aside, and so is read again by each run until it can be.
    private func tell(_ remote: RemoteRecord, in transaction: Transaction) throws {
        var applier = self.session.applier(self.lane, in: transaction)
        try applier.apply(try applier.incoming(remote, associations: [:]), isDirect: true)
    }

    private func key(of id: RecordID, at position: Int, in transaction: Transaction) throws -> Text? {
        guard let record = try transaction.record(id), record.isLive else { return nil }
        let applier = self.session.applier(self.lane, in: transaction)
        let local = self.lane.runtime.localValues(record.values)[position]
        let lens = self.lane.mapping.fields[position].lens
        guard case .value(.text(let text)) = lens.toRemote(local, previous: .absent, in: applier.context), !text.isEmpty
        else { return nil }
        return text
    }

    private mutating func link(_ hits: [(record: RecordID, remote: RemoteRecord)]) async throws {
        guard !hits.isEmpty else { return }
        let reader = PageReader(session: self.session, lane: self.lane)
        let associations = try await reader.associations(of: hits.map(\.remote.id))
        let counts = try self.store.write { transaction in
            var applier = self.session.applier(self.lane, in: transaction)
            for hit in hits {
                let incoming = try applier.incoming(hit.remote, associations: associations.of(hit.remote.id))
                try applier.linkFound(hit.record, incoming)
            }
            return applier.counts
        }
        self.counts.add(counts)
    }

    /// Notes creates as in flight; committed before anything leaves.
    private mutating func prepare(_ records: [RecordID]) throws -> [OutgoingCreate] {
        let (counts, batch) = try self.store.write { transaction in
            var applier = self.session.applier(self.lane, in: transaction)
            var seen = BatchKeys()
            let batch = try records.compactMap { try applier.outgoingCreate($0, run: self.session.run, seen: &seen) }
            return (applier.counts, batch)
        }
        self.counts.add(counts)
        return batch
    }

    // MARK: After

    /// Settles the answers; returns the records that are worth another try at once.
    private mutating func settle(_ batch: [OutgoingCreate], _ results: [RemoteWriteResult]) async throws -> [RecordID] {
        var refused: [(create: OutgoingCreate, field: Text?, reason: String)] = []
        var created: [(create: OutgoingCreate, result: RemoteWriteResult, id: Text)] = []
        var existing: [(record: RecordID, id: Text)] = []
        var unanswered: [OutgoingCreate] = []
        for (create, result) in zip(batch, results) {
            switch result.outcome {
            case .created(let id, _): created.append((create, result, id))
            case .linked(let id), .remapped(let id):
                try self.store.write { try $0.markWaiting(create.operation.id) }
                existing.append((create.operation.record, id))
            case .rejected(let field, let reason): refused.append((create, field, reason))
            case .rateLimited, .transient:
                try self.store.write { try $0.markWaiting(create.operation.id) }
                self.failure = self.failure ?? self.account.denial ?? Settling.failure(of: result.outcome)
            case .unknown, .updated, .unchanged, .gone, .conflict: unanswered.append(create)
            }
        }
        try await self.settleCreated(created)
        try await self.linkExisting(existing)
        try await self.lookUp(unanswered)
        return try await self.settleRefused(refused)
    }

    /// A create may be refused because an earlier one of the same record arrived after all: what carries our id already is
    /// settled as made (R4), and only the rest is refused.
    ///
    /// Returns the records that are worth another try at once.
    private mutating func settleRefused(
        _ refused: [(create: OutgoingCreate, field: Text?, reason: String)]
    ) async throws -> [RecordID] {
        guard !refused.isEmpty else { return [] }
        var missing = Set(refused.map(\.create.operation.record))
        if self.lane.runtime.createKey != nil {
            var phase = UnknownPhase(session: self.session, lane: self.lane)
            missing = Set(try await phase.resolve(refused.map(\.create.operation.id), givesUp: true, wereRefused: true))
            self.counts.add(phase.counts)
        }
        var again: [RecordID] = []
        for (create, field, reason) in refused where missing.contains(create.operation.record) {
            if try self.reject(create, field: field, reason: reason) { again.append(create.operation.record) }
        }
        return again
    }

    /// The new records' values come from the answer where it gives all that was sent, else from a read by id.
    private mutating func settleCreated(
        _ created: [(create: OutgoingCreate, result: RemoteWriteResult, id: Text)]
    ) async throws {
        guard !created.isEmpty else { return }
        let reader = DirectReader(session: self.session, lane: self.lane)
        var readings: [Text: DirectReader.Reading] = [:]
        do {
            for chunk in created.map(\.id).chunked(by: self.account.traits.readBatchSize) {
                let found = try await reader.read(chunk, withAssociations: false)
                for (id, reading) in zip(chunk, found) where reading?.record.isReadable ?? true {
                    readings[id] = reading
                }
            }
        } catch let failure as RemoteFailure {
            self.failure = self.failure ?? failure
        }
        let counts = try self.store.write { transaction in
            var applier = self.session.applier(self.lane, in: transaction)
            var mergedAway: [(OutgoingCreate, RemoteWriteResult, Text, DirectReader.Reading)] = []
            for (create, result, id) in created {
                guard let reading = readings[id] else {
                    // Made, but not readable now: the next run finds it by its create key, or as an observation.
                    try transaction.markUnknown(create.operation.id)
                    applier.counts.unknown += 1
                    continue
                }
                if reading.record.id != id {
                    mergedAway.append((create, result, id, reading))
                    continue
                }
                let incoming = try applier.incoming(reading.record, associations: reading.associations)
                try applier.settleCreate(self.sent(create, result), incoming, evidence: .readBack)
            }
            for (create, result, id, reading) in mergedAway {
                try applier.settleCreate(self.sent(create, result), madeAs: id, mergedInto: reading)
            }
            return applier.counts
        }
        self.counts.add(counts)
    }

    private func sent(_ create: OutgoingCreate, _ result: RemoteWriteResult) -> SentOperation {
        var sent = SentOperation(operation: create.operation, fields: create.operation.sentFields)
        if case .created(_, let version) = result.outcome { sent.version = version }
        for value in result.values {
            for field in self.lane.runtime.fieldValues(ofRemote: value.name, value.value) {
                sent.answered[field.field] = field.value
            }
        }
        for refusal in result.refused {
            for position in self.lane.runtime.positions(ofRemote: refusal.field.string) {
                sent.refused[position] = refusal.reason
            }
        }
        return sent
    }

    private mutating func linkExisting(_ existing: [(record: RecordID, id: Text)]) async throws {
        guard !existing.isEmpty else { return }
        let reader = DirectReader(session: self.session, lane: self.lane)
        let readings = try await reader.read(existing.map(\.id), withAssociations: true)
        let found = zip(existing, readings).compactMap { pair, reading in reading.map { (pair.record, $0.record) } }
        let damaged = found.map(\.1).filter { !$0.isReadable }
        if !damaged.isEmpty { try self.store.write { for record in damaged { try self.tell(record, in: $0) } } }
        try await self.link(found.filter(\.1.isReadable))
    }

    /// Creates without an answer: where a create key exists, a direct read by it tells; elsewhere they stay unknown.
    private mutating func lookUp(_ unanswered: [OutgoingCreate]) async throws {
        guard !unanswered.isEmpty else { return }
        if Breakage.unansweredCreateForgotten.isOn {
            return try self.store.write { for create in unanswered { try $0.finish(create.operation.id) } }
        }
        try self.store.write { transaction in
            for create in unanswered { try transaction.markUnknown(create.operation.id) }
        }
        var phase = UnknownPhase(session: self.session, lane: self.lane)
        do {
            _ = try await phase.resolve(unanswered.map(\.operation.id), givesUp: false)
        } catch let failure as RemoteFailure {
            self.failure = self.failure ?? failure
        }
        self.counts.add(phase.counts)
    }

    /// The CRM refused: the field it named is held and the rest is sent again once; without a field the record is set
    /// aside (R13).
    ///
    /// Returns whether another try is worth it.
    private mutating func reject(_ create: OutgoingCreate, field: Text?, reason: String) throws -> Bool {
        let positions = field.map { self.lane.runtime.positions(ofRemote: $0.string) } ?? []
        let refused = create.operation.fields.filter { positions.contains($0.field) }
        try self.store.write { transaction in
            let applier = self.session.applier(self.lane, in: transaction)
            try transaction.finish(create.operation.id)
            for field in refused { try applier.hold(field, of: create.operation.record, reason: reason) }
            if refused.isEmpty {
                try applier.setAside(create.operation.record, version: create.operation.basedOn, detail: reason)
            }
        }
        if refused.isEmpty { self.counts.quarantined += 1 } else { self.counts.fieldsRejected += 1 }
        return !refused.isEmpty
    }
}
