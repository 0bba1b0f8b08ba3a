import Connectors
package import Records
import Synchronization

/// What people in the CRM do.
extension MemoryAccount {
    /// A person in the CRM archives a record, or brings it back.
    package func setArchived(_ object: String, _ id: Text, _ isArchived: Bool) {
        let now = self.clock.now.microseconds
        self.state.withLock { state in
            guard let version = state.objects[object]?[id]?.version else { return }
            state.objects[object]?[id]?.isArchived = isArchived
            state.objects[object]?[id]?.version = max(now, version + 1)
        }
    }

    /// A person in the CRM sets a record's associations with another object; its time of modification stays.
    package func setAssociations(_ object: String, _ id: Text, _ other: String, _ ids: Set<Text>) {
        self.state.withLock { $0.objects[object]?[id]?.associations[other] = ids }
    }

    /// The ids of another object that a record is associated with.
    package func associated(_ object: String, _ id: Text, _ other: String) -> Set<Text> {
        self.state.withLock { $0.objects[object]?[id]?.associations[other] ?? [] }
    }

    /// A person in the CRM deletes a record without a trace.
    package func remove(_ object: String, _ id: Text) {
        self.state.withLock { state in _ = state.objects[object]?.removeValue(forKey: id) }
    }

    /// A person in the CRM converts a record to one of another object, which gets its values and `more`; returns its id.
    ///
    /// With `into` it becomes part of a record that is there.
    @discardableResult
    package func convert(
        _ object: String,
        _ id: Text,
        to other: String,
        into existing: Text? = nil,
        _ more: [String: Value] = [:]
    ) -> Text {
        let now = self.clock.now.microseconds
        return self.state.withLock { state in
            let target = existing ?? state.freshID()
            guard var lead = state.objects[object]?[id] else { return target }
            var result = state.objects[other]?[target] ?? Record(values: [:], version: now)
            let values = lead.values.filter { !$0.value.isBlank && (result.values[$0.key] ?? .null).isBlank }
            result.write(values.merging(more) { $1 }, by: "person", at: now)
            state.objects[other, default: [:]][target] = result
            lead.successor = RemoteSuccessor(object: other, id: target)
            lead.version = max(now, lead.version + 1)
            state.objects[object]?[id] = lead
            return target
        }
    }

    /// A person in the CRM merges a record into another; returns the id of the result, a new one if `makesNew`.
    @discardableResult
    package func merge(_ object: String, _ other: Text, into primary: Text, makesNew: Bool = false) -> Text {
        let now = self.clock.now.microseconds
        return self.state.withLock { $0.merge(object, other, into: primary, makesNew: makesNew, at: now) }
    }
}

extension MemoryAccount.State {
    /// Merges a record into another; see `MemoryAccount.merge`.
    package mutating func merge(
        _ object: String,
        _ other: Text,
        into primary: Text,
        makesNew: Bool,
        at now: Int64
    ) -> Text {
        guard let kept = self.objects[object]?[primary], let lost = self.objects[object]?[other] else { return primary }
        let id = makesNew ? self.freshID() : primary
        var result = kept
        result.values.merge(lost.values.filter { !$0.value.isBlank }) { $0.isBlank ? $1 : $0 }
        result.version = max(now, kept.version + 1)
        result.merged = kept.merged + lost.merged + [primary, other]
        for gone in [primary, other] where gone != id { self.objects[object]?[gone] = nil }
        self.objects[object]?[id] = result
        var aliases = self.aliases[object] ?? [:]
        for (old, target) in aliases where target == primary || target == other { aliases[old] = id }
        for gone in [primary, other] where gone != id { aliases[gone] = id }
        self.aliases[object] = aliases
        return id
    }
}
