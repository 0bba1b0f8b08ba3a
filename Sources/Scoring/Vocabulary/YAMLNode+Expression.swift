package import CEL
package import Mapping
import Records

extension YAMLNode {
    /// The expression in a scalar; adds findings at their places and gives nil for anything else.
    ///
    /// `type` is what the expression must give; nil for anything.
    package func expression(
        _ what: String,
        _ environment: CELEnvironment,
        _ type: CELType?,
        _ findings: Findings
    ) -> CELProgram? {
        guard let text = self.text(what, findings), let scalar = self.scalar else { return nil }
        let problems = environment.problems(in: text)
        for problem in problems {
            findings.error(
                at: scalar.location(line: problem.line, column: problem.column),
                problem.message,
                mend: problem.mend ?? "mend the expression"
            )
        }
        guard problems.isEmpty, let program = try? environment.compile(text) else { return nil }
        let result = program.resultType.unwrapped
        if let type, result != type, result != .dyn {
            findings.error(at: self.location, "\(what) gives \(result), not \(type)", mend: "compare it with something")
            return nil
        }
        return program
    }

    /// The span in a scalar, such as `3d`; adds a finding and gives nil for anything else.
    package func span(_ what: String, _ findings: Findings) -> Duration? {
        guard let text = self.text(what, findings) else { return nil }
        if let span = Duration(span: text), span > .zero { return span }
        findings.error(at: self.location, "\(what) is no span of time", mend: "write 90s, 30m, 4h, 3d or 2w")
        return nil
    }
}
