import ArgumentParser
import Connectors
import SyncEngine

/// A sync that reads everything again and finds nothing changed.
struct Resync: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Reads all contacts again, of which none changed.",
        discussion: """
            What a reconcile sweep does: the reader starts over, every contact is compared with its shadow, and nothing is \
            written. (An ordinary sync without changes asks for what changed since, and takes one request.) The pull \
            before it is not measured.
            """
    )

    @OptionGroup var options: BenchOptions

    func run() async throws {
        let folder = try StoreFolder(self.options.db)
        defer { folder.remove() }
        try await Scene.with(self.options, url: nil, store: folder.path) { scene in
            let first = try await scene.sync()
            try scene.startReaderOver()
            let before = scene.account.requestsMade
            let meter = Meter()
            let report = try await scene.sync()
            var result = meter.stop(records: self.options.contacts, requests: report.requests - before)
            let counts = report.counts
            try scene.expect(counts.localWrites + counts.remoteWrites == 0, report)
            try scene.expect(counts.unchanged == first.counts.createdLocally, report)
            result.notes.append("\(counts.unchanged) unchanged, no writes")
            result.print("resync", json: self.options.json)
        }
    }
}
