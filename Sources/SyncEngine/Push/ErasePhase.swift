import Connectors
import Mapping
import Records
import Store

/// Deletes erased people for good in the CRM, and makes sure that they are gone (R8).
struct ErasePhase {
    let session: SyncSession
    let lane: MappingLane
    /// What was done.
    var counts = SyncCounts()

    private var account: any RemoteAccount { self.session.context.account }
    private var store: Store { self.session.context.store }
    private var now: Instant { self.session.cause.at }

    /// Asks for everything that is open, then looks whether it is gone.
    mutating func run() async throws {
        var failure: (any Error)?
        var after: Text = ""
        while true {
            try Task.checkCancellation()
            let targets = try self.store.read { transaction in
                try transaction.openErasures(
                    self.session.connection.number,
                    self.lane.object,
                    after: after,
                    limit: self.account.traits.readBatchSize
                )
            }
            guard let last = targets.last else { break }
            after = last.key.remote
            do {
                try await self.ask(targets.filter { $0.state == .pending })
                try await self.confirm(targets.map(\.key.remote))
            } catch let error as RemoteFailure {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }

    private mutating func ask(_ targets: [ErasureTarget]) async throws {
        guard !targets.isEmpty else { return }
        let object = self.lane.mapping.remoteObject
        let outcomes = await self.account.erase(object, ids: targets.map(\.key.remote))
        var refused: [Text] = []
        var failure: RemoteFailure?
        try self.store.write { transaction in
            for (place, target) in targets.enumerated() {
                let outcome = place < outcomes.count ? outcomes[place] : .unknown(reason: "no answer")
                let attempts = target.attempts + 1
                switch outcome {
                case .rejected(_, let reason):
                    refused.append(target.key.remote)
                    try transaction.setErasure(
                        target.key,
                        .byHand,
                        attempts: attempts,
                        detail: reason,
                        at: self.now
                    )
                case .rateLimited, .transient:
                    failure = failure ?? self.account.denial ?? Settling.failure(of: outcome)
                // Whether it arrived or not: asking twice does no harm, and what was archived before is not seen either way.
                case .unknown: try transaction.setErasure(target.key, .pending, attempts: attempts, at: self.now)
                default: try transaction.setErasure(target.key, .sent, attempts: attempts, at: self.now)
                }
            }
        }
        // Better out of sight than in the lists while somebody sees to it.
        if !refused.isEmpty { _ = await self.account.archive(object, ids: refused) }
        if let failure { throw failure }
    }

    private mutating func confirm(_ ids: [Text]) async throws {
        let reader = DirectReader(session: self.session, lane: self.lane)
        let readings = try await reader.read(ids, withAssociations: false)
        try self.store.write { transaction in
            for (id, reading) in zip(ids, readings) where reading == nil || reading?.record.id != id {
                let key = LinkKey(self.session.connection.number, self.lane.object, id)
                let target = try transaction.erasureTarget(key)
                guard let target, target.state == .sent else { continue }
                try transaction.setErasure(key, .confirmed, attempts: target.attempts, at: self.now)
                self.counts.erasedRemotely += 1
            }
        }
    }
}
