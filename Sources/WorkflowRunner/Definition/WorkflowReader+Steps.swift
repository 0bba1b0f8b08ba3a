import CEL
import Mapping
import Messaging
import Records
import Scoring

extension WorkflowReader {
    private static let actions = [
        "if", "wait", "wait_for", "set", "send_email", "notify", "hand_off", "emit", "end",
    ]

    /// Reads a list of steps, behind the last of which comes `next`.
    mutating func block(_ nodes: [YAMLNode], next: Text?, _ vocabulary: RecordVocabulary) {
        for (index, node) in nodes.enumerated() {
            let following = index + 1 < nodes.count ? Self.id(of: nodes[index + 1]) : next
            self.step(node, next: following, vocabulary)
        }
    }

    /// Checks that what steps say of each other is so.
    func checkReferences() {
        for step in self.steps {
            guard case .waitFor(_, let of?, _, _, _, _) = step.action,
                let place = self.answerPlaces[step.id] ?? self.places[step.id]
            else { continue }
            let target = self.steps.first { $0.id == of }
            switch target?.action {
            case .sendEmail, .notify: break
            case nil where self.places[of] != nil: break  // Reported where it stands.
            default:
                let mails = self.steps.filter { if case .sendEmail = $0.action { true } else { false } }
                self.findings.error(
                    at: place,
                    "\(step.id) waits for an answer to \"\(of)\", which sends nothing",
                    mend: NearestName.mend(of.string, among: mails.map(\.id.string))
                )
            }
        }
    }

    private mutating func step(_ node: YAMLNode, next: Text?, _ vocabulary: RecordVocabulary) {
        let keys = ["id"] + Self.actions + ["then", "else"]
        guard let table = YAMLTable(node, "the step", keys: keys, self.findings) else { return }
        guard let id = table.required("id").flatMap({ self.name($0, "a step") }) else { return }
        let place = table["id"]?.location ?? node.location
        if self.places.updateValue(place, forKey: id) != nil {
            self.findings.error(at: place, "the step \"\(id)\" stands twice", mend: "give it another id")
            return
        }
        if self.steps.count == Self.maximumSteps {
            let message = "the workflow has more than \(Self.maximumSteps) steps"
            return self.findings.error(at: node.location, message, mend: "split it")
        }
        let kinds = Self.actions.filter { table[$0] != nil }
        // A misspelt action is told as the key that it is.
        if kinds.isEmpty, table.entries.contains(where: { !keys.contains($0.key) }) { return }
        guard kinds.count == 1, let kind = kinds.first, let content = table[kind] else {
            let message = kinds.isEmpty ? "the step does nothing" : "the step does \(kinds.joined(separator: " and "))"
            self.findings.error(
                at: node.location,
                message,
                mend: "give it one of \(Self.actions.joined(separator: ", "))"
            )
            return
        }
        if kind == "wait_for", let of = content["of"] { self.answerPlaces[id] = of.location }
        let branches = ["then", "else"].map { self.branch($0, table, kind) }
        let firsts = branches.map { $0.first.flatMap(Self.id) ?? next }
        if let action = self.action(kind, content, firsts[0], firsts[1], vocabulary) {
            self.steps.append(WorkflowStep(id: id, action: action, next: Self.endsThere(action) ? nil : next))
        }
        for branch in branches { self.block(branch, next: next, vocabulary) }
    }

    private func branch(_ key: String, _ table: YAMLTable, _ kind: String) -> [YAMLNode] {
        guard let node = table[key] else { return [] }
        guard kind == "if" || kind == "wait_for" else {
            self.findings.error(at: node.location, "\(kind) has no \(key)", mend: "put the steps behind it")
            return []
        }
        return node.list(key, self.findings) ?? []
    }

    private func action(
        _ kind: String,
        _ node: YAMLNode,
        _ then: Text?,
        _ otherwise: Text?,
        _ vocabulary: RecordVocabulary
    ) -> WorkflowAction? {
        switch kind {
        case "if":
            let program = node.expression("if", vocabulary.environment, .bool, self.findings)
            return program.map { .condition($0, then: then, otherwise: otherwise) }
        case "wait": return self.wait(node).map { .wait($0) }
        case "wait_for": return self.waitFor(node, then, otherwise, vocabulary)
        case "set": return self.set(node, vocabulary)
        case "send_email":
            guard let content = self.content(node, kind, "template", ["template"]) else { return nil }
            return self.template(content, vocabulary.object).map { .sendEmail(template: $0) }
        case "notify": return self.notify(node, vocabulary.object)
        case "hand_off": return self.handOff(node)
        case "emit": return self.emit(node, vocabulary)
        default:
            let reason = node.scalar?.text == "true" ? "end" : node.text("end", self.findings)
            return reason.map { .end(reason: Text($0)) }
        }
    }

    private func wait(_ node: YAMLNode) -> WorkflowWait? {
        guard node.entries != nil else { return node.span("wait", self.findings).map { .span($0) } }
        let keys = ["for", "until", "zone", "weekdays"]
        guard let table = YAMLTable(node, "wait", keys: keys, self.findings) else { return nil }
        let span = table["for"].flatMap { $0.span("for", self.findings) } ?? .zero
        guard let until = table.required("until"),
            let time = self.localTime(until, "until", zone: table.required("zone"))
        else { return nil }
        return .until(time, after: span, weekdays: table.flag("weekdays") ?? false)
    }

    private func waitFor(
        _ node: YAMLNode,
        _ then: Text?,
        _ otherwise: Text?,
        _ vocabulary: RecordVocabulary
    ) -> WorkflowAction? {
        guard let table = YAMLTable(node, "wait_for", keys: ["event", "of", "when", "timeout"], self.findings) else {
            return nil
        }
        let event = table.requiredText("event")
        let timeout = table.required("timeout")?.span("timeout", self.findings)
        let when = table["when"]?.expression("when", vocabulary.environment, .bool, self.findings)
        guard let event, let timeout else { return nil }
        let of = table.text("of").map { Text($0) }
        return .waitFor(event: Text(event), of: of, when: when, timeout: timeout, then: then, otherwise: otherwise)
    }

    private func set(_ node: YAMLNode, _ vocabulary: RecordVocabulary) -> WorkflowAction? {
        guard let table = YAMLTable(node, "set", keys: nil, self.findings) else { return nil }
        var settings: [(property: Text, value: WorkflowValue)] = []
        for entry in table.entries {
            guard let property = self.property(entry.key, at: entry.location, vocabulary.object),
                let value = self.value(entry.value, property, vocabulary)
            else { continue }
            settings.append((property: Text(entry.key), value: value))
        }
        if table.entries.isEmpty { self.findings.error(at: node.location, "set sets nothing", mend: "add a property") }
        return .set(settings)
    }

    private func notify(_ node: YAMLNode, _ object: ObjectSchema) -> WorkflowAction? {
        guard let table = YAMLTable(node, "notify", keys: ["to", "template"], self.findings),
            let to = table.required("to"), let address = to.text("to", self.findings),
            let template = table.required("template").flatMap({ self.template($0, object) })
        else { return nil }
        if address == "owner" {
            guard self.property("owner", at: to.location, object) != nil else { return nil }
            return .notify(.owner, template: template)
        }
        if MailAddress(mailbox: address) != nil { return .notify(.address(Text(address)), template: template) }
        self.findings.error(
            at: to.location,
            "\"\(address.prefix(60))\" is no address",
            mend: "write owner, or an address"
        )
        return nil
    }

    private func handOff(_ node: YAMLNode) -> WorkflowAction? {
        if node.scalar?.text == "true" { return .handOff(reason: nil) }
        guard let table = YAMLTable(node, "hand_off", keys: ["reason"], self.findings) else { return nil }
        return .handOff(reason: table.text("reason").map { Text($0) })
    }

    private func emit(_ node: YAMLNode, _ vocabulary: RecordVocabulary) -> WorkflowAction? {
        guard let name = self.content(node, "emit", "event", ["event", "with"]),
            let event = name.text("event", self.findings)
        else { return nil }
        let entries = node["with"].flatMap { YAMLTable($0, "with", keys: nil, self.findings)?.entries } ?? []
        let attributes = entries.compactMap { entry in
            self.attribute(entry, vocabulary).map { (name: Text(entry.key), value: $0) }
        }
        let sample = PersonEvent(
            id: "x",
            name: Text(event),
            at: Instant(microseconds: 0),
            attributes: Dictionary(attributes.map { ($0.name, .null) }) { first, _ in first }
        )
        if let problem = sample.problem {
            self.findings.error(at: name.location, problem, mend: "use short names of letters, digits, _, - and .")
        }
        return .emit(event: Text(event), with: attributes)
    }

    /// The one thing a block must say, which may also stand alone: `send_email: resource-1`.
    private func content(_ node: YAMLNode, _ what: String, _ key: String, _ keys: [String]) -> YAMLNode? {
        node.scalar != nil ? node : YAMLTable(node, what, keys: keys, self.findings)?.required(key)
    }

    private static func id(of node: YAMLNode) -> Text? { node["id"]?.scalar.map { Text($0.text) } }

    private static func endsThere(_ action: WorkflowAction) -> Bool {
        if case .end = action { true } else { false }
    }
}
