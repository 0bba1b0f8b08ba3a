package import Records

/// Makes the local values of remote records that nobody here has seen before: the path of a first pull.
///
/// Transforms run with nothing on the local side, values that no transform changes are passed on as they are, and the
/// array of results is the caller's, so that a page of records needs no allocation of its own.
package struct MappingApplier: Sendable {
    /// What one field is made from.
    private enum Step: Sendable {
        /// The value as it is, which its type's own coercion would not change.
        case lens(slot: Int, lens: any Lens)
        /// A part of a text that several fields share.
        case part(JointText, index: Int, lens: any Lens)
        /// An expression over the whole record.
        case computed
        /// Nothing: the field is pushed only, or its values come by calls of their own.
        case none
    }

    private let mapping: CompiledMapping
    private let steps: [Step]

    /// Creates the applier of a mapping.
    package init(_ mapping: CompiledMapping) {
        self.mapping = mapping
        self.steps = mapping.fields.enumerated().map { index, field in
            if field.direction == .push { return .none }
            if case .computed = field.kind { return .computed }
            guard let slot = mapping.remoteSlots[index] else { return .none }
            if let (joint, part) = mapping.joint(of: index) { return .part(joint, index: part, lens: field.lens) }
            return .lens(slot: slot, lens: field.lens)
        }
    }

    /// Fills `results` with one result for each field, in the order of the mapping's fields.
    ///
    /// `remote` has the values of `CompiledMapping.remoteProperties`, in that order. Fields that are only pushed, and
    /// associations, give `.value(.absent)`.
    package func apply(_ remote: [Value], in context: any LensContext, into results: inout [LensResult]) {
        results.removeAll(keepingCapacity: true)
        for index in self.steps.indices {
            switch self.steps[index] {
            case .lens(let slot, let lens):
                results.append(lens.toLocal(remote[slot], previous: .absent, in: context))
            case .part(let joint, let part, let lens):
                let value = joint.part(part, of: remote[joint.slot])
                results.append(lens.toLocal(value, previous: .absent, in: context))
            case .computed:
                results.append(self.mapping.computedLocal(index, remote: remote))
            case .none:
                results.append(.value(.absent))
            }
        }
    }
}
