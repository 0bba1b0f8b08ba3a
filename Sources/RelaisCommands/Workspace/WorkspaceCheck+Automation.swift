import Foundation
import Mapping
import Records

/// Checks what the configuration says about scores, segments, workflows, templates and the hand-off.
extension WorkspaceCheck {
    mutating func checkAutomation(_ workspace: Workspace) {
        let findings = Findings()
        do {
            _ = try AutomationConfiguration.load(workspace, findings)
        } catch {
            findings.error(at: SourceLocation(file: "Config/relais.yaml"), "\(error)", mend: "mend the file and check again")
        }
        self.add(findings.diagnostics)
        for name in ["scoring.yaml", "segments.yaml", "handoff.yaml"] { self.note("Config/\(name)") }
        for folder in ["workflows", "templates"] {
            for file in Workspace.files(in: "Config/\(folder)", of: self.root) {
                self.note("Config/\(folder)/\(file.lastPathComponent)")
            }
        }
    }
}
