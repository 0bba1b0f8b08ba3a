import CEL
import Foundation
import HandOff
import Mapping
import Messaging
import Records
import Scoring
import WorkflowRunner

/// What the workspace's configuration says about automation: templates, segments, scores, workflows.
struct AutomationConfiguration: Sendable {
    /// The templates of mails.
    let templates: TemplateLibrary
    /// Workflows, segments and scoring rules.
    let library: AutomationLibrary
    /// The workflows with their tests, by file.
    let workflows: [WorkflowFile.Content]
    /// Who writes where a template names nobody.
    let sender: MailAddress
    /// The way of a lead to sales; nil if none is configured.
    let handOff: HandOffRules?

    /// Reads everything; what is wrong is added to `findings`, and left out.
    static func load(_ workspace: Workspace, _ findings: Findings) throws -> AutomationConfiguration {
        let templates = try Self.templates(workspace, findings)
        let segments = Self.read(workspace, "Config/segments.yaml", findings) {
            try SegmentFile.parse($0, file: $1, schema: workspace.schema)
        }
        let scoring = Self.read(workspace, "Config/scoring.yaml", findings) {
            try ScoringFile.parse($0, file: $1, schema: workspace.schema)
        }
        let objects = (segments ?? []).map { ($0.name, Text($0.vocabulary.object.name)) }
        // In a file with mistakes a segment may be missing that is there.
        let isWhole = !findings.diagnostics.contains {
            $0.severity == .error && $0.location.file == "Config/segments.yaml"
        }
        let context = WorkflowContext(
            schema: workspace.schema,
            templates: templates,
            segments: isWhole ? Dictionary(objects) { first, _ in first } : nil
        )
        let workflows = workspace.files(in: "Config/workflows")
            .compactMap { file in
                Self.read(workspace, "Config/workflows/\(file.lastPathComponent)", findings) {
                    try WorkflowFile.parse($0, file: $1, in: context)
                }
            }
        return AutomationConfiguration(
            templates: templates,
            library: AutomationLibrary(
                workflows: workflows.map(\.definition),
                segments: segments ?? [],
                scoring: scoring
            ),
            workflows: workflows,
            sender: try Self.sender(workspace),
            handOff: Self.read(workspace, "Config/handoff.yaml", findings) { bytes, file in
                try HandOffFile.parse(
                    bytes,
                    file: file,
                    schema: workspace.schema,
                    templates: templates,
                    variables: ["crm": workspace.configuration.connections.first?.name ?? "crm"]
                )
            }
        )
    }

    private static func sender(_ workspace: Workspace) throws -> MailAddress {
        let text = workspace.configuration.mail?.from ?? "relais@localhost.localdomain"
        guard let address = MailAddress(text) else {
            throw CommandError(.data, "Config/relais.yaml: the sender of mail, \(text), is no e-mail address")
        }
        return address
    }

    private static func templates(_ workspace: Workspace, _ findings: Findings) throws -> TemplateLibrary {
        guard let object = workspace.schema.object("contact") else { return TemplateLibrary() }
        let vocabulary = RecordVocabulary(
            object,
            lifecycle: workspace.schema.lifecycle,
            variables: [.event, .handOff]
        )
        let folder = workspace.root.appending(path: "Config/templates")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        let files = try names.filter { $0.hasSuffix(".txt") || $0.hasSuffix(".html") }.sorted()
            .map { name in
                TemplateSource.File(
                    path: "Config/templates/\(name)",
                    bytes: try Workspace.bytes(folder.appending(path: name))
                )
            }
        var (sources, problems) = TemplateSource.group(files)
        let library = TemplateLibrary(sources, environment: vocabulary.environment, findings: &problems)
        findings.add(problems)
        return library
    }

    /// Reads one file, if it is there.
    private static func read<Content>(
        _ workspace: Workspace,
        _ path: String,
        _ findings: Findings,
        _ parse: ([UInt8], String) throws -> Content
    ) -> Content? {
        let file = workspace.root.appending(path: path)
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        do {
            return try parse(Workspace.bytes(file), path)
        } catch let list as DiagnosticList {
            findings.add(list.diagnostics)
        } catch {
            findings.error(at: SourceLocation(file: path), "\(error)", mend: "make the file readable")
        }
        return nil
    }
}
