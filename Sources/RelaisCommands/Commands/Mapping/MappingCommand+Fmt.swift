import ArgumentParser
import Authoring
import Foundation
import Mapping
import Records

extension MappingCommand {
    struct Fmt: SetupSubcommand {
        static let configuration = CommandConfiguration(
            abstract: "Lay mapping files out in the canonical form: order of keys, spacing, quotes.",
            discussion: """
                Comments stay, and so does the meaning; lists and blocks stay in brackets, or out of them. Without files, all \
                under Mappings. --check changes nothing, names the files that are not canonical, and exits 65.
                """
        )

        @OptionGroup var options: GlobalOptions
        @Argument(help: "Mapping files; all of the workspace without any.") var files: [String] = []
        @Flag(help: "Only say which files are not canonical.") var check = false

        func run(to output: Output, environment: [String: String]) async throws -> ExitStatus {
            var (changed, all) = ([String](), [String]())
            var findings: [Diagnostic] = []
            for (name, url) in try self.chosen() {
                all.append(name)
                do {
                    let bytes = try Workspace.bytes(url)
                    let canonical = try MappingLayout.format(bytes, file: name)
                    guard canonical != bytes else { continue }
                    changed.append(name)
                    if self.check {
                        findings.append(Self.finding(bytes, canonical, file: name))
                    } else {
                        try Data(canonical).write(to: url, options: .atomic)
                    }
                } catch let list as DiagnosticList {
                    findings += list.diagnostics
                }
            }
            self.tell(changed, of: all, findings, to: output)
            return findings.isEmpty ? .done : .data
        }

        /// The files with the names under which they are told of.
        private func chosen() throws -> [(name: String, url: URL)] {
            guard self.files.isEmpty else {
                return self.files.map { name in
                    // As people type it: from where they stand, or from the workspace.
                    let here = URL(filePath: name)
                    let there = self.options.root.appending(path: name)
                    return (name, FileManager.default.fileExists(atPath: here.path) ? here : there)
                }
            }
            let root = self.options.root
            guard FileManager.default.fileExists(atPath: root.appending(path: "Mappings").path) else {
                throw CommandError(.data, "\(root.relativePath) has no folder Mappings; name the files")
            }
            return Workspace.allFiles(in: "Mappings", of: root).filter { $0.hasSuffix(".yaml") }
                .map { ($0, root.appending(path: $0)) }
        }

        /// The first line that is not canonical.
        private static func finding(_ bytes: [UInt8], _ canonical: [UInt8], file: String) -> Diagnostic {
            let line = zip(bytes, canonical).prefix { $0 == $1 }.count { $0.0 == 0x0A } + 1
            return Diagnostic(
                .error,
                at: SourceLocation(file: file, line: line, column: 1),
                "the file is not in canonical form from here on",
                mend: "relais mapping fmt \(file)"
            )
        }

        private func tell(_ changed: [String], of all: [String], _ findings: [Diagnostic], to output: Output) {
            for finding in findings { output.line(finding.description) }
            let verb = self.check ? "to lay out" : "laid out anew"
            if !self.check { for name in changed { output.line("laid out \(Printable.line(name))") } }
            output.line("\(all.count) files, \(changed.isEmpty ? "all canonical" : "\(changed.count) \(verb)")")
            output.document([
                "exit": .number(of: Int((findings.isEmpty ? ExitStatus.done : .data).rawValue)),
                "files": .array(all.map { .string($0) }), "changed": .array(changed.map { .string($0) }),
                "problems": .array(findings.map(Failure.json)),
            ])
        }
    }
}
