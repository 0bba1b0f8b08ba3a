import ArgumentParser
import Foundation
import Records

struct Init: SetupSubcommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a workspace: a commented configuration, connectors and mappings. Overwrites nothing."
    )

    @OptionGroup var options: GlobalOptions
    @Argument(help: "The folder; the workspace's if left out.") var folder: String?
    @Option(help: "The connector of the example connection: hubspot, tryton.") var connector = "hubspot"

    func validate() throws {
        guard !WorkspaceTemplate.connectors.contains(self.connector) else { return }
        throw ValidationError("--connector takes \(WorkspaceTemplate.connectors.joined(separator: ", "))")
    }

    func run(to output: Output, environment: [String: String]) async throws -> ExitStatus {
        let path = self.folder ?? self.options.workspacePath
        let root = URL(filePath: path, directoryHint: .isDirectory)
        let template = WorkspaceTemplate(connector: self.connector)
        let files = template.files
        let existing = files.map(\.path).filter {
            FileManager.default.fileExists(atPath: root.appending(path: $0).path)
        }
        guard existing.isEmpty else {
            throw CommandError(
                .usage,
                "nothing was written, because \(path) already has \(existing.joined(separator: ", ")); "
                    + "name another folder, or move them away"
            )
        }
        for file in files { try Self.write(file, below: root) }
        self.tell(files.map(\.path), template, path: path, to: output)
        return .done
    }

    private static func write(_ file: WorkspaceTemplate.File, below root: URL) throws {
        let url = root.appending(path: file.path)
        do {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(file.bytes).write(to: url, options: .withoutOverwriting)
        } catch {
            throw CommandError(.failed, "\(url.path) cannot be written; check the folder's permissions and free space")
        }
    }

    private func tell(_ files: [String], _ template: WorkspaceTemplate, path: String, to output: Output) {
        output.line("Made a workspace in \(path):")
        for file in files { output.line("  \(file)") }
        let place = path == "." ? "" : " --workspace \(path)"
        output.line("Next:")
        output.line("  1. Look through Config/relais.yaml and Mappings/\(self.connector).")
        output.line("  2. export \(template.secrets.map { "\($0)=…" }.joined(separator: " "))")
        output.line("  3. relais check\(place)")
        output.line("  4. relais connect\(place) \(self.connector)")
        output.document([
            "workspace": .string(path), "files": .array(files.map { .string($0) }),
            "secrets": .array(template.secrets.map { .string($0) }),
        ])
    }
}
