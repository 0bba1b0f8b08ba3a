import Connectors
import Mapping
import Planning
import Records
import Store

/// Merges and conversions in the CRM are followed (R10, R17): an id that answers with another id is a remap, not a delete.
extension RecordApplier {
    /// Follows a remote record to the one that took its place, as that one was read just now.
    ///
    /// Its link goes there, with the shadows of the old id: what the merge changed is a change of the CRM like any other.
    /// If the winner is linked already, to a second record of ours, the two of ours are one person now.
    mutating func follow(_ link: Link, into reading: DirectReader.Reading) throws {
        let winner = LinkKey(self.connection, self.object, reading.record.id)
        guard winner != link.key, !(try self.isInFlight(link)) else { return }
        guard let other = try self.transaction.link(winner) else {
            return try self.remap(link, to: winner, reading)
        }
        let (lost, kept) = (
            try self.transaction.survivor(of: link.record), try self.transaction.survivor(of: other.record)
        )
        if lost != kept { guard try self.mergeOurs(lost, into: kept, at: winner) else { return } }
        try self.transaction.addAlias(link.key, to: winner.remote, at: self.cause.at)
        try self.transaction.removeLink(link.key, cause: self.cause)
        self.counts.remapped += 1
        try self.take(reading)
    }

    private mutating func remap(_ link: Link, to winner: LinkKey, _ reading: DirectReader.Reading) throws {
        try self.transaction.remapLink(link.key, to: winner.remote, cause: self.cause)
        try self.transaction.resetFloor(winner, to: 0)
        if link.status == .gone { try self.transaction.setStatus(.active, of: winner) }
        try self.transaction.addAlias(link.key, to: winner.remote, at: self.cause.at)
        try self.transaction.removeObservation(winner)
        try self.settleReviews(about: winner)
        try self.settleReviews(about: link.key)
        self.counts.remapped += 1
        try self.take(reading)
    }

    mutating func take(_ reading: DirectReader.Reading) throws {
        let incoming = try self.incoming(reading.record, associations: reading.associations)
        try self.apply(incoming, isDirect: true)
    }

    /// Merges two of our records because the CRM merged theirs; false if a person has to say so first.
    ///
    /// A record that is deleted here is no second person: its link goes, and nothing is merged.
    mutating func mergeOurs(_ lost: RecordID, into kept: RecordID, at winner: LinkKey) throws -> Bool {
        guard let gone = try self.transaction.record(lost), let survivor = try self.transaction.record(kept),
            gone.isLive, survivor.isLive, gone.object == survivor.object
        else { return true }
        guard self.runtime.mapping.merges == .follow else {
            try self.transaction.openReview(
                .merged,
                connection: self.connection,
                object: self.object,
                remote: winner.remote,
                record: nil,
                candidates: [kept, lost],
                at: self.cause.at
            )
            self.counts.reviews += 1
            return false
        }
        guard self.admits(.mergeLocally, record: lost, remote: winner.remote) else { return false }
        let lifecycle = self.runtime.mapping.lifecycle
        let restrictive = self.runtime.mapping.fields.filter { $0.onConflict == .mostRestrictive }.compactMap(\.local)
        try RecordMerge(
            lost: gone,
            kept: survivor,
            lifecycle: lifecycle,
            restrictive: Set(restrictive),
            in: self.transaction
        )
        .carryOut(cause: self.cause)
        try self.settleReviews(about: winner)
        self.counts.mergedLocally += 1
        return true
    }

    /// A record tells which others were merged into it: those of them that are linked have not to be asked for.
    mutating func noteMerged(_ record: Incoming) throws {
        for old in record.merged where old != record.id {
            let key = LinkKey(self.connection, self.object, old)
            guard let link = try self.transaction.link(key), link.status != .gone,
                try self.transaction.observation(key)?.state != .merged(into: record.id)
            else { continue }
            try self.noteMissing(key, version: max(link.remoteVersion, record.version), state: .merged(into: record.id))
        }
    }

    /// Whether a record without a link took the place of one that has one; its link is on its way here.
    func tookPlaceOfLinked(_ record: Incoming) throws -> Bool {
        try record.merged.contains { old in
            guard old != record.id else { return false }
            return try self.transaction.link(LinkKey(self.connection, self.object, old)) != nil
        }
    }
}
