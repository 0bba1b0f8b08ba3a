import Mapping
import Planning
import Records
import Store

/// What a new record of ours gets from a remote one.
struct LocalCreation {
    /// The fields that are set.
    let writes: [FieldWrite]
    let set: [PropertySetting]
    /// The fields on which both sides agree from the start.
    let agreed: [AgreedField]
    /// Whether every field found its counterpart; the others are planned again once the record is linked.
    let isComplete: Bool

    init(of values: [Value], _ runtime: MappingRuntime, in context: LinkContext) {
        let plan = runtime.planner.planLocalCreate(remote: values, in: context)
        var set: [PropertySetting] = []
        var agreed = plan.agreed.map { AgreedField($0, local: .absent, remote: values[$0]) }
        for write in plan.toLocal {
            guard let property = runtime.mapping.fields[write.field].local else { continue }
            set.append(PropertySetting(property, write.new))
            agreed.append(AgreedField(write.field, local: write.new, remote: write.source))
        }
        for (position, field) in runtime.mapping.fields.enumerated()
        where field.direction == .push && field.local != nil {
            agreed.append(AgreedField(position, local: .absent, remote: values[position]))
        }
        self.writes = plan.toLocal
        self.set = set
        self.agreed = agreed
        // What is computed for the CRM is not there yet.
        self.isComplete = plan.notes.isEmpty && !runtime.pushesComputed
    }
}
