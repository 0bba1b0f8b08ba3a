import Connectors
import Mapping
import Planning
import Records
import Store

/// One record's write on its way to the CRM.
struct Outgoing: Sendable {
    /// The operation in the store.
    let operation: PendingOperation
    /// The properties to send; may be empty if only associations change.
    let write: RemoteWrite
    /// The associations to add and remove, by field position.
    let associations: [Int: [AssociationWrite]]
    /// Whether the rest of the record's plan is to follow.
    var isPart = false

    var remote: Text { self.operation.remote ?? "" }
}

extension RecordApplier {
    /// Plans a linked record again from what the store holds, and carries out the local side.
    ///
    /// nil if the record is not to be touched now: gone, frozen, or in flight. `countsWaiting` says that what waits for a
    /// person was not counted before.
    mutating func planAgain(
        _ remote: Text,
        countsWaiting: Bool = false
    ) throws -> (plan: RecordPlan, link: Link)? {
        let key = LinkKey(self.connection, self.object, remote)
        guard let link = try self.transaction.link(key), link.status != .gone, try self.owns(link.shape),
            // A record that left its filter is looked at again; one that a person keeps out is not.
            try link.status == .active || self.transaction.exclusion(of: link.record) == nil
        else { return nil }
        let pending = try self.transaction.operation(
            of: link.record,
            connection: self.connection,
            object: self.object
        )
        guard pending == nil, try !self.isQuarantined(link) else { return nil }
        let seen = try self.transaction.observation(key)
        if let seen, seen.state != .live { return nil }
        // Seen through an earlier mapping: nothing is planned until it was read again.
        if let seen, seen.shape != self.shape, !Breakage.editedMappingReadsNothing.isOn { return nil }
        var work = try LinkWork(link, runtime: self.runtime, shape: self.shape, in: self.transaction)
        guard work.values.isLive else { return nil }
        work.stored = .known(seen)
        let version = max(seen?.version ?? 0, link.remoteVersion)
        var remote = work.remoteShadow.map { $0 ?? .absent }
        if let seen, seen.shape == self.shape, let values = seen.values { remote = values }
        let before = self.counts
        let rows = self.transaction.changeCount
        let plan = try self.plan(work, remote: remote, version: version)
        if !countsWaiting { self.keepOnlyNews(since: before) }
        // What waits for a person changes nothing, and is planned again by each run.
        guard self.transaction.changeCount != rows else { return (plan, work.link) }
        guard let current = try self.transaction.link(key) else { return nil }
        return (plan, current)
    }

    /// What waits was counted when it was found; planning it again finds nothing new.
    private mutating func keepOnlyNews(since before: SyncCounts) {
        self.counts.unmapped = before.unmapped
        self.counts.excluded = before.excluded
        self.counts.fieldsRejected = before.fieldsRejected
        self.counts.conflictsWaiting = before.conflictsWaiting
        self.counts.needsInitial = before.needsInitial
    }

    /// Whether the CRM refused the record, and nothing changed since.
    private func isQuarantined(_ link: Link) throws -> Bool {
        let entry = try self.transaction.quarantined(
            self.connection,
            self.object,
            side: .remote,
            subject: Text(link.record.description)
        )
        guard let entry, let record = try self.transaction.record(link.record), !Breakage.refusedRecordSentAgain.isOn
        else { return false }
        return entry.reason.hasSameBytes(as: Self.quarantineReason(version: record.version))
    }

    /// The reason carries the record's version: a later version is worth another try.
    static func quarantineReason(version: Int64) -> String { "refused at version \(version)" }

    /// Counts what a plan replaces in the CRM, for the breakers.
    mutating func countOverwrites(_ plan: RecordPlan) throws {
        self.counts.guarded.add(plan.toRemote)
    }

    /// What of a plan is sent now: a consent goes alone and first, so that no other field's refusal holds it up (R13).
    func urgentPart(_ plan: RecordPlan) -> RecordPlan {
        let fields = self.runtime.mapping.fields
        let urgent = plan.toRemote.filter { fields[$0.field].rules.isConsent }
        var part = plan
        if !urgent.isEmpty, !Breakage.consentWaitsForOthers.isOn {
            part.toRemote = urgent
            // A consent is no part of a text.
            part.carried = []
        }
        return part
    }

    /// Notes a write as in flight.
    func outgoing(_ plan: RecordPlan, link: Link, run: RunNumber) throws -> Outgoing {
        let record = try self.transaction.record(link.record)
        var operation = PendingOperation(
            run: run,
            connection: self.connection,
            object: self.object,
            record: link.record,
            remote: link.key.remote,
            kind: .update,
            lane: plan.toRemote.contains { self.runtime.mapping.fields[$0.field].rules.isConsent } ? .urgent : .normal,
            basedOn: record?.version ?? 0,
            shape: self.shape,
            fields: plan.toRemote.map { OperationField($0.field, source: $0.source, sent: $0.new, previous: $0.old) }
                + plan.carried.map {
                    OperationField($0.field, source: $0.source, sent: $0.new, previous: $0.old, isCarried: true)
                }
        )
        operation.id = try self.transaction.put(operation)
        try self.transaction.markInFlight(operation.id, at: self.cause.at)
        let (properties, associations) = self.split(plan, from: link.key.remote)
        let write = RemoteWrite(
            id: link.key.remote,
            basedOn: Breakage.unconditionalWrite.isOn ? nil : link.remoteVersion,
            key: String(operation.id),
            properties: properties
        )
        return Outgoing(operation: operation, write: write, associations: associations)
    }

    /// The property writes and the association writes of a plan.
    func split(
        _ plan: RecordPlan,
        from remote: Text
    ) -> (properties: [RemotePropertyWrite], associations: [Int: [AssociationWrite]]) {
        var values: [FieldWrite] = []
        var associations: [Int: [AssociationWrite]] = [:]
        for write in plan.toRemote {
            if case .association = self.runtime.mapping.fields[write.field].kind {
                associations[write.field] = Self.difference(from: remote, old: write.old, new: write.new)
            } else {
                values.append(write)
            }
        }
        let properties = self.runtime.properties(values, carried: plan.carried) { write in
            self.stepsBack(write.field, from: write.old, to: write.new)
        }
        return (properties, associations)
    }

    private static func difference(from remote: Text, old: Value, new: Value) -> [AssociationWrite] {
        func elements(_ value: Value) -> Set<Text> {
            switch value {
            case .set(let elements): Set(elements)
            case .text(let text) where !text.isEmpty: [text]
            default: []
            }
        }
        let (before, after) = (elements(old), elements(new))
        return after.subtracting(before).sorted().map { AssociationWrite(from: remote, to: $0) }
            + before.subtracting(after).sorted().map { AssociationWrite(from: remote, to: $0, isRemoval: true) }
    }
}
