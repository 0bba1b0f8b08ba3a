import Connectors
import Mapping
import Planning
import Records
import Store

/// Remote records without a link: is this one of ours, a new one, or a question for a person?
extension RecordApplier {
    mutating func applyUnlinked(_ record: Incoming) throws {
        let key = LinkKey(self.connection, self.object, record.id)
        guard !record.isArchived else {
            // Nobody need be asked any more who it is.
            try self.settleReviews(about: key)
            return try self.transaction.removeObservation(key)
        }
        guard try !self.isErased(record) else {
            self.counts.excluded += 1
            return try self.transaction.removeObservation(key)
        }
        guard record.passesFilter else {
            self.counts.excluded += 1
            try self.transaction.removeObservation(key)
            return
        }
        if try self.tookPlaceOfLinked(record) {
            return try self.keepObservation(key, version: record.version, values: record.values, named: record.named)
        }
        if let own = record.named, try self.linkOwn(own, record) { return }
        switch try self.match(record.values) {
        case .link(let id): try self.linkExisting(id, record)
        case .create: try self.createLocally(record)
        case .duplicate(let id):
            try self.askWhoItIs(record, .duplicateOf, [id])
            try self.readTwin(of: id)
        case .ambiguous(let ids): try self.askWhoItIs(record, .ambiguous, ids)
        case .contradiction(let id): try self.askWhoItIs(record, .contradiction, [id])
        }
    }

    /// The remote record carries the id of one of ours: we made it, and the answer may have been lost (R4).
    ///
    /// Returns false if the id is not one of ours any more.
    private mutating func linkOwn(_ id: RecordID, _ record: Incoming) throws -> Bool {
        guard let own = try self.transaction.record(id), own.object == self.localObject else { return false }
        guard own.isLive else { return try self.linkTombstone(own, record) }
        let link = try self.transaction.link(of: id, connection: self.connection, object: self.object)
        if link != nil && !Breakage.copiedKeyLinks.isOn {
            // Somebody copied the record in the CRM, our id with it.
            try self.askWhoItIs(record, .duplicateOf, [id])
            return true
        }
        guard
            try self.transaction.openReview(
                .createUnknown,
                connection: self.connection,
                object: self.object,
                about: id
            ) == nil
        else {
            // One of several that carry our id, and a person has not said yet which one it is.
            try self.keep(record)
            return true
        }
        try self.linkExisting(id, record)
        return true
    }

    /// The remote record that a record is linked to may have been merged into its duplicate: reading it by id tells.
    private mutating func readTwin(of id: RecordID) throws {
        let link = try self.transaction.link(of: id, connection: self.connection, object: self.object)
        if let link, link.status == .active { self.twins.append(link.key.remote) }
    }

    /// Links a record of ours to a remote one.
    ///
    /// If we were about to make that very record, what was sent is settled like any other write; otherwise it is a first
    /// contact, without shadows (R9).
    mutating func linkExisting(_ id: RecordID, _ record: Incoming) throws {
        let key = LinkKey(self.connection, self.object, record.id)
        guard self.admits(.link, record: id, remote: record.id) else { return try self.keep(record) }
        try self.settleReviews(about: key)
        let pending = try self.transaction.operation(of: id, connection: self.connection, object: self.object)
        if let pending, pending.state == .waiting, record.named != id {
            // What we were about to make was not made: this is another record.
            try self.transaction.finish(pending.id)
        } else if let pending, pending.kind == .create {
            // A plan may meet what was sent before the mapping changed; a run has put that in today's terms.
            let fields = pending.shape == self.shape ? pending.sentFields : []
            let sent = SentOperation(operation: pending, fields: fields, wasAnswered: false)
            // Only what carries our id is surely what we made.
            try self.settleCreate(sent, record, evidence: record.named == id ? .readBack : .readBackOfUnknown)
            return
        }
        try self.transaction.insertLink(
            key,
            record: id,
            version: record.version,
            shape: self.shape,
            agreed: [],
            cause: self.cause
        )
        self.counts.linked += 1
        if try self.transaction.exclusion(of: id) != nil {
            try self.transaction.setStatus(.excluded, of: key)
            return try self.keepObservation(key, version: record.version, values: record.values)
        }
        guard let link = try self.transaction.link(key) else { return }
        let work = try LinkWork(link, runtime: self.runtime, shape: self.shape, in: self.transaction)
        try self.plan(work, remote: record.values, version: record.version)
    }

    /// Makes a local record of a remote one.
    private mutating func createLocally(_ record: Incoming) throws {
        guard self.runtime.mapping.create.pull else {
            self.counts.excluded += 1
            return
        }
        let (key, values) = (LinkKey(self.connection, self.object, record.id), record.values)
        let creation = LocalCreation(of: values, self.runtime, in: self.context)
        guard self.admits(.createLocally, creation.writes, record: nil, remote: record.id) else {
            return try self.keep(record)
        }
        let id = self.ids.next()
        try self.transaction.create(id, object: self.localObject, properties: creation.set, cause: self.cause)
        try self.transaction.insertLink(
            key,
            record: id,
            version: record.version,
            shape: self.shape,
            agreed: creation.agreed,
            cause: self.cause,
            isJournalled: false
        )
        self.counts.createdLocally += 1
        try self.settleReviews(about: key)
        try self.transaction.removeObservation(key)
        guard !creation.isComplete, let link = try self.transaction.link(key) else { return }
        // What has no counterpart, or refers to a record that is not here yet, goes the ordinary way.
        let work = try LinkWork(link, runtime: self.runtime, shape: self.shape, in: self.transaction)
        try self.plan(work, remote: record.values, version: record.version)
    }

    /// Keeps what the CRM said of a record that is not to be taken in now.
    private mutating func keep(_ record: Incoming) throws {
        let key = LinkKey(self.connection, self.object, record.id)
        try self.keepObservation(key, version: record.version, values: record.values, named: record.named)
    }

    // MARK: Matching

    /// Who of ours a remote record with these values may be.
    func match(_ values: [Value]) throws -> MatchDecision {
        guard !self.runtime.matchKeys.isEmpty else { return .create }
        var hits: [KeyHits] = []
        var canons: [[UInt8]?] = []
        for place in self.runtime.mapping.match.indices {
            let canon = self.canon(of: place, values: values)
            canons.append(canon)
            let number = self.identityKeys[place]
            let records = try canon.map { try self.transaction.records(self.localObject, matching: number, $0) }
            hits.append(KeyHits(key: place, records: records))
        }
        guard hits.contains(where: { !($0.records ?? []).isEmpty }) else { return .create }
        let evidence = StoredEvidence(applier: self, canons: canons)
        return Matcher(self.runtime.mapping.duplicates).decide(hits, evidence: evidence)
    }

    /// The canonical bytes of a match key, from remote values; nil if a part is blank or has no counterpart.
    private func canon(of key: Int, values: [Value]) -> [UInt8]? {
        var locals = [Value](repeating: .absent, count: values.count)
        for position in self.runtime.mapping.match[key] {
            let lens = self.runtime.mapping.fields[position].lens
            if case .value(let local) = lens.toLocal(values[position], previous: .absent, in: self.context) {
                locals[position] = local
            }
        }
        return self.runtime.matchCanon(key, locals: locals)
    }

    /// Whether a record's first match key moved away from its link's; for `Breakage.emailChangeBreaksLink` only.
    func hasOtherKey(_ record: Incoming, than link: Link) throws -> Bool {
        guard !record.isArchived, !self.runtime.matchKeys.isEmpty, let own = try self.transaction.record(link.record)
        else { return false }
        let locals = self.runtime.localValues(own.values)
        return self.canon(of: 0, values: record.values) != self.runtime.matchCanon(0, locals: locals)
    }

    /// Leaves it to a person who a remote record is, and keeps it until then.
    mutating func askWhoItIs(
        _ record: Incoming,
        _ kind: ReviewKind,
        _ candidates: [RecordID]
    ) throws {
        try self.keep(record)
        self.route?.hasReviews = true
        try self.transaction.openReview(
            kind,
            connection: self.connection,
            object: self.object,
            remote: record.id,
            record: nil,
            candidates: candidates,
            at: self.cause.at
        )
        self.counts.reviews += 1
    }

    /// The record is linked: whatever was asked about it is moot.
    func settleReviews(about key: LinkKey) throws {
        try self.transaction.settleReviews(
            connection: key.connection,
            object: key.object,
            remote: key.remote,
            record: nil,
            by: "sync",
            at: self.cause.at
        )
    }
}

/// What the store knows about the candidates of a match.
private struct StoredEvidence: MatchEvidence {
    let applier: RecordApplier
    /// The remote record's canonical bytes by match key.
    let canons: [[UInt8]?]

    // A store that cannot answer throws again at the next statement; until then nothing is linked.
    func isLinked(_ record: RecordID) -> Bool {
        let objects = [self.applier.object] + self.applier.family
        return objects.contains { object in
            let connection = self.applier.connection
            return (try? self.applier.transaction.link(of: record, connection: connection, object: object)) != nil
        }
    }

    func contradicts(_ record: RecordID, key: Int) -> Bool {
        guard let remote = self.canons[key], let own = self.canon(of: record, key: key) else { return false }
        return own != remote
    }

    func pick(_ records: [RecordID], by policy: DuplicatePolicy) -> RecordID? {
        switch policy {
        case .review: nil
        case .oldest: records.min()
        case .newest: records.max()
        case .mostComplete: records.sorted().max { self.completeness($0) < self.completeness($1) }
        }
    }

    private func canon(of record: RecordID, key: Int) -> [UInt8]? {
        guard let stored = try? self.applier.transaction.record(record) else { return nil }
        let locals = self.applier.runtime.localValues(stored.values)
        return IdentityKey.canon(of: self.applier.runtime.mapping.match[key].map { locals[$0] })
    }

    private func completeness(_ record: RecordID) -> Int {
        ((try? self.applier.transaction.record(record))?.values.count { !$0.isBlank }) ?? 0
    }
}
