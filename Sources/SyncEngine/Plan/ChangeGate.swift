import Mapping
import Records
import Store

/// Decides which changes a careful run carries out.
///
/// What is not admitted stays as it is, on both sides and in the shadows; what the CRM said is kept, so that a later run
/// finds the same change again. The changes of one record are asked about together, and again whenever they are planned
/// again: the same question must get the same answer.
package protocol ChangeGate: Sendable {
    /// Whether all these changes of one record may be carried out.
    func admits(_ changes: [PlannedChange]) -> Bool
}

// MARK: What is asked

extension RecordApplier {
    /// Whether a linked record's plan may be carried out.
    func admits(_ plan: RecordPlan, of link: Link) -> Bool {
        guard let gate, !Breakage.carefulRunWritesAll.isOn else { return true }
        var changes: [PlannedChange] = []
        if !plan.toLocal.isEmpty {
            changes.append(self.change(.updateLocally, plan.toLocal, record: link.record, remote: link.key.remote))
        }
        if !plan.toRemote.isEmpty {
            changes.append(self.change(.updateRemotely, plan.toRemote, record: link.record, remote: link.key.remote))
        }
        return changes.isEmpty || gate.admits(changes)
    }

    /// Whether a record may be made, here or in the CRM, or linked.
    func admits(
        _ action: PlannedChange.Action,
        _ writes: [FieldWrite] = [],
        record: RecordID?,
        remote: Text?
    ) -> Bool {
        guard let gate, !Breakage.carefulRunWritesAll.isOn else { return true }
        return gate.admits([self.change(action, writes, record: record, remote: remote)])
    }

    private func change(
        _ action: PlannedChange.Action,
        _ writes: [FieldWrite],
        record: RecordID?,
        remote: Text?
    ) -> PlannedChange {
        PlannedChange(action, writes, of: self.runtime.mapping, record: record, remote: remote)
    }
}

extension PlannedChange {
    init(
        _ action: Action,
        _ writes: [FieldWrite],
        of mapping: CompiledMapping,
        record: RecordID?,
        remote: Text?
    ) {
        let fields = writes.map { Field(name: mapping.fields[$0.field].name, old: $0.old, new: $0.new) }
        self.init(action: action, mapping: mapping.name, record: record, remote: remote, fields: fields)
    }
}
