/// S5: every edit is in the final state, or was overwritten by somebody who had seen it, or is in the conflict log.
///
/// An edit is followed by its tag. Where a sync replaces it in the home where it stood, the home that the new value came
/// from must have held the edit before, or the conflict log must name it. In a CRM that is the counterpart of then, which
/// may be another record than that of today.
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
        var gone = history.tags(step.old).subtracting(history.tags(step.new)).subtracting(logged)
        if !gone.isEmpty { gone.subtract(self.filledIn(home, history)) }
        guard !gone.isEmpty else { return [] }
        let source = home == .local ? writer : .local
        let seen = Set((history.steps[source] ?? []).flatMap { history.tags($0.new).union(history.tags($0.old)) })
            .union(history.formerly[source] ?? [])
        return gone.subtracting(seen).sorted().map { tag in
            self.violation(
                history.subject,
                "\(history.field.name): e\(tag) in \(home) was replaced by \"\(step.new)\" from \(source), "
                    + "which never held it, and no conflict tells of it"
            )
        }
    }

    /// What stands in a CRM because it filled it in by itself when it was written to, as the day on which a deal was closed:
    /// nobody typed it, there or elsewhere.
    private func filledIn(_ home: Home, _ history: FieldHistory) -> Set<Int> {
        var (byItself, typed) = (Set<Int>(), Set<Int>())
        for (place, steps) in history.steps {
            var before: Set<Int>?
            for step in steps {
                let (old, new) = (history.tags(step.old), history.tags(step.new))
                let isOwn = place == home && step.writer == home
                if isOwn { byItself.formUnion(new.subtracting(old)) } else { typed.formUnion(new.subtracting(old)) }
                // Nobody's change brought what stands there now.
                if place == home, let before { byItself.formUnion(old.subtracting(before)) }
                before = new
            }
        }
        return byItself.subtracting(typed)
    }
}
