import Records

/// Runs the `examples:` of a mapping file: what a remote record becomes, or with `direction: push`, a local one.
struct ExampleRunner {
    let mapping: CompiledMapping
    let findings: Findings

    func run(_ examples: [YAMLNode]) {
        for example in examples {
            let keys = ["remote", "local", "direction", "name"]
            guard let table = YAMLTable(example, "the example", keys: keys, self.findings),
                let remote = table.required("remote"), let local = table.required("local")
            else { continue }
            if table.choice("direction", as: SyncDirection.self) == .push {
                self.push(local, expecting: remote)
            } else {
                self.pull(remote, expecting: local)
            }
        }
    }

    private func pull(_ remote: YAMLNode, expecting local: YAMLNode) {
        let names = self.mapping.remoteProperties
        let given = self.values(remote, names: names, "the CRM's record")
        for entry in local.entries ?? [] {
            guard let field = self.field(entry, \.local, direction: .push) else { continue }
            let result: LensResult =
                if self.mapping.fields[field].kind == .computed {
                    self.mapping.computedLocal(field, remote: given)
                } else {
                    self.mapping.fields[field].lens.toLocal(
                        self.mapping.remoteValue(field, in: given),
                        previous: .absent,
                        in: EmptyLensContext()
                    )
                }
            self.compare(result, entry, as: self.mapping.fields[field].type.shape)
        }
    }

    private func push(_ local: YAMLNode, expecting remote: YAMLNode) {
        let properties = self.mapping.localSchema.properties
        var given = self.values(local, names: properties.map(\.name), self.mapping.localObject)
        for (index, property) in properties.enumerated() {
            if case .value(let value) = Self.coerce(given[index], to: property.type.shape) { given[index] = value }
        }
        for entry in remote.entries ?? [] {
            guard let index = self.field(entry, \.remote, direction: .pull) else { continue }
            let result =
                self.mapping.joint(of: index).map { self.pushed($0.joint, given) } ?? self.pushed(index, given)
            self.compare(result, entry, as: .texts)
        }
    }

    private func pushed(_ index: Int, _ given: [Value]) -> LensResult {
        let field = self.mapping.fields[index]
        if field.kind == .computed { return self.mapping.computedRemote(index, local: given) }
        let place = self.mapping.localSchema.properties.firstIndex { $0.name == field.local }
        let own = place.map { given[$0] } ?? .absent
        if own.isBlank, let new = self.mapping.newValue(index, local: given) { return .value(new) }
        return field.lens.toRemote(own, previous: .absent, in: EmptyLensContext())
    }

    /// A text that several fields share is written by all of them together.
    private func pushed(_ joint: JointText, _ given: [Value]) -> LensResult {
        var parts: [Value] = []
        for member in joint.members {
            guard case .value(let part) = self.pushed(member, given) else { return self.pushed(member, given) }
            parts.append(part)
        }
        return joint.whole(parts).map { .value($0) } ?? .unmapped(joint.complaint(isCleared: false))
    }

    /// The values of an example's block; findings for names that are not among `names`.
    private func values(_ node: YAMLNode, names: [String], _ what: String) -> [Value] {
        var values = names.map { _ in Value.absent }
        guard let table = YAMLTable(node, what, keys: names, self.findings) else { return values }
        for entry in table.entries {
            guard let index = names.firstIndex(where: { $0.hasSameBytes(as: entry.key) }) else { continue }
            values[index] = self.value(entry.value)
        }
        return values
    }

    private func value(_ node: YAMLNode) -> Value {
        if let elements = node.elements { return .set(of: elements.compactMap { $0.scalar.map { Text($0.text) } }) }
        guard let scalar = node.scalar, !scalar.isNull else { return .null }
        return .text(scalar.text)
    }

    private func field(
        _ entry: YAMLEntry,
        _ side: KeyPath<MappingField, String?>,
        direction opposite: SyncDirection
    ) -> Int? {
        let fields = self.mapping.fields
        let found = fields.firstIndex {
            $0.direction != opposite && $0[keyPath: side]?.hasSameBytes(as: entry.key) ?? false
        }
        if let found { return found }
        self.findings.error(
            at: entry.location,
            "no field gives \(entry.key)",
            mend: NearestName.mend(entry.key, among: fields.compactMap { $0[keyPath: side] })
        )
        return nil
    }

    private func compare(_ result: LensResult, _ expected: YAMLEntry, as shape: ValueShape) {
        let wanted = Self.coerce(self.value(expected.value), to: shape)
        switch (result, wanted) {
        case (.value(let value), .value(let wanted)):
            let shown = shape == .texts ? Self.coerce(value, to: .text) : .value(value)
            if value == wanted || shown == .value(wanted) || (value.isBlank && wanted.isBlank) { return }
            self.findings.error(
                at: expected.value.location,
                "the example gives \(expected.key): \(value), not \(wanted)",
                mend: "write \(value), or change the field"
            )
        case (.unmapped(let reason), _):
            self.findings.error(
                at: expected.value.location,
                "the example gives no \(expected.key): \(reason)",
                mend: "change the example, or the field"
            )
        case (.unlinked, _):
            self.findings.error(
                at: expected.value.location,
                "\(expected.key) is a link, which an example does not have",
                mend: "remove it from the example"
            )
        case (.value, .unmapped(let reason)):
            self.findings.error(
                at: expected.value.location,
                "\(expected.key) expects \(reason)",
                mend: "write a value of its type"
            )
        case (.value, .unlinked): break
        }
    }

    private static func coerce(_ value: Value, to shape: ValueShape) -> LensResult {
        CoercionLens(shape).toLocal(value, previous: .absent, in: EmptyLensContext())
    }
}
