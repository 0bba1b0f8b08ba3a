import CEL
import Mapping
package import Messaging
package import Records
import Scoring
import Store

/// Reads `Config/handoff.yaml`.
package enum HandOffFile {
    /// Reads the rules from a file's bytes; throws a `DiagnosticList` with all that is wrong with it.
    ///
    /// `variables` are those of `${name}` in the file.
    package static func parse(
        _ bytes: [UInt8],
        file: String,
        schema: Schema,
        templates: TemplateLibrary,
        variables: [String: String] = [:]
    ) throws -> HandOffRules {
        let findings = Findings()
        let root = try YAMLDocument.parse(bytes, file: file).substituting(variables, findings)
        let rules = HandOffReader(schema: schema, templates: templates, findings: findings).rules(root)
        try findings.throwIfErrors()
        guard let rules else { throw DiagnosticList(findings.diagnostics) }
        return rules
    }
}

/// Reads one hand-off file.
struct HandOffReader {
    let schema: Schema
    let templates: TemplateLibrary
    let findings: Findings

    private static let keys = [
        "description", "connection", "qualify", "review", "stages", "reject", "recycle", "lost", "owners", "deal",
        "task",
        "confirm", "notify", "deadline",
    ]

    func rules(_ root: YAMLNode) -> HandOffRules? {
        guard let table = YAMLTable(root, "the hand-off", keys: Self.keys, self.findings) else { return nil }
        guard let contact = self.object("contact", root) else { return nil }
        for property in ["owner", "lifecycle_stage"] where contact.property(property) == nil {
            self.findings.error(at: root.location, "contact has no \(property)", mend: "add it to schema.yaml")
        }
        let vocabulary = RecordVocabulary(
            contact,
            lifecycle: self.schema.lifecycle,
            variables: [.event, .handOff]
        )
        let review = self.review(table["review"])
        let stages = self.stages(table["stages"])
        let (keeps, pool, fallback) = self.owners(table.required("owners"), vocabulary)
        let outcomes = ["reject", "recycle", "lost"].map { key in
            table[key].map { self.settings($0, key, contact) } ?? []
        }
        return HandOffRules(
            vocabulary: vocabulary,
            connection: table.text("connection").flatMap { $0 == "none" ? nil : Text($0) },
            qualification: table["qualify"].map { self.qualification($0, vocabulary) } ?? .score,
            needsReview: review.isNeeded,
            reviewer: review.reviewer,
            qualifiedStage: stages[0],
            acceptedStage: stages[1],
            wonStage: stages[2],
            rejected: outcomes[0],
            recycled: outcomes[1],
            lost: outcomes[2],
            keepsOwner: keeps,
            pool: pool,
            fallback: fallback,
            deal: table["deal"].flatMap { self.deal($0, vocabulary) },
            task: table["task"].flatMap { self.task($0, vocabulary) },
            confirmed: self.confirmed(table["confirm"], contact),
            notification: table.table("notify", keys: ["template"])?.required("template").flatMap { self.template($0) },
            nudges: self.nudges(table.list("deadline") ?? [])
        )
    }

    /// An object that there must be.
    func object(_ name: String, _ node: YAMLNode) -> ObjectSchema? {
        if let object = self.schema.object(name) { return object }
        self.findings.error(at: node.location, "there is no object \(name)", mend: "add it to schema.yaml")
        return nil
    }

    /// A template that there must be.
    func template(_ node: YAMLNode) -> Text? {
        guard let text = node.text("the template", self.findings) else { return nil }
        if self.templates.contains(Text(text)) { return Text(text) }
        self.findings.error(
            at: node.location,
            "there is no template \"\(text)\"",
            mend: NearestName.mend(text, among: self.templates.names.map(\.string))
        )
        return nil
    }

    /// The address of a person of ours.
    func address(_ node: YAMLNode, _ what: String) -> Text? {
        guard let text = node.text(what, self.findings) else { return nil }
        if let address = MailAddress(mailbox: text) { return address.mailbox }
        self.findings.error(at: node.location, "\(what) is no address", mend: "write name@example.com")
        return nil
    }

    /// Properties with literal values.
    func settings(_ node: YAMLNode, _ what: String, _ object: ObjectSchema) -> [PropertySetting] {
        let values = ConfiguredValue(self.schema.lifecycle, self.findings)
        return (YAMLTable(node, what, keys: nil, self.findings)?.entries ?? []).compactMap { entry in
            guard let property = object.property(entry.key) else {
                self.findings.error(
                    at: entry.location,
                    "\(object.name) has no property \"\(entry.key)\"",
                    mend: NearestName.mend(entry.key, among: object.properties.map(\.name))
                )
                return nil
            }
            return values.read(entry.value, property).map { PropertySetting(entry.key, $0) }
        }
    }

    private func qualification(_ node: YAMLNode, _ vocabulary: RecordVocabulary) -> HandOffRules.Qualification {
        switch node.scalar?.text {
        case "score": return .score
        case "requested": return .requested
        default:
            guard let program = node.expression("qualify", vocabulary.environment, .bool, self.findings),
                let text = node.scalar?.text
            else { return .requested }
            return .condition(program, hash: Text(text))
        }
    }

    private func review(_ node: YAMLNode?) -> (isNeeded: Bool, reviewer: (address: Text, template: Text)?) {
        guard let node else { return (true, nil) }
        if node.scalar?.text == "none" { return (false, nil) }
        if node.scalar?.text == "required" { return (true, nil) }
        guard let table = YAMLTable(node, "review", keys: ["notify", "template"], self.findings),
            let address = table.required("notify").flatMap({ self.address($0, "notify") }),
            let template = table.required("template").flatMap({ self.template($0) })
        else { return (true, nil) }
        return (true, (address: address, template: template))
    }

    private func stages(_ node: YAMLNode?) -> [Text] {
        let keys = ["qualified", "accepted", "won"]
        let defaults: [Text] = ["mql", "sql", "customer"]
        let table = node.flatMap { YAMLTable($0, "stages", keys: keys, self.findings) }
        return zip(keys, defaults).map { key, name in
            let stage = table?.text(key).map { Text($0) } ?? name
            if self.schema.lifecycle.rank(of: stage) == nil, let place = table?[key] ?? node {
                self.findings.error(
                    at: place.location,
                    "the lifecycle has no stage \"\(stage)\"",
                    mend: NearestName.mend(stage.string, among: self.schema.lifecycle.stages.map(\.string))
                )
            }
            return stage
        }
    }

    private func confirmed(_ node: YAMLNode?, _ contact: ObjectSchema) -> [String] {
        guard let node else { return ["owner", "lifecycle_stage"] }
        let names = node.texts("confirm", self.findings) ?? []
        for name in names where contact.property(name) == nil {
            self.findings.error(
                at: node.location,
                "contact has no property \"\(name)\"",
                mend: NearestName.mend(name, among: contact.properties.map(\.name))
            )
        }
        return names
    }

    private func nudges(_ nodes: [YAMLNode]) -> [NudgeRule] {
        let keys = ["after", "remind", "escalate", "template", "reassign"]
        let nudges = nodes.compactMap { node -> NudgeRule? in
            guard let table = YAMLTable(node, "the deadline's step", keys: keys, self.findings),
                let after = table.required("after")?.span("after", self.findings)
            else { return nil }
            if let remind = table["remind"] {
                return self.template(remind).map { NudgeRule(after: after, kind: .remind(template: $0)) }
            }
            if let escalate = table["escalate"] {
                guard let address = self.address(escalate, "escalate"),
                    let template = table.required("template").flatMap({ self.template($0) })
                else { return nil }
                return NudgeRule(after: after, kind: .escalate(to: address, template: template))
            }
            if table.flag("reassign") == true { return NudgeRule(after: after, kind: .reassign) }
            let mend = "write remind: template, escalate: address or reassign: true"
            self.findings.error(at: node.location, "the deadline's step does nothing", mend: mend)
            return nil
        }
        return nudges.enumerated().sorted { ($0.element.after, $0.offset) < ($1.element.after, $1.offset) }.map(
            \.element
        )
    }
}
