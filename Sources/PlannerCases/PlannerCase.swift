import Mapping
import Planning
import Records

/// One unit of a mapping in one state: a field, or a group of two.
package struct PlannerCase: Sendable {
    /// One member of the unit.
    struct Member: Sendable {
        var local: Spelt
        var remote: Spelt
        var localBase: Spelt
        var remoteBase: Spelt
        var localTime: Int
        /// Whether the CRM said nothing about it.
        var isSilent = false
    }

    /// What a person chose, and whether that person saw what is there now.
    struct Decision: Sendable {
        enum Choice: Sendable {
            case side(Side)
            case value(Meaning)
        }

        let choice: Choice
        let isCurrent: Bool
    }

    /// Why the field is held, and whether the values are still the held ones.
    struct Held: Sendable {
        let reason: FieldHold.Reason
        let isCurrent: Bool
    }

    /// The seed that made it.
    package let seed: UInt64
    let kind: CaseKind
    var policy: ConflictPolicy
    var direction = SyncDirection.both
    var initial: FirstContactPolicy?
    var onClear = ClearPolicy.propagate
    var authority: Side?
    var rules = FieldRules()
    var update = WaySwitches()
    var hasShadow = true
    var members: [Member]
    var remoteTime = 0
    var closed: Set<Side> = []
    var epochs = FieldEpochs(local: 0, remote: 0)
    var held: Held?
    var decision: Decision?

    /// The planner for the case.
    var planner: Planner {
        let fields = self.members.indices.map { index in
            MappingField(
                local: "f\(index)",
                remote: "f\(index)",
                direction: self.direction,
                onConflict: self.policy,
                initial: self.initial,
                onClear: self.onClear,
                authority: self.authority,
                lens: self.kind.lens,
                rules: self.rules
            )
        }
        return Planner(
            CompiledMapping(
                name: "case/contact",
                connection: "case",
                localObject: "contact",
                remoteObject: "contacts",
                fields: fields,
                groups: fields.count > 1 ? [Array(fields.indices)] : [],
                update: self.update,
                lifecycle: Lifecycle(
                    stages: CaseKind.stages.dropLast().map { Text($0) },
                    sideStages: CaseKind.stages.suffix(1).map { Text($0) }
                )
            )
        )
    }

    /// The planner's input.
    var state: RecordState {
        var state = RecordState(
            local: self.members.map { self.kind.value($0.local, on: .local) },
            remote: self.members.map { $0.isSilent ? .absent : self.kind.value($0.remote, on: .remote) }
        )
        if self.hasShadow {
            state.localShadow = self.members.map { self.kind.value($0.localBase, on: .local) }
            state.remoteShadow = self.members.map { self.kind.value($0.remoteBase, on: .remote) }
        }
        for (index, member) in self.members.enumerated() {
            state.times.local[index] = Instant(milliseconds: Int64(member.localTime) * 1000)
            if self.closed.contains(.local) { state.closed.local.insert(index) }
            if self.closed.contains(.remote) { state.closed.remote.insert(index) }
        }
        state.times.remoteRecord = Instant(milliseconds: Int64(self.remoteTime) * 1000)
        if self.epochs != FieldEpochs(local: 0, remote: 0) { state.epochs[0] = self.epochs }
        self.addHold(to: &state)
        self.addDecision(to: &state)
        return state
    }

    private func addHold(to state: inout RecordState) {
        guard let held else { return }
        let local: Value = held.isCurrent ? state.local[0] : "something else"
        state.holds[0] = FieldHold(reason: held.reason, local: local, remote: state.remote[0])
    }

    private func addDecision(to state: inout RecordState) {
        guard let decision else { return }
        let choice: FieldDecision.Choice =
            switch decision.choice {
            case .side(let side): .side(side)
            case .value(let meaning): .value(self.kind.value(Spelt(meaning), on: .local))
            }
        // Where a side moved, every other time it was in another field of the group.
        let moved = decision.isCurrent ? nil : Int(self.seed % 2) % self.members.count
        var seen = state.local
        if let moved { seen[moved] = "something else" }
        state.decisions[0] = FieldDecision(choice: choice, seenLocal: seen[0], seenRemote: state.remote[0])
        for index in self.members.indices.dropFirst() {
            state.waiting[index] = SeenValues(local: seen[index], remote: state.remote[index])
        }
    }
}

extension PlannerCase: CustomStringConvertible {
    package var description: String {
        let state = self.state
        let shadow = self.hasShadow ? "\(state.localShadow) / \(state.remoteShadow)" : "none"
        return """
            seed \(self.seed): \(self.kind.rawValue), on_conflict \(self.policy.rawValue), \(self.direction.rawValue), \
            initial \(self.initial?.rawValue ?? "none"), on_clear \(self.onClear.rawValue), \
            authority \(self.authority?.rawValue ?? "none"), rules \(self.rules), update \(self.update), \
            local \(state.local), remote \(state.remote), shadow \(shadow), \
            times \(self.members.map(\.localTime)) / \(self.remoteTime), closed \(self.closed.map(\.rawValue).sorted()), \
            epochs \(self.epochs.local) / \(self.epochs.remote), \
            held \(self.held.map { "\($0)" } ?? "no"), decision \(self.decision.map { "\($0)" } ?? "none")
            """
    }
}
