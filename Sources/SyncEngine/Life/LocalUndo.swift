import Mapping
import Planning
import Records
package import Store

/// Puts back here what a run wrote here and nobody touched since (R6).
struct LocalUndo {
    let session: SyncSession
    let transaction: Transaction
    let run: RunNumber
    var report: UndoReport

    private var cause: Cause { self.session.cause }
    private var reason: String { UndoHold.detail(of: self.run) }

    mutating func undo(_ changes: RecordChanges) throws {
        let id = changes.record
        let later = try changes.later(in: self.transaction)
        guard let record = try self.transaction.record(id) else { return }
        guard try self.transaction.erasure(of: id) == nil else {
            return self.report.leave(id, .local, "the person was erased, which cannot be undone")
        }
        if changes.contains(.merge) || changes.contains(.absorb) {
            return self.report.leave(id, .local, "a merge cannot be undone")
        }
        if changes.contains(.create) { return try self.unmake(record, later) }
        if changes.contains(.delete) || changes.contains(.restore) {
            return try self.turn(record, changes, later)
        }
        try self.putBack(record, changes.properties(.update), later)
    }

    /// A record that the run made: deleted again, and kept out of syncs, so that it is not made once more.
    private mutating func unmake(_ record: StoredRecord, _ later: [JournalEntry]) throws {
        guard record.isLive else { return self.report.leave(record.id, .local, "it is deleted or merged by now") }
        guard !later.contains(where: \.isTouch) else {
            return self.report.leave(record.id, .local, "the record was changed since it was made")
        }
        self.report.unmade += 1
        self.report.add(Self.whole(record.id))
        try self.transaction.exclude(record.id, reason: self.reason, cause: self.cause)
        try self.transaction.delete(record.id, cause: self.cause)
    }

    /// A record that the run deleted, or brought back.
    private mutating func turn(_ record: StoredRecord, _ changes: RecordChanges, _ later: [JournalEntry]) throws {
        guard record.aliasOf == nil, !later.contains(where: \.isTouch) else {
            return self.report.leave(record.id, .local, "the record was changed since")
        }
        let wasDeleted = changes.rows.last { $0.kind == .delete || $0.kind == .restore }?.kind == .delete
        guard wasDeleted == (record.deletedAt != nil) else {
            return self.report.leave(record.id, .local, "the record was changed since")
        }
        self.report.add(Self.whole(record.id))
        if wasDeleted {
            self.report.restored += 1
            try self.transaction.restore(record.id, cause: self.cause)
            try self.askAboutCounterpart(of: record)
        } else {
            self.report.unmade += 1
            for link in try self.transaction.links(of: record.id) where link.status == .active {
                try self.transaction.setStatus(.gone, of: link.key)
            }
            try self.transaction.delete(record.id, cause: self.cause)
        }
    }

    /// Here it is back, and in a CRM it is still deleted: no sync brings the two together, so a person says what is to be.
    private func askAboutCounterpart(of record: StoredRecord) throws {
        for link in try self.transaction.links(of: record.id) where link.status == .gone {
            try self.transaction.openReview(
                .deletedRemotely,
                connection: link.key.connection,
                object: link.key.object,
                remote: link.key.remote,
                record: record.id,
                candidates: [record.id],
                detail: "the undoing of run \(self.run.rawValue) brought it back",
                at: self.cause.at
            )
        }
    }

    // MARK: Values

    private mutating func putBack(
        _ record: StoredRecord,
        _ changes: [PropertyChange],
        _ later: [JournalEntry]
    ) throws {
        guard !changes.isEmpty else { return }
        guard record.isLive else { return self.report.leave(record.id, .local, "it is deleted or merged by now") }
        var touched = Set(
            later.filter(\.kind.changesRecord).flatMap { $0.changes.map { Text($0.property) } }
        )
        for change in changes where record[change.property] != change.new { touched.insert(Text(change.property)) }
        self.spread(&touched, in: record)
        var settings: [PropertySetting] = []
        for change in changes {
            guard !touched.contains(Text(change.property)) || Breakage.undoOverEdits.isOn else {
                self.report.leave(record.id, .local, field: change.property, "the value was changed since")
                continue
            }
            guard change.old != change.new else { continue }
            settings.append(PropertySetting(change.property, change.old))
            self.report.local += 1
            self.report.add(
                UndoneChange(
                    record: record.id,
                    side: .local,
                    field: change.property,
                    now: change.new,
                    before: change.old,
                    fate: .putBack
                )
            )
        }
        if !settings.isEmpty { try self.write(settings, to: record) }
    }

    /// A group never mixes old and new (R15): one touched member keeps all others where they are.
    private func spread(_ touched: inout Set<Text>, in record: StoredRecord) {
        for lane in self.session.lanes where lane.localObject == record.object {
            for group in lane.mapping.groups {
                let names = group.compactMap { lane.mapping.fields[$0].local.map { Text($0) } }
                if names.contains(where: touched.contains) { touched.formUnion(names) }
            }
        }
    }

    /// Writes the old values; the run's connection gets the shadow back that it had, and its fields are held.
    private func write(_ settings: [PropertySetting], to record: StoredRecord) throws {
        let link = try self.link(of: record)
        guard let (link, lane) = link else {
            try self.transaction.change(record.id, set: settings, cause: self.cause)
            return
        }
        let shape = try self.transaction.shape(lane.shape)
        let positions = settings.flatMap { shape.fields(readingLocal: $0.property) }
        let seen = try self.transaction.observation(link.key)
        let shadow = try link.remoteShadow()
        var remote = seen?.shape == lane.shape ? seen?.values ?? [] : []
        if remote.isEmpty { remote = shadow.map { $0 ?? .absent } }
        let kept = KeptFields(link.key, fields: positions)
        try self.transaction.change(record.id, set: settings, cause: self.cause, keeping: kept)
        guard let now = try self.transaction.record(record.id) else { return }
        let locals = lane.runtime.localValues(now.values)
        let applier = self.session.applier(lane, in: self.transaction)
        let agreed = positions.map { position -> AgreedField in
            let lens = lane.mapping.fields[position].lens
            var before = remote[position]
            if case .value(let value) = lens.toRemote(locals[position], previous: before, in: applier.context) {
                before = value
            }
            return AgreedField(position, local: locals[position], remote: before)
        }
        try self.transaction.settle(link.key, agreed: agreed)
        try self.keep(remote, of: link, lane, version: seen?.version)
        for position in positions where !Breakage.undoWithoutHold.isOn {
            try applier.hold(position, .undone, self.reason, locals[position], remote[position], link)
        }
    }

    private func keep(_ remote: [Value], of link: Link, _ lane: MappingLane, version: Int64?) throws {
        _ = try self.transaction.observe(
            RemoteObservation(
                key: link.key,
                version: max(version ?? 0, link.remoteVersion),
                values: remote,
                shape: lane.shape,
                observedAt: self.cause.at
            )
        )
    }

    /// The record's link at work in the run's connection, in the shape of the mapping as it is now.
    private func link(of record: StoredRecord) throws -> (Link, MappingLane)? {
        let connection = self.session.connection.number
        for lane in self.session.lanes where lane.localObject == record.object {
            guard
                let link = try self.transaction.link(of: record.id, connection: connection, object: lane.object),
                link.status == .active
            else { continue }
            if link.shape != lane.shape { try self.transaction.reshape(link.key, to: lane.shape) }
            return try self.transaction.link(link.key).map { ($0, lane) }
        }
        return nil
    }

    private static func whole(_ id: RecordID) -> UndoneChange {
        UndoneChange(record: id, side: .local, field: nil, now: .absent, before: .absent, fate: .putBack)
    }
}

/// How a held field tells which run's undoing holds it.
package enum UndoHold {
    /// The detail of the holds.
    package static func detail(of run: RunNumber) -> String { "undone in run \(run.rawValue)" }
}

extension JournalEntry {
    /// Whether the row is somebody's work on the record, not bookkeeping about its links.
    var isTouch: Bool {
        switch self.kind {
        case .update, .delete, .restore, .merge, .absorb: true
        default: false
        }
    }
}
