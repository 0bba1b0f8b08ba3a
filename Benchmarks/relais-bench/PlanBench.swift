import ArgumentParser
import Connectors
import Store
import SyncEngine

/// A plan after contacts changed on either side, beside syncs that find nothing.
struct PlanBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Plans after some contacts changed on each side, beside a sync in which nothing did.",
        discussion: """
            The sync without changes is the one that reads everything again and compares it (`relais-bench resync`); the \
            notes tell of the ordinary one as well, which asks for what changed since and hears nothing. \
            records_per_second counts planned changes.
            """
    )

    @OptionGroup var options: BenchOptions
    @Option(help: "How many contacts change on each side.") var changes = 1_000

    func validate() throws {
        guard self.changes > 0, self.changes <= self.options.contacts / 4 else {
            throw ValidationError("--changes must be from 1 to a quarter of --contacts")
        }
    }

    func run() async throws {
        let folder = try StoreFolder(self.options.db)
        defer { folder.remove() }
        try await Scene.with(self.options, url: nil, store: folder.path) { scene in
            try await scene.sync()
            try scene.startReaderOver()
            let full = Meter()
            try scene.expectQuiet(try await scene.sync())
            let quiet = full.stop(records: self.options.contacts, requests: 0)
            try scene.expectQuiet(try await scene.sync())
            let short = Meter()
            try scene.expectQuiet(try await scene.sync())
            let ordinary = short.stop(records: 0, requests: 0)
            let edits = try Edits(scene, count: 2 * self.changes)
            try edits.applyLocally()
            try await edits.applyRemotely()
            let before = scene.account.requestsMade
            let meter = Meter()
            let report = try await scene.plan()
            var result = meter.stop(records: 2 * self.changes, requests: report.requests - before)
            try scene.expect(report.counts.updatedLocally == edits.remote.count, report)
            try scene.expect(report.counts.updatedRemotely == edits.local.count, report)
            let ratio = result.wallSeconds / quiet.wallSeconds
            result.notes.append(
                "\(Meter.text(ratio)) times a sync that reads all and finds no change (\(Meter.text(quiet.wallSeconds)) s)"
            )
            result.notes.append("an ordinary sync without changes: \(Meter.text(ordinary.wallSeconds)) s")
            result.extra = [
                ("quiet_resync_seconds", quiet.wallSeconds), ("quiet_sync_seconds", ordinary.wallSeconds),
                ("ratio_to_quiet_resync", ratio),
            ]
            result.print("plan", json: self.options.json)
        }
    }
}
