package import Mapping
import Records

/// Which policies the fields have: each seed has its own, so that all of them meet all that can happen.
package struct PolicyChoice: Sendable {
    /// What the choice is derived from; nil leaves the mappings as they are.
    package var seed: UInt64?

    /// Whether deletions travel, each mapping's way.
    package var hasDeletions = false

    /// Whether a mapping leaves records out.
    package var hasFilters = false

    /// Creates a choice.
    package init(seed: UInt64?, hasDeletions: Bool = false, hasFilters: Bool = false) {
        self.seed = seed
        self.hasDeletions = hasDeletions
        self.hasFilters = hasFilters
    }

    private func deletions(_ mapping: CompiledMapping, _ seed: UInt64) -> DeleteSwitches {
        guard self.hasDeletions else { return mapping.delete }
        var dice = Dice(seed, "deletions of \(mapping.name)")
        return DeleteSwitches(
            pull: dice.happens(700) ? .archive : .ignore,
            push: dice.happens(700) ? .archive : .ignore,
            edited: dice.one(of: [.review, .keep, .archive])
        )
    }

    private static let policies: [ConflictPolicy] = [
        .manual, .manual, .newest, .newest, .preferLocal, .preferRemote, .preferLocalUnlessBlank,
        .preferRemoteUnlessBlank,
    ]

    func applied(to mapping: CompiledMapping, home: Home) -> CompiledMapping {
        guard let seed = self.seed else { return mapping }
        var chosen: [Int: (ConflictPolicy, FirstContactPolicy?, ClearPolicy)] = [:]
        let grouped = mapping.groups.flatMap { group in group.map { ($0, group[0]) } }
        let fields = mapping.fields.enumerated().map { index, field -> MappingField in
            let lead = grouped.first { $0.0 == index }?.1 ?? index
            guard field.name != WorldField.mark, field.direction == .both, field.kind == .property else { return field }
            if chosen[lead] == nil { chosen[lead] = Self.choice(of: field, seed, mapping.name, home, lead) }
            guard let choice = chosen[lead] else { return field }
            return field.with(onConflict: choice.0, initial: choice.1, onClear: choice.2)
        }
        return mapping.with(fields: fields, delete: self.deletions(mapping, seed))
    }

    private static func choice(
        of field: MappingField,
        _ seed: UInt64,
        _ mapping: String,
        _ home: Home,
        _ lead: Int
    ) -> (ConflictPolicy, FirstContactPolicy?, ClearPolicy) {
        var dice = Dice(seed, mapping, lead)
        let initial = dice.one(of: [FirstContactPolicy.preferLocal, .preferRemote, .newest, .manual])
        let clear = dice.happens(850) ? ClearPolicy.propagate : dice.one(of: [.ignore, .fill])
        switch field.onConflict {
        case .furthest: return (.furthest, nil, .propagate)
        case .merge: return (dice.happens(600) ? .merge : dice.one(of: [.manual, .newest]), initial, .propagate)
        default: break
        }
        var policy = dice.one(of: Self.policies)
        if field.type == .number, dice.happens(300) { policy = dice.one(of: [.max, .min]) }
        return (policy, initial, clear)
    }
}

extension MappingField {
    /// The same field, with nothing said about who wins on first contact.
    func undecided() -> MappingField {
        guard self.name != WorldField.mark else { return self }
        return self.with(onConflict: self.onConflict, initial: nil, onClear: self.onClear)
    }

    /// The same field with other policies.
    fileprivate func with(
        onConflict: ConflictPolicy,
        initial: FirstContactPolicy?,
        onClear: ClearPolicy
    ) -> MappingField {
        MappingField(
            local: self.local,
            remote: self.remote,
            kind: self.kind,
            direction: self.direction,
            onConflict: onConflict,
            initial: initial,
            onClear: onClear,
            authority: self.authority,
            onCreateDefault: self.onCreateDefault,
            lens: self.lens,
            type: self.type,
            expression: self.expression,
            newValue: self.newValue,
            fingerprint: self.fingerprint,
            location: self.location
        )
    }
}

extension CompiledMapping {
    /// The same mapping without a field, as an editor would leave it.
    package func without(_ name: String) -> CompiledMapping {
        let kept = self.fields.indices.filter { self.fields[$0].name != name }
        func places(_ old: [Int]) -> [Int] { old.compactMap { kept.firstIndex(of: $0) } }
        return self.with(
            fields: kept.map { self.fields[$0] },
            groups: self.groups.map(places),
            match: self.match.filter { $0.allSatisfy(kept.contains) }.map(places),
            fingerprint: self.fingerprint + " without " + name
        )
    }

    /// The same mapping with other parts.
    package func with(
        fields: [MappingField],
        delete: DeleteSwitches? = nil,
        groups: [[Int]]? = nil,
        match: [[Int]]? = nil,
        fingerprint: String? = nil
    ) -> CompiledMapping {
        CompiledMapping(
            name: self.name,
            connection: self.connection,
            localObject: self.localObject,
            remoteObject: self.remoteObject,
            fields: fields,
            groups: groups ?? self.groups,
            match: match ?? self.match,
            duplicates: self.duplicates,
            pullFilter: self.pullFilter,
            pushFilter: self.pushFilter,
            create: self.create,
            delete: delete ?? self.delete,
            fingerprint: fingerprint ?? self.fingerprint,
            lifecycle: self.lifecycle,
            localSchema: self.localSchema,
            allowedRoleAddresses: self.allowedRoleAddresses,
            file: self.file
        )
    }
}
