import Connectors
package import Planning
import Records
import Store

extension Syncer {
    /// Brings what a gate admits to records that are linked already, as a run of the kind that starts no workflow.
    ///
    /// For fields that were added to a mapping when its records had long been in step. Breakers apply; `allowing` lets this
    /// run go beyond some of them. Stopped anywhere, the same call goes on where it was: what is done is no change any more.
    ///
    /// Throws `SyncError.notConnected` before the connection's first sync, which brings every field by itself.
    package func backfill(
        through gate: any ChangeGate,
        allowing kinds: Set<Breaker.Kind> = []
    ) async throws -> SyncReport {
        let connection = try self.context.store.read { try $0.connection(self.context.connection) }
        guard connection?.firstSyncDoneAt != nil else {
            throw SyncError(
                .notConnected,
                """
                \(self.context.connection) was never synced: its first sync brings every field; run `relais sync \
                \(self.context.connection)`
                """
            )
        }
        return try await self.inRun(kind: "backfill", allowing: kinds, counting: \SyncReport.counts) { session in
            let session = session.choosing { $0.gate = gate }
            return SyncReport(kind: .sync, session: session, counts: try await self.execute(session, sweeps: false))
        }
    }
}
