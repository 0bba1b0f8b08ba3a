import Connectors
import Mapping
import Planning
import Records
import Store

/// Finds associations that changed although no record's time of modification did (R16), by reading them in batches.
///
/// Also finds elements that passed through because they had no link, and have one now.
struct AssociationPhase {
    let session: SyncSession
    let lane: MappingLane
    /// What was done.
    var counts = SyncCounts()

    /// How long an association may have changed unseen.
    static let interval = Duration.seconds(3600)
    private static let pageSize = 1000

    private var store: Store { self.session.context.store }
    private var connection: ConnectionNumber { self.session.connection.number }
    /// The mark tells when the associations were last read; a changed mapping may have other ones.
    private var markName: String {
        "associations/\(self.session.connection.name)/\(self.lane.mapping.name)/\(self.lane.mapping.fingerprint)"
    }

    /// Reads the associations of all linked records, unless that was done lately.
    ///
    /// The first pass over an account reads them with the records, so it only sets the mark.
    mutating func run() async throws {
        guard !self.lane.runtime.associations.isEmpty, !Breakage.associationsNeedNewTime.isOn else { return }
        let now = self.session.context.clock.now
        if let mark = try self.store.read({ try $0.cursor(self.markName) }).flatMap({ Int64($0.string) }) {
            guard Instant(microseconds: mark).advanced(by: Self.interval) <= now else { return }
            try await self.readAll()
        }
        try self.store.write { try $0.setCursor(self.markName, to: Text(String(now.microseconds))) }
    }

    private mutating func readAll() async throws {
        var after: Text = ""
        while true {
            try Task.checkCancellation()
            let links = try self.store.read { transaction in
                try transaction.links(self.connection, self.lane.object, after: after, limit: Self.pageSize)
            }
            guard let last = links.last else { return }
            let first = after
            after = last.key.remote
            let ids = links.filter { $0.status == .active }.map(\.key.remote)
            let table = try await PageReader(session: self.session, lane: self.lane).associations(of: ids)
            let counts = try self.store.write { transaction in
                var applier = self.session.applier(self.lane, in: transaction)
                let agreed = try self.agreed(table, after: first, through: last.key.remote, applier)
                for id in ids where !agreed.contains(id) {
                    try applier.compareAssociations(of: id, with: table.of(id))
                }
                return applier.counts
            }
            self.counts.add(counts)
            self.session.context.progress(self.counts)
        }
    }

    /// The links of a range whose associations are what both sides agreed on, and of which nothing else was seen: in a quiet
    /// run all of them, found without reading each by itself.
    private func agreed(
        _ table: AssociationTable,
        after first: Text,
        through last: Text,
        _ applier: RecordApplier
    ) throws -> Set<Text> {
        let (transaction, object) = (applier.transaction, self.lane.object)
        let observed = Set(try transaction.observedIDs(self.connection, object, after: first, through: last))
        var agreed: Set<Text> = []
        for link in try transaction.links(self.connection, object, after: first, limit: Self.pageSize)
        where !observed.contains(link.key.remote) {
            if try applier.hasAgreed(link, on: table.of(link.key.remote)) { agreed.insert(link.key.remote) }
        }
        return agreed
    }
}

extension RecordApplier {
    /// Whether a link's associations are those that were agreed on, and none of them has a link that it lacked then.
    fileprivate func hasAgreed(_ link: Link, on found: [Int: [Text]]) throws -> Bool {
        guard link.status == .active, link.shape == self.shape else { return false }
        let places = found.keys.sorted()
        for (place, shadow) in zip(places, try link.remoteShadow(at: places)) {
            guard let ids = found[place], shadow ?? .absent == Value.set(of: ids) else { return false }
            if ids.isEmpty { continue }
            if case .set = self.runtime.mapping.fields[place].type { return false }
            // Nobody here and somebody there: they were unknown when that was agreed on.
            guard let record = try self.transaction.record(link.record),
                !self.runtime.localValues(record.values)[place].isBlank
            else { return false }
        }
        return true
    }

    /// Takes in the associations of a linked record as they were read just now, if they are news.
    mutating func compareAssociations(of remote: Text, with found: [Int: [Text]]) throws {
        let key = LinkKey(self.connection, self.object, remote)
        guard let link = try self.transaction.link(key), link.status == .active, link.shape == self.shape else {
            return
        }
        let seen = try self.transaction.observation(key)
        guard seen == nil || seen?.state == .live && seen?.shape == self.shape else { return }
        let shadow = try link.remoteShadow()
        var values = seen?.values ?? shadow.map { $0 ?? .absent }
        var isNews = false
        for (position, ids) in found.sorted(by: { $0.key < $1.key }) {
            let value = Value.set(of: ids)
            if values[position] != value {
                values[position] = value
                isNews = true
            } else if let late = try self.lateElements(position, of: link, shadow: shadow[position]) {
                try self.forget(late, position, of: link, shadow: shadow[position])
                isNews = true
            }
        }
        guard isNews else { return }
        let observation = RemoteObservation(
            key: key,
            version: max(seen?.version ?? 0, link.remoteVersion),
            values: values,
            shape: self.shape,
            observedAt: self.cause.at
        )
        if let incoming = Incoming(observation, shape: self.shape) { try self.apply(incoming, isDirect: true) }
    }

    /// Elements of an agreed set that have got a link since, while our side does not name their records; nil for none.
    ///
    /// A single reference waits as an observation for the link, unless ours was cleared meanwhile: nobody here and somebody
    /// unknown there say the same, as long as nobody here knows them. What was cleared here alone, as the mapping ignores
    /// clears, is not late.
    private func lateElements(_ position: Int, of link: Link, shadow: Value?) throws -> Set<Text>? {
        let field = self.runtime.mapping.fields[position]
        guard case .set(let ids)? = shadow, case .association(let other, _) = field.kind,
            !link.localShadow.hasMoved(position), let record = try self.transaction.record(link.record)
        else { return nil }
        let own: [Text]
        switch (field.type, self.runtime.localValues(record.values)[position]) {
        case (_, let value) where value.isBlank:
            if field.onClear == .ignore, value != .absent { return nil }
            own = []
        case (.set, .set(let elements)): own = elements
        default: return nil
        }
        let late = try ids.filter { id in
            guard let tied = self.context.record(remoteID: id, remoteObject: other) else { return false }
            return try !own.contains(Text(tied.description)) && self.transaction.record(tied)?.isLive ?? false
        }
        return late.isEmpty ? nil : Set(late)
    }

    /// Takes elements out of what was agreed on, so that they are news.
    private func forget(_ late: Set<Text>, _ position: Int, of link: Link, shadow: Value?) throws {
        guard case .set(let ids)? = shadow, let record = try self.transaction.record(link.record) else { return }
        let local = self.runtime.localValues(record.values)[position]
        let rest = Value.set(of: ids.filter { !late.contains($0) })
        try self.transaction.settle(link.key, agreed: [AgreedField(position, local: local, remote: rest)])
    }
}
