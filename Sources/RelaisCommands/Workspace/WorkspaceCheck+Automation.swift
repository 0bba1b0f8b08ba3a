import Foundation
import Mapping
import Records
import WorkflowRunner

/// Checks what the configuration says about scores, segments, workflows, templates and the hand-off.
///
/// A workspace may do without any of them.
extension WorkspaceCheck {
    mutating func checkAutomation(_ workspace: Workspace) async {
        for name in ["scoring.yaml", "segments.yaml", "handoff.yaml"] {
            self.note("Config/\(name)")
        }
        for folder in ["Config/workflows", "Config/templates"] {
            let names = try? FileManager.default.contentsOfDirectory(atPath: self.root.appending(path: folder).path)
            for name in names ?? [] where [".yaml", ".txt", ".html"].contains(where: name.hasSuffix) {
                self.note("\(folder)/\(name)")
            }
        }
        let findings = Findings()
        do {
            let configuration = try AutomationConfiguration.load(workspace, findings)
            findings.add(configuration.library.segments.compactMap(\.remark))
            // Tests of workflows whose templates have errors would only repeat them.
            if !findings.hasErrors { await self.runTests(configuration, workspace.schema, findings) }
        } catch {
            findings.error(at: SourceLocation(file: "Config/relais.yaml"), "\(error)", mend: "mend it and check again")
        }
        self.add(findings.diagnostics)
    }

    /// Runs the tests that workflow files carry, in simulated time.
    private func runTests(_ configuration: AutomationConfiguration, _ schema: Schema, _ findings: Findings) async {
        let simulator = WorkflowSimulator(
            schema: schema,
            templates: configuration.templates,
            sender: configuration.sender
        )
        for workflow in configuration.workflows {
            for test in workflow.tests {
                do {
                    findings.add(try await simulator.run(test, of: workflow.definition))
                } catch {
                    let message = "the test \(test.name) cannot run: \(error)"
                    findings.error(at: test.location, message, mend: "check what it gives and expects")
                }
            }
        }
    }
}
