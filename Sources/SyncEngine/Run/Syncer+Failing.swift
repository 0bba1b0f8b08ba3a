import Connectors
import Records
import Store

extension Syncer {
    /// Begins a run; one that cannot begin, because the CRM is down or refuses the credentials, is a failed run in the list
    /// of runs, so that nobody takes the last success for the state of things.
    func beginOrTell(kind: String) async throws -> SyncSession {
        let before = self.context.account.requestsMade
        do { return try await self.begin(kind: kind) } catch {
            // A store that cannot be written tells nothing; the error itself goes to whoever asked for the run.
            try? self.tellOfNoBeginning(kind: kind, error, requests: self.context.account.requestsMade - before)
            throw error
        }
    }

    private func tellOfNoBeginning(kind: String, _ error: any Error, requests: Int) throws {
        let now = self.context.clock.now
        try self.context.store.write { transaction in
            guard let connection = try transaction.connection(self.context.connection)?.number else { return }
            _ = try transaction.interruptRuns(connection, at: now)
            let run = try transaction.startRun(connection, kind: kind, at: now)
            try transaction.endRun(
                run,
                error is CancellationError ? .interrupted : .failed,
                counts: [:],
                requests: requests,
                error: (error as? any DispositionedError)?.description ?? "interrupted",
                at: now
            )
        }
    }

    /// What a run did before it failed, from its journal: whoever is told that it failed wants to know what stands.
    ///
    /// Its phases' own counts went with them.
    func counts(ofFailed session: SyncSession) throws -> SyncCounts {
        try self.context.store.read { transaction in
            var counts = SyncCounts()
            guard let run = try transaction.run(session.run) else { return counts }
            for change in try transaction.changes(of: run) { counts.add(change) }
            return counts
        }
    }
}

extension SyncCounts {
    /// Adds what a run did to one record.
    fileprivate mutating func add(_ change: RecordChanges) {
        let isNew = change.contains(.create)
        let isMadeRemotely = change.contains(.pushCreate)
        if isNew { self.createdLocally += 1 } else if change.contains(.update) { self.updatedLocally += 1 }
        if change.contains(.delete) { self.deletedLocally += 1 }
        if change.contains(.restore) { self.restoredLocally += 1 }
        if change.contains(.merge) { self.mergedLocally += 1 }
        if isMadeRemotely { self.createdRemotely += 1 } else if change.contains(.push) { self.updatedRemotely += 1 }
        if change.contains(.link), !isNew, !isMadeRemotely { self.linked += 1 }
        if change.contains(.pushArchive) { self.archivedRemotely += 1 }
        if change.contains(.listAdd) { self.addedToLists += 1 }
        if change.contains(.listRemove) { self.removedFromLists += 1 }
    }
}
