import CEL
package import Records

extension CompiledMapping {
    /// The remote record as expressions see it, from the fields' values by position; `.absent` for what no field holds.
    package func remoteRecord(fields values: [Value]) -> [Value] {
        var record = [Value](repeating: .absent, count: self.remoteProperties.count)
        for (position, slot) in self.remoteSlots.enumerated() {
            guard let slot, self.fields[position].kind == .property || self.fields[position].local == nil else {
                continue
            }
            record[slot] = values[position]
        }
        for joint in self.joints { record[joint.slot] = joint.whole(joint.members.map { values[$0] }) ?? .absent }
        return record
    }

    /// The fields whose local changes do not travel now: their `when` does not hold, or cannot be decided.
    ///
    /// `local` has the values of all properties of `localSchema`, in that order.
    package func closedForPush(local: [Value]) -> Set<Int> {
        var closed: Set<Int> = []
        for (position, field) in self.fields.enumerated() {
            guard let condition = field.rules.pushCondition else { continue }
            let activation = LocalActivation(local, types: self.propertyTypes)
            if ((try? condition.matches(activation)) ?? nil) != true { closed.insert(position) }
        }
        return closed
    }

    /// The fields whose remote changes are not taken over now; `remote` as in `takesIn`.
    package func closedForPull(remote: [Value]) -> Set<Int> {
        var closed: Set<Int> = []
        for (position, field) in self.fields.enumerated() {
            guard let condition = field.rules.pullCondition else { continue }
            if ((try? condition.matches(RemoteActivation(remote))) ?? nil) != true { closed.insert(position) }
        }
        return closed
    }

    /// Whether any field has a `when`.
    package var hasConditions: Bool {
        self.fields.contains { $0.rules.pushCondition != nil || $0.rules.pullCondition != nil }
    }
}
