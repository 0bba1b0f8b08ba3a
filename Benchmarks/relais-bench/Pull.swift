import ArgumentParser
import SyncEngine

/// The first pull into an empty store.
struct Pull: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Pulls all contacts into an empty store.",
        discussion: """
            The connection is approved beforehand, so that there is one run: pages are fetched, mapped, matched by two keys \
            and written with their shadows and journal rows.
            """
    )

    @OptionGroup var options: BenchOptions
    @Option(help: "The address of another server that speaks HubSpot's v3 contact list, such as http://127.0.0.1:8765.")
    var url: String?
    @Flag(help: "Also have a C loop write the same rows and nothing else, and print the ratio.") var withLimit = false

    func run() async throws {
        let folder = try StoreFolder(self.options.db)
        defer { folder.remove() }
        try await Scene.with(self.options, url: self.url, store: folder.path) { scene in
            let meter = Meter()
            let report = try await scene.sync()
            var result = meter.stop(records: self.options.contacts, requests: report.requests)
            try scene.expect(report.counts.createdLocally + report.counts.reviews == self.options.contacts, report)
            result.notes.append("\(report.counts.createdLocally) made, \(report.counts.reviews) left to a person")
            if self.withLimit {
                try scene.close()
                result.limit = try LimitRun(from: folder.path, to: folder.path + ".limit").run()
            }
            result.print("pull", json: self.options.json)
        }
    }
}
