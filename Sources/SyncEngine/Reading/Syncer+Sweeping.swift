import Connectors
import Records
import Store

extension Syncer {
    /// Reads everything of one mapping and compares it, in the lane that waits for all others.
    func sweep(_ session: SyncSession, _ lane: MappingLane) async throws -> SyncCounts {
        try await RequestLane.$current.withValue(.backfill) {
            var sweep = SweepPhase(session: session, lane: lane)
            try await sweep.run()
            return sweep.counts
        }
    }

    /// The name under which the store keeps when everything of a connection was read last, as text.
    package static func sweepCursor(_ connection: String) -> String { "sweep/\(connection)" }

    private var sweepCursor: String { Self.sweepCursor(self.context.connection) }

    /// Whether the last sweep, or the first reading, is longer ago than the connection wants it to be.
    func isSweepDue() throws -> Bool {
        guard let every = self.context.reconcileEvery else { return false }
        let last = try self.context.store.read { try $0.cursor(self.sweepCursor) }.flatMap { Instant($0.string) }
        guard let last else { return true }
        return last.advanced(by: every) <= self.context.clock.now
    }

    /// Remembers that everything was read now.
    func noteSweep() throws {
        try self.context.store.write {
            try $0.setCursor(self.sweepCursor, to: Text(self.context.clock.now.description))
        }
    }
}
