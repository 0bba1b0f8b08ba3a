import CEL
package import Mapping
package import Records

/// Reads `Config/scoring.yaml`.
///
/// ```yaml
/// object: contact
/// rules:
///   - { id: clicked, event: email_clicked, points: 15, cap: 45, half_life: 30d }
///   - { id: pricing, event: page_viewed, when: "event.url.contains('/pricing')", points: 20, expires: 60d }
///   - { id: webinar, event: webinar_attended, points: 25, once: true }
/// fit:
///   rules: [ { id: decider, when: "contact.job_title.contains('Director')", points: 40 } ]
///   grades: { A: 60, B: 40, C: 20 }
/// qualified: { A: 40, B: 60, C: 90 }        # or one number for every grade
/// watch: [ 20 ]
/// ```
package struct ScoringFile {
    private let schema: Schema
    private let findings: Findings

    /// What scoring writes.
    private static let results = ["score", "grade"]

    private init(_ schema: Schema, _ findings: Findings) {
        self.schema = schema
        self.findings = findings
    }

    /// Reads the rules from a file's bytes; throws a `DiagnosticList` with all that is wrong with it.
    package static func parse(_ bytes: [UInt8], file: String, schema: Schema) throws -> ScoringRules {
        try self.read(YAMLDocument.parse(bytes, file: file), schema: schema)
    }

    /// Reads the rules from a parsed file; throws a `DiagnosticList` with all that is wrong with it.
    package static func read(_ root: YAMLNode, schema: Schema) throws -> ScoringRules {
        let findings = Findings()
        let rules = Self(schema, findings).rules(root)
        try findings.throwIfErrors()
        guard let rules else { throw DiagnosticList(findings.diagnostics) }
        return rules
    }

    private func rules(_ root: YAMLNode) -> ScoringRules? {
        let keys = ["object", "rules", "fit", "qualified", "watch"]
        guard let table = YAMLTable(root, "the scoring file", keys: keys, self.findings) else { return nil }
        let name = table.text("object") ?? "contact"
        guard let object = self.schema.object(name) else {
            self.findings.error(
                at: (table["object"] ?? root).location,
                "there is no object \"\(name)\"",
                mend: NearestName.mend(name, among: self.schema.objects.map(\.name))
            )
            return nil
        }
        let vocabulary = RecordVocabulary(object, lifecycle: self.schema.lifecycle, variables: [.event])
        let rules = (table.required("rules")?.list("rules", self.findings) ?? []).compactMap {
            self.rule($0, vocabulary, isFit: false)
        }
        let fit = table.table("fit", keys: ["rules", "grades"])
        let fitRules = (fit?.list("rules") ?? []).compactMap { self.rule($0, vocabulary, isFit: true) }
        self.checkIDs((table["rules"]?.elements ?? []) + (fit?["rules"]?.elements ?? []))
        return ScoringRules(
            vocabulary: vocabulary,
            rules: rules,
            fit: fitRules,
            grades: fit?["grades"].map { self.marks($0, "grades", lowest: .c) } ?? [:],
            qualified: table["qualified"].map { self.marks($0, "qualified", lowest: .d) } ?? [:],
            watched: (table.list("watch") ?? []).compactMap {
                $0.integer("a mark", in: -10_000...10_000, self.findings)
            }
        )
    }

    private func rule(_ node: YAMLNode, _ vocabulary: RecordVocabulary, isFit: Bool) -> ScoringRule? {
        let all = ["id", "event", "when", "points", "cap", "once", "half_life", "expires"]
        let keys = isFit ? ["id", "when", "points"] : all
        guard let table = YAMLTable(node, isFit ? "a rule for fit" : "a rule", keys: keys, self.findings) else {
            return nil
        }
        let id = table.requiredText("id")
        let points = table.required("points")?.integer("points", in: -1000...1000, self.findings)
        let condition = table["when"].flatMap { node in
            node.expression("when", vocabulary.environment, .bool, self.findings)
        }
        if let node = table["when"],
            condition?.reads.contains(where: { Self.results.contains($0.field?.name ?? "") }) == true
        {
            self.findings.error(
                at: node.location,
                "a rule cannot read the score that it makes",
                mend: "read something else"
            )
        }
        let event = table.text("event")
        if event == nil, table["when"] == nil {
            self.findings.error(at: node.location, "the rule never applies", mend: "add event or when")
        }
        if event == nil, !isFit {
            for key in ["cap", "once", "half_life", "expires"] where table[key] != nil {
                let place = (table[key] ?? node).location
                self.findings.error(at: place, "only a rule for an event has \(key)", mend: "remove it, or add event")
            }
        }
        let decay = self.decay(table, points: points ?? 0)
        guard let id, let points else { return nil }
        let trigger: ScoringRule.Trigger? = event.map { .event(Text($0), condition) } ?? condition.map { .profile($0) }
        return trigger.map {
            ScoringRule(
                id: Text(id),
                trigger: $0,
                points: points,
                cap: table.integer("cap", in: 1...10_000),
                once: table.flag("once") ?? false,
                decay: decay
            )
        }
    }

    private func decay(_ table: YAMLTable, points: Int) -> ScoringRule.Decay {
        if let node = table["half_life"], table["expires"] != nil {
            self.findings.error(at: node.location, "points either fade or expire", mend: "keep half_life or expires")
        }
        if let node = table["half_life"], let span = node.span("half_life", self.findings) {
            if points < 0 {
                self.findings.error(
                    at: node.location,
                    "points against a contact cannot fade, or its score would rise by itself",
                    mend: "use expires"
                )
            }
            return .halfLife(span)
        }
        return table["expires"]?.span("expires", self.findings).map { .expires($0) } ?? .none
    }

    /// Points by grade, or one number for all grades down to `lowest`.
    private func marks(_ node: YAMLNode, _ what: String, lowest: Grade) -> [Grade: Int] {
        let range = -10_000...10_000
        let grades = Grade.allCases.filter { $0 >= lowest }
        if node.scalar != nil {
            guard let mark = node.integer(what, in: range, self.findings) else { return [:] }
            return Dictionary(uniqueKeysWithValues: grades.map { ($0, mark) })
        }
        guard let table = YAMLTable(node, what, keys: grades.map(\.rawValue), self.findings) else { return [:] }
        var marks: [Grade: Int] = [:]
        for grade in grades { marks[grade] = table.integer(grade.rawValue, in: range) }
        return marks
    }

    private func checkIDs(_ rules: [YAMLNode]) {
        var known: Set<Text> = []
        for rule in rules {
            guard let node = rule["id"], let id = node.scalar?.text, !known.insert(Text(id)).inserted else { continue }
            self.findings.error(at: node.location, "the rule \"\(id)\" stands twice", mend: "give it another id")
        }
    }
}
