/// R5: a stage climbs; back it goes only with a person.
package struct R5Stages: Invariant {
    package let id = "R5"

    package init() {}

    package func violations(in evidence: Evidence) -> [Violation] {
        evidence.histories.filter { $0.field.form == .stage && $0.logged.isEmpty }.flatMap { history in
            (history.steps[.local] ?? []).compactMap { step -> Violation? in
                guard let writer = step.writer, let old = Tag.stages.firstIndex(of: step.old),
                    let new = Tag.stages.firstIndex(of: step.new), new < old
                else { return nil }
                let text = "\(writer) took the stage back from \(step.old) to \(step.new), and nobody was asked"
                return self.violation(history.subject, text)
            }
        }
    }
}
