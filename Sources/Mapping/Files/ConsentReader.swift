import Records

/// Reads an entry of `consent`: a purpose on a channel, and the CRM's property that says whether somebody agreed.
///
/// Ours is a flag: true means that the person may be written to for that purpose. It never loosens by itself (R5).
struct ConsentReader {
    /// Which way round the CRM says it.
    enum Meaning: String, CaseIterable {
        /// The property says that the person agrees.
        case direct
        /// The property says that the person refuses.
        case inverted
    }

    static let keys = [
        "purpose", "channel", "local", "remote", "meaning", "via", "on_conflict", "backward", "direction", "when",
    ]

    let fields: FieldReader

    private var findings: Findings { self.fields.findings }

    /// The field of an entry; nil, with findings, if it has mistakes that leave none.
    func field(_ node: YAMLNode) -> FieldReader.Draft? {
        guard let table = YAMLTable(node, "the consent", keys: Self.keys, self.findings) else { return nil }
        let purpose = table.requiredText("purpose")
        let remote = table.requiredText("remote")
        let meaning = table.choice("meaning", as: Meaning.self) ?? .direct
        let direction = table.choice("direction", as: SyncDirection.self) ?? .both
        let backward = table.choice("backward", as: BackwardPolicy.self) ?? .review
        self.check(table, backward)
        guard let purpose, let remote, let local = self.property(table, purpose) else { return nil }
        let turned: [any CheckedLens] = meaning == .inverted ? [NotLens()] : []
        let via = ViaReader(findings: self.findings, readFile: self.fields.readFile).read(table["via"]) + turned
        let builder = ChainBuilder(findings: self.findings, lifecycle: self.fields.lifecycle)
        guard let lens = builder.chain(via, to: local, at: table["via"]?.location ?? table.location) else { return nil }
        var rules = FieldRules()
        rules.isConsent = true
        rules.backward = backward
        return FieldReader.Draft(
            local: local,
            remote: remote,
            kind: .property,
            direction: direction,
            lens: lens,
            value: nil,
            policies: FieldReader.Policies(
                onConflict: .mostRestrictive,
                initial: nil,
                onClear: .propagate,
                onCreateDefault: .pull,
                authority: nil
            ),
            rules: rules,
            conditions: self.fields.conditions(table, direction: direction),
            node: node
        )
    }

    private func check(_ table: YAMLTable, _ backward: BackwardPolicy) {
        if let place = table["on_conflict"], let policy = table.choice("on_conflict", as: ConflictPolicy.self),
            policy != .mostRestrictive
        {
            self.findings.error(
                at: place.location,
                "a consent cannot have on_conflict: \(policy.rawValue)",
                mend: "write most_restrictive, or remove it"
            )
        }
        if let place = table["backward"], backward == .allow {
            self.findings.error(
                at: place.location,
                "a consent never loosens by itself",
                mend: "write review or restore"
            )
        }
    }

    /// The flag of ours: named by `local`, else by the purpose, with the channel behind it if there is one.
    private func property(_ table: YAMLTable, _ purpose: String) -> PropertySchema? {
        let channel = table.text("channel")
        let name = table.text("local") ?? channel.map { "\(purpose)_\($0)" } ?? purpose
        let object = self.fields.object
        let place = table["local"]?.location ?? table["purpose"]?.location ?? table.location
        guard let property = object.property(name) else {
            self.findings.error(
                at: place,
                "\(object.name) has no property \"\(name)\"",
                mend: "add \(name): { type: flag } to the schema, or name the flag with local"
            )
            return nil
        }
        guard property.type == .flag else {
            self.findings.error(
                at: place,
                "\(name) is \(property.type.name), not a flag",
                mend: "name a property of type flag with local"
            )
            return nil
        }
        return property
    }
}
