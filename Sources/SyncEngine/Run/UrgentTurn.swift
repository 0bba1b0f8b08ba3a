import Connectors
import Mapping
import Records
import Store
import Synchronization

/// What goes before everything else: records that notifications told of, and those that hand-offs wait for.
///
/// A long reading takes such a turn between its groups of pages, a long writing between its batches: so neither stands in
/// the way of a lead that sales waits for. What is urgent is a state of the store; where nothing is, a turn costs two
/// look-ups and no request.
struct UrgentTurn: Sendable {
    let session: SyncSession

    /// The most hand-offs of one turn; the others follow in the next.
    private static let mostHandOffs = 100

    /// Does what is urgent, in the urgent lane.
    ///
    /// A careful run does what it was told and nothing else.
    func run() async throws -> SyncCounts {
        guard self.session.gate == nil else { return SyncCounts() }
        let (hasHints, records) = try self.session.context.store.read { transaction in
            (try transaction.countHints(self.session.connection.number) > 0, try self.records(in: transaction))
        }
        guard hasHints || !records.isEmpty else { return SyncCounts() }
        return try await RequestLane.$current.withValue(.urgent) {
            var counts = SyncCounts()
            for lane in self.session.lanes where hasHints {
                var hints = HintPhase(session: self.session, lane: lane)
                try await hints.run()
                counts.add(hints.counts)
            }
            for lane in self.session.lanes where !records.isEmpty {
                counts.add(try await self.push(records, lane))
            }
            return counts
        }
    }

    /// The records whose state in the CRM a hand-off waits for, those that others refer to first.
    private func records(in transaction: Transaction) throws -> [RecordID] {
        try transaction.handOffs(in: .written, limit: Self.mostHandOffs).flatMap { handOff in
            [handOff.record, handOff.deal, handOff.task].compactMap(\.self)
        }
    }

    private func push(_ records: [RecordID], _ lane: MappingLane) async throws -> SyncCounts {
        let (missing, dirty) = try self.session.context.store.read { transaction -> ([StoredRecord], [Text]) in
            var missing: [StoredRecord] = []
            var dirty: [Text] = []
            for id in records {
                guard let record = try transaction.record(id), record.isLive, record.object == lane.localObject else {
                    continue
                }
                let connection = self.session.connection.number
                let link = try transaction.link(of: id, connection: connection, object: lane.object)
                switch link {
                case .none: missing.append(record)
                case .some(let link) where !link.localShadow.isEmpty: dirty.append(link.key.remote)
                case .some: break
                }
            }
            return (missing, dirty)
        }
        var counts = SyncCounts()
        let fresh = self.session.tried.notYet(missing)
        if !fresh.isEmpty {
            var create = CreatePhase(session: self.session, lane: lane)
            try await create.run(only: fresh.map(\.id))
            counts.add(create.counts)
        }
        for chunk in dirty.chunked(by: self.session.context.account.traits.batchSize) {
            var push = PushPhase(session: self.session, lane: lane)
            try await push.push(chunk)
            counts.add(push.counts)
        }
        return counts
    }
}

/// Records that a run has tried to make in the CRM out of turn: each once, until it changes.
///
/// One that a filter keeps back, or the CRM refuses, must not cost a request in every turn.
final class TriedRecords: Sendable {
    private let versions = Mutex<[RecordID: Int64]>([:])

    /// Those that were not tried as they are now; they count as tried from here on.
    func notYet(_ records: [StoredRecord]) -> [StoredRecord] {
        self.versions.withLock { versions in
            records.filter { versions.updateValue($0.version, forKey: $0.id) != $0.version }
        }
    }
}
