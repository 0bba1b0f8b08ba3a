import CEL
import Records

/// Reads one mapping file.
struct MappingReader {
    static let keys = [
        "mapping", "connection", "object", "include", "match", "duplicates", "merges", "identity",
        "allow_role_addresses",
        "filter", "create",
        "delete", "update", "initial", "on_conflict", "on_clear", "on_create_default", "fields", "groups", "consent",
        "associations", "rollups", "lists", "activities", "examples",
    ]
    /// Words that people bring for a key of ours, too far from its name to be a slip.
    static let synonyms = ["scope": "filter", "subscriptions": "consent", "tests": "examples"]

    private let table: YAMLTable
    private let schema: Schema
    private let findings: Findings
    private let name: String
    private let remoteObject: String
    private let object: ObjectSchema
    private let readFile: @Sendable (String) -> [UInt8]?
    /// The currency of the connection's amounts; nil if it states none.
    var currency: String?
    /// The pull filters of the mappings that come before this one on the same remote object.
    var earlierFilters: [String] = []
    /// The connection's name.
    let connection: String

    /// Reads the head of a file; nil, with findings, if it does not say what is mapped onto what.
    init?(
        _ root: YAMLNode,
        schema: Schema,
        _ findings: Findings,
        readFile: @escaping @Sendable (String) -> [UInt8]? = { _ in nil }
    ) {
        guard let table = YAMLTable(root, "the mapping", keys: Self.keys, synonyms: Self.synonyms, findings)
        else { return nil }
        let name = table.requiredText("mapping")
        let connection = table.requiredText("connection")
        let head = table.required("object").flatMap { YAMLTable($0, "object", keys: ["local", "remote"], findings) }
        let remote = head?.requiredText("remote")
        guard let local = head?.required("local"), let localName = local.text("local", findings) else { return nil }
        guard let object = schema.object(localName) else {
            findings.error(
                at: local.location,
                "the schema has no object \"\(localName)\"",
                mend: NearestName.mend(localName, among: schema.objects.map(\.name))
            )
            return nil
        }
        guard let name, let connection, let remote else { return nil }
        self.table = table
        self.schema = schema
        self.findings = findings
        self.name = name
        self.connection = connection
        self.remoteObject = remote
        self.object = object
        self.readFile = readFile
    }

    /// The examples of the file.
    var examples: [YAMLNode] { self.table.list("examples") ?? [] }

    /// The mapping; parts with mistakes are left out, with findings.
    func mapping() -> CompiledMapping? {
        let drafted = self.drafts()
        let fields = PartReader(findings: self.findings).joined(self.fields(drafted.fields))
        let create = self.switches("create")
        let scope = self.scope(of: fields)
        let filters = self.filters(scope)
        let earlier = self.earlier(RemoteProperties(of: fields).names)
        return CompiledMapping(
            name: self.name,
            connection: self.connection,
            localObject: self.object.name,
            remoteObject: self.remoteObject,
            fields: fields,
            groups: self.groups(fields),
            match: self.match(fields, create),
            duplicates: self.table.choice("duplicates", as: DuplicatePolicy.self) ?? .review,
            pullFilter: filters.pull,
            earlierFilters: earlier.filters,
            besides: earlier.properties,
            pushFilter: filters.push,
            filterKind: filters.kind,
            create: create,
            update: self.switches("update"),
            delete: self.delete(),
            merges: self.table.choice("merges", as: MergePolicy.self) ?? .follow,
            fingerprint: Fingerprint.of(self.table.node),
            lifecycle: self.schema.lifecycle,
            localSchema: self.object,
            allowedRoleAddresses: (self.table.texts("allow_role_addresses") ?? []).map { Text($0) },
            intake: Fingerprint.of(
                ["filter", "match", "create"].map { key in
                    self.table[key].map { Fingerprint.of($0) } ?? ""
                } + self.earlierFilters
            ),
            identity: self.identity(fields),
            rollUps: drafted.rollUps,
            memberships: drafted.memberships,
            activities: drafted.activities,
            file: self.table.location.file
        )
    }

    /// What the lists of a file come to, before expressions can be compiled.
    private struct Drafts {
        var fields: [FieldReader.Draft] = []
        var rollUps: [RollUp] = []
        var memberships: [ListMembership] = []
        var activities: [ActivityRule] = []
    }

    private func drafts() -> Drafts {
        let reader = self.fieldReader()
        let fields = self.table.required("fields")?.list("fields", self.findings) ?? []
        let rolled = (self.table.list("rollups") ?? [])
            .compactMap { RollUpReader(fields: reader, schema: self.schema).read($0) }
        let plain =
            fields.compactMap { reader.field($0) }
            + (self.table.list("consent") ?? []).compactMap { ConsentReader(fields: reader).field($0) }
            + (self.table.list("associations") ?? []).compactMap { reader.association($0) }
        let entries = self.table.list("lists") ?? []
        let lists = ListReader(fields: reader)
        let told = entries.filter { !MembershipReader.reads($0) }.compactMap { lists.field($0) }
        let keeper = MembershipReader(lists: lists)
        let memberships = entries.filter(MembershipReader.reads).compactMap { keeper.membership($0) }
        keeper.refuseTwins(memberships)
        return Drafts(
            fields: plain + rolled.map(\.field) + told,
            rollUps: rolled.map(\.rollUp),
            memberships: memberships,
            activities: (self.table.list("activities") ?? []).compactMap { ActivityReader(fields: reader).rule($0) }
        )
    }

    private func fieldReader() -> FieldReader {
        var defaults = FieldReader.Defaults()
        defaults.onConflict = self.table.choice("on_conflict", as: ConflictPolicy.self) ?? .manual
        defaults.initial = self.table.choice("initial", as: FirstContactPolicy.self)
        defaults.onClear = self.table.choice("on_clear", as: ClearPolicy.self) ?? .propagate
        defaults.onCreateDefault = self.table.choice("on_create_default", as: CreateDefaultPolicy.self) ?? .pull
        for group in self.table.list("groups") ?? [] {
            let policy = FieldReader.GroupPolicy(
                onConflict: group["on_conflict"]?.choice("on_conflict", as: ConflictPolicy.self, self.findings),
                initial: group["initial"]?.choice("initial", as: FirstContactPolicy.self, self.findings)
            )
            let names = (group["fields"]?.elements ?? []).map { $0.scalar?.text ?? "" }
            for name in names { defaults.groups[name] = policy }
            if names.contains(where: MappingChecks.isCurrency) { defaults.withCurrency.formUnion(names) }
        }
        defaults.currency = self.currency
        return FieldReader(
            object: self.object,
            lifecycle: self.schema.lifecycle,
            defaults: defaults,
            findings: self.findings,
            readFile: self.readFile
        )
    }

    private func fields(_ drafts: [FieldReader.Draft]) -> [MappingField] {
        let bare = drafts.map { self.field($0) }
        let scope = self.scope(of: bare)
        let reader = ExpressionReader(findings: self.findings)
        return drafts.map { draft in
            var rules = draft.rules
            rules.pullCondition = draft.conditions.pull.flatMap { reader.condition($0, "when", scope.pull) }
            rules.pushCondition = draft.conditions.push.flatMap { reader.condition($0, "when", scope.push) }
            guard let value = draft.value else {
                let newValue = draft.newValue.flatMap { reader.program($0, "default", scope.push) }
                rules.placeholder = newValue.flatMap { Self.constant($0) }
                return self.field(draft, rules: rules, newValue: newValue)
            }
            let environment = draft.direction == .pull ? scope.pull : scope.push
            let expression = reader.program(value, "value", environment)
            if let expression, let local = draft.local { reader.check(expression, gives: local, at: value) }
            return self.field(draft, rules: rules, expression: expression)
        }
    }

    /// What an expression gives that reads nothing; nil for every other.
    private static func constant(_ program: CELProgram) -> Value? {
        guard program.reads.isEmpty, let result = try? program.evaluate(CELBindings()) else { return nil }
        return Value(result).flatMap { $0.isBlank ? nil : $0 }
    }

    private func field(
        _ draft: FieldReader.Draft,
        rules: FieldRules = FieldRules(),
        expression: CELProgram? = nil,
        newValue: CELProgram? = nil
    ) -> MappingField {
        let kind =
            switch draft.kind {
            case .property: "property"
            case .association: "association"
            case .computed: "computed"
            }
        let via = draft.lens.lenses.map { ($0 as? any CheckedLens)?.definition ?? "" }
        let type =
            draft.local.map { $0.type.name } ?? rules.membership.map { "\($0.yes)|\($0.no)" } ?? ""
        let parts = [draft.local?.name ?? "", draft.remote ?? "", kind, type, draft.value?.scalar?.text ?? ""] + via
        return MappingField(
            local: draft.local?.name,
            remote: draft.remote,
            kind: draft.kind,
            direction: draft.direction,
            onConflict: draft.policies.onConflict,
            initial: draft.policies.initial,
            onClear: draft.policies.onClear,
            authority: draft.policies.authority,
            onCreateDefault: draft.policies.onCreateDefault,
            lens: draft.lens,
            type: draft.local?.type ?? .text,
            rules: rules,
            expression: expression,
            newValue: newValue,
            fingerprint: Fingerprint.of(parts),
            location: draft.node.location
        )
    }

    /// What expressions may speak of, the remote properties of fields with mistakes of their own among it: such a field is
    /// not there, but that is told where it stands.
    private func scope(of fields: [MappingField]) -> ExpressionScope {
        var names = RemoteProperties(of: fields).names
        for entry in self.table["fields"]?.elements ?? [] where self.findings.hasErrors {
            guard let name = entry["remote"]?.scalar?.text, !names.contains(where: { $0.hasSameBytes(as: name) }) else {
                continue
            }
            names.append(name)
        }
        return ExpressionScope(
            object: self.object,
            remoteProperties: names,
            lifecycle: self.schema.lifecycle
        )
    }

    private func filters(_ scope: ExpressionScope) -> (pull: CELProgram?, push: CELProgram?, kind: FilterKind) {
        guard let filter = self.table.table("filter", keys: ["pull", "push", "kind"]) else {
            return (nil, nil, .continuous)
        }
        let reader = ExpressionReader(findings: self.findings)
        return (
            filter["pull"].flatMap { reader.condition($0, "filter.pull", scope.pull) },
            filter["push"].flatMap { reader.condition($0, "filter.push", scope.push) },
            filter.choice("kind", as: FilterKind.self) ?? .continuous
        )
    }

    /// The filters of the mappings before this one, and what they need of a record that no field here asks for.
    ///
    /// What is wrong with them is told where they stand.
    private func earlier(_ names: [String]) -> (filters: [CELProgram], properties: [String]) {
        let needed = self.earlierFilters.flatMap(JoinCounterexample.remoteProperties)
        let besides = needed.filter { name in !names.contains { $0.hasSameBytes(as: name) } }
        var all = names
        for name in besides where !all.contains(where: { $0.hasSameBytes(as: name) }) { all.append(name) }
        let scope = ExpressionScope(object: self.object, remoteProperties: all, lifecycle: self.schema.lifecycle)
        return (self.earlierFilters.compactMap { try? scope.pull.compile($0) }, besides)
    }

    /// `create:` or `update:`.
    private func switches(_ key: String) -> WaySwitches {
        guard let table = self.table.table(key, keys: ["pull", "push"]) else { return WaySwitches() }
        return WaySwitches(pull: table.flag("pull") ?? true, push: table.flag("push") ?? true)
    }

    private func delete() -> DeleteSwitches {
        guard let table = self.table.table("delete", keys: ["pull", "push", "edited"]) else { return DeleteSwitches() }
        return DeleteSwitches(
            pull: table.choice("pull", as: DeleteSwitches.Answer.self) ?? .ignore,
            push: table.choice("push", as: DeleteSwitches.Answer.self) ?? .ignore,
            edited: table.choice("edited", as: DeleteSwitches.Edited.self) ?? .review
        )
    }

    private func groups(_ fields: [MappingField]) -> [[Int]] {
        var taken: [Int: SourceLocation] = [:]
        return (self.table.list("groups") ?? []).compactMap { node in
            let keys = ["fields", "on_conflict", "initial"]
            guard let table = YAMLTable(node, "the group", keys: keys, self.findings) else { return nil }
            var positions: [Int] = []
            for name in table.required("fields")?.list("fields", self.findings) ?? [] {
                guard let position = self.position(of: name, in: fields, "the group") else { continue }
                if taken.updateValue(name.location, forKey: position) != nil {
                    self.findings.error(
                        at: name.location,
                        "\(fields[position].name) is in a group already",
                        mend: "leave it in one of them"
                    )
                }
                positions.append(position)
            }
            GroupCheck(findings: self.findings).run(positions.map { fields[$0] }, at: table.location)
            return positions
        }
    }

    private func match(_ fields: [MappingField], _ create: WaySwitches) -> [[Int]] {
        guard let node = self.table["match"] else {
            if create.pull || create.push {
                self.findings.error(
                    at: self.table.location,
                    "records are created, but nothing says which are the same",
                    mend: "add match: [ [email] ], say, or match: [] to rely on the id that is kept in the CRM"
                )
            }
            return []
        }
        return (node.list("match", self.findings) ?? []).compactMap { key in
            let names = key.scalar == nil ? key.list("a match key", self.findings) ?? [] : [key]
            let positions = names.compactMap { self.matchPosition(of: $0, in: fields) }
            return positions.count == names.count && !positions.isEmpty ? positions : nil
        }
    }

    /// `identity: off`, or the fields whose changing at once is a question; nil is the default.
    private func identity(_ fields: [MappingField]) -> IdentityRule? {
        guard let node = self.table["identity"] else { return nil }
        if node.entries == nil {
            return node.choice("the identity", as: IdentityWord.self, self.findings).map { _ in .off }
        }
        guard let block = YAMLTable(node, "the identity", keys: ["address", "name"], self.findings) else { return nil }
        func positions(_ key: String) -> [Int] {
            (block.required(key)?.list(key, self.findings) ?? []).compactMap { name in
                guard let position = self.position(of: name, in: fields, "the identity") else { return nil }
                guard case .association = fields[position].kind else { return position }
                self.findings.error(
                    at: name.location,
                    "\(fields[position].name) is an association, and names nobody",
                    mend: "name a property of the record itself"
                )
                return nil
            }
        }
        return IdentityRule(address: positions("address"), name: positions("name"))
    }

    private enum IdentityWord: String, CaseIterable {
        case off
    }

    private func matchPosition(of node: YAMLNode, in fields: [MappingField]) -> Int? {
        guard let position = self.position(of: node, in: fields, "a match key") else { return nil }
        let field = fields[position]
        if field.direction == .push {
            self.findings.error(
                at: node.location,
                "\(field.name) is only pushed, so it cannot be compared",
                mend: "map it both ways, or match by another property"
            )
        }
        if let remote = field.remote, field.part != nil {
            self.findings.error(
                at: node.location,
                "\(field.name) is a part of \(remote), so records cannot be matched by it",
                mend: "match by a property of its own"
            )
        }
        if case .association = field.kind {
            self.findings.error(
                at: node.location,
                "\(field.name) is an association, so records cannot be matched by it",
                mend: "match by a property of the record itself"
            )
        }
        return position
    }

    /// The place of the field that holds a local property.
    private func position(of node: YAMLNode, in fields: [MappingField], _ what: String) -> Int? {
        guard let name = node.text("an element of \(what)", self.findings) else { return nil }
        if let position = fields.firstIndex(where: { $0.local?.hasSameBytes(as: name) ?? false }) { return position }
        if self.object.property(name) != nil {
            // A field with a mistake of its own is not there; that is told where it stands.
            guard !self.findings.hasErrors else { return nil }
            self.findings.error(
                at: node.location,
                "\(what) names \(name), which is not mapped",
                mend: "add it to fields"
            )
        } else {
            self.findings.error(
                at: node.location,
                "\(self.object.name) has no property \"\(name)\"",
                mend: NearestName.mend(name, among: self.object.properties.map(\.name))
            )
        }
        return nil
    }
}
