import ArgumentParser
import Foundation
import Records
import Store

struct ImportCommand: RelaisSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take in contacts, or events, from a CSV or JSON-lines file.",
        discussion: """
            The first line of a CSV file names the properties. Contacts are known again by their e-mail address; a bad line is \
            told with its number and the rest goes on. With --events, each line tells what a person did.
            """
    )

    @OptionGroup var options: GlobalOptions
    @Argument(help: "The file: .csv, .jsonl or .ndjson.") var file: String
    @Flag(help: "The file holds events, not records.") var events = false
    @Option(help: "The object of the records.") var object = "contact"
    @Option(help: "The property by which a record is known again.") var key = "email"
    @Option(help: "A column to pass over; may be repeated.") var ignore: [String] = []
    @Flag(help: "Let the import start workflows.") var startWorkflows = false

    func run(in context: CommandContext) async throws -> ExitStatus {
        guard let format = ImportFormat(fileName: self.file) else {
            throw CommandError(.usage, "\(self.file) is neither .csv nor .jsonl nor .ndjson")
        }
        guard let handle = FileHandle(forReadingAtPath: self.file) else {
            throw CommandError(.data, "\(self.file) cannot be read")
        }
        let store = try context.workspace.openStore()
        let source = ImportSource(format) { try handle.read(upToCount: 1 << 16).map { [UInt8]($0) } }
        let report: ImportReport
        do {
            report = try self.take(source, into: store, context)
        } catch let refusal as ImportRefusal {
            throw CommandError(.data, "\(self.file):\(refusal.line): \(refusal.message): \(refusal.mend)")
        }
        let automation = try Automation(context, store: store)
        defer { automation.stop() }
        try await automation.tick(now: context.clock.now)
        self.tell(report, to: context.output)
        return report.rejected == 0 ? .done : .attention
    }

    private func take(_ source: ImportSource, into store: Store, _ context: CommandContext) throws -> ImportReport {
        let options = ImportOptions(
            object: self.object,
            key: self.key.split(separator: "+").map(String.init),
            startsWorkflows: self.startWorkflows,
            ignoredColumns: self.ignore,
            actor: "import:\(context.person)"
        )
        if self.events { return try EventImporter(store: store, options: options, clock: context.clock).run(source) }
        return try RecordImporter(store: store, options: options, ids: context.ids, clock: context.clock).run(source)
    }

    private func tell(_ report: ImportReport, to output: Output) {
        output.line(
            "\(report.created) created, \(report.updated) updated, \(report.unchanged) unchanged, \(report.rejected) rejected."
        )
        for note in report.rejections { output.line("  \(self.file):\(note.line): not taken: \(note.reason)") }
        for note in report.kept { output.line("  \(self.file):\(note.line): kept as it was: \(note.reason)") }
        output.document([
            "created": .number(of: report.created), "updated": .number(of: report.updated),
            "unchanged": .number(of: report.unchanged), "rejected": .number(of: report.rejected),
            "rejections": .array(
                report.rejections.map { ["line": .number(of: $0.line), "reason": .string($0.reason)] }
            ),
        ])
    }
}
