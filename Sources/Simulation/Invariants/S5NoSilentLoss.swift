/// S5: every edit is in the final state, or was overwritten by somebody who had seen it, or is in the conflict log.
///
/// An edit is followed by its tag. Where a sync replaces it in the home where it stood, the home that the new value came
/// from must have held the edit before, or the conflict log must name it.
package struct S5NoSilentLoss: Invariant {
    package let id = "S5"

    package init() {}

    package func violations(in evidence: Evidence) -> [Violation] {
        evidence.histories.flatMap { history in
            let logged = history.loggedTags
            return history.steps.sorted { $0.key < $1.key }.flatMap { home, steps in
                steps.indices.flatMap { self.lost(steps[$0], at: $0, in: home, history, logged) }
            }
        }
    }

    private func lost(
        _ step: FieldHistory.Step,
        at place: Int,
        in home: Home,
        _ history: FieldHistory,
        _ logged: Set<Int>
    ) -> [Violation] {
        // What stands where a field is only written is nobody's edit of the field.
        guard let writer = step.writer, !history.field.pushedTo.contains(home),
            !history.field.pulledFrom.contains(writer)
        else { return [] }
        let gone = history.tags(step.old).subtracting(history.tags(step.new)).subtracting(logged)
        guard !gone.isEmpty else { return [] }
        let source = home == .local ? writer : .local
        let seen = Set((history.steps[source] ?? []).flatMap { history.tags($0.new).union(history.tags($0.old)) })
        return gone.subtracting(seen).sorted().map { tag in
            self.violation(
                history.subject,
                "\(history.field.name): e\(tag) in \(home) was replaced by \"\(step.new)\" from \(source), "
                    + "which never held it, and no conflict tells of it"
            )
        }
    }
}
