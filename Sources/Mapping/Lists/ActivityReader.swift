import CEL
import Records

/// Reads an entry of `activities`: events of ours, written to the CRM as activities.
struct ActivityReader {
    static let keys = ["event", "kind", "text", "when", "since"]

    let fields: FieldReader

    private var findings: Findings { self.fields.findings }

    /// The rule of an entry; nil, with findings, if it has mistakes.
    func rule(_ node: YAMLNode) -> ActivityRule? {
        guard let table = YAMLTable(node, "the activity", keys: Self.keys, self.findings) else { return nil }
        let event = table.requiredText("event")
        let kind = table.requiredText("kind")
        let scope = ExpressionScope(
            object: self.fields.object,
            remoteProperties: [],
            lifecycle: self.fields.lifecycle
        )
        var environment = scope.push
        let variable = environment.declare(variable: "event", .map(.string, .dyn))
        let reader = ExpressionReader(findings: self.findings)
        let text = table.required("text").flatMap { reader.text($0, "text", environment) }
        let condition = table["when"].map { reader.condition($0, "when", environment) }
        let since = table["since"].map { self.instant($0) }
        if case .some(nil) = condition { return nil }
        if case .some(nil) = since { return nil }
        guard let event, let kind, let text else { return nil }
        return ActivityRule(
            event: Text(event),
            kind: kind,
            since: since ?? nil,
            text: text,
            condition: condition ?? nil,
            eventVariable: variable,
            object: self.fields.object,
            lifecycle: self.fields.lifecycle,
            location: node.location
        )
    }

    /// A day, which begins in UTC, or a moment.
    private func instant(_ node: YAMLNode) -> Instant? {
        guard let text = node.text("since", self.findings) else { return nil }
        if let instant = Instant(text) ?? Instant("\(text)T00:00:00Z") { return instant }
        self.findings.error(
            at: node.location,
            "since must be a day or a moment, not \"\(text)\"",
            mend: "write 2026-11-01, or 2026-11-01T09:00:00Z"
        )
        return nil
    }
}
