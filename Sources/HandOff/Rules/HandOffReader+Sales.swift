import CEL
import Mapping
import Messaging
import Records
import Scoring
import Store

/// The owners, the deal and the task.
extension HandOffReader {
    func owners(
        _ node: YAMLNode?,
        _ vocabulary: RecordVocabulary
    ) -> (keeps: Bool, pool: [OwnerRule], fallback: Text?) {
        guard let node, let table = YAMLTable(node, "owners", keys: ["keep", "pool", "fallback"], self.findings) else {
            return (true, [], nil)
        }
        let pool = (table.required("pool")?.list("pool", self.findings) ?? []).compactMap { self.owner($0, vocabulary) }
        let fallback = table["fallback"].flatMap { self.address($0, "fallback") }
        if pool.isEmpty, fallback == nil, !self.findings.hasErrors {
            self.findings.error(at: node.location, "there is nobody to own leads", mend: "add an owner to the pool")
        }
        for (index, owner) in pool.enumerated() where pool[..<index].contains(where: { $0.email == owner.email }) {
            let elements = table["pool"]?.elements ?? []
            let place = elements.count == pool.count ? elements[index].location : node.location
            self.findings.error(at: place, "\(owner.email) stands twice", mend: "keep one of them")
        }
        return (table.flag("keep") ?? true, pool, fallback)
    }

    private func owner(_ node: YAMLNode, _ vocabulary: RecordVocabulary) -> OwnerRule? {
        let keys = ["email", "weight", "capacity", "absent", "when"]
        guard let table = YAMLTable(node, "the owner", keys: keys, self.findings),
            let email = table.required("email").flatMap({ self.address($0, "email") })
        else { return nil }
        return OwnerRule(
            email: email,
            weight: table.integer("weight", in: 1...100) ?? 1,
            capacity: table.integer("capacity", in: 1...100_000),
            absences: (table.list("absent") ?? []).compactMap { self.absence($0) },
            condition: table["when"]?.expression("when", vocabulary.environment, .bool, self.findings)
        )
    }

    private func absence(_ node: YAMLNode) -> ClosedRange<CalendarDate>? {
        guard let table = YAMLTable(node, "the absence", keys: ["from", "until"], self.findings) else { return nil }
        let dates = ["from", "until"].map { table.requiredText($0).flatMap { CalendarDate($0) } }
        if let from = dates[0], let until = dates[1], from <= until { return from...until }
        self.findings.error(
            at: node.location,
            "the absence is no span of days",
            mend: "write { from: 2026-12-21, until: 2026-12-31 }"
        )
        return nil
    }

    func deal(_ node: YAMLNode, _ vocabulary: RecordVocabulary) -> HandOffRules.Deal? {
        if node.scalar?.text == "none" { return nil }
        let keys = ["name", "stage", "set", "won", "lost"]
        guard let object = self.object("deal", node),
            let table = YAMLTable(node, "deal", keys: keys, self.findings)
        else { return nil }
        let stages = self.stages(of: object, node)
        let name = table.required("name").flatMap { self.inline($0, "name", vocabulary) }
        let stage = table.required("stage").flatMap { self.stage($0, stages) }
        let won = (table.required("won")?.list("won", self.findings) ?? []).compactMap { self.stage($0, stages) }
        let lost = (table.list("lost") ?? []).compactMap { self.stage($0, stages) }
        let settings = table["set"].map { self.settings($0, "set", object) } ?? []
        guard let name, let stage else { return nil }
        return HandOffRules.Deal(name: name, stage: stage, settings: settings, won: won, lost: lost)
    }

    func task(_ node: YAMLNode, _ vocabulary: RecordVocabulary) -> HandOffRules.Task? {
        if node.scalar?.text == "none" { return nil }
        let keys = ["subject", "body", "due", "set", "done"]
        guard let object = self.object("task", node),
            let table = YAMLTable(node, "task", keys: keys, self.findings)
        else { return nil }
        for property in ["subject", "owner"] where object.property(property) == nil {
            self.findings.error(at: node.location, "task has no \(property)", mend: "add it to schema.yaml")
        }
        let subject = table.required("subject").flatMap { self.inline($0, "subject", vocabulary) }
        let due = table.required("due")?.span("due", self.findings)
        let body = table["body"].flatMap { self.inline($0, "body", vocabulary) }
        let settings = table["set"].map { self.settings($0, "set", object) } ?? []
        let done = (table.texts("done") ?? ["done"]).map { Text($0) }
        guard let subject, let due else { return nil }
        return HandOffRules.Task(subject: subject, body: body, due: due, settings: settings, done: done)
    }

    private func inline(_ node: YAMLNode, _ what: String, _ vocabulary: RecordVocabulary) -> InlineTemplate? {
        guard let text = node.text(what, self.findings), let scalar = node.scalar else { return nil }
        var problems: [Diagnostic] = []
        let start = scalar.location(line: 1, column: 1)
        let template = InlineTemplate(text, at: start, environment: vocabulary.environment, findings: &problems)
        self.findings.add(problems)
        return template
    }

    /// The stages that a deal can have; empty for any.
    private func stages(of deal: ObjectSchema, _ node: YAMLNode) -> [Text] {
        for property in ["name", "owner", "stage"] where deal.property(property) == nil {
            self.findings.error(at: node.location, "deal has no \(property)", mend: "add it to schema.yaml")
        }
        if case .option(let options)? = deal.property("stage")?.type { return options }
        return []
    }

    private func stage(_ node: YAMLNode, _ stages: [Text]) -> Text? {
        guard let text = node.text("a stage", self.findings) else { return nil }
        if stages.isEmpty || stages.contains(Text(text)) { return Text(text) }
        self.findings.error(
            at: node.location,
            "a deal has no stage \"\(text)\"",
            mend: NearestName.mend(text, among: stages.map(\.string))
        )
        return nil
    }
}
