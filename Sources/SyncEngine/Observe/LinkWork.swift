import Mapping
import Planning
import Records
import Store

/// One link with everything the planner needs to know about it, by the positions of the mapping as it is now.
struct LinkWork {
    let link: Link
    let runtime: MappingRuntime
    /// The record's properties by schema position.
    let record: StoredRecord
    /// Both sides by position.
    let values: LinkValues
    /// The record's conflicts that are not settled yet.
    let conflicts: [Conflict]
    /// What is stored of the CRM's side, as far as somebody has looked.
    var stored = StoredObservation.unknown

    /// What is stored of the CRM's side beside the shadow.
    enum StoredObservation {
        case unknown
        case known(RemoteObservation?)
    }

    /// Reads a link and its record.
    ///
    /// A link that was shaped by an earlier version of the mapping keeps the shadows of the fields whose definition is
    /// the same; the others lose them and fall under first contact (R9).
    init(_ link: Link, runtime: MappingRuntime, shape: ShapeNumber, in transaction: Transaction) throws {
        let link = try Self.reshaped(link, to: shape, in: transaction)
        guard let record = try transaction.record(link.record) else {
            throw StoreError(.corrupt, "a link without its record")
        }
        self.link = link
        self.runtime = runtime
        self.record = record
        self.values = try transaction.values(of: link, record: record)
        self.conflicts = try transaction.unsettledConflicts(
            of: link.record,
            connection: link.key.connection,
            object: link.key.object
        )
    }

    /// A link in the terms of the mapping as it is now.
    static func reshaped(_ link: Link, to shape: ShapeNumber, in transaction: Transaction) throws -> Link {
        guard link.shape != shape else { return link }
        try Self.releaseUndone(link, before: shape, in: transaction)
        try transaction.reshape(link.key, to: shape)
        return try transaction.link(link.key) ?? link
    }

    /// A field that the mapping defines anew is not held any more because an earlier change of it was undone (R6).
    private static func releaseUndone(_ link: Link, before shape: ShapeNumber, in transaction: Transaction) throws {
        let (old, new) = (try transaction.shape(link.shape), try transaction.shape(shape))
        for field in new.fields where !old.fields.contains(field) {
            guard let name = field.local ?? field.remote else { continue }
            let (connection, object) = (link.key.connection, link.key.object)
            try transaction.releaseUndone(connection, object, record: link.record, field: name)
        }
    }

    var remoteShadow: [Value?] { self.values.remoteShadow }

    /// Whether both sides are exactly what they were when they last agreed.
    func isSettled(at remote: [Value]) -> Bool { self.link.localShadow.isEmpty && !self.remoteDiffers(remote) }

    /// Whether the CRM holds anything but what it held at the last agreement.
    func remoteDiffers(_ remote: [Value]) -> Bool { zip(self.remoteShadow, remote).contains { $0 != $1 } }

    /// Whether the CRM holds anything but what it held at the last agreement, in a field on which there was one.
    func remoteContradicts(_ remote: [Value]) -> Bool {
        zip(self.remoteShadow, remote).contains { shadow, value in shadow.map { $0 != value } ?? false }
    }

    /// The planner's input.
    func state(remote: [Value], remoteAt version: Int64, in transaction: Transaction) throws -> RecordState {
        let local = self.runtime.localValues(self.record.values)
        var state = RecordState(
            local: local,
            remote: remote,
            localShadow: self.localShadow(current: local),
            remoteShadow: Breakage.dropRemoteShadow.isOn ? self.localShadow(current: local) : self.remoteShadow
        )
        try self.addHolds(to: &state, in: transaction)
        self.addDecisions(to: &state)
        try self.addRules(to: &state, remoteAt: version, in: transaction)
        if !self.isSettled(at: remote) { try self.addTimes(to: &state, remoteAt: version, in: transaction) }
        return state
    }

    private func localShadow(current local: [Value]) -> [Value?] {
        self.runtime.mapping.fields.indices.map { position in
            guard self.remoteShadow[position] != nil else { return nil }
            guard self.runtime.localPositions[position] == nil else { return self.values.localShadow[position] }
            // A computed value is not stored: unless something it is made from moved, it is what it was.
            return self.link.localShadow.hasMoved(position) ? .absent : local[position]
        }
    }

    private func addHolds(to state: inout RecordState, in transaction: Transaction) throws {
        let key = self.link.key
        for hold in try transaction.holds(of: self.link.record, connection: key.connection, object: key.object) {
            guard let position = self.runtime.position(named: hold.field) else { continue }
            let reason: FieldHold.Reason =
                switch hold.reason {
                case .rejected, .ignored: .rejected
                case .unmapped: .unmapped
                case .undone: .undone
                case .fight: .fight
                }
            state.holds[position] = FieldHold(
                reason: reason,
                local: hold.local,
                remote: hold.remote,
                detail: hold.detail
            )
        }
    }

    private func addDecisions(to state: inout RecordState) {
        for conflict in self.conflicts {
            guard let position = self.runtime.position(named: conflict.about.field) else { continue }
            guard let decision = conflict.decision else {
                state.waiting[position] = SeenValues(local: conflict.about.local, remote: conflict.about.remote)
                continue
            }
            let choice: FieldDecision.Choice =
                switch decision.choice {
                case .side(let side): .side(side)
                case .value(let value): .value(value)
                }
            state.decisions[position] = FieldDecision(
                choice: choice,
                seenLocal: conflict.about.local,
                seenRemote: conflict.about.remote
            )
        }
    }

    /// Times are looked up only for fields that may need them: those of `newest` that changed on both sides.
    private func addTimes(to state: inout RecordState, remoteAt version: Int64, in transaction: Transaction) throws {
        state.times.remoteRecord = Instant(microseconds: version)
        for (index, field) in self.runtime.mapping.fields.enumerated() {
            guard field.onConflict == .newest || field.initial == .newest, let local = field.local,
                state.remote[index] != state.remoteShadow[index],
                state.localShadow[index] == nil || state.local[index] != state.localShadow[index]
            else { continue }
            state.times.local[index] = try transaction.editTime(of: local, record: self.link.record)
        }
    }
}
