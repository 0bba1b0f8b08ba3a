import Mapping
import Records

/// Associations: what the pairs have in common stands once, beside them.
extension ManifestLoader {
    func associations(_ table: YAMLTable) -> [AssociationRules] {
        guard let block = table.table("associations", keys: ["read", "add", "remove", "pairs"]) else { return [] }
        let pairs = block.list("pairs") ?? []
        let objects = (table["objects"]?.entries ?? []).map(\.key)
        let parameters = Set(pairs.flatMap { ($0["parameters"]?.entries ?? []).map { "association.\($0.key)" } })
        return pairs.compactMap { node in
            let keys = ["from", "to", "label", "parameters", "read", "add", "remove"]
            guard let pair = YAMLTable(node, "the pair", keys: keys, self.findings),
                let from = self.end(pair, "from", objects), let to = self.end(pair, "to", objects)
            else { return nil }
            var reader = self.reader.allowing(["inputs"])
                .defining(self.parameters(of: from, "from", table)).defining(self.parameters(of: to, "to", table))
            reader.optional = parameters
            for (name, value) in pair.templates("parameters", reader) {
                reader = reader.defining(["association.\(name)": value])
            }
            let label = "\(from) to \(to)"
            return AssociationRules(
                from: from,
                to: to,
                label: pair.text("label"),
                read: (pair["read"] ?? block["read"]).flatMap { self.readRule($0, label, reader) },
                add: (pair["add"] ?? block["add"]).flatMap { self.writeRule($0, "\(label) add", reader) },
                remove: (pair["remove"] ?? block["remove"]).flatMap { self.writeRule($0, "\(label) remove", reader) }
            )
        }
    }

    private func end(_ pair: YAMLTable, _ key: String, _ objects: [String]) -> String? {
        guard let name = pair.requiredText(key), let node = pair[key] else { return nil }
        if !objects.contains(where: { $0.hasSameBytes(as: name) }) {
            self.findings.error(
                at: node.location,
                "there is no object \"\(name)\"",
                mend: NearestName.mend(name, among: objects)
            )
        }
        return name
    }

    /// The parameters of one end, as `from.type`.
    func parameters(of object: String, _ prefix: String, _ table: YAMLTable) -> [String: Template] {
        var macros: [String: Template] = [:]
        let reader = self.reader.allowing(Self.runtimeNames)
        for entry in table["objects"]?[object]?["parameters"]?.entries ?? [] {
            macros["\(prefix).\(entry.key)"] = reader.template(entry.value)
        }
        return macros
    }

    private func readRule(_ node: YAMLNode, _ label: String, _ reader: TemplateReader) -> AssociationRules.Read? {
        let keys = ["request", "records", "batch_size", "from", "each", "to", "link", "next_page", "keep"]
        guard let block = YAMLTable(node, "the associations' read", keys: keys, self.findings),
            let request = block.required("request").flatMap({ self.request($0, label, reader) }),
            let records = block.requiredPath("records", self.findings),
            let from = block.requiredPath("from", self.findings), let to = block.requiredPath("to", self.findings)
        else { return nil }
        let keep = block.table("keep", keys: ["path", "equals"])
        return AssociationRules.Read(
            request: request,
            records: records,
            batchSize: block.integer("batch_size", in: 1...10_000) ?? 100,
            from: from,
            each: block.path("each", self.findings),
            to: to,
            link: block.path("link", self.findings),
            nextPage: block.path("next_page", self.findings),
            keep: keep.flatMap { keep in
                guard let path = keep.requiredPath("path", self.findings), let equals = keep.required("equals") else {
                    return nil
                }
                return (path: path, equals: reader.template(equals))
            }
        )
    }

    private func writeRule(_ node: YAMLNode, _ label: String, _ reader: TemplateReader) -> AssociationRules.Write? {
        let keys = ["request", "batch_size", "errors", "skip_existing", "only_existing", "resolve"]
        guard let block = YAMLTable(node, "the associations' write", keys: keys, self.findings),
            let request = block.required("request").flatMap({ self.request($0, label, reader) })
        else { return nil }
        return AssociationRules.Write(
            request: request,
            batchSize: block.integer("batch_size", in: 1...10_000) ?? 100,
            errors: block.path("errors", self.findings),
            skipsExisting: block.flag("skip_existing") ?? false,
            onlyExisting: block.flag("only_existing") ?? false,
            resolve: block["resolve"].flatMap { self.resolve($0, label, reader) }
        )
    }

    private func resolve(_ node: YAMLNode, _ label: String, _ reader: TemplateReader) -> AssociationRules.Resolve? {
        let keys = ["request", "records", "key", "value", "missing"]
        guard let block = YAMLTable(node, "the resolve", keys: keys, self.findings),
            let request = block.required("request").flatMap({ self.request($0, "\(label) resolve", reader) }),
            let records = block.requiredPath("records", self.findings),
            let key = block.requiredPath("key", self.findings), let value = block.requiredPath("value", self.findings)
        else { return nil }
        return AssociationRules.Resolve(
            request: request,
            records: records,
            key: key,
            value: value,
            missing: block.text("missing") ?? "there is nothing to point at"
        )
    }
}
