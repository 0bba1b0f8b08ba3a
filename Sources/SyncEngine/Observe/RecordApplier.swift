import Connectors
import Mapping
import Planning
import Records
import Store

/// Takes in what the CRM said about one record: compares, matches, plans, and carries out the local side.
///
/// Works inside one transaction, so that a record's observation, shadow, journal and cursor move together or not at all.
/// The remote side of a plan is left to the push, which finds it again from the shadows.
struct RecordApplier {
    let runtime: MappingRuntime
    let transaction: Transaction
    let connection: ConnectionNumber
    let object: ObjectNumber
    let localObject: ObjectNumber
    /// The store's numbers of the mapping's match keys, in the mapping's order.
    let identityKeys: [IdentityKeyNumber]
    let shape: ShapeNumber
    let cause: Cause
    let context: LinkContext
    let ids: RecordIDSource
    /// Remote objects that a mapping of this connection covers: references to them will be linked sooner or later.
    let mappedObjects: Set<String>
    /// Makes pages ready; nil if the mapping's new records need more than the page path gives.
    let preparer: PagePreparer?
    /// Decides what a careful run carries out; nil carries out everything.
    var gate: (any ChangeGate)?
    /// The page path, once a page was taken in.
    var route: PageRoute?
    /// Whether each record of a page is taken in by itself, so that one that cannot be stored stops nobody else (R13).
    var isolates = false
    /// What was done.
    var counts = SyncCounts()
    /// Records that came at their version floor with other content: to be read again by id (R3).
    var rereads: [Text] = []
    /// Linked records that look like another one, into which they may have been merged: to be read by id, too.
    var twins: [Text] = []
    /// The other remote objects of this connection that hold records of the same local object (R17).
    var family: [ObjectNumber] = []

    /// The other mappings of the same remote object, by name: their links are not this one's (R17).
    var siblings: Set<Text> = []

    /// Whether a link, or what was sent for it, is this mapping's: all but those of another mapping of today.
    func owns(_ shape: ShapeNumber) throws -> Bool {
        guard !self.siblings.isEmpty else { return true }
        return try !self.siblings.contains(Text(self.transaction.shape(shape).mapping))
    }

    /// Whether a remote record is linked under another mapping of the same remote object.
    func isOthers(_ key: LinkKey) throws -> Bool {
        guard !self.siblings.isEmpty, let link = try self.transaction.link(key) else { return false }
        return try !self.owns(link.shape)
    }

    /// Takes in one record.
    ///
    /// `isDirect` says that it was read by id just now, not through a list or an index.
    mutating func apply(_ record: Incoming, isDirect: Bool) throws {
        guard record.isReadable else { return try self.quarantine(remote: record.id, reason: Self.unreadByID) }
        let key = LinkKey(self.connection, self.object, record.id)
        if try self.isOthers(key) { return }
        if !record.merged.isEmpty { try self.noteMerged(record) }
        if let successor = record.successor { return try self.noteConverted(record, into: successor) }
        if let link = try self.transaction.link(key) {
            try self.applyLinked(record, link: link, isDirect: isDirect)
        } else {
            try self.applyUnlinked(record)
        }
    }

    /// The fields' values of a record; associations that were not asked for are what the store knows of them.
    func incoming(_ record: RemoteRecord, associations: [Int: [Text]]) throws -> Incoming {
        let values = try self.values(of: record, associations: associations)
        return Incoming(record, values: values, runtime: self.runtime)
    }

    private func values(of record: RemoteRecord, associations: [Int: [Text]]) throws -> [Value] {
        var values = self.runtime.fieldValues(record, associations: associations)
        let missing = self.runtime.associations.filter { associations[$0] == nil }
        guard !missing.isEmpty else { return values }
        let key = LinkKey(self.connection, self.object, record.id)
        let (seen, link) = (try self.transaction.observation(key), try self.transaction.link(key))
        let shadow = try link?.remoteShadow()
        for position in missing {
            let observed = try self.remembered(seen?.values, seen?.shape, at: position)
            let agreed = try self.remembered(shadow, link?.shape, at: position)
            values[position] = observed ?? agreed ?? .set([])
        }
        return values
    }

    /// What was kept of a field, although the mapping may have had other fields then; nil if nothing was.
    ///
    /// Who takes ties that were not asked for as none clears all of them when a field is added to the mapping.
    private func remembered(_ values: [Value?]?, _ number: ShapeNumber?, at position: Int) throws -> Value? {
        guard let values, let number else { return nil }
        if number == self.shape { return values[position] }
        let field = try self.transaction.shape(self.shape).fields[position]
        let place = try self.transaction.shape(number).fields.firstIndex(of: field)
        return place.flatMap { $0 < values.count ? values[$0] : nil }
    }

    /// Only keeps what the CRM said, for a plan.
    mutating func observe(_ record: Incoming) throws {
        guard record.isReadable else { return try self.quarantine(remote: record.id, reason: Self.unreadByID) }
        let key = LinkKey(self.connection, self.object, record.id)
        if try self.isOthers(key) { return }
        if !record.merged.isEmpty { try self.noteMerged(record) }
        if let successor = record.successor { return try self.noteConverted(record, into: successor) }
        if let link = try self.transaction.link(key) {
            guard record.version >= link.remoteVersion, link.status != .gone else { return }
            // The position moves on behind it, so that it would not be told again.
            if record.isArchived { return try self.noteMissing(key, version: record.version, state: .archived) }
            if try self.isUntouched(link, values: record.values) {
                return try self.forgetObservation(link, upTo: record.version)
            }
        } else if try record.isArchived || !record.passesFilter || self.isErased(record) {
            return
        }
        try self.keepObservation(key, version: record.version, values: record.values, named: record.named)
    }

    /// Takes in one record of a page; one that cannot be stored is set aside with its reason, where that is asked for.
    mutating func attempt(_ record: Incoming, _ body: (inout RecordApplier) throws -> Void) throws {
        try self.attempt(record.id, body)
    }

    /// The same for a record of which only the id is known yet.
    mutating func attempt(_ id: Text, _ body: (inout RecordApplier) throws -> Void) throws {
        guard self.isolates else { return try body(&self) }
        let (transaction, before) = (self.transaction, self.counts)
        do {
            try transaction.isolated { try body(&self) }
        } catch let error as StoreError where error.disposition == .skipRecord {
            self.counts = before
            try self.quarantine(remote: id, reason: error.message)
        }
    }

    /// What is told of a record that was asked for by its id, and of which no more could be made out.
    private static let unreadByID = "its answer cannot be read"

    /// Lets a record in again that was set aside because it could not be read.
    func readmit(remote id: Text) throws {
        let entry = try self.transaction.quarantined(self.connection, self.object, side: .local, subject: id)
        if let entry { try self.transaction.releaseQuarantine(entry.id) }
    }

    /// Sets a record aside that could not be read; it is read by its id at the end of each run's reading.
    mutating func quarantine(remote id: Text?, reason: String) throws {
        self.counts.quarantined += 1
        try self.transaction.quarantine(
            connection: self.connection,
            object: self.object,
            side: .local,
            subject: id ?? Text("unreadable"),
            remote: id,
            reason: "unreadable",
            detail: reason,
            at: self.cause.at
        )
    }

    // MARK: Linked

    mutating func applyLinked(_ record: Incoming, link: Link, isDirect: Bool) throws {
        guard try self.owns(link.shape) else { return }
        let values = record.values
        if link.status == .gone { return try self.meetDeparted(record, link, isDirect: isDirect) }
        if link.status == .excluded, try self.keepExcluded(record, link) { return }
        if Breakage.emailChangeBreaksLink.isOn, try self.hasOtherKey(record, than: link) {
            try self.transaction.removeLink(link.key, cause: self.cause)
            return try self.applyUnlinked(record)
        }
        if record.version < link.remoteVersion && !Breakage.noVersionFloor.isOn {
            self.counts.stale += 1
            return
        }
        if record.isArchived {
            try self.noteMissing(link.key, version: record.version, state: .archived)
            return
        }
        // A record that leaves, or comes back to, its filter is looked at although nothing else changed.
        let isAsFiltered = (link.status == .excluded) != self.passes(record)
        let isUnmoved = Breakage.clockDetectsChanges.isOn && record.version == link.remoteVersion
        if try isUnmoved || (isAsFiltered && self.isUntouched(link, values: values)) {
            if record.version > link.remoteVersion { try self.transaction.raiseFloor(link.key, to: record.version) }
            try self.transaction.removeObservation(link.key)
            try self.dropIdentityQuestion(about: link.key)
            self.counts.unchanged += 1
            return
        }
        let work = try LinkWork(link, runtime: self.runtime, shape: self.shape, in: self.transaction)
        guard work.values.isLive else {
            // Deleted here: an edit of the CRM is kept, because it may stop the archiving there.
            if work.remoteDiffers(values) {
                try self.keepObservation(link.key, version: record.version, values: values)
            }
            return
        }
        let isAtFloor = record.version == link.remoteVersion
        if isAtFloor && !isDirect && work.remoteContradicts(values) && !Breakage.floorContentTrusted.isOn {
            self.rereads.append(record.id)
            return
        }
        let pending = try self.transaction.operation(of: link.record, connection: self.connection, object: self.object)
        if let pending {
            // In flight: what arrives is kept, and merged once the write is settled.
            let seen = self.withoutBlankBetween(values, pending)
            try self.keepObservation(link.key, version: record.version, values: seen)
            return
        }
        try self.plan(work, remote: values, version: record.version)
    }

    /// Whether a continuous pull filter, if there is one, lets the record in.
    func passes(_ record: Incoming) -> Bool {
        record.isWithinFilter || self.runtime.mapping.filterKind == .entry
    }

    /// Whether neither side moved since the last agreement; compares bytes, so that a quiet page costs little.
    private func isUntouched(_ link: Link, values: [Value]) throws -> Bool {
        guard link.localShadow.isEmpty, link.shape == self.shape else { return false }
        return try ValueArrayCodec.encode(values.map(Optional.some)) == link.remoteShadowBytes
    }

    /// Plans a linked record against what the CRM holds and carries out the local side.
    ///
    /// Returns the plan, whose remote side is still to be done.
    @discardableResult
    mutating func plan(_ work: LinkWork, remote: [Value], version: Int64) throws -> RecordPlan {
        guard let closed = self.filtered(work, remote: remote) else {
            try self.setScope(work, isIn: false, remote: remote, version: version)
            return RecordPlan()
        }
        try self.setScope(work, isIn: true, remote: remote, version: version)
        var state = try work.state(remote: remote, remoteAt: version, in: self.transaction)
        state.closed.local.formUnion(closed.local)
        state.closed.remote.formUnion(closed.remote)
        if try self.isInDoubt(work, state, version: version) { return RecordPlan() }
        let (plan, fights) = try self.peaceful(self.runtime.planner.plan(state, in: self.context), &state, work)
        guard self.admits(plan, of: work.link) else {
            if work.remoteDiffers(remote) { try self.keepObservation(work.link.key, version: version, values: remote) }
            return RecordPlan()
        }
        for (field, writers) in fights {
            try self.hold(field, .fight, writers, state.local[field], state.remote[field], work.link)
        }
        try self.carryOut(plan, state: state, work: work, version: version)
        return plan
    }

    /// Keeps the evidence that a linked record is not among the living any more; `DeparturePhase` acts on it.
    ///
    /// `archived` and `merged` are certain; `gone`, which is a read by id without an answer, has to be confirmed (R10).
    mutating func noteMissing(_ key: LinkKey, version: Int64, state: RemoteState) throws {
        let observation = RemoteObservation(
            key: key,
            version: version,
            state: state,
            values: nil,
            shape: nil,
            observedAt: self.cause.at
        )
        self.route?.hasObservations = true
        if Breakage.missingIsDeleted.isOn, let link = try self.transaction.link(key) {
            try self.transaction.delete(link.record, cause: self.cause)
        }
        guard try self.transaction.link(key)?.status != .gone,
            try self.transaction.observation(key)?.state != state
        else { return }
        _ = try self.transaction.observe(observation)
    }

    /// The CRM holds what both agreed on: what was kept of it before, perhaps through another mapping, is past.
    func forgetObservation(_ link: Link, upTo version: Int64) throws {
        if let seen = try self.transaction.observation(link.key), seen.state == .live, seen.version <= version {
            try self.transaction.removeObservation(link.key)
        }
        if version > link.remoteVersion { try self.transaction.raiseFloor(link.key, to: version) }
    }

    mutating func keepObservation(_ key: LinkKey, version: Int64, values: [Value], named: RecordID? = nil) throws {
        let observation = RemoteObservation(
            key: key,
            version: version,
            values: values,
            shape: self.shape,
            named: named,
            observedAt: self.cause.at
        )
        self.route?.hasObservations = true
        if try self.transaction.observe(observation) == .stale { self.counts.stale += 1 }
    }
}
