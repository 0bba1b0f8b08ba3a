import Connectors
import Mapping
import Planning
import Records
import Store

/// One remote record about to be made.
struct OutgoingCreate: Sendable {
    /// The operation in the store.
    let operation: PendingOperation
    /// What is sent, the create key with it.
    let write: RemoteWrite
}

/// The match keys of the records that a batch makes, in the order of the mapping's keys.
struct BatchKeys {
    private var records: [[[UInt8]?]] = []
    private var places: [[UInt8]: [Int]] = [:]

    /// Whether a record of the batch is the same by a key that no earlier key contradicts.
    func holdsTwin(of canons: [[UInt8]?]) -> Bool {
        canons.enumerated()
            .contains { place, canon in
                guard let canon else { return false }
                return (self.places[Self.name(place, canon)] ?? [])
                    .contains { other in
                        zip(canons.prefix(place), self.records[other])
                            .allSatisfy { own, theirs in own == nil || theirs == nil || own == theirs }
                    }
            }
    }

    /// Takes in the keys of a record that is going to be made.
    mutating func add(_ canons: [[UInt8]?]) {
        for (place, canon) in canons.enumerated() {
            if let canon { self.places[Self.name(place, canon), default: []].append(self.records.count) }
        }
        self.records.append(canons)
    }

    private static func name(_ place: Int, _ canon: [UInt8]) -> [UInt8] { [UInt8(truncatingIfNeeded: place)] + canon }
}

extension RecordApplier {
    /// Notes a create as in flight; nil if the record needs none now.
    ///
    /// `seen` holds the match keys of the batch so far: two records of ours with one key become one remote record, the
    /// second of them a question for a person (R7).
    mutating func outgoingCreate(_ id: RecordID, run: RunNumber, seen: inout BatchKeys) throws -> OutgoingCreate? {
        guard let record = try self.transaction.record(id), record.isLive,
            try self.transaction.exclusion(of: id) == nil,
            try !self.isOfFamily(id),
            try self.transaction.link(of: id, connection: self.connection, object: self.object) == nil,
            try !self.isSetAside(record)
        else { return nil }
        let earlier = try self.transaction.operation(of: id, connection: self.connection, object: self.object)
        guard earlier == nil || earlier?.state == .waiting else { return nil }
        guard self.runtime.mapping.sendsOut(local: record.values) else {
            self.counts.excluded += 1
            return nil
        }
        let local = self.runtime.localValues(record.values)
        if try self.isRepeated(local, of: id, seen: &seen) { return nil }
        let closed = self.runtime.mapping.closedForPush(local: record.values)
        let plan = self.runtime.planner.planRemoteCreate(local: local, closed: closed, in: self.context)
        let joining = self.runtime.planner.joining(
            try self.allowed(plan.toRemote, of: id) + self.newValues(record, local: local),
            local: local,
            remote: nil
        )
        let writes = joining.writes
        self.counts.unmapped += try self.holdUnmapped(plan.notes + joining.notes, of: id)
        let properties = writes.filter { !self.runtime.associations.contains($0.field) }
        guard !properties.isEmpty, self.admits(.createRemotely, writes, record: id, remote: nil) else { return nil }
        var operation = PendingOperation(
            run: run,
            connection: self.connection,
            object: self.object,
            record: id,
            remote: nil,
            kind: .create,
            createKey: self.runtime.createKey.map { _ in Text(id.description) },
            basedOn: record.version,
            shape: self.shape,
            fields: properties.map { OperationField($0.field, source: $0.source, sent: $0.new, previous: .absent) }
        )
        if let earlier { try self.transaction.finish(earlier.id) }
        operation.id = try self.transaction.put(operation)
        try self.transaction.markInFlight(operation.id, at: self.cause.at)
        return OutgoingCreate(operation: operation, write: self.write(properties, operation: operation))
    }

    /// Whether another object of the family owns the record: a lead is not made a contact as well, nor linked to one (R17).
    private func isOfFamily(_ id: RecordID) throws -> Bool {
        try self.family.contains { object in
            try self.transaction.link(of: id, connection: self.connection, object: object) != nil
        }
    }

    /// Whether something of the record comes back here once it is made in the CRM: a field that the mapping computes from
    /// it.
    ///
    /// What the CRM makes of the values by itself cannot be known before.
    func computesFromNew(_ create: OutgoingCreate) throws -> Bool {
        let sent = Dictionary(create.operation.fields.map { ($0.field, $0.sent) }) { first, _ in first }
        let computed = self.runtime.computedFields(whenSent: sent)
        guard !computed.isEmpty, let record = try self.transaction.record(create.operation.record) else { return false }
        let local = self.runtime.localValues(record.values)
        return computed.contains { field, value in !value.isBlank && value != local[field] }
    }

    /// What the mapping gives a new remote record where ours says nothing, such as a name; ours stays as it is.
    private func newValues(_ record: StoredRecord, local: [Value]) -> [FieldWrite] {
        self.runtime.mapping.fields.indices.compactMap { position in
            guard local[position].isBlank, self.runtime.mapping.fields[position].rules.writeRemote != .never,
                let value = self.runtime.mapping.newValue(position, local: record.values)
            else { return nil }
            return FieldWrite(field: position, old: .absent, new: value, source: local[position])
        }
    }

    private func write(_ fields: [FieldWrite], operation: PendingOperation) -> RemoteWrite {
        var properties = self.runtime.properties(fields)
        if let name = self.runtime.createKey, let key = operation.createKey {
            properties.append(RemotePropertyWrite(name: name, value: .text(key)))
        }
        return RemoteWrite(id: nil, basedOn: nil, key: String(operation.id), properties: properties)
    }

    /// Whether another record of the batch, or a linked one, is the same by a match key that no earlier key contradicts.
    private mutating func isRepeated(_ local: [Value], of id: RecordID, seen: inout BatchKeys) throws -> Bool {
        guard !Breakage.twinsInOneBatch.isOn else { return false }
        var canons = self.runtime.mapping.match.indices.map { self.runtime.creationCanon($0, locals: local) }
        if Breakage.twinsByFirstKeyOnly.isOn { canons = Array(canons.prefix(1)) }
        var twins: [RecordID] = []
        var isRepeated = seen.holdsTwin(of: canons)
        for (place, canon) in canons.enumerated() {
            guard let canon else { continue }
            let same = try self.transaction.records(self.localObject, matching: self.identityKeys[place], canon)
                .filter { twin in
                    try twin != id && !twins.contains(twin) && !self.contradicts(twin, canons.prefix(place))
                }
            twins += same
            isRepeated =
                try isRepeated
                || same.contains { twin in
                    try self.transaction.link(of: twin, connection: self.connection, object: self.object) != nil
                }
        }
        guard isRepeated else {
            seen.add(canons)
            return false
        }
        try self.askAboutDuplicate(id, twins)
        return true
    }

    /// Whether another record of ours has another value under one of these keys.
    private func contradicts(_ other: RecordID, _ canons: ArraySlice<[UInt8]?>) throws -> Bool {
        guard canons.contains(where: { $0 != nil }), let record = try self.transaction.record(other) else {
            return false
        }
        let locals = self.runtime.localValues(record.values)
        return canons.indices.contains { key in
            guard let own = canons[key], let theirs = self.runtime.creationCanon(key, locals: locals) else {
                return false
            }
            return own != theirs
        }
    }

    /// What the CRM refused before, at the same value, is left out, with its whole group: an amount is not sent without
    /// its currency (R15).
    private func allowed(_ writes: [FieldWrite], of id: RecordID) throws -> [FieldWrite] {
        let mapping = self.runtime.mapping
        let holds = try self.transaction.holds(of: id, connection: self.connection, object: self.object)
            // A part waits for the others of its text, which may have come meanwhile.
            .filter { hold in
                hold.reason != .unmapped
                    || !mapping.fields.contains { $0.part != nil && $0.name.hasSameBytes(as: hold.field) }
            }
        guard !holds.isEmpty else { return writes }
        let held = writes.map(\.field).filter { field in
            let name = mapping.fields[field].name
            let source = writes.first { $0.field == field }?.source
            return holds.contains { $0.field.hasSameBytes(as: name) && $0.local == source }
        }
        let groups = (mapping.groups + mapping.joints.map(\.members)).filter { group in
            group.contains(where: held.contains)
        }
        let left = Set(Breakage.refusedFieldLeavesGroup.isOn ? held : held + groups.flatMap { $0 })
        return writes.filter { !left.contains($0.field) }
    }

    private func holdUnmapped(_ notes: [FieldNote], of id: RecordID) throws -> Int {
        var count = 0
        for note in notes {
            guard case .unmapped(_, let value, let detail) = note.reason else { continue }
            count += 1
            let field = OperationField(note.field, source: value, sent: .absent, previous: .absent)
            try self.hold(field, of: id, reason: detail, .unmapped)
        }
        return count
    }

    /// Holds a field of a record that has no link yet.
    func hold(_ field: OperationField, of id: RecordID, reason: String, _ kind: HoldReason = .rejected) throws {
        var hold = Hold(
            connection: self.connection,
            object: self.object,
            record: id,
            field: self.runtime.mapping.fields[field.field].name,
            reason: kind,
            detail: reason,
            local: field.source,
            remote: field.previous,
            since: self.cause.at
        )
        if kind == .unmapped { hold.unmapped = .local }
        try self.transaction.hold(hold)
    }

    /// Sets a record aside that the CRM refused as a whole; a later version of it is worth another try.
    func setAside(_ id: RecordID, version: Int64, detail: String) throws {
        try self.transaction.quarantine(
            connection: self.connection,
            object: self.object,
            side: .remote,
            subject: Text(id.description),
            record: id,
            reason: Self.quarantineReason(version: version),
            detail: detail,
            at: self.cause.at
        )
    }

    func isSetAside(_ record: StoredRecord) throws -> Bool {
        let entry = try self.transaction.quarantined(
            self.connection,
            self.object,
            side: .remote,
            subject: Text(record.id.description)
        )
        return entry?.reason.hasSameBytes(as: Self.quarantineReason(version: record.version)) ?? false
    }

    /// Links a record of ours to one that the CRM has already under a unique property, unless that one is taken.
    mutating func linkFound(_ id: RecordID, _ record: Incoming) throws {
        let key = LinkKey(self.connection, self.object, record.id)
        if try self.isOfAnother(record, than: id) {
            // Whoever it is of comes first, as if it had been read with a page.
            try self.applyUnlinked(record)
            if try self.transaction.link(key) == nil { return try self.keepWaiting(id) }
        }
        if let taken = try self.transaction.link(key) {
            if taken.record != id { try self.askAboutDuplicate(id, [taken.record]) }
            return
        }
        guard try self.transaction.link(of: id, connection: self.connection, object: self.object) == nil,
            try !self.isOfFamily(id)
        else { return }
        // It has an address that somebody had who was erased: nothing of it is taken in, whoever has the address now (R8).
        if record.named != id, try self.isErased(record) { return try self.askAboutDuplicate(id, [id]) }
        // That the CRM knows the address does not say which of ours it is, where several have it (R7).
        if record.named != id, case .ambiguous(let several) = try self.match(record.values), several.contains(id) {
            try self.keepWaiting(id)
            return try self.askWhoItIs(record, .ambiguous, several)
        }
        // Nor does the address of a role, which is nobody's, or one that the record does not show now.
        if record.named != id, !self.runtime.uniqueKeys.isEmpty, case .create = try self.match(record.values) {
            try self.keepWaiting(id)
            return try self.askWhoItIs(record, .contradiction, [id])
        }
        try self.linkExisting(id, record)
    }

    /// Whether a record without a link that was found by an address of ours is of another one of ours: it carries that one's id
    /// (R4), or says of itself that it is that one (R7).
    private func isOfAnother(_ record: Incoming, than id: RecordID) throws -> Bool {
        guard try self.transaction.link(LinkKey(self.connection, self.object, record.id)) == nil,
            record.named != id
        else { return false }
        if let own = record.named, let other = try self.transaction.record(own), other.object == self.localObject,
            other.isLive, try self.transaction.link(of: own, connection: self.connection, object: self.object) == nil
        {
            return true
        }
        guard case .link(let other) = try self.match(record.values) else { return false }
        return other != id
    }

    /// A person has to say whether a record is the same as others, which the CRM has.
    private mutating func askAboutDuplicate(_ id: RecordID, _ candidates: [RecordID]) throws {
        try self.transaction.openReview(
            .duplicateOf,
            connection: self.connection,
            object: self.object,
            remote: nil,
            record: id,
            candidates: candidates,
            at: self.cause.at
        )
        self.counts.reviews += 1
    }

    /// Whoever stands in the way of a new record may be gone one day: each run looks again.
    private func keepWaiting(_ id: RecordID) throws {
        guard let run = self.cause.run, let record = try self.transaction.record(id),
            try self.transaction.operation(of: id, connection: self.connection, object: self.object) == nil
        else { return }
        let operation = PendingOperation(
            run: run,
            connection: self.connection,
            object: self.object,
            record: id,
            remote: nil,
            kind: .create,
            basedOn: record.version,
            shape: self.shape,
            fields: []
        )
        _ = try self.transaction.put(operation)
    }

    /// Whether what would identify a record is the address of a role (R7).
    private func hasRoleAddress(_ id: RecordID) throws -> Bool {
        guard let record = try self.transaction.record(id), !Breakage.roleAddressIsKey.isOn else { return false }
        let locals = self.runtime.localValues(record.values)
        return self.runtime.mapping.match.joined().contains { place in
            RoleAddress.isRole(locals[place], allowing: self.runtime.mapping.allowedRoleAddresses)
        }
    }
}
