import ArgumentParser
import Connectors
import Store
import SyncEngine

/// A sync after some contacts changed on either side.
struct Delta: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Syncs after some contacts changed, half of them here and half in the CRM.",
        discussion: """
            The pull before it and the edits are not measured; what is, is the whole run: asking for what changed, \
            writing it here, reading what is about to be overwritten in the CRM, and writing it there. records_per_second \
            counts changes.
            """
    )

    @OptionGroup var options: BenchOptions
    @Option(help: "How many contacts change.") var changes = 1_000

    func validate() throws {
        guard self.changes > 1, self.changes <= self.options.contacts / 2 else {
            throw ValidationError("--changes must be from 2 to half of --contacts")
        }
    }

    func run() async throws {
        let folder = try StoreFolder(self.options.db)
        defer { folder.remove() }
        try await Scene.with(self.options, url: nil, store: folder.path) { scene in
            try await scene.sync()
            let edits = try Edits(scene, count: self.changes)
            try edits.applyLocally()
            try await edits.applyRemotely()
            let before = scene.account.requestsMade
            let meter = Meter()
            let report = try await scene.sync()
            var result = meter.stop(records: self.changes, requests: report.requests - before)
            try scene.expect(report.counts.updatedLocally == edits.remote.count, report)
            try scene.expect(report.counts.updatedRemotely == edits.local.count, report)
            result.notes.append("\(edits.local.count) changes pushed, \(edits.remote.count) pulled")
            result.print("delta", json: self.options.json)
        }
    }
}
