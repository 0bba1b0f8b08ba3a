import Connectors
import Mapping
import Planning
import Records
import Store

/// R1: what became of the fields that were sent.
extension RecordApplier {
    /// Works out the settlement of sent fields against the values found.
    ///
    /// `found` gives the value and how sure it is; nil leaves the field as it was. Fields that the CRM ignored are held
    /// until a side changes. What somebody typed after our write is not agreed: the shadow becomes what we sent, so that
    /// the next plan sees a change of the CRM.
    mutating func settle(
        _ fields: [SentField],
        of link: Link,
        history: RemoteHistory? = nil,
        found: (SentField) -> (value: Value, evidence: Evidence)?
    ) throws -> [AgreedField] {
        var agreed: [AgreedField] = []
        for field in fields {
            guard let (value, evidence) = found(field) else { continue }
            let outcome = self.runtime.settlement.settle(
                field,
                found: value,
                by: evidence,
                isByIntegration: self.isByIntegration(field, value, history),
                in: self.context
            )
            switch outcome {
            case .agreed(let remote):
                let kept = Breakage.shadowIsWhatWasSent.isOn ? field.sent : remote
                agreed.append(AgreedField(field.field, local: field.source, remote: kept))
            case .overtaken:
                try self.keepOvertaken(field, by: value, of: link, evidence)
                agreed.append(AgreedField(field.field, local: field.source, remote: field.sent))
            case .ignored:
                self.counts.fieldsRejected += 1
                try self.hold(field.field, .ignored, "the CRM kept its own value", field.source, value, link)
            case .notApplied: break
            }
        }
        return agreed
    }

    /// Whether the CRM's history says that a program wrote what a field holds now; that of a text which several fields share
    /// says nothing of its parts.
    private func isByIntegration(_ field: SentField, _ value: Value, _ history: RemoteHistory?) -> Bool {
        let mapped = self.runtime.mapping.fields[field.field]
        guard let history, mapped.part == nil, let property = mapped.remote else { return false }
        return history.isByIntegration(property, now: value)
    }

    /// Nobody knows whether the person who typed another value had seen ours: theirs stands, and ours is kept in the
    /// conflict log.
    ///
    /// A write without an answer may never have arrived; and a value that is replaced before it could be read back, even
    /// after a conditional write, was hardly seen by anybody.
    private mutating func keepOvertaken(
        _ field: SentField,
        by found: Value,
        of link: Link,
        _ evidence: Evidence
    ) throws {
        if Breakage.overtakenIsForgotten.isOn { return }
        let about = ConflictCase(
            link: link.key,
            record: link.record,
            field: self.runtime.mapping.fields[field.field].name,
            localBase: try self.transaction.values(of: link).localShadow[field.field],
            remoteBase: field.previous,
            local: field.source,
            remote: found,
            localAt: nil,
            remoteAt: nil,
            rule: evidence == .readBackOfUnknown
                ? "unanswered write, overtaken: remote" : "answered write, overtaken: remote"
        )
        self.counts.conflictsFound += 1
        self.counts.conflictsSettled += 1
        try self.transaction.logConflict(about, winner: .remote, cause: self.cause)
    }

    /// Settles a record that we made in the CRM: it gets its link, what was sent is settled, and the rest follows
    /// `on_create_default` (R12).
    mutating func settleCreate(
        _ sent: SentOperation,
        _ record: Incoming,
        evidence: Evidence
    ) throws {
        let values = record.values
        let key = LinkKey(self.connection, self.object, record.id)
        if let own = try self.transaction.record(sent.operation.record), !own.isLive {
            // Deleted while it was being made.
            try self.transaction.finish(sent.operation.id)
            _ = try self.linkTombstone(own, record)
            return
        }
        try self.transaction.insertLink(
            key,
            record: sent.operation.record,
            version: record.version,
            shape: self.shape,
            agreed: [],
            cause: self.cause,
            isJournalled: false
        )
        try self.transaction.finish(sent.operation.id)
        guard let link = try self.transaction.link(key) else { return }
        let taken = sent.fields.filter { sent.refused[$0.field] == nil }
        let isUntouched = sent.isUntouched(at: record.version)
        var agreed = try self.settle(taken, of: link) { field in
            if let value = sent.answered[field.field] { return (value, .answer) }
            return (values[field.field], isUntouched && values[field.field] != .absent ? .answer : evidence)
        }
        try self.journal(.pushCreate, sent, agreed: agreed, of: link)
        let held = try self.keepHeld(sent, values: values, link: link)
        agreed += held + self.unsentDefaults(sent, values: values, except: Set(held.map(\.field)))
        agreed += try self.holdRefused(sent, values: values, link: link)
        try self.transaction.settle(key, agreed: agreed, version: record.version)
        try self.agreeOnEpochs(agreed.map(\.field), of: link)
        self.counts.createdRemotely += 1
        guard let settled = try self.transaction.link(key) else { return }
        let work = try LinkWork(settled, runtime: self.runtime, shape: self.shape, in: self.transaction)
        // Kept out of syncs while it was being made: it has its link, and nothing moves.
        if try self.transaction.exclusion(of: sent.operation.record) != nil {
            return try self.setScope(work, isIn: false, remote: values, version: record.version)
        }
        if !work.isSettled(at: values) { try self.plan(work, remote: values, version: record.version) }
    }

    /// Settles a record that we made in the CRM, and that somebody merged into another one before it was read back: it gets
    /// its link as it was made, and goes the way of every merge (R17).
    mutating func settleCreate(_ sent: SentOperation, madeAs id: Text, mergedInto reading: DirectReader.Reading) throws
    {
        try self.transaction.finish(sent.operation.id)
        guard try self.transaction.record(sent.operation.record)?.isLive ?? false else { return }
        let key = LinkKey(self.connection, self.object, id)
        let agreed = sent.fields.filter { sent.refused[$0.field] == nil }
            .map { AgreedField($0.field, local: $0.source, remote: sent.answered[$0.field] ?? $0.sent) }
        try self.transaction.insertLink(
            key,
            record: sent.operation.record,
            version: sent.version ?? 0,
            shape: self.shape,
            agreed: agreed,
            basedOn: sent.operation.basedOn,
            cause: self.cause,
            isJournalled: false
        )
        guard let link = try self.transaction.link(key) else { return }
        try self.journal(.pushCreate, sent, agreed: agreed, of: link)
        self.counts.createdRemotely += 1
        try self.follow(link, into: reading)
    }

    /// Fields that the CRM refused although it made the record: what it holds instead is no edit of anybody's, and ours
    /// is a local change that waits until a side moves (R13).
    private mutating func holdRefused(_ sent: SentOperation, values: [Value], link: Link) throws -> [AgreedField] {
        var result: [AgreedField] = []
        for field in sent.fields {
            guard let reason = sent.refused[field.field] else { continue }
            let found = values[field.field]
            result.append(AgreedField(field.field, local: .absent, remote: found))
            self.counts.fieldsRejected += 1
            try self.hold(field.field, .rejected, reason, field.source, found, link)
        }
        return result
    }

    /// Fields that were left out because the CRM refused them, or because they have no counterpart there: what a new record
    /// holds instead overwrites nothing of ours (R13, R14).
    private func keepHeld(_ sent: SentOperation, values: [Value], link: Link) throws -> [AgreedField] {
        var result: [AgreedField] = []
        let (connection, object) = (self.connection, self.object)
        for hold in try self.transaction.holds(of: link.record, connection: connection, object: object) {
            guard hold.reason == .rejected || hold.reason == .unmapped,
                let position = self.runtime.position(named: hold.field), values[position] != .absent,
                !sent.fields.contains(where: { $0.field == position })
            else { continue }
            result.append(AgreedField(position, local: .absent, remote: values[position]))
            try self.hold(position, hold.reason, hold.detail, hold.local, values[position], link)
        }
        return result
    }

    /// Fields that were not sent, because they were blank, one-way, or could not be sent yet.
    ///
    /// A value that the CRM filled in by itself is taken over or let be, as `on_create_default` says. A local value that
    /// was not sent is a plain local change from now on.
    private func unsentDefaults(
        _ sent: SentOperation,
        values: [Value],
        except held: Set<Int>
    ) -> [AgreedField] {
        let positions = held.union(sent.fields.map(\.field))
        var result: [AgreedField] = []
        for (position, field) in self.runtime.mapping.fields.enumerated() where !positions.contains(position) {
            let found = values[position]
            guard found != .absent, field.direction != .pull, !Breakage.defaultsAreEdits.isOn else { continue }
            if found.isBlank || field.onCreateDefault == .ignore || field.direction == .push {
                result.append(AgreedField(position, local: .absent, remote: found))
            }
        }
        return result
    }
}

extension RecordApplier {
    /// Settles an update by its answer, or by what was read back; an update that nobody can tell of stays unknown.
    mutating func settleUpdate(
        _ sent: SentOperation,
        reading: DirectReader.Reading?,
        associated: Set<Int>
    ) throws {
        guard let remote = sent.operation.remote else { return }
        let key = LinkKey(self.connection, self.object, remote)
        guard let known = try self.transaction.link(key) else {
            try self.transaction.finish(sent.operation.id)
            return
        }
        let link = try LinkWork.reshaped(known, to: self.shape, in: self.transaction)
        let incoming = try reading.map { reading in
            let incoming = try self.incoming(reading.record, associations: reading.associations)
            return incoming.with(self.withoutBlankBetween(incoming.values, sent.operation))
        }
        let read = incoming?.values
        if read == nil && !(sent.wasAnswered && self.isToldByAnswer(sent)) {
            try self.transaction.leaveInDoubt(sent)
            self.counts.unknown += 1
            return
        }
        try self.transaction.finish(sent.operation.id)
        let fields = self.runtime.mapping.fields
        var shown: [Int: Value] = [:]
        let isUntouched = sent.isUntouched(at: incoming?.version)
        let agreed = try self.settle(sent.fields, of: link, history: sent.history) { field in
            if case .association = fields[field.field].kind {
                return associated.contains(field.field) ? (field.sent, .answer) : nil
            }
            if let value = sent.answered[field.field] { return (value, .answer) }
            guard let value = read?[field.field] else { return nil }
            let isTie = fields[field.field].remote.map { sent.history?.hasTie($0) ?? false } ?? false
            if isUntouched, value != .absent, !isTie { return (value, .answer) }
            return (value, sent.wasAnswered ? .readBack : .readBackOfUnknown)
        }
        let carried = try self.settleCarried(sent, of: link, read: read)
        let replaced = try self.keepLostUpdates(sent, agreed: agreed + carried, of: link)
        try self.journal(.push, sent, agreed: agreed, replaced: replaced, of: link)
        try self.transaction.settle(
            key,
            agreed: agreed + carried,
            version: Breakage.writesRaiseNoFloor.isOn ? nil : sent.version.map { max($0, link.remoteVersion) },
            basedOn: sent.operation.basedOn
        )
        for field in sent.fields { shown[field.field] = sent.answered[field.field] ?? read?[field.field] }
        for field in agreed + carried where shown[field.field] == nil { shown[field.field] = field.remote }
        if incoming == nil, !Breakage.ownWriteComesBack.isOn {
            try self.bringUpToDate(key, shown, version: sent.version)
        }
        try self.settleOwed(agreed.map(\.field), of: link)
        try self.agreeOnEpochs(agreed.map(\.field), of: link)
        if sent.wasAnswered && sent.fields.contains(where: { self.runtime.isProperty($0.field) }) {
            self.counts.updatedRemotely += 1
        }
        try self.takeInAfterWrite(key, incoming)
    }

    /// Settles the parts that only went along with others of their text: what the CRM made of them is no edit (R1).
    ///
    /// Nothing was meant with them, so that nothing is held, owed or told: what is neither what was carried nor a form of it
    /// is a change there like any other, and a part on which the sides did not agree before stays as open as it was.
    private func settleCarried(_ sent: SentOperation, of link: Link, read: [Value]?) throws -> [AgreedField] {
        let carried = sent.operation.carriedFields
        guard !carried.isEmpty, !Breakage.carriedPartIsEdit.isOn else { return [] }
        let values = try self.transaction.values(of: link)
        return carried.compactMap { field in
            guard values.remoteShadow[field.field] == field.previous, let local = values.localShadow[field.field] else {
                return nil
            }
            let evidence: Evidence =
                sent.answered[field.field] != nil ? .answer : sent.wasAnswered ? .readBack : .readBackOfUnknown
            guard let found = sent.answered[field.field] ?? read?[field.field], found != field.previous else {
                return nil
            }
            // What was agreed on, and not what somebody may have typed here since, is what the CRM has in another form.
            let agreed = SentField(field: field.field, source: local, sent: field.sent, previous: field.previous)
            guard
                case .agreed(let remote) = self.runtime.settlement.settle(
                    agreed,
                    found: found,
                    by: evidence,
                    in: self.context
                )
            else { return nil }
            return AgreedField(field.field, local: local, remote: remote)
        }
    }

    /// Whether the answer to a write says what every sent property holds now; if not, only a read by id settles it (R3).
    private func isToldByAnswer(_ sent: SentOperation) -> Bool {
        sent.fields.allSatisfy { field in
            !self.runtime.isProperty(field.field) || sent.answered[field.field] != nil
        }
    }

    /// Tells what was written in the CRM, in its terms: what people look up and what an undo starts from.
    ///
    /// `replaced` holds what turned out to have been there in place of what we had seen, by field position.
    func journal(
        _ kind: JournalKind,
        _ sent: SentOperation,
        agreed: [AgreedField],
        replaced: [Int: Value] = [:],
        of link: Link
    ) throws {
        let changes = sent.fields.compactMap { field -> PropertyChange? in
            guard let now = agreed.first(where: { $0.field == field.field })?.remote, now != field.previous else {
                return nil
            }
            let old = replaced[field.field] ?? field.previous
            return PropertyChange(self.runtime.mapping.fields[field.field].name, old: old, new: now)
        }
        guard !changes.isEmpty || kind == .pushCreate else { return }
        try self.transaction.appendJournal(
            link.record,
            kind: kind,
            changes: changes,
            detail: self.transaction.description(of: link.key),
            cause: self.cause
        )
    }

    /// What was kept of the record, for the sake of a field that waits, is from before our write: the fields that we wrote
    /// hold what the answer says, or the old values would come back as somebody's edit.
    private mutating func bringUpToDate(_ key: LinkKey, _ shown: [Int: Value], version: Int64?) throws {
        guard let seen = try self.transaction.observation(key), seen.state == .live, seen.shape == self.shape,
            var values = seen.values
        else { return }
        for (field, value) in shown { values[field] = value }
        try self.keepObservation(key, version: max(version ?? 0, seen.version), values: values, named: seen.named)
    }

    /// What was read back may tell of other edits too; what waited while the write was in flight is merged now.
    private mutating func takeInAfterWrite(_ key: LinkKey, _ incoming: Incoming?) throws {
        let before = self.counts
        if let incoming {
            try self.apply(incoming, isDirect: true)
        } else {
            _ = try self.planAgain(key.remote)
        }
        // What waits was counted when it was found.
        self.counts.unchanged = before.unchanged
        self.counts.needsInitial = before.needsInitial
    }
}
