import Connectors
import Mapping
import Planning
import Records
import Store

extension Result where Failure == any Error {
    /// What `body` returns or throws.
    fileprivate static func catching(_ body: () async throws -> Success) async -> Self {
        do { return .success(try await body()) } catch { return .failure(error) }
    }
}

/// Puts back in the CRM what a run wrote there and nobody touched since (R6).
struct RemoteUndo {
    let session: SyncSession
    let lane: MappingLane
    let run: RunNumber
    var report: UndoReport

    /// A linked record whose values in the CRM may be put back.
    private struct Candidate {
        let changes: RecordChanges
        let link: Link
        let wasMade: Bool
    }

    private var store: Store { self.session.context.store }
    private var account: any RemoteAccount { self.session.context.account }

    mutating func undo(_ changes: [RecordChanges]) async throws {
        for chunk in changes.chunked(by: self.account.traits.batchSize) {
            try Task.checkCancellation()
            let candidates = try self.candidates(chunk)
            guard !candidates.isEmpty else { continue }
            let reader = DirectReader(session: self.session, lane: self.lane)
            let readings = try await reader.read(candidates.map(\.link.key.remote), withAssociations: true)
            try await self.archive(zip(candidates, readings).filter { $0.0.wasMade })
            try await self.putBack(zip(candidates, readings).filter { !$0.0.wasMade })
        }
    }

    private mutating func candidates(_ chunk: [RecordChanges]) throws -> [Candidate] {
        let connection = self.session.connection.number
        return try self.store.read { transaction in
            try chunk.compactMap { changes in
                guard let record = try transaction.record(changes.record), record.object == self.lane.localObject else {
                    return nil
                }
                let rows = changes.rows
                guard rows.contains(where: { [.push, .pushCreate, .pushArchive].contains($0.kind) }) else { return nil }
                if changes.contains(.pushArchive) {
                    self.report.leave(changes.record, .remote, "the CRM brings archived records back only by hand")
                    return nil
                }
                let link = try transaction.link(of: changes.record, connection: connection, object: self.lane.object)
                guard let link, link.status == .active, link.shape == self.lane.shape else {
                    self.report.leave(changes.record, .remote, "its link is at rest, or the mapping has changed since")
                    return nil
                }
                guard
                    try transaction.operation(of: record.id, connection: connection, object: self.lane.object) == nil
                else {
                    self.report.leave(changes.record, .remote, "a write of it is on its way")
                    return nil
                }
                return Candidate(changes: changes, link: link, wasMade: changes.contains(.pushCreate))
            }
        }
    }

    /// What the CRM holds in each field now, by position; nil, and told, if it does not have the record any more, or gives
    /// an answer about it that cannot be read.
    private mutating func values(
        _ reading: DirectReader.Reading?,
        _ candidate: Candidate,
        with applier: RecordApplier
    ) throws
        -> [Value]?
    {
        let id = candidate.changes.record
        guard let reading, reading.record.id == candidate.link.key.remote, !reading.record.isArchived else {
            self.report.leave(id, .remote, "the CRM does not have the record any more")
            return nil
        }
        guard reading.record.isReadable else {
            self.report.leave(id, .remote, "the CRM's answer about it cannot be read; undo the run again later")
            return nil
        }
        return try applier.incoming(reading.record, associations: reading.associations).values
    }

    // MARK: Values

    private mutating func putBack(_ found: [(Candidate, DirectReader.Reading?)]) async throws {
        guard !found.isEmpty else { return }
        let batch = try self.store.write { transaction -> [Outgoing] in
            let applier = self.session.applier(self.lane, in: transaction)
            let batch = try found.compactMap { try self.outgoing($0.0, $0.1, with: applier) }
            return self.report.isPlan ? [] : batch
        }
        guard !batch.isEmpty else { return }
        var push = PushPhase(session: self.session, lane: self.lane)
        // What was put back before a failure is told all the same.
        let sending = await Result.catching { try await push.send(batch) }
        try self.check(batch)
        _ = try sending.get()
    }

    /// The write that puts a record's values back, noted as in flight; nil if none can be put back.
    private mutating func outgoing(
        _ candidate: Candidate,
        _ reading: DirectReader.Reading?,
        with applier: RecordApplier
    ) throws -> Outgoing? {
        let id = candidate.changes.record
        guard let values = try self.values(reading, candidate, with: applier),
            let record = try applier.transaction.record(id)
        else { return nil }
        let later = try candidate.changes.later(in: applier.transaction)
        let touched = self.touched(candidate, later)
        let locals = self.lane.runtime.localValues(record.values)
        let shadow = try candidate.link.remoteShadow()
        var fields: [OperationField] = []
        for change in candidate.changes.properties(.push) {
            guard let position = self.lane.runtime.position(named: change.property) else {
                self.report.leave(id, .remote, field: change.property, "the mapping has changed since")
                continue
            }
            guard !touched.contains(position), !candidate.link.localShadow.hasMoved(position) else {
                self.report.leave(id, .remote, field: change.property, "the value was changed here since")
                continue
            }
            guard values[position] == change.new, shadow[position] == change.new else {
                self.report.leave(id, .remote, field: change.property, "the value was changed in the CRM since")
                continue
            }
            fields.append(self.field(position, change, locals, with: applier))
        }
        guard !fields.isEmpty else { return nil }
        let joining = self.lane.runtime.planner.joining(
            fields.map { FieldWrite(field: $0.field, old: $0.previous, new: $0.sent, source: $0.source) },
            local: locals,
            remote: values
        )
        for note in joining.notes {
            let name = self.lane.mapping.fields[note.field].name
            self.report.leave(id, .remote, field: name, "the other parts of its text are not there any more")
            fields.removeAll { $0.field == note.field }
        }
        guard !fields.isEmpty else { return nil }
        guard !self.report.isPlan else {
            self.count(fields, of: id)
            return nil
        }
        var plan = RecordPlan(toRemote: joining.writes)
        plan.carried = joining.carried
        for field in fields {
            let reason = UndoHold.detail(of: self.run)
            try applier.hold(field.field, .undone, reason, locals[field.field], field.sent, candidate.link)
        }
        return try applier.outgoing(plan, link: candidate.link, run: self.session.run)
    }

    private func touched(_ candidate: Candidate, _ later: [JournalEntry]) -> Set<Int> {
        var touched: Set<Int> = []
        for row in later {
            for change in row.changes {
                for (position, field) in self.lane.mapping.fields.enumerated() {
                    let name = row.kind.changesRecord ? field.local : field.name
                    if name?.hasSameBytes(as: change.property) ?? false { touched.insert(position) }
                }
            }
        }
        for group in self.lane.mapping.groups where group.contains(where: touched.contains) { touched.formUnion(group) }
        return touched
    }

    /// What is sent, and what our side held when the CRM held that: the shadow that both had before.
    private func field(
        _ position: Int,
        _ change: PropertyChange,
        _ locals: [Value],
        with applier: RecordApplier
    ) -> OperationField {
        let lens = self.lane.mapping.fields[position].lens
        var source = locals[position]
        if case .value(let value) = lens.toLocal(change.old, previous: source, in: applier.context) { source = value }
        let sent: Value = change.old == .absent ? .null : change.old
        return OperationField(position, source: source, sent: sent, previous: change.new)
    }

    private mutating func count(_ fields: [OperationField], of record: RecordID) {
        for field in fields {
            self.report.remote += 1
            self.report.add(
                UndoneChange(
                    record: record,
                    side: .remote,
                    field: self.lane.mapping.fields[field.field].name,
                    now: field.previous,
                    before: field.sent,
                    fate: .putBack
                )
            )
        }
    }

    /// Counts what the CRM took back; what it did not is let go.
    private mutating func check(_ batch: [Outgoing]) throws {
        try self.store.write { transaction in
            for outgoing in batch {
                let operation = outgoing.operation
                let key = LinkKey(operation.connection, operation.object, outgoing.remote)
                let shadow = try transaction.link(key)?.remoteShadow() ?? []
                let isOpen = try transaction.operation(operation.id) != nil
                for field in operation.fields where !field.isCarried {
                    let now = field.field < shadow.count ? shadow[field.field] : nil
                    let name = self.lane.mapping.fields[field.field].name
                    if isOpen {
                        self.report.leave(operation.record, .remote, field: name, "the CRM has not answered yet")
                        continue
                    }
                    // Both agree on something else than what the run wrote: the CRM took it back, if in its own form (R1).
                    let isOwnForm = now != field.previous && !Breakage.ownFormIsNotTakenBack.isOn
                    if let now, now == field.sent || isOwnForm {
                        self.count([field], of: operation.record)
                        continue
                    }
                    let (connection, object) = (operation.connection, operation.object)
                    try transaction.releaseUndone(connection, object, record: operation.record, field: name)
                    self.report.leave(operation.record, .remote, field: name, "the CRM did not take it back")
                }
            }
        }
    }

    // MARK: Records that the run made

    private mutating func archive(_ found: [(Candidate, DirectReader.Reading?)]) async throws {
        guard !found.isEmpty else { return }
        let operations = try self.store.write { transaction -> [PendingOperation] in
            let applier = self.session.applier(self.lane, in: transaction)
            return try found.compactMap { try self.archiving($0.0, $0.1, with: applier) }
        }
        guard !operations.isEmpty else { return }
        let outcomes = await self.account.archive(self.lane.mapping.remoteObject, ids: operations.compactMap(\.remote))
        var phase = ArchivePhase(session: self.session, lane: self.lane)
        try phase.settle(operations, outcomes)
        self.report.unmade += phase.counts.archivedRemotely
        // Whoever was refused is named, and nobody else: an answer says of each what became of it.
        let left = try self.store.read { transaction in
            try operations.filter { operation in
                let key = LinkKey(operation.connection, operation.object, operation.remote ?? "")
                return try transaction.link(key)?.status != .gone
            }
        }
        for operation in left { self.report.leave(operation.record, .remote, "the CRM did not archive it") }
    }

    private mutating func archiving(
        _ candidate: Candidate,
        _ reading: DirectReader.Reading?,
        with applier: RecordApplier
    ) throws -> PendingOperation? {
        let id = candidate.changes.record
        guard let values = try self.values(reading, candidate, with: applier) else { return nil }
        guard try !candidate.changes.later(in: applier.transaction).contains(where: { $0.isTouch || $0.kind == .push }),
            candidate.link.localShadow.isEmpty,
            try zip(candidate.link.remoteShadow(), values).allSatisfy({ $0 == nil || $0 == $1 })
        else {
            self.report.leave(id, .remote, "the record was changed since it was made")
            return nil
        }
        if self.report.isPlan {
            self.report.unmade += 1
            return nil
        }
        var operation = PendingOperation(
            run: self.session.run,
            connection: self.session.connection.number,
            object: self.lane.object,
            record: id,
            remote: candidate.link.key.remote,
            kind: .archive,
            basedOn: candidate.link.agreed,
            shape: self.lane.shape,
            fields: []
        )
        operation.id = try applier.transaction.put(operation)
        try applier.transaction.markInFlight(operation.id, at: self.session.cause.at)
        return operation
    }
}
