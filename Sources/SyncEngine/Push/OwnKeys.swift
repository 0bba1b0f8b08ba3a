import Connectors
import Mapping
import Records
import Store

/// Remote records that carry the id of a record of ours which a person told apart from them (R7): each gets its own.
///
/// Until then the other one is not made in the CRM: a CRM that keeps the property unique would refuse it, and elsewhere a
/// look by that id would find two.
struct OwnKeys {
    let session: SyncSession
    let lane: MappingLane

    private var store: Store { self.session.context.store }
    private var rows: [(remote: Text, record: RecordID)] {
        get throws {
            try self.store.read { try $0.foreignKeys(self.session.connection.number, self.lane.object, limit: .max) }
        }
    }

    /// Those of some records whose id no other remote record carries.
    func without(_ records: [RecordID]) throws -> [RecordID] {
        let taken = Set(try self.rows.map(\.record))
        return taken.isEmpty ? records : records.filter { !taken.contains($0) }
    }

    /// Writes the ids; returns the records that may be made in the CRM now.
    ///
    /// What the CRM refuses is set aside with its reason, like any record that it does not take.
    func give() async throws -> [RecordID] {
        let rows = try self.rows
        guard !rows.isEmpty, let property = self.lane.runtime.createKey else { return [] }
        var freed: [RecordID] = []
        for chunk in rows.chunked(by: self.session.context.account.traits.batchSize) {
            let writes = try self.store.read { transaction in
                try chunk.compactMap { row -> (remote: Text, record: RecordID, write: RemoteWrite)? in
                    guard let owner = try transaction.link(self.key(row.remote))?.record, owner != row.record else {
                        return nil
                    }
                    let own = RemotePropertyWrite(name: property, value: .text(Text(owner.description)))
                    let key = row.remote.string
                    return (
                        row.remote, row.record, RemoteWrite(id: row.remote, basedOn: nil, key: key, properties: [own])
                    )
                }
            }
            freed += try await self.send(writes)
        }
        return freed
    }

    private func key(_ remote: Text) -> LinkKey { LinkKey(self.session.connection.number, self.lane.object, remote) }

    private func send(_ writes: [(remote: Text, record: RecordID, write: RemoteWrite)]) async throws -> [RecordID] {
        guard !writes.isEmpty else { return [] }
        let results = await self.session.retrying.write(writes.map(\.write)) { writes in
            await self.session.context.account.update(self.lane.mapping.remoteObject, writes)
        }
        var freed: [RecordID] = []
        var failure: (any Error)?
        try self.store.write { transaction in
            for (row, result) in zip(writes, results) {
                switch result.outcome {
                case .updated(let version):
                    if let version { try transaction.raiseFloor(self.key(row.remote), to: version) }
                    try transaction.forgetForeignKey(self.key(row.remote))
                    freed.append(row.record)
                case .unchanged, .gone, .created, .remapped:
                    try transaction.forgetForeignKey(self.key(row.remote))
                    freed.append(row.record)
                case .rejected(_, let reason):
                    let applier = self.session.applier(self.lane, in: transaction)
                    let version = try transaction.record(row.record)?.version ?? 0
                    try applier.setAside(row.record, version: version, detail: "\(row.remote) keeps its id: \(reason)")
                case .rateLimited, .transient:
                    failure =
                        failure ?? self.session.context.account.denial ?? Settling.failure(of: result.outcome)
                // Whether it arrived tells the next run: the same write again changes nothing.
                case .unknown, .conflict, .linked: break
                }
            }
        }
        if let failure { throw failure }
        return freed
    }
}
