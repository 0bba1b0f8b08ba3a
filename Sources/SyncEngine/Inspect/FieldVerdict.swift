import Mapping
import Planning
import Records

/// What becomes of one field of an inspected record, and why.
package struct FieldVerdict: Hashable, Sendable {
    /// What is done.
    package enum Action: String, Hashable, Sendable, CaseIterable {
        /// Nothing: neither side moved.
        case unchanged
        /// Nothing is written: both sides say the same.
        case agree
        /// The CRM's value comes here.
        case pull
        /// Ours goes to the CRM.
        case push
        /// Both sides get a value.
        case both
        /// A person decides first.
        case wait
        /// The sides differ, and are left so.
        case leave
    }

    /// What is done.
    package let action: Action
    /// Why, in one sentence.
    package let reason: String

    /// Reads a field's verdict out of a plan.
    package init(_ inspection: RecordInspection, field position: Int) {
        let plan = inspection.plan
        let pulls = plan.toLocal.contains { $0.field == position }
        let pushes = plan.toRemote.contains { $0.field == position }
        switch inspection.tie {
        case .resting(let reason), .apart(let reason):
            (self.action, self.reason) = (.leave, reason)
            return
        case .linked, .madeRemotely, .madeLocally: break
        }
        if let note = plan.notes.first(where: { $0.field == position }), !pulls, !pushes {
            (self.action, self.reason) = Self.of(note.reason)
        } else if let conflict = plan.conflicts.first(where: { $0.field == position }) {
            (self.action, self.reason) = Self.of(conflict, pulls: pulls, pushes: pushes)
        } else if pulls || pushes {
            self.action = pulls && pushes ? .both : pulls ? .pull : .push
            self.reason = Self.cause(inspection, position, pulls: pulls)
        } else if plan.agreed.contains(position) {
            (self.action, self.reason) = (.agree, "both sides say the same, so nothing is written")
        } else {
            (self.action, self.reason) = Self.quiet(inspection, position)
        }
    }

    /// Why a value travels that nobody contests.
    private static func cause(_ inspection: RecordInspection, _ position: Int, pulls: Bool) -> String {
        switch inspection.tie {
        case .madeRemotely:
            return inspection.state.local[position].isBlank ? "default for a new record" : "a new record gets it"
        case .madeLocally: return "a new record gets it"
        case .linked, .resting, .apart: break
        }
        let state = inspection.state
        let other = pulls ? "ours" : "theirs"
        if state.localShadow[position] == nil { return "first contact, and \(other) is blank" }
        if state.owed[position] != nil { return "decided before, and not there yet" }
        let own = pulls ? state.remote[position] : state.local[position]
        let side = pulls ? "in the CRM" : "here"
        return own.isBlank ? "cleared \(side) since both last agreed" : "changed \(side) since both last agreed"
    }

    private static func quiet(_ inspection: RecordInspection, _ position: Int) -> (Action, String) {
        let state = inspection.state
        switch inspection.tie {
        case .madeRemotely: return (.unchanged, "blank here, so it is not sent")
        case .madeLocally: return (.unchanged, "blank in the CRM, or only pushed")
        case .linked, .resting, .apart: break
        }
        if state.local[position].isBlank, state.remote[position].isBlank { return (.unchanged, "blank on both sides") }
        return (.unchanged, "neither side changed since both last agreed")
    }

    private static func of(_ conflict: FieldConflict, pulls: Bool, pushes: Bool) -> (Action, String) {
        let both = conflict.localBase == nil ? "they differ at first contact" : "both sides changed"
        switch conflict.verdict {
        case .waiting: return (.wait, "\(both), and \(conflict.rule) asks a person")
        case .merged: return (.both, "\(both); \(conflict.rule) makes one value of both")
        case .won(let side):
            let winner = side == .local ? "ours" : "theirs"
            let action: Action = pulls && pushes ? .both : pulls ? .pull : pushes ? .push : .agree
            return (action, "\(both); \(winner) stands, by \(conflict.rule)")
        }
    }

    private static func of(_ reason: FieldNote.Reason) -> (Action, String) {
        switch reason {
        case .unmapped(let side, _, let detail):
            let whose = side == .local ? "ours" : "theirs"
            return (.leave, "\(whose) has no counterpart\(detail.isEmpty ? "" : ": \(detail)")")
        case .needsInitial: return (.wait, "they differ at first contact, and the mapping has no initial")
        case .rejected: return (.leave, "the CRM refused this value before; a change of either side tries again")
        case .waiting: return (.wait, "a person has to decide")
        case .closed(let side):
            return (.leave, "\(side == .local ? "ours" : "theirs") does not travel now: when, filter or update says so")
        case .heldBack: return (.leave, "it moved less than push_when asks for")
        case .unlinkedReference: return (.leave, "it names a record that has no link yet")
        case .drift(let side):
            return (
                .leave,
                "edited \(side == .local ? "here" : "in the CRM"), where the field is only written; drift: leave"
            )
        case .unreadable: return (.leave, "the CRM did not say what it holds")
        }
    }
}
