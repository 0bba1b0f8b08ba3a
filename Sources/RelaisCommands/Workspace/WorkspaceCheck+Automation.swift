import CEL
import Foundation
import Mapping
import Messaging
import Records
import Scoring
import WorkflowRunner

/// Scores, segments, templates and workflows; a workspace may do without any of them.
extension WorkspaceCheck {
    mutating func checkAutomation(_ workspace: Workspace) async {
        let schema = workspace.schema
        let scoring = "Config/scoring.yaml"
        if self.exists(scoring) {
            _ = self.read(scoring) { try ScoringFile.parse($0, file: scoring, schema: schema) }
        }
        let segments = self.segments(schema)
        let templates = self.templates(schema)
        let context = WorkflowContext(schema: schema, templates: templates, segments: segments)
        for file in workspace.files(in: "Config/workflows") {
            let name = "Config/workflows/\(file.lastPathComponent)"
            guard let content = self.read(name, { try WorkflowFile.parse($0, file: name, in: context) }) else {
                continue
            }
            await self.run(content, schema, templates)
        }
    }

    /// The objects of the segments; nil, which takes any name, if the file has errors.
    private mutating func segments(_ schema: Schema) -> [Text: Text]? {
        let name = "Config/segments.yaml"
        guard self.exists(name) else { return [:] }
        let segments = self.read(name) { try SegmentFile.parse($0, file: name, schema: schema) }
        return segments.map { found in
            Dictionary(found.map { ($0.name, Text($0.vocabulary.object.name)) }) { first, _ in first }
        }
    }

    private mutating func templates(_ schema: Schema) -> TemplateLibrary {
        guard let object = schema.object("contact") else { return TemplateLibrary() }
        let folder = "Config/templates"
        let found = try? FileManager.default.contentsOfDirectory(atPath: self.root.appending(path: folder).path)
        var files: [TemplateSource.File] = []
        for name in (found ?? []).sorted() where name.hasSuffix(".txt") || name.hasSuffix(".html") {
            let path = "\(folder)/\(name)"
            if let bytes = self.read(path, { $0 }) { files.append(TemplateSource.File(path: path, bytes: bytes)) }
        }
        let vocabulary = RecordVocabulary(object, lifecycle: schema.lifecycle, variables: [.event, .handOff])
        var (sources, findings) = TemplateSource.group(files)
        let library = TemplateLibrary(sources, environment: vocabulary.environment, findings: &findings)
        self.add(findings)
        return library
    }

    /// Runs a workflow's own tests in simulated time.
    private mutating func run(_ content: WorkflowFile.Content, _ schema: Schema, _ templates: TemplateLibrary) async {
        guard let sender = MailAddress("Relais <check@example.com>") else { return }
        let simulator = WorkflowSimulator(schema: schema, templates: templates, sender: sender)
        for test in content.tests {
            do {
                self.add(try await simulator.run(test, of: content.definition))
            } catch {
                let message = "the test \(test.name) cannot run: \(error)"
                self.add([Diagnostic(.error, at: test.location, message, mend: "check what it gives and expects")])
            }
        }
    }
}
