import Mapping
import Records

/// Reads templates from YAML and checks that every name in them means something.
///
/// Names that the manifest itself defines (`constant.`, `object.`, `call.`, the ends of an association) are replaced by
/// what they stand for at once; what remains is filled in per request.
struct TemplateReader {
    let findings: Findings
    /// Names with a template of their own.
    var macros: [String: Template] = [:]
    /// Names that may be missing here, though they mean something elsewhere: the parameters of other objects.
    var optional: Set<String> = []
    /// Names that are filled in per request; a longer path may follow each.
    var names: Set<String> = []

    /// The same reader with more names.
    func allowing(_ more: [String]) -> TemplateReader {
        var copy = self
        copy.names.formUnion(more)
        return copy
    }

    /// The same reader with more names that have templates of their own.
    func defining(_ more: [String: Template]) -> TemplateReader {
        var copy = self
        copy.macros.merge(more) { _, new in new }
        return copy
    }

    /// The template that a node stands for.
    func template(_ node: YAMLNode) -> Template {
        switch node.content {
        case .scalar(let scalar): return self.template(scalar, at: node.location)
        case .sequence(let elements): return .array(elements.map(self.template))
        case .mapping(let entries):
            if let list = node["$each"] { return self.each(list, node) }
            for entry in entries where entry.key.hasPrefix("$") {
                self.findings.error(
                    at: entry.location,
                    "\(entry.key) has no meaning here",
                    mend: NearestName.mend(entry.key, among: ["$each", "$item", "$items"])
                )
            }
            return .object(entries.map { (key: $0.key, value: self.template($0.value)) })
        }
    }

    private func each(_ list: YAMLNode, _ node: YAMLNode) -> Template {
        _ = YAMLTable(node, "a repetition", keys: ["$each", "$item", "$items"], self.findings)
        let name = list.text("$each", self.findings) ?? ""
        if !self.isKnown(name) { self.refuse(name, at: list.location) }
        let inner = self.allowing(["item"])
        if let item = node["$item"] { return .each(list: name, items: [inner.template(item)]) }
        guard let items = node["$items"]?.list("$items", self.findings) else {
            self.findings.error(
                at: node.location,
                "a repetition lacks $item",
                mend: "add \"$item: …\" or \"$items: [ … ]\""
            )
            return .array([])
        }
        return .each(list: name, items: items.map(inner.template))
    }

    private func template(_ scalar: YAMLScalar, at location: SourceLocation) -> Template {
        if scalar.style == .plain, let constant = Self.constant(scalar.text) { return .constant(constant) }
        let parts = self.parts(scalar, at: location)
        if parts.count == 1, case .reference(let name) = parts[0] { return self.expanded(name) }
        var expanded: [TemplatePart] = []
        for part in parts {
            guard case .reference(let name) = part, let macro = self.macros[name] else {
                expanded.append(part)
                continue
            }
            expanded += self.textParts(macro, name, at: location)
        }
        return Self.text(expanded)
    }

    /// Plain words that are no text in JSON.
    private static func constant(_ text: String) -> JSON? {
        switch text {
        case "", "~", "null": .null
        case "true": .bool(true)
        case "false": .bool(false)
        default: (try? JSON(parsing: text)).flatMap { if case .number = $0 { $0 } else { nil } }
        }
    }

    private static func text(_ parts: [TemplatePart]) -> Template {
        var text = ""
        for part in parts {
            guard case .literal(let literal) = part else { return .text(parts) }
            text += literal
        }
        return .constant(.string(text))
    }

    private func expanded(_ name: String) -> Template { self.macros[name] ?? .reference(name) }

    private func textParts(_ macro: Template, _ name: String, at location: SourceLocation) -> [TemplatePart] {
        switch macro {
        case .constant(let value): return [.literal(Template.text(value) ?? "")]
        case .reference(let name): return [.reference(name)]
        case .text(let parts): return parts
        case .object, .array, .each:
            self.findings.error(at: location, "${\(name)} is no text", mend: "let it stand alone, without other text")
            return []
        }
    }

    /// Takes the text apart at its places.
    private func parts(_ scalar: YAMLScalar, at location: SourceLocation) -> [TemplatePart] {
        let bytes = Array(scalar.text.utf8)
        var (parts, start) = ([TemplatePart](), 0)
        while let open = bytes.place(of: Array("${".utf8), from: start) {
            guard let close = bytes[open...].firstIndex(of: UInt8(ascii: "}")) else {
                self.findings.error(at: location, "\"${\" has no closing \"}\"", mend: "write ${name}")
                break
            }
            if open > start { parts.append(.literal(String(decoding: bytes[start..<open], as: UTF8.self))) }
            let name = String(decoding: bytes[(open + 2)..<close], as: UTF8.self)
            let column = String(decoding: bytes[..<open], as: UTF8.self).unicodeScalars.count + 1
            if !self.isKnown(name) { self.refuse(name, at: scalar.location(line: 1, column: column)) }
            parts.append(.reference(name))
            start = close + 1
        }
        if start < bytes.count || parts.isEmpty {
            parts.append(.literal(String(decoding: bytes[start...], as: UTF8.self)))
        }
        return parts
    }

    private func isKnown(_ name: String) -> Bool {
        if self.macros[name] != nil || self.optional.contains(name) { return true }
        var path = name[...]
        while true {
            if self.names.contains(String(path)) { return true }
            guard let dot = path.lastIndex(of: ".") else { return false }
            path = path[..<dot]
        }
    }

    private func refuse(_ name: String, at location: SourceLocation) {
        let known = self.names.union(self.optional).union(self.macros.keys)
        self.findings.error(
            at: location,
            "nothing here is called \"\(name)\"",
            mend: NearestName.mend(name, among: known)
        )
    }
}
