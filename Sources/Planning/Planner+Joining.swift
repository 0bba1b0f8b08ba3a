import Mapping
package import Records

/// Texts that several fields share: parts are decided one by one, and sent as one.
extension Planner {
    /// Writes to the CRM with what has to go along with them, and without those that cannot go.
    package struct Joining: Sendable {
        /// What goes out.
        package var writes: [FieldWrite]
        /// The parts that go along as they stand.
        package var carried: [FieldWrite] = []
        /// The parts that wait: their text cannot be made.
        package var notes: [FieldNote] = []
    }

    /// Brings the written parts of each text together with the others as the CRM holds them.
    ///
    /// `local` and `remote` are the values of all fields; the latter nil for a record that is to be made. A text of which a
    /// part is missing, or that would be read as other parts, is not written at all.
    package func joining(_ writes: [FieldWrite], local: [Value], remote: [Value]?) -> Joining {
        var joining = Joining(writes: writes)
        for joint in self.mapping.joints {
            let written = joining.writes.filter { joint.members.contains($0.field) }
            guard !written.isEmpty else { continue }
            let others = joint.members.filter { member in !written.contains { $0.field == member } }
            let carried = others.map { member in
                let held = remote?[member] ?? .absent
                return FieldWrite(field: member, old: held, new: held, source: local[member])
            }
            let parts = joint.members.map { member in
                (written + carried).first { $0.field == member }?.new ?? .absent
            }
            if joint.whole(parts) != nil {
                if remote != nil { joining.carried += carried }
                continue
            }
            joining.writes.removeAll { joint.members.contains($0.field) }
            joining.notes += written.map { write in
                let detail = joint.complaint(isCleared: write.new.isBlank)
                return FieldNote(
                    field: write.field,
                    reason: .unmapped(side: .local, value: write.source, detail: detail)
                )
            }
        }
        return joining
    }

    /// The same for the plan of a linked record: what waits is no settled conflict.
    func join(_ plan: inout RecordPlan, _ state: RecordState) {
        guard !self.mapping.joints.isEmpty, !plan.toRemote.isEmpty else { return }
        let remote = Breakage.partsJoinedWithShadow.isOn ? state.remoteShadow.map { $0 ?? .absent } : state.remote
        let joining = self.joining(plan.toRemote, local: state.local, remote: remote)
        plan.toRemote = joining.writes
        plan.carried = joining.carried
        plan.notes += joining.notes
        let waiting = Set(joining.notes.map(\.field))
        plan.conflicts.removeAll { waiting.contains($0.field) && $0.verdict != .waiting }
    }
}
