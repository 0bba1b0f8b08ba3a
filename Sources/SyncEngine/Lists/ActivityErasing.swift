import Connectors
import Records
import Store

/// Takes out of the CRM what was written there about people who were erased (R8).
struct ActivityErasing {
    let session: SyncSession

    private var account: any RemoteAccount { self.session.context.account }
    private var store: Store { self.session.context.store }

    /// Archives what is there, also that whose answer never came; what cannot be done now is done in the next run.
    func run() async throws {
        for traits in self.account.traits.activities {
            let object = try self.store.write { try $0.object(traits.object) }
            var after: Int64 = 0
            while let last = try await self.erase(traits, object, after: after) { after = last }
        }
    }

    private func erase(
        _ traits: RemoteActivityTraits,
        _ object: ObjectNumber,
        after event: Int64
    ) async throws -> Int64? {
        try Task.checkCancellation()
        let connection = self.session.connection.number
        let limit = min(self.account.traits.readBatchSize, self.account.traits.batchSize)
        let found = try self.store.read { transaction in
            try transaction.openActivities(connection, object, in: .erasing, after: event, limit: limit)
        }
        guard let last = found.last else { return nil }
        let remotes = try await self.remotes(of: found, traits)
        let there = found.filter { remotes[$0.event] != nil }
        let outcomes =
            there.isEmpty
            ? [] : await self.account.archive(traits.object, ids: there.compactMap { remotes[$0.event] })
        try self.store.write { transaction in
            let now = self.session.cause.at
            for activity in found where remotes[activity.event] == nil {
                try transaction.removeActivity(activity, at: now)
            }
            for (activity, outcome) in zip(there, outcomes) {
                switch outcome {
                case .updated, .unchanged, .gone: try transaction.removeActivity(activity, at: now)
                // A person has to do it there, and is told of it; it is asked for again all the same.
                case .rejected(_, let reason):
                    let remote = remotes[activity.event]
                    try transaction.setActivity(activity, .erasing, remote: remote, detail: reason, at: now)
                default: break
                }
            }
        }
        return last.event
    }

    /// The CRM's ids by event; those that were never answered are looked for by our text.
    private func remotes(of activities: [Activity], _ traits: RemoteActivityTraits) async throws -> [Int64: Text] {
        var remotes: [Int64: Text] = [:]
        for activity in activities { remotes[activity.event] = activity.remote }
        let open = activities.filter { $0.remote == nil }
        guard !open.isEmpty, let key = self.account.traits.createKeys[traits.object] else { return remotes }
        let read = try await self.session.retrying.run {
            try await self.account.read(
                traits.object,
                keys: open.map(\.key),
                by: key,
                selecting: RemoteSelection(properties: [key])
            )
        }
        for (activity, record) in zip(open, read) { remotes[activity.event] = record?.id }
        return remotes
    }
}
