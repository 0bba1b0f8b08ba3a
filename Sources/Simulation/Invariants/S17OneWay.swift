/// S17: a field that is mapped one way is never written the other way, and what is not mapped is never written.
package struct S17OneWay: Invariant {
    package let id = "S17"

    package init() {}

    package func violations(in evidence: Evidence) -> [Violation] {
        let remote = evidence.forbiddenWrites.map {
            self.violation($0.subject, "written although not mapped: \($0.text)")
        }
        let local = evidence.histories.flatMap { history in
            (history.steps[.local] ?? []).compactMap { step -> Violation? in
                guard !step.isMerge, let writer = step.writer, history.field.pushedTo.contains(writer) else {
                    return nil
                }
                return self.violation(
                    history.subject,
                    "\(history.field.name) came from \(writer), where it is only written"
                )
            }
        }
        return remote + local
    }
}
