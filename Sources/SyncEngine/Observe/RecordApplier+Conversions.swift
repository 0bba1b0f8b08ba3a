import Connectors
import Mapping
import Planning
import Records
import Store

/// Conversions in the CRM, as of a lead to a contact, are a remap inside the family (R17).
extension RecordApplier {
    /// A record says that one of another object took its place: its link is on its way there.
    ///
    /// A converted record is no new one, and nothing is written to it any more: CRMs refuse that.
    mutating func noteConverted(_ record: Incoming, into successor: RemoteSuccessor) throws {
        let key = LinkKey(self.connection, self.object, record.id)
        guard let link = try self.transaction.link(key) else {
            self.counts.excluded += 1
            try self.settleReviews(about: key)
            return try self.transaction.removeObservation(key)
        }
        let object = try self.transaction.object(successor.object)
        let version = max(link.remoteVersion, record.version)
        try self.noteMissing(key, version: version, state: .converted(into: successor.id, of: object))
    }

    /// Moves the link of a converted record to the one that took its place, which is of this mapping; `old` is the mapping
    /// of the converted one.
    ///
    /// What both sides agreed on goes over where it says the same under this mapping: an edit that the CRM has not got yet
    /// is still one, and what the conversion changed is a change of the CRM. The other fields meet anew (R9).
    mutating func takeOver(_ link: Link, of old: MappingLane, as reading: DirectReader.Reading) throws {
        let successor = LinkKey(self.connection, self.object, reading.record.id)
        let pending = try self.transaction.operation(
            of: link.record,
            connection: self.connection,
            object: link.key.object
        )
        guard pending == nil, self.admits(.link, record: link.record, remote: successor.remote) else { return }
        let record = try self.transaction.survivor(of: link.record)
        let taken = try self.transaction.link(successor)
        let owner = try taken.map { try self.transaction.survivor(of: $0.record) }
        if let owner, owner != record {
            guard try self.mergeOurs(record, into: owner, at: successor) else { return }
        }
        try self.settleReviews(about: link.key)
        try self.forgetRefusals(of: link)
        self.counts.remapped += 1
        if try taken != nil
            || self.transaction.link(of: record, connection: self.connection, object: self.object) != nil
        {
            try self.transaction.removeWaiting(of: link, cause: self.cause)
            if try self.transaction.link(link.key) != nil {
                try self.transaction.removeLink(link.key, cause: self.cause)
            }
        } else {
            try self.transaction.convertLink(
                link.key,
                to: successor,
                version: reading.record.version,
                shape: self.shape,
                agreed: try self.agreedBefore(link, of: old),
                cause: self.cause
            )
            try self.transaction.removeObservation(successor)
            try self.settleReviews(about: successor)
        }
        try self.take(reading)
    }

    /// What the converted record refused, the one in its place may take.
    private func forgetRefusals(of link: Link) throws {
        let (connection, object) = (link.key.connection, link.key.object)
        let subject = Text(link.record.description)
        if let entry = try self.transaction.quarantined(connection, object, side: .remote, subject: subject) {
            try self.transaction.releaseQuarantine(entry.id)
        }
        for hold in try self.transaction.holds(of: link.record, connection: connection, object: object)
        where hold.reason == .rejected || hold.reason == .ignored {
            _ = try self.transaction.releaseHold(connection, object, record: link.record, field: hold.field)
        }
    }

    /// Lets the link of a converted record rest whose successor no mapping covers; nothing is deleted here.
    mutating func restConverted(_ link: Link) throws {
        guard link.status != .gone, !(try self.isInFlight(link)) else { return }
        self.counts.missingRemotely += 1
        try self.rest(link)
    }

    private func agreedBefore(_ link: Link, of old: MappingLane) throws -> [AgreedField] {
        let work = try LinkWork(link, runtime: old.runtime, shape: old.shape, in: self.transaction)
        let before = old.mapping.fields
        return self.runtime.mapping.fields.indices.compactMap { position in
            guard let local = self.runtime.mapping.fields[position].local,
                !self.runtime.associations.contains(position),
                let place = before.firstIndex(where: { $0.local == local }),
                case let (ours?, theirs?) = (work.values.localShadow[place], work.remoteShadow[place]),
                self.runtime.planner.same(field: position, local: ours, remote: theirs, in: self.context)
            else { return nil }
            return AgreedField(position, local: ours, remote: theirs)
        }
    }
}
