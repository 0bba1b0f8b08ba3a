import ArgumentParser
import Connectors
import Records
import Store
import SyncEngine

/// The undoing of a run that changed many contacts.
struct UndoBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo",
        abstract: "Undoes a run that changed some contacts, half of them here and half in the CRM.",
        discussion: """
            Some were touched since: they are left, and listed. Three syncs follow, in which nothing may move. The undoing \
            alone is measured; records_per_second counts the values that were put back.
            """
    )

    @OptionGroup var options: BenchOptions
    @Option(help: "How many contacts the run changed.") var changes = 10_000

    func validate() throws {
        guard self.changes >= 100, self.changes <= self.options.contacts / 5 else {
            throw ValidationError("--changes must be from 100 to a fifth of --contacts")
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
            let run = try await scene.sync().run
            let touched = try edits.touchSince(every: 100)
            let before = scene.account.requestsMade
            let meter = Meter()
            let report = try await scene.undo(run)
            var result = meter.stop(
                records: report.local + report.remote,
                requests: scene.account.requestsMade - before
            )
            // A pulled change may be of several values, a pushed one is of the city alone.
            let (here, there) = (edits.remote.count, edits.local.count)
            let isComplete = report.remote <= there && report.local + report.remote + report.leftTotal >= here + there
            guard isComplete, report.leftTotal == touched else {
                throw BenchError(
                    "put back \(report.local) here and \(report.remote) there, left \(report.leftTotal), touched \(touched)"
                )
            }
            // What people typed since travels first, and what the CRM notes about that comes back.
            for _ in 0..<2 { try await scene.sync() }
            for _ in 0..<3 { try scene.expectQuiet(try await scene.sync()) }
            result.notes.append(
                "\(report.local) put back here, \(report.remote) in the CRM, \(report.leftTotal) left as they were touched since"
            )
            result.notes.append("three syncs later nothing has moved")
            result.print("undo", json: self.options.json)
        }
    }
}
