import CEL
import Records

/// Compiles expressions of a file, with findings at their places in the file.
struct ExpressionReader {
    let findings: Findings

    /// An expression that must be true or false.
    func condition(_ node: YAMLNode, _ what: String, _ environment: CELEnvironment) -> CELProgram? {
        guard let program = self.program(node, what, environment) else { return nil }
        switch program.resultType.unwrapped {
        case .bool, .dyn: return program
        default:
            self.findings.error(
                at: node.location,
                "\(what) is \(program.resultType), not a condition",
                mend: "compare it with something, as in remote.email != ''"
            )
            return nil
        }
    }

    /// An expression that must give text.
    func text(_ node: YAMLNode, _ what: String, _ environment: CELEnvironment) -> CELProgram? {
        guard let program = self.program(node, what, environment) else { return nil }
        switch program.resultType.unwrapped {
        case .string, .dyn: return program
        default:
            self.findings.error(
                at: node.location,
                "\(what) is \(program.resultType), not text",
                mend: "wrap it in string( … )"
            )
            return nil
        }
    }

    /// An expression; every problem in it becomes a finding.
    func program(_ node: YAMLNode, _ what: String, _ environment: CELEnvironment) -> CELProgram? {
        guard let text = node.text(what, self.findings), let scalar = node.scalar else { return nil }
        let problems = environment.problems(in: text)
        for problem in problems {
            self.findings.error(
                at: scalar.location(line: problem.line, column: problem.column),
                problem.message,
                mend: problem.mend ?? "correct the expression"
            )
        }
        return problems.isEmpty ? try? environment.compile(text) : nil
    }

    /// Whether what an expression gives fits a local property.
    func check(_ program: CELProgram, gives local: PropertySchema, at node: YAMLNode) {
        let isFine =
            switch (program.resultType.unwrapped, local.type) {
            case (.dyn, _), (.null, _), (.optional, _): true
            case (.string, .text), (.string, .option), (.string, .stage), (.string, .owner), (.string, .reference): true
            case (.int, .number), (.uint, .number), (.double, .number), (.bool, .flag): true
            case (.timestamp, .date), (.timestamp, .instant), (.list, .set): true
            default: false
            }
        guard !isFine else { return }
        self.findings.error(
            at: node.location,
            "value gives \(program.resultType), but \(local.name) is \(local.type.name)",
            mend: local.type.shape == .text ? "wrap it in string( … )" : "convert it, or map another property"
        )
    }
}
