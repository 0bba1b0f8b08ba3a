import ArgumentParser
import Foundation
import Mapping
import Records

struct MappingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mapping",
        abstract: "Field mappings: propose, show, try, lay out, compare, and backfill them.",
        subcommands: [Suggest.self, Show.self, Test.self, Fmt.self, Diff.self, Backfill.self]
    )
}

extension Workspace {
    /// Writes a file of the workspace as a whole: a reader sees the old one or the new one.
    func write(_ text: String, to file: String) throws {
        let url = self.root.appending(path: file)
        do {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: url, options: .atomic)
        } catch {
            throw CommandError(.failed, "\(file) cannot be written: \(error.localizedDescription)")
        }
    }
}
