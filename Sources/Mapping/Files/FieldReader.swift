import CEL
import Records

/// Reads one field, or one association, of a mapping file.
struct FieldReader {
    /// What the mapping says for fields that say nothing themselves.
    struct Defaults {
        var onConflict = ConflictPolicy.manual
        var initial: FirstContactPolicy?
        var onClear = ClearPolicy.propagate
        var onCreateDefault = CreateDefaultPolicy.pull
        /// What the group of a property says, with the name of the key's file position for messages.
        var groups: [String: GroupPolicy] = [:]
        /// The connection's currency; nil if it states none.
        var currency: String?
        /// The properties that have their currency in their group.
        var withCurrency: Set<String> = []

        /// The currency of an amount that states none: the connection's, unless one moves with it.
        func money(of property: String) -> String? { self.withCurrency.contains(property) ? nil : self.currency }
    }

    /// The policies of a group of fields.
    struct GroupPolicy {
        var onConflict: ConflictPolicy?
        var initial: FirstContactPolicy?
    }

    /// A field before its expression can be compiled, which needs all fields' remote properties.
    struct Draft {
        let local: PropertySchema?
        let remote: String?
        let kind: MappingField.Kind
        let direction: SyncDirection
        let lens: LensChain
        let value: YAMLNode?
        /// What a new remote record gets while the local value is blank.
        var newValue: YAMLNode?
        let policies: Policies
        var rules = FieldRules()
        var conditions = DraftConditions()
        let node: YAMLNode
    }

    /// A field's policies.
    struct Policies {
        let onConflict: ConflictPolicy
        let initial: FirstContactPolicy?
        let onClear: ClearPolicy
        let onCreateDefault: CreateDefaultPolicy
        let authority: Side?
    }

    static let keys =
        [
            "local", "remote", "direction", "via", "value", "constant", "on_conflict", "initial", "on_clear",
            "on_create_default", "authority", "default",
        ] + FieldReader.ruleKeys
    static let associationKeys =
        [
            "local", "remote", "label", "direction", "on_conflict", "initial", "on_clear", "on_create_default",
            "authority",
        ] + FieldReader.ruleKeys

    let object: ObjectSchema
    let lifecycle: Lifecycle
    let defaults: Defaults
    let findings: Findings
    /// The content of a file of the workspace; nil if there is none.
    var readFile: @Sendable (String) -> [UInt8]? = { _ in nil }

    /// Reads an entry of `fields`; nil, with findings, if it has mistakes that leave no field.
    func field(_ node: YAMLNode) -> Draft? {
        guard let table = YAMLTable(node, "the field", keys: Self.keys, self.findings) else { return nil }
        let local = self.local(table)
        let remote = table.text("remote")
        if table["value"] != nil || table["constant"] != nil { return self.computed(table, local, remote) }
        self.requireBothSides(table)
        let before = self.findings.errorCount
        var via = ViaReader(findings: self.findings, readFile: self.readFile).read(table["via"])
        let isRead = self.findings.errorCount == before
        guard let local else { return nil }
        if let money = self.defaults.money(of: local.name) { via = via.map { ($0 as? MoneyLens)?.filled(money) ?? $0 } }
        let direction = table.choice("direction", as: SyncDirection.self) ?? .both
        guard let remote, let lens = self.chain(via, local, table, isRead: isRead) else { return nil }
        self.checkClass(lens, direction, table)
        self.checkTable(table, local)
        if direction == .pull, let place = table["default"] {
            self.findings.error(at: place.location, "a pulled field has no default", mend: "remove it")
        }
        let policies = self.policies(table, local)
        return Draft(
            local: local,
            remote: remote,
            kind: .property,
            direction: direction,
            lens: lens,
            value: nil,
            newValue: direction == .pull ? nil : table["default"],
            policies: policies,
            rules: self.rules(table, direction: direction, policy: policies.onConflict, local: local),
            conditions: self.conditions(table, direction: direction),
            node: node
        )
    }

    /// Reads an entry of `associations`; nil, with findings, if it has mistakes that leave no field.
    func association(_ node: YAMLNode) -> Draft? {
        let keys = Self.associationKeys
        guard let table = YAMLTable(node, "the association", keys: keys, self.findings) else { return nil }
        self.requireBothSides(table)
        guard let local = self.local(table), let remote = table.text("remote") else { return nil }
        let isSingle: Bool
        switch local.type {
        case .reference: isSingle = true
        // The ids of records, as many as there are.
        case .set(let options) where options.isEmpty: isSingle = false
        default:
            self.findings.error(
                at: table["local"]?.location ?? node.location,
                "\(local.name) is \(local.type.name), not a reference",
                mend: "map a property of type reference, or a set without options for several"
            )
            return nil
        }
        let label = table.text("label")
        let lens = AssociationLens(remoteObject: remote, isSingle: isSingle, label: label)
        let direction = table.choice("direction", as: SyncDirection.self) ?? .both
        let policies = self.policies(table, local)
        return Draft(
            local: local,
            remote: remote,
            kind: .association(remoteObject: remote, label: label),
            direction: direction,
            lens: LensChain([lens]),
            value: nil,
            policies: policies,
            rules: self.rules(table, direction: direction, policy: policies.onConflict, local: local),
            conditions: self.conditions(table, direction: direction),
            node: node
        )
    }

    /// The field that pushes what is rolled up here.
    func rollUp(_ table: YAMLTable) -> Draft? {
        let via = ViaReader(findings: self.findings, readFile: self.readFile).read(table["via"])
        guard let local = self.local(table), let remote = table.text("remote"),
            let lens = self.chain(via, local, table, isRead: true)
        else { return nil }
        return Draft(
            local: local,
            remote: remote,
            kind: .property,
            direction: .push,
            lens: lens,
            value: nil,
            policies: Policies(
                onConflict: .preferLocal,
                initial: table.choice("initial", as: FirstContactPolicy.self) ?? .preferLocal,
                onClear: .propagate,
                onCreateDefault: .ignore,
                authority: nil
            ),
            rules: self.rules(table, direction: .push, policy: .preferLocal, local: local),
            node: table.node
        )
    }

    private func requireBothSides(_ table: YAMLTable) {
        for key in ["local", "remote"] where table[key] == nil { _ = table.required(key) }
    }

    private func local(_ table: YAMLTable) -> PropertySchema? {
        guard let place = table["local"], let name = place.text("local", self.findings) else { return nil }
        if let property = self.object.property(name) { return property }
        self.findings.error(
            at: place.location,
            "\(self.object.name) has no property \"\(name)\"",
            mend: NearestName.mend(name, among: self.object.properties.map(\.name), verb: "map")
        )
        return nil
    }

    /// `isRead` is false if `via` has mistakes of its own: what they leave out is not missed.
    private func chain(
        _ via: [any CheckedLens],
        _ local: PropertySchema,
        _ table: YAMLTable,
        isRead: Bool
    ) -> LensChain? {
        let location = table["via"]?.location ?? table.location
        if case .reference = local.type, !via.contains(where: { $0 is ReferenceLens }) {
            guard isRead else { return nil }
            self.findings.error(
                at: location,
                "\(local.name) is a reference, but nothing says to which remote object",
                mend: "add via: [ { reference: … } ] with the remote object, or map it under associations"
            )
            return nil
        }
        if local.type == .owner, isRead, !via.contains(where: { $0 is OwnerLens }) {
            self.findings.warning(
                at: location,
                "\(local.name) is an owner, but remote ids are not translated",
                mend: "add via: [ owner_by_email ]"
            )
        }
        return ChainBuilder(findings: self.findings, lifecycle: self.lifecycle).chain(via, to: local, at: location)
    }

    /// A two-way field through a transform that loses something is refused with an example of what goes wrong.
    private func checkClass(_ lens: LensChain, _ direction: SyncDirection, _ table: YAMLTable) {
        guard lens.lensClass == .view, direction != .pull else { return }
        let place = table["via"]?.location ?? table.location
        let name = lens.lenses.compactMap { $0 as? any CheckedLens }.first { $0.lensClass == .view }?.name ?? "via"
        let example = LensLaws.check(lens, samples: 1_000, seed: 1).map { ": \($0)" } ?? ""
        self.findings.error(
            at: place,
            "\(name) is one way only\(example)",
            mend: "add direction: pull"
        )
    }

    /// The local values of a table must be ones that the property can hold.
    private func checkTable(_ table: YAMLTable, _ local: PropertySchema) {
        let known = self.values(of: local)
        guard !known.isEmpty else { return }
        for lens in table["via"]?.elements ?? [] {
            var values = (lens["enum"]?.entries ?? []).map { (text: $0.key, place: $0.location) }
            if let fallback = lens["else"]?["local"], let text = fallback.scalar?.text {
                values.append((text, fallback.location))
            }
            for value in values where !known.contains(Text(value.text)) {
                self.findings.error(
                    at: value.place,
                    "\(local.name) cannot be \"\(value.text)\"",
                    mend: NearestName.mend(value.text, among: known.map(\.string))
                )
            }
        }
    }

    private func computed(_ table: YAMLTable, _ local: PropertySchema?, _ remote: String?) -> Draft? {
        if let value = table["value"], table["constant"] != nil {
            self.findings.error(at: value.location, "a constant has no value", mend: "remove one of them")
        }
        let constant = table["constant"].flatMap { self.constant($0, local) }
        guard let value = constant ?? table["value"] else { return nil }
        if let via = table["via"] {
            self.findings.error(at: via.location, "a computed field has no via", mend: "remove it, or value")
        }
        let implied: SyncDirection? =
            table["local"] != nil && table["remote"] == nil
            ? .pull : table["remote"] != nil && table["local"] == nil ? .push : nil
        let direction = table.choice("direction", as: SyncDirection.self) ?? implied
        guard let direction, direction == implied else {
            let found = JoinCounterexample(object: self.object, lifecycle: self.lifecycle)
                .find(value.scalar?.text ?? "")
            self.findings.error(
                at: table["direction"]?.location ?? value.location,
                "a computed field is one way, with one side only" + (found.map { ": \($0)" } ?? ""),
                mend: "give it local to pull, or remote to push"
            )
            return nil
        }
        guard local != nil || remote != nil else { return nil }
        let policies = self.policies(table, local)
        return Draft(
            local: local,
            remote: remote,
            kind: .computed,
            direction: direction,
            lens: LensChain([]),
            value: value,
            policies: policies,
            rules: self.rules(table, direction: direction, policy: policies.onConflict, local: local),
            conditions: self.conditions(table, direction: direction),
            node: table.node
        )
    }

    private func policies(_ table: YAMLTable, _ local: PropertySchema?) -> Policies {
        let group = local.flatMap { self.defaults.groups[$0.name] }
        let onConflict = table.choice("on_conflict", as: ConflictPolicy.self)
        let initial = table.choice("initial", as: FirstContactPolicy.self)
        self.check(group?.onConflict, onConflict, "on_conflict", table)
        self.check(group?.initial, initial, "initial", table)
        let chosen = group?.onConflict ?? onConflict ?? self.defaults.onConflict
        if let place = table["on_conflict"] { self.check(chosen, local, at: place.location) }
        if let place = table["initial"], initial == .merge, let local, local.type.shape != .set {
            self.findings.error(
                at: place.location,
                "initial: merge is for sets, but \(local.name) is \(local.type.name)",
                mend: "choose prefer_local, prefer_remote, newest or manual"
            )
        }
        return Policies(
            onConflict: chosen,
            initial: group?.initial ?? initial ?? self.defaults.initial,
            onClear: table.choice("on_clear", as: ClearPolicy.self) ?? self.defaults.onClear,
            onCreateDefault: table.choice("on_create_default", as: CreateDefaultPolicy.self)
                ?? (local?.type == .owner ? .ignore : self.defaults.onCreateDefault),
            authority: table.choice("authority", as: Side.self)
        )
    }

    /// R15: the fields of a group have one policy.
    private func check<Policy: RawRepresentable & Equatable>(
        _ group: Policy?,
        _ own: Policy?,
        _ key: String,
        _ table: YAMLTable
    ) where Policy.RawValue == String {
        guard let group, let own, group != own, let place = table[key] else { return }
        self.findings.error(
            at: place.location,
            "the field's group says \(key): \(group.rawValue)",
            mend: "remove \(key) here"
        )
    }

    private func check(_ policy: ConflictPolicy, _ local: PropertySchema?, at location: SourceLocation) {
        let type = local?.type
        let isFine =
            switch policy {
            case .merge: type?.shape == .set
            case .max, .min: [ValueShape.number, .date, .instant].contains(type?.shape)
            case .furthest: type == .stage
            case .mostRestrictive: false
            default: true
            }
        guard !isFine, let type else { return }
        let wanted = [
            ConflictPolicy.merge: "a set", .max: "a number, date or datetime", .min: "a number, date or datetime",
            .furthest: "a stage", .mostRestrictive: "the entries of consent",
        ]
        self.findings.error(
            at: location,
            "\(policy.rawValue) is for \(wanted[policy] ?? "others"), but \(local?.name ?? "it") is \(type.name)",
            mend: "choose another policy, such as newest or manual"
        )
    }
}
