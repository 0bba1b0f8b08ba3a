import CEL
import Records

/// The conditions of a field before they can be compiled.
struct DraftConditions {
    /// Over the remote record.
    var pull: YAMLNode?
    /// Over the local record.
    var push: YAMLNode?
}

/// Reads what a field allows beyond who wins.
extension FieldReader {
    static let ruleKeys = ["unless_blank", "backward", "drift", "write", "push_when", "when"]

    /// The rules of a field whose direction and policy are known.
    func rules(
        _ table: YAMLTable,
        direction: SyncDirection,
        policy: ConflictPolicy,
        local: PropertySchema?
    ) -> FieldRules {
        var rules = FieldRules()
        self.readAuthority(table, direction, into: &rules)
        self.readBackward(table, policy, into: &rules)
        self.readDrift(table, direction, into: &rules)
        self.readWrite(table, direction, policy, into: &rules)
        rules.pushWhen = self.threshold(table, direction, local)
        return rules
    }

    private func readAuthority(_ table: YAMLTable, _ direction: SyncDirection, into rules: inout FieldRules) {
        rules.authorityUnlessBlank = table.flag("unless_blank") ?? false
        if let place = table["unless_blank"], table["authority"] == nil {
            self.findings.error(
                at: place.location,
                "unless_blank belongs to authority",
                mend: "add authority: remote, say, or remove it"
            )
        }
        guard let place = table["authority"], let text = place.scalar?.text, let side = Side(rawValue: text) else {
            return
        }
        guard (direction == .pull && side == .local) || (direction == .push && side == .remote) else { return }
        self.findings.error(
            at: place.location,
            "authority: \(text) cannot be kept by a field that is only \(direction == .pull ? "pulled" : "pushed")",
            mend: "write authority: \(side.opposite.rawValue), or remove direction"
        )
    }

    private func readBackward(_ table: YAMLTable, _ policy: ConflictPolicy, into rules: inout FieldRules) {
        rules.backward = table.choice("backward", as: BackwardPolicy.self) ?? .review
        guard let place = table["backward"], policy != .furthest, policy != .mostRestrictive else { return }
        self.findings.error(
            at: place.location,
            "backward is for stages that only climb",
            mend: "add on_conflict: furthest, or remove it"
        )
    }

    private func readDrift(_ table: YAMLTable, _ direction: SyncDirection, into rules: inout FieldRules) {
        rules.drift = table.choice("drift", as: DriftPolicy.self) ?? .leave
        guard let place = table["drift"], direction == .both else { return }
        self.findings.error(
            at: place.location,
            "drift is for one-way fields: an edit on either side of this one travels",
            mend: "add direction: push, say, or remove it"
        )
    }

    private func readWrite(
        _ table: YAMLTable,
        _ direction: SyncDirection,
        _ policy: ConflictPolicy,
        into rules: inout FieldRules
    ) {
        guard let node = table["write"] else { return }
        if node.entries != nil {
            guard let sides = YAMLTable(node, "write", keys: ["pull", "push"], self.findings) else { return }
            rules.writeLocal = sides.choice("pull", as: WritePolicy.self) ?? .always
            rules.writeRemote = sides.choice("push", as: WritePolicy.self) ?? .always
            for (key, other) in [("pull", SyncDirection.push), ("push", .pull)] where direction == other {
                guard let place = sides[key] else { continue }
                self.findings.error(
                    at: place.location,
                    "the field has direction: \(direction.rawValue)",
                    mend: "remove \(key) here"
                )
            }
        } else {
            let chosen = node.choice("write", as: WritePolicy.self, self.findings) ?? .always
            if direction != .push { rules.writeLocal = chosen }
            if direction != .pull { rules.writeRemote = chosen }
        }
        if policy == .merge {
            self.findings.error(
                at: node.location,
                "on_conflict: merge writes both sides",
                mend: "remove write, or choose another policy"
            )
        }
    }

    /// `push_when: { band: 10 }` or `{ change: 10 }`.
    private func threshold(
        _ table: YAMLTable,
        _ direction: SyncDirection,
        _ local: PropertySchema?
    ) -> PushThreshold? {
        guard let node = table["push_when"] else { return nil }
        guard let block = YAMLTable(node, "push_when", keys: ["band", "change"], self.findings) else { return nil }
        if direction == .pull {
            self.findings.error(at: node.location, "push_when is for fields that are pushed", mend: "remove it")
        }
        if let local, local.type.shape != .number {
            self.findings.error(
                at: node.location,
                "push_when counts numbers, but \(local.name) is \(local.type.name)",
                mend: "remove it, or use when with a condition"
            )
        }
        let range = 1...1_000_000_000
        switch (block["band"], block["change"]) {
        case (_?, nil): return block.integer("band", in: range).map { .band($0) }
        case (nil, _?): return block.integer("change", in: range).map { .change($0) }
        default:
            self.findings.error(
                at: node.location,
                "push_when takes one of band and change",
                mend: "write { band: 10 }, or { change: 10 }"
            )
            return nil
        }
    }

    /// `when:` of a one-way field, or `when: { pull: …, push: … }`.
    func conditions(_ table: YAMLTable, direction: SyncDirection) -> DraftConditions {
        guard let node = table["when"] else { return DraftConditions() }
        if node.entries != nil {
            guard let sides = YAMLTable(node, "when", keys: ["pull", "push"], self.findings) else {
                return DraftConditions()
            }
            for (key, other) in [("pull", SyncDirection.push), ("push", .pull)] where direction == other {
                guard let place = sides[key] else { continue }
                self.findings.error(
                    at: place.location,
                    "the field has direction: \(direction.rawValue)",
                    mend: "remove \(key) here"
                )
            }
            return DraftConditions(pull: sides["pull"], push: sides["push"])
        }
        switch direction {
        case .pull: return DraftConditions(pull: node)
        case .push: return DraftConditions(push: node)
        case .both:
            self.findings.error(
                at: node.location,
                "when does not say which way it is meant",
                mend: "write when: { push: … } over our record, or { pull: … } over remote"
            )
            return DraftConditions()
        }
    }
}
