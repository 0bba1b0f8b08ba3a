import Connectors
import Mapping
import Planning
import Records
package import Store

extension Syncer {
    /// Puts back what a run of this connection wrote and nobody touched since; the rest is told with its reasons (R6).
    ///
    /// What is put back is held until a person lets it go or the mapping changes, so that no later sync repeats the run.
    /// Nothing of it starts a workflow. With `carryOut` false this is a plan: the same, with nothing written.
    ///
    /// A failure of the CRM in the middle of it ends the run as failed, and the report says what had been put back by then,
    /// and the failure. Throws `SyncError` if there is no such run of this connection, or it has not ended.
    package func undo(_ run: RunNumber, side: UndoSide, carryOut: Bool) async throws -> UndoReport {
        var kept: UndoReport?
        do {
            return try await self.undo(run, side: side, carryOut: carryOut, keeping: &kept)
        } catch let failure as RemoteFailure {
            guard var report = kept, !report.isPlan, report.total + report.leftTotal > 0 else { throw failure }
            report.failure = failure
            return report
        }
    }

    /// `kept` is what was done so far in the CRM.
    private func undo(
        _ run: RunNumber,
        side: UndoSide,
        carryOut: Bool,
        keeping kept: inout UndoReport?
    ) async throws -> UndoReport {
        try await self.inRun(kind: carryOut ? "undo" : "undo plan", counting: \.0) { session in
            let record = try self.undoable(run, session)
            var report = UndoReport(run: run.rawValue, side: side, isPlan: !carryOut)
            report.undoing = session.run.rawValue
            let changes = try session.context.store.read { try $0.changes(of: record) }
            // The CRM first: what is put back here must not look like an edit made since.
            if side.covers(.remote) {
                self.nameLists(changes, in: &report)
                for lane in session.lanes {
                    var remote = RemoteUndo(session: session, lane: lane, run: run, report: report)
                    defer { kept = remote.report }
                    try await remote.undo(changes)
                    report = remote.report
                }
            }
            if side.covers(.local) { report = try self.undoHere(changes, run, session, report) }
            try self.nameMails(changes, since: record.startedAt, session, in: &report)
            return (SyncCounts(), report)
        }
        .1
    }

    private func undoable(_ run: RunNumber, _ session: SyncSession) throws -> RunRecord {
        let record = try session.context.store.read { try $0.run(run) }
        guard let record, record.connection == session.connection.number else {
            throw SyncError(.noSuchRun, "\(session.connection.name) has no run \(run.rawValue): see `relais runs list`")
        }
        guard record.state != .running else {
            throw SyncError(.noSuchRun, "run \(run.rawValue) has not ended: stop it, or wait")
        }
        return record
    }

    /// Thrown to undo the undoing of a plan.
    private struct RollBack: Error {}

    private func undoHere(
        _ changes: [RecordChanges],
        _ run: RunNumber,
        _ session: SyncSession,
        _ report: UndoReport
    ) throws -> UndoReport {
        var report = report
        for chunk in changes.chunked(by: report.isPlan ? .max : 1000) {
            do {
                try session.context.store.write { transaction in
                    var local = LocalUndo(session: session, transaction: transaction, run: run, report: report)
                    for change in chunk { try local.undo(change) }
                    report = local.report
                    if report.isPlan { throw RollBack() }
                }
            } catch is RollBack {}
        }
        return report
    }

    /// A list follows its segment: it is brought back by whatever brings the segment back, and by nothing else.
    private func nameLists(_ changes: [RecordChanges], in report: inout UndoReport) {
        for change in changes {
            for row in change.rows where row.kind == .listAdd || row.kind == .listRemove {
                let what = row.kind == .listAdd ? "put on" : "taken off"
                report.leave(
                    change.record,
                    .remote,
                    field: row.changes.first?.property,
                    "it was \(what) the list, which follows its segment: the next sync moves it as the segment says"
                )
            }
        }
    }

    /// Mail that went out since to people whom the run touched is gone for good.
    private func nameMails(
        _ changes: [RecordChanges],
        since start: Instant,
        _ session: SyncSession,
        in report: inout UndoReport
    ) throws {
        try session.context.store.read { transaction in
            for change in changes where try !transaction.mailTimes(of: change.record, since: start).isEmpty {
                report.leave(change.record, .local, "mail that was sent since cannot be called back")
            }
        }
    }
}
