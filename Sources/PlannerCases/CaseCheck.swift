import Mapping
import Planning
import Records

/// One case held against the reference and against the laws that every plan keeps.
struct CaseCheck {
    let of: PlannerCase
    private let reference: Reference
    private let planner: Planner
    private let context = EmptyLensContext()

    init(_ of: PlannerCase) {
        self.of = of
        self.reference = Reference(of: of)
        self.planner = of.planner
    }

    /// Where the case belongs in the coverage, and what is wrong with the plan; nil if nothing is.
    func run() -> (row: ChangeRow, outcome: CaseOutcome, problem: String?) {
        let state = self.of.state
        let plan = self.planner.plan(state, in: self.context)
        let expected = self.reference.expectation()
        let outcome = Self.outcome(of: plan)
        var after = state
        for write in plan.toLocal { after.local[write.field] = write.new }
        for write in plan.toRemote { after.remote[write.field] = write.new }
        let found = Reference.Expectation(
            outcome: outcome,
            local: after.local.map { self.of.kind.meaning(of: $0, on: .local) },
            remote: zip(after.remote, self.of.members).map { value, member in
                member.isSilent ? member.remote.meaning : self.of.kind.meaning(of: value, on: .remote)
            },
            opens: !plan.opened.isEmpty
        )
        var problem: String?
        if found != expected { problem = "expected \(expected), planned \(found)" }
        problem = problem ?? self.law(plan, state)
        return (self.reference.row, self.reference.isDecided ? .decided : outcome, problem)
    }

    private static func outcome(of plan: RecordPlan) -> CaseOutcome {
        if let conflict = plan.conflicts.first {
            switch conflict.verdict {
            case .waiting: return .waiting
            case .won(.local): return .wonLocal
            case .won(.remote): return .wonRemote
            case .merged: return .merged
            }
        }
        if !plan.toRemote.isEmpty { return .push }
        if !plan.toLocal.isEmpty { return .pull }
        if !plan.notes.isEmpty { return .left }
        return plan.agreed.isEmpty ? .nothing : .agree
    }

    // MARK: Laws

    private func law(_ plan: RecordPlan, _ state: RecordState) -> String? {
        if self.planner.plan(state, in: self.context) != plan { return "the same state gives two plans" }
        if let lost = self.lostEdit(plan, state) { return lost }
        if !plan.notes.isEmpty, !(plan.toLocal + plan.toRemote).isEmpty { return "left alone, and written" }
        let sides = Set(plan.toLocal.map(\.field)).intersection(plan.toRemote.map(\.field))
        if !sides.isEmpty, plan.conflicts.first?.verdict != .merged { return "both sides written without a merge" }
        return self.afterwards(plan, state)
    }

    /// Every value that is overwritten although its side had changed it is in the log, with its base.
    private func lostEdit(_ plan: RecordPlan, _ state: RecordState) -> String? {
        for (side, writes) in [(Side.local, plan.toLocal), (.remote, plan.toRemote)] {
            for write in writes {
                let now = side == .local ? state.local[write.field] : state.remote[write.field]
                let base = side == .local ? state.localShadow[write.field] : state.remoteShadow[write.field]
                if write.old != now { return "a write over a value that is not there" }
                if now.isBlank || now == base || self.isPlaceholder(now, on: side) { continue }
                let isLogged = plan.conflicts.contains {
                    $0.field == write.field && (side == .local ? $0.local : $0.remote) == now
                        && $0.localBase == state.localShadow[write.field]
                        && $0.remoteBase == state.remoteShadow[write.field]
                }
                if !isLogged { return "an edit is overwritten and not logged" }
            }
        }
        return nil
    }

    private func isPlaceholder(_ value: Value, on side: Side) -> Bool {
        side == .remote && value == self.of.rules.placeholder
    }

    /// What the engine keeps once the local side is carried out must lead to the same writes without a second decision,
    /// and once the CRM took them, to none at all.
    private func afterwards(_ plan: RecordPlan, _ state: RecordState) -> String? {
        if plan.isQuiet { return nil }
        var next = self.acknowledged(plan, state)
        let remaining = self.planner.plan(next, in: self.context)
        let (wanted, left) = (plan.toRemote.map(\.new), remaining.toRemote.map(\.new))
        let isSame =
            wanted.count == left.count && zip(wanted, left).allSatisfy { $0 == $1 || ($0.isBlank && $1.isBlank) }
        if !isSame || !remaining.toLocal.isEmpty
            || !remaining.conflicts.isEmpty
        {
            return "decided twice: after \(plan) comes \(remaining)"
        }
        next.owed = [:]
        for write in remaining.toRemote { next.remote[write.field] = write.new }
        for field in Set(remaining.toRemote.map(\.field) + remaining.agreed) {
            next.localShadow[field] = next.local[field]
            next.remoteShadow[field] = next.remote[field]
            if let epochs = next.epochs[field] {
                next.epochs[field] = FieldEpochs(local: epochs.local, remote: epochs.local)
            }
        }
        let last = self.planner.plan(next, in: self.context)
        if !last.isQuiet || !last.conflicts.isEmpty { return "not quiet afterwards: \(last)" }
        return nil
    }

    /// The state once the local side is written, as the engine keeps it: what goes to the CRM is a plain local change.
    private func acknowledged(_ plan: RecordPlan, _ state: RecordState) -> RecordState {
        var next = state
        next.holds = [:]
        next.decisions = [:]
        for write in plan.toLocal { next.local[write.field] = write.new }
        if let opened = plan.opened.first {
            let epochs = state.epochs[opened] ?? FieldEpochs(local: 0, remote: 0)
            let isSettled = plan.toRemote.isEmpty
            next.epochs[opened] = FieldEpochs(
                local: epochs.local + 1,
                remote: isSettled ? epochs.local + 1 : epochs.remote
            )
        } else if plan.toRemote.isEmpty, let epochs = state.epochs[0] {
            next.epochs[0] = FieldEpochs(local: epochs.local, remote: epochs.local)
        }
        let outgoing = Set(plan.toRemote.map(\.field))
        for field in Set(plan.agreed + plan.toLocal.map(\.field)).subtracting(outgoing) {
            next.localShadow[field] = next.local[field]
            next.remoteShadow[field] = next.remote[field]
        }
        for write in plan.toRemote {
            let field = write.field
            let isPlain =
                state.remote[field] == state.remoteShadow[field] && state.local[field] != state.localShadow[field]
                && !plan.conflicts.contains { $0.field == field }
            if isPlain { continue }
            next.owed[field] = OwedWrite(local: next.local[field], remote: state.remote[field])
            next.remoteShadow[field] = state.remote[field]
            var local = Value.absent
            let lens = self.of.kind.lens
            if case .value(let value) = lens.toLocal(state.remote[field], previous: write.source, in: self.context),
                value != write.source
            {
                local = value
            }
            next.localShadow[field] = local
        }
        return next
    }
}
