import CEL
import Mapping
import Messaging
import Records
import Scoring

/// Reads one workflow file.
struct WorkflowReader {
    let context: WorkflowContext
    let findings: Findings
    var steps: [WorkflowStep] = []
    /// Where each step's id stands.
    var places: [Text: SourceLocation] = [:]
    /// Where steps that wait for an answer name the step that asks.
    var answerPlaces: [Text: SourceLocation] = [:]

    /// The most steps of a workflow.
    static let maximumSteps = 500
    private static let keys = [
        "workflow", "description", "object", "trigger", "reentry", "goal", "exit", "consent", "quiet_hours",
        "frequency_cap", "steps", "tests",
    ]

    init(_ context: WorkflowContext, _ findings: Findings) {
        self.context = context
        self.findings = findings
    }

    mutating func definition(_ root: YAMLNode) -> WorkflowDefinition? {
        guard let table = YAMLTable(root, "the workflow", keys: Self.keys, self.findings) else { return nil }
        let name = table.required("workflow").flatMap { self.name($0, "the workflow") }
        guard let object = self.object(table, root) else { return nil }
        let vocabulary = RecordVocabulary(object, lifecycle: self.context.schema.lifecycle, variables: [.event])
        let trigger = table.required("trigger").flatMap { self.trigger($0, vocabulary) }
        let nodes = table.required("steps")?.list("steps", self.findings) ?? []
        self.block(nodes, next: nil, vocabulary)
        self.checkReferences()
        if table["steps"] != nil, nodes.isEmpty {
            self.findings.error(at: table.location, "the workflow has no step", mend: "add one")
        }
        let json = root.canonicalJSON(omitting: ["tests", "description"]).text
        let goal = table["goal"]?.expression("goal", vocabulary.environment, .bool, self.findings)
        let exit = table["exit"]?.expression("exit", vocabulary.environment, .bool, self.findings)
        let reentry = table["reentry"].map { self.reentry($0) } ?? .never
        let consent = table["consent"].flatMap { self.flagProperty($0, object) }
        let quietHours = table["quiet_hours"].flatMap { self.quietHours($0) }
        let frequencyCap = table["frequency_cap"].flatMap { self.frequencyCap($0) }
        guard let name, let trigger else { return nil }
        return WorkflowDefinition(
            name: name,
            vocabulary: vocabulary,
            trigger: trigger,
            reentry: reentry,
            goal: goal,
            exit: exit,
            consent: consent,
            quietHours: quietHours,
            frequencyCap: frequencyCap,
            steps: self.steps,
            json: json,
            hash: ContentHash.of(json)
        )
    }

    /// A name that can stand in keys, file names and the command line.
    func name(_ node: YAMLNode, _ what: String) -> Text? {
        guard let text = node.text(what, self.findings) else { return nil }
        return self.checkName(text, at: node.location, what) ? Text(text) : nil
    }

    /// Whether a text can be such a name; adds a finding if not.
    @discardableResult
    func checkName(_ text: String, at location: SourceLocation, _ what: String) -> Bool {
        let isFine = text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x61...0x7A, 0x2D, 0x5F: true
            default: false
            }
        }
        if isFine, (1...64).contains(text.utf8.count) { return true }
        self.findings.error(
            at: location,
            "\(what) cannot be called \"\(text.prefix(40))\"",
            mend: "use small letters, digits, - and _, 64 at most"
        )
        return false
    }

    /// A template that there must be, and that speaks of the workflow's object.
    func template(_ node: YAMLNode, _ object: ObjectSchema) -> Text? {
        guard let text = node.text("the template", self.findings) else { return nil }
        if Text(object.name) != self.context.templateObject {
            self.findings.error(
                at: node.location,
                "templates speak of \(self.context.templateObject), the workflow of \(object.name)",
                mend: "send mail from a workflow of \(self.context.templateObject)"
            )
            return nil
        }
        if let templates = self.context.templates, !templates.contains(Text(text)) {
            self.findings.error(
                at: node.location,
                "there is no template \"\(text)\"",
                mend: NearestName.mend(text, among: templates.names.map(\.string))
            )
            return nil
        }
        return Text(text)
    }

    private func object(_ table: YAMLTable, _ root: YAMLNode) -> ObjectSchema? {
        let name = table.text("object") ?? "contact"
        if let object = self.context.schema.object(name) { return object }
        self.findings.error(
            at: (table["object"] ?? root).location,
            "there is no object \"\(name)\"",
            mend: NearestName.mend(name, among: self.context.schema.objects.map(\.name))
        )
        return nil
    }

    private func trigger(_ node: YAMLNode, _ vocabulary: RecordVocabulary) -> WorkflowTrigger? {
        if node.scalar?.text == "manual" { return .manual }
        let keys = ["event", "property_changed", "joined_segment", "to", "when", "key"]
        guard let table = YAMLTable(node, "the trigger", keys: keys, self.findings) else { return nil }
        let kinds = keys.prefix(3).filter { table[$0] != nil }
        guard kinds.count == 1, let kind = kinds.first else {
            let mend = "write one of event, property_changed, joined_segment, or trigger: manual"
            self.findings.error(at: node.location, "the trigger is not one thing", mend: mend)
            return nil
        }
        let allowed = kind == "event" ? ["when", "key"] : kind == "property_changed" ? ["to", "when"] : []
        for key in ["to", "when", "key"] where !allowed.contains(key) {
            if let extra = table[key] {
                self.findings.error(at: extra.location, "a trigger by \(kind) has no \(key)", mend: "remove it")
            }
        }
        let when = table["when"]?.expression("when", vocabulary.environment, .bool, self.findings)
        guard let text = table.text(kind), let place = table[kind] else { return nil }
        switch kind {
        case "event": return .event(Text(text), when: when, key: table.text("key").map { Text($0) })
        case "joined_segment": return self.segment(text, place, vocabulary.object)
        default:
            guard let property = self.property(text, at: place.location, vocabulary.object) else { return nil }
            let value = table["to"].flatMap { self.literal($0, property) }
            return .propertyChanged(Text(text), to: value, when: when)
        }
    }

    private func segment(_ name: String, _ node: YAMLNode, _ object: ObjectSchema) -> WorkflowTrigger? {
        guard let segments = self.context.segments else { return .joinedSegment(Text(name)) }
        guard let owner = segments[Text(name)] else {
            self.findings.error(
                at: node.location,
                "there is no segment \"\(name)\"",
                mend: NearestName.mend(name, among: segments.keys.map(\.string))
            )
            return nil
        }
        if owner != Text(object.name) {
            self.findings.error(
                at: node.location,
                "the segment \(name) is of \(owner), the workflow of \(object.name)",
                mend: "take a segment of \(object.name)"
            )
        }
        return .joinedSegment(Text(name))
    }

    private func reentry(_ node: YAMLNode) -> WorkflowReentry {
        guard let text = node.text("reentry", self.findings) else { return .never }
        if text == "never" { return .never }
        if text == "always" { return .always }
        let words = text.split(separator: " ").map(String.init)
        if words.count == 2, words[0] == "after", let span = Duration(span: words[1]) { return .after(span) }
        self.findings.error(
            at: node.location,
            "reentry cannot be \"\(text.prefix(40))\"",
            mend: "write never, always or \"after 90d\""
        )
        return .never
    }

    private func flagProperty(_ node: YAMLNode, _ object: ObjectSchema) -> Text? {
        guard let text = node.text("consent", self.findings),
            let property = self.property(text, at: node.location, object)
        else { return nil }
        if property.type == .flag { return Text(text) }
        self.findings.error(at: node.location, "\(text) is not true or false", mend: "name a flag of \(object.name)")
        return nil
    }

    private func quietHours(_ node: YAMLNode) -> QuietHours? {
        guard let table = YAMLTable(node, "quiet_hours", keys: ["from", "to", "zone"], self.findings) else {
            return nil
        }
        let zone = table.required("zone")
        let times = ["from", "to"].map { key in
            table.required(key).flatMap { self.localTime($0, key, zone: zone) }
        }
        guard let from = times[0], let to = times[1] else { return nil }
        return QuietHours(from: from, to: to)
    }

    private func frequencyCap(_ node: YAMLNode) -> FrequencyCap? {
        guard let table = YAMLTable(node, "frequency_cap", keys: ["mails", "per"], self.findings),
            let mails = table.required("mails")?.integer("mails", in: 1...1000, self.findings),
            let span = table.required("per")?.span("per", self.findings)
        else { return nil }
        return FrequencyCap(mails: mails, span: span)
    }

    /// A time of day in a zone.
    func localTime(_ node: YAMLNode, _ what: String, zone: YAMLNode?) -> LocalTime? {
        guard let text = node.text(what, self.findings) else { return nil }
        guard let minutes = LocalTime.minutes(text) else {
            self.findings.error(at: node.location, "\(what) is no time of day", mend: "write \"09:00\", with quotes")
            return nil
        }
        guard let zone, let name = zone.text("zone", self.findings) else { return nil }
        if let time = LocalTime(minutes: minutes, zone: name) { return time }
        self.findings.error(at: zone.location, "there is no zone \"\(name)\"", mend: "write Europe/Paris, say, or UTC")
        return nil
    }
}
