/// S4: where exactly one side changed a field since both agreed, that side's value is final; nobody puts the old value back.
package struct S4SingleSideWins: Invariant {
    package let id = "S4"

    package init() {}

    package func violations(in evidence: Evidence) -> [Violation] {
        evidence.histories.filter { Self.isBinding($0.field.form) }.flatMap { history in
            history.steps.sorted { $0.key < $1.key }.flatMap { home, steps in self.check(steps, in: home, history) }
        }
    }

    /// Lattices have a rule of their own, and fields without tags cannot be followed.
    private static func isBinding(_ form: WorldField.Form) -> Bool {
        switch form {
        case .text, .email, .phone, .number, .date: true
        case .set, .stage, .dealStage, .currency, .owner: false
        }
    }

    private func check(_ steps: [FieldHistory.Step], in home: Home, _ history: FieldHistory) -> [Violation] {
        guard steps.count > 1 else { return [] }
        return steps.indices.dropFirst().compactMap { place in
            let (edit, undo) = (steps[place - 1], steps[place])
            guard edit.writer == nil, let writer = undo.writer, !undo.isUnseen else { return nil }
            let (before, typed, after) = (history.tags(edit.old), history.tags(edit.new), history.tags(undo.new))
            guard !before.isEmpty, before == after, before != typed else { return nil }
            if edit.new.isEmpty && history.isKeptWhenCleared { return nil }
            // Before two records have met there is no agreement from which one side could have moved, and a blank erases
            // nothing (R9).
            if let met = history.metAt[home == .local ? writer : home], edit.at <= met { return nil }
            // The other side may have gone there and back, or a rule may have decided and said so.
            let source = home == .local ? writer : .local
            let hasMoved = (history.steps[source] ?? []).contains { $0.at >= edit.at && history.tags($0.new) == after }
            let isLogged = history.logged.contains { logged in
                logged.values.contains { history.tags($0) == typed }
            }
            guard !hasMoved, !isLogged else { return nil }
            return self.violation(
                history.subject,
                "\(history.field.name): the edit \"\(edit.new)\" in \(home) was taken back to \"\(undo.new)\""
            )
        }
    }
}
