package import Mapping
package import Records

/// Reads values that configuration files write for properties and attributes.
package struct ConfiguredValue {
    private let lifecycle: Lifecycle
    private let findings: Findings

    /// Creates a reader; `findings` gets what is wrong.
    package init(_ lifecycle: Lifecycle, _ findings: Findings) {
        self.lifecycle = lifecycle
        self.findings = findings
    }

    /// The value of an attribute; nil with a finding for what is none.
    ///
    /// Its type is told by how it is written.
    package func read(_ node: YAMLNode, _ name: String) -> Value? {
        if node.isNull { return .null }
        guard let text = node.text(name, self.findings), let scalar = node.scalar else { return nil }
        guard scalar.style == .plain else { return .text(text) }
        if text == "true" || text == "false" { return .flag(text == "true") }
        return Number(text).map { .number($0) } ?? .text(text)
    }

    /// The value of a property; nil with a finding for what it cannot hold.
    package func read(_ node: YAMLNode, _ property: PropertySchema) -> Value? {
        if node.isNull { return .null }
        switch property.type {
        case .flag: return node.flag(property.name, self.findings).map { .flag($0) }
        case .set(let options):
            let texts = (node.texts(property.name, self.findings) ?? []).map { Text($0) }
            for text in texts where !options.isEmpty { _ = self.check(text, options, node, property) }
            return .set(of: texts)
        case .option(let options): return self.text(node, property).flatMap { self.check($0, options, node, property) }
        case .stage:
            let stages = self.lifecycle.stages + self.lifecycle.sideStages
            return self.text(node, property).flatMap { self.check($0, stages, node, property) }
        case .text, .owner: return self.text(node, property).map { .text($0) }
        case .number: return self.parse(node, property) { Number($0).map { .number($0) } }
        case .date: return self.parse(node, property) { CalendarDate($0).map { .date($0) } }
        case .instant: return self.parse(node, property) { Instant($0).map { .instant($0) } }
        case .reference:
            let message = "\(property.name) is a reference, which a file cannot name"
            self.findings.error(at: node.location, message, mend: "leave it out")
            return nil
        }
    }

    private func text(_ node: YAMLNode, _ property: PropertySchema) -> Text? {
        node.text(property.name, self.findings).map { Text($0) }
    }

    private func check(_ text: Text, _ options: [Text], _ node: YAMLNode, _ property: PropertySchema) -> Value? {
        if options.contains(text) { return .text(text) }
        self.findings.error(
            at: node.location,
            "\(property.name) cannot be \"\(text.string.prefix(40))\"",
            mend: NearestName.mend(text.string, among: options.map(\.string))
        )
        return nil
    }

    private func parse(_ node: YAMLNode, _ property: PropertySchema, _ read: (String) -> Value?) -> Value? {
        guard let text = node.text(property.name, self.findings) else { return nil }
        if let value = read(text) { return value }
        let examples: [String: String] = ["number": "12.5", "date": "2026-03-02", "datetime": "2026-03-02T09:00:00Z"]
        self.findings.error(
            at: node.location,
            "\(property.name) is no \(property.type.name)",
            mend: "write \(examples[property.type.name] ?? "one")"
        )
        return nil
    }
}
