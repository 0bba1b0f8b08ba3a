import Records
package import Store

/// Syncs several connections of one store, one after the other, until none has news for another (R19).
///
/// The store is the hub: what one CRM changed is in the journal, and a connection takes another turn only while there is
/// something in the journal behind its last turn that it did not write itself. So a change reaches each of the others once, and
/// where nothing changed each connection has one turn.
package struct SyncRounds: Sendable {
    /// What became of one connection.
    package struct Result: Sendable {
        /// The connection's name.
        package let connection: String
        /// Its runs, in their order.
        package var reports: [SyncReport] = []
        /// Why its last run failed; nil if it did not.
        package var failure: (any Error)?
    }

    /// What became of all.
    package struct Summary: Sendable {
        /// Each connection once, in the order of the turns.
        package let results: [Result]
        /// How many rounds there were.
        package let rounds: Int
        /// Whether nothing was left to be passed on.
        package let isSettled: Bool
    }

    /// The most rounds: one CRM's change reaches the others in two, what their rules make of it comes back in a third.
    package static let most = 5

    private let syncers: [Syncer]
    private let store: Store

    /// Creates rounds over the engines of a store, in the order of their turns.
    package init(_ syncers: [Syncer], store: Store) {
        self.syncers = syncers
        self.store = store
    }

    /// Takes turns until all is passed on; a connection that fails, or waits for an approval, stops nobody else.
    ///
    /// `sync` is one turn. `between` runs after each round, for automation that reads the journal and writes to it.
    package func run(
        sync: (Syncer) async throws -> SyncReport,
        between: ([SyncReport]) async throws -> Void = { _ in }
    ) async throws -> Summary {
        var results = self.syncers.map { Result(connection: $0.context.connection) }
        var seen: [Int64?] = self.syncers.map { _ in nil }
        var isOut = self.syncers.map { _ in false }
        var rounds = 0
        while rounds < Self.most {
            var reports: [SyncReport] = []
            for (index, syncer) in self.syncers.enumerated() where !isOut[index] {
                try Task.checkCancellation()
                let end = try self.store.read { try $0.journalEnd() }
                guard try self.hasNews(for: syncer, behind: seen[index]) else { continue }
                seen[index] = end
                do {
                    let report = try await sync(syncer)
                    results[index].reports.append(report)
                    reports.append(report)
                    isOut[index] = report.kind == .plan
                } catch let error where !(error is CancellationError) {
                    results[index].failure = error
                    isOut[index] = true
                }
            }
            guard !reports.isEmpty else { return Summary(results: results, rounds: rounds, isSettled: true) }
            rounds += 1
            try await between(reports)
        }
        let isSettled = try !self.syncers.indices.contains { index in
            try !isOut[index] && self.hasNews(for: self.syncers[index], behind: seen[index])
        }
        return Summary(results: results, rounds: rounds, isSettled: isSettled)
    }

    /// Whether a row of the journal is about what a record holds, and not about its ties to other CRMs or what a person did.
    private static func isNews(_ kind: JournalKind) -> Bool {
        switch kind {
        case .create, .update, .delete, .restore, .merge: true
        default: false
        }
    }

    /// Whether anybody else wrote behind a place of the journal; a first turn always has news.
    private func hasNews(for syncer: Syncer, behind place: Int64?) throws -> Bool {
        guard let place else { return true }
        // Alone, a connection has nobody to hear from: what automation wrote waits for the next sync, as ever.
        guard self.syncers.count > 1 else { return false }
        let own = try self.store.write { try $0.actor(syncer.context.actor) }
        return try self.store.read { transaction in
            var after = place
            while true {
                let entries = try transaction.journal(after: after, limit: 1000)
                guard let last = entries.last else { return false }
                if entries.contains(where: { $0.actor != own && Self.isNews($0.kind) }) { return true }
                after = last.sequence
            }
        }
    }
}
