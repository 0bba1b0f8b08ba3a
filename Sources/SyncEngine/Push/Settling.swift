import Connectors
import Mapping
import Planning
import Records
import Store

/// Turns the answers of a batch of updates into settled shadows, or into what waits.
struct Settling {
    let session: SyncSession
    let lane: MappingLane
    /// What was done.
    var counts = SyncCounts()
    /// Records that are worth another try at once: a refused field is held, or the record was read anew.
    var again: [Text] = []
    /// Whether the batch is sent for the first time: a value that another record has may be free the second time, because
    /// that one was in the same batch.
    var isFirstTry = true
    /// A failure that concerns more than one record, to be thrown once everything is settled.
    var failure: (any Error)?

    private var account: any RemoteAccount { self.session.context.account }

    init(session: SyncSession, lane: MappingLane) {
        self.session = session
        self.lane = lane
    }

    /// Settles a batch of updates.
    mutating func settle(_ batch: [Outgoing], _ results: [RemoteWriteResult]) async throws {
        var written: [SentOperation] = []
        var moved: [Text] = []
        for (outgoing, result) in zip(batch, results) {
            switch result.outcome {
            case .updated(let version):
                written.append(self.sent(outgoing, result, version: version, wasAnswered: true))
            case .created(_, let version):
                written.append(self.sent(outgoing, result, version: version, wasAnswered: true))
            case .unchanged:
                written.append(self.sent(outgoing, result, version: nil, wasAnswered: true))
            case .unknown:
                written.append(self.sent(outgoing, result, version: nil, wasAnswered: false))
            case .linked(let holder) where !self.isFirstTry && self.uniqueField(of: outgoing) != nil:
                let reason = "the record \(holder) of the CRM has this value, and it may be there only once"
                try self.reject(outgoing, field: self.uniqueField(of: outgoing), reason: reason)
            case .conflict, .gone, .remapped, .linked:
                try self.drop(outgoing)
                moved.append(outgoing.remote)
            case .rejected(let field, let reason):
                try self.reject(outgoing, field: field, reason: reason)
            case .rateLimited, .transient:
                try self.drop(outgoing)
                self.failure = self.failure ?? self.account.denial ?? Self.failure(of: result.outcome)
            }
        }
        let associated = await self.associate(batch, results)
        try await self.finish(written, associated: associated)
        if !moved.isEmpty {
            self.counts.add(try await DirectReader(session: self.session, lane: self.lane).refresh(moved))
            self.again += moved
        }
    }

    /// The sent property that the CRM keeps unique; nil if none was sent (R7: swapped keys are parked, the rest goes on).
    private func uniqueField(of outgoing: Outgoing) -> Text? {
        let unique = self.account.traits.uniqueProperties[self.lane.mapping.remoteObject] ?? []
        return outgoing.write.properties.map(\.name).first { name in unique.contains { $0.hasSameBytes(as: name) } }
            .map { Text($0) }
    }

    static func failure(of outcome: Outcome) -> RemoteFailure {
        switch outcome {
        case .rateLimited(let after):
            RemoteFailure(.rateLimited, "the CRM takes no more requests now", retryAfter: after)
        case .transient(let reason): RemoteFailure(.unreachable, reason)
        default: RemoteFailure(.unexpectedAnswer, "an answer that is not one of a write")
        }
    }

    private func sent(
        _ outgoing: Outgoing,
        _ result: RemoteWriteResult,
        version: Int64?,
        wasAnswered: Bool
    ) -> SentOperation {
        var sent = SentOperation(operation: outgoing.operation, fields: outgoing.operation.sentFields)
        sent.version = version
        sent.wasAnswered = wasAnswered
        if Breakage.noAnswerIsSuccess.isOn && !wasAnswered {
            sent.wasAnswered = true
            for field in sent.fields { sent.answered[field.field] = field.sent }
        }
        for value in result.values {
            for field in self.lane.runtime.fieldValues(ofRemote: value.name, value.value) {
                sent.answered[field.field] = field.value
            }
        }
        return sent
    }

    // MARK: Associations

    /// Writes the associations of the records whose properties went through; the positions that are done, by remote id.
    private mutating func associate(
        _ batch: [Outgoing],
        _ results: [RemoteWriteResult]
    ) async -> [Text: Set<Int>] {
        var done: [Text: Set<Int>] = [:]
        for position in self.lane.runtime.associations {
            guard case .association(let other, let label) = self.lane.mapping.fields[position].kind else { continue }
            let records = zip(batch, results).filter { $0.0.associations[position] != nil && $0.1.outcome.isWritten }
            let writes = records.flatMap { $0.0.associations[position] ?? [] }
            var outcomes = await self.account.associate(
                from: self.lane.mapping.remoteObject,
                to: other,
                label: label,
                writes
            )
            for (outgoing, _) in records {
                let count = outgoing.associations[position]?.count ?? 0
                let own = outcomes.prefix(count)
                outcomes.removeFirst(min(count, outcomes.count))
                guard own.count == count, own.allSatisfy(\.isWritten) else {
                    self.failure = self.failure ?? own.first { !$0.isWritten }.flatMap(Self.passingFailure)
                    continue
                }
                self.counts.associated += count
                done[outgoing.remote, default: []].insert(position)
            }
        }
        return done
    }

    private static func passingFailure(_ outcome: Outcome) -> RemoteFailure? {
        switch outcome {
        case .rateLimited, .transient: self.failure(of: outcome)
        default: nil
        }
    }

    // MARK: Settling

    /// Settles what was written, reading back by id whatever the answers do not say.
    private mutating func finish(_ written: [SentOperation], associated: [Text: Set<Int>]) async throws {
        let silent = written.filter { self.needsReadBack($0) }
        var looked = try await HistoryReader(session: self.session, lane: self.lane).read(written)
        self.failure = self.failure ?? looked.failure
        // A read with histories is a read: what it showed is not asked for again.
        let rest = written.filter { sent in
            sent.operation.remote.map { looked.missing.contains($0) } ?? false || self.needsReadBack(sent)
        }
        .compactMap(\.operation.remote).filter { looked.histories[$0] == nil && !looked.unread.contains($0) }
        var readings = try await self.readBack(rest)
        looked.compare(with: readings)
        let isSilent = Set(silent.compactMap(\.operation.remote))
        readings = readings.filter { isSilent.contains($0.key) }
        for id in silent.compactMap(\.operation.remote) {
            guard let history = looked.histories[id] else { continue }
            readings[id] = DirectReader.Reading(record: history.record, associations: [:])
        }
        let counts = try self.session.context.store.write { transaction in
            var applier = self.session.applier(self.lane, in: transaction)
            for var sent in written {
                guard let remote = sent.operation.remote else { continue }
                guard !looked.unread.contains(remote) else {
                    // Settled once it can be told what the write replaced; what the answer said is kept till then.
                    try transaction.leaveInDoubt(sent)
                    applier.counts.unknown += 1
                    continue
                }
                sent.history = looked.histories[remote]
                try applier.settleUpdate(sent, reading: readings[remote] ?? nil, associated: associated[remote] ?? [])
            }
            return applier.counts
        }
        self.counts.add(counts)
    }

    private func needsReadBack(_ sent: SentOperation) -> Bool {
        let properties = sent.fields.filter { self.lane.runtime.isProperty($0.field) }
        guard !properties.isEmpty else { return false }
        return !sent.wasAnswered || sent.version == nil || properties.contains { sent.answered[$0.field] == nil }
    }

    /// Reads records by id; what cannot be read now is missing in the result, and its operation stays unknown.
    private mutating func readBack(_ ids: [Text]) async throws -> [Text: DirectReader.Reading?] {
        var result: [Text: DirectReader.Reading?] = [:]
        let reader = DirectReader(session: self.session, lane: self.lane)
        for chunk in ids.chunked(by: self.account.traits.readBatchSize) {
            do {
                let readings = try await reader.read(chunk, withAssociations: false)
                for (id, reading) in zip(chunk, readings) where reading?.record.isReadable ?? true {
                    result[id] = .some(reading)
                }
            } catch let failure as RemoteFailure {
                self.failure = self.failure ?? failure
            }
        }
        return result
    }

    // MARK: Refusals

    /// Nothing was written: the operation goes, and the plan comes out the same next time.
    private func drop(_ outgoing: Outgoing) throws {
        try self.session.context.store.write { try $0.finish(outgoing.operation.id) }
    }

    /// The CRM refused: the field it named is held and the rest is sent again once; without a field the record is set
    /// aside (R13).
    private mutating func reject(_ outgoing: Outgoing, field: Text?, reason: String) throws {
        let positions = field.map { self.lane.runtime.positions(ofRemote: $0.string) } ?? []
        let refused = outgoing.operation.fields.filter {
            positions.contains($0.field) && !$0.isCarried && !Breakage.oneFieldBlocksAll.isOn
        }
        try self.session.context.store.write { transaction in
            let applier = self.session.applier(self.lane, in: transaction)
            try transaction.finish(outgoing.operation.id)
            let key = LinkKey(self.session.connection.number, self.lane.object, outgoing.remote)
            guard let link = try transaction.link(key) else { return }
            if !refused.isEmpty {
                if Breakage.refusedFieldNotHeld.isOn { return }
                for field in refused {
                    try applier.hold(field.field, .rejected, reason, field.source, field.previous, link)
                }
            } else {
                let version = try transaction.record(link.record)?.version ?? 0
                try transaction.quarantine(
                    connection: self.session.connection.number,
                    object: self.lane.object,
                    side: .remote,
                    subject: Text(link.record.description),
                    remote: outgoing.remote,
                    record: link.record,
                    reason: RecordApplier.quarantineReason(version: version),
                    detail: reason,
                    at: applier.cause.at
                )
            }
        }
        if !refused.isEmpty {
            self.counts.fieldsRejected += 1
            self.again.append(outgoing.remote)
        } else {
            self.counts.quarantined += 1
        }
    }
}

extension Outcome {
    /// Whether what was asked is now so on the other side.
    var isWritten: Bool {
        switch self {
        case .created, .updated, .unchanged: true
        default: false
        }
    }
}
