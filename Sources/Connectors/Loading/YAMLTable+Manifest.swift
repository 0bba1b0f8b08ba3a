import Mapping
import Records

/// Reading the kinds of values that manifests are made of.
extension YAMLTable {
    /// A path into an answer, written with dots or as a list of keys.
    func path(_ key: String, _ findings: Findings) -> AnswerPath? { self[key].flatMap { Self.path($0, key, findings) } }

    /// A path that must be there.
    func requiredPath(_ key: String, _ findings: Findings) -> AnswerPath? {
        self.required(key).flatMap { Self.path($0, key, findings) }
    }

    /// A list of paths.
    func paths(_ key: String, _ findings: Findings) -> [AnswerPath] {
        (self.list(key) ?? []).compactMap { Self.path($0, "an element of \(key)", findings) }
    }

    /// A path.
    static func path(_ node: YAMLNode, _ what: String, _ findings: Findings) -> AnswerPath? {
        if node.elements != nil { return node.texts(what, findings).map { AnswerPath($0) } }
        return node.text(what, findings).map { AnswerPath($0) }
    }

    /// A length of time: `500ms`, `30s`, `15m`, `1h`, `1d`.
    func duration(_ key: String, _ findings: Findings) -> Duration? {
        guard let node = self[key], let text = node.text(key, findings) else { return nil }
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let units: [String: Int] = ["ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]
        guard let count = Int(digits), count < 1_000_000, let unit = units[String(text.dropFirst(digits.count))] else {
            findings.error(
                at: node.location,
                "\(key) must be a length of time, not \"\(text)\"",
                mend: "write 500ms, 30s, 15m, 1h or 1d"
            )
            return nil
        }
        return .milliseconds(count * unit)
    }

    /// Values without places: a list, or one value.
    func constants(_ key: String, _ reader: TemplateReader) -> [JSON] {
        guard let node = self[key] else { return [] }
        return (node.elements ?? [node]).compactMap { Self.constant($0, reader) }
    }

    /// A value without places.
    static func constant(_ node: YAMLNode, _ reader: TemplateReader) -> JSON? {
        let template = TemplateReader(findings: reader.findings).template(node)
        return template.rendered(TemplateScope())
    }

    /// Names with templates, in the order of the file.
    func templates(_ key: String, _ reader: TemplateReader) -> [(name: String, value: Template)] {
        (self.table(key, keys: nil)?.entries ?? []).map { (name: $0.key, value: reader.template($0.value)) }
    }
}
