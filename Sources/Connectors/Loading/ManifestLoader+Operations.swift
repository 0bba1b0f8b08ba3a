import Mapping
import Records

/// Operations of one object, and of associations.
extension ManifestLoader {
    private enum PaginatorKind: String, CaseIterable {
        case none = "NoPagination"
        case cursor = "CursorPagination"
        case keyset = "KeysetPagination"
        case offset = "OffsetIncrement"
        case page = "PageIncrement"
    }

    func list(_ context: ObjectContext, _ name: String) -> ListRule? {
        let keys = ["request", "records", "page_size", "paginator", "cursor", "every"]
        let reader = context.reader.allowing(["page_size", "page_token", "last_key", "properties", "since"])
        guard let node = context[name], let block = YAMLTable(node, "the list", keys: keys, self.findings) else {
            return nil
        }
        return self.list(block, "\(context.name) \(name)", reader, since: self.since(block))
    }

    /// What every list says, be it of records or of the members of a list of theirs.
    func list(_ block: YAMLTable, _ label: String, _ reader: TemplateReader, since: ValueForm?) -> ListRule? {
        guard let request = block.required("request").flatMap({ self.request($0, label, reader) }),
            let records = block.requiredPath("records", self.findings)
        else { return nil }
        return ListRule(
            request: request,
            records: records,
            pageSize: block.integer("page_size", in: 1...10_000) ?? 100,
            paginator: self.paginator(block),
            since: since,
            every: block.duration("every", self.findings)
        )
    }

    private func since(_ block: YAMLTable) -> ValueForm? {
        guard let cursor = block.table("cursor", keys: ["type", "datetime_format"]) else { return nil }
        _ = cursor.choice("type", as: CursorKind.self)
        return cursor["datetime_format"].map { self.form(.instant, $0) }
    }

    private enum CursorKind: String, CaseIterable {
        case datetime = "DatetimeBasedCursor"
    }

    func paginator(_ block: YAMLTable) -> Paginator {
        let keys = ["type", "cursor_value", "key", "start", "more"]
        guard let table = block.table("paginator", keys: keys), table.required("type") != nil,
            let kind = table.choice("type", as: PaginatorKind.self)
        else { return .none }
        switch kind {
        case .none: return .none
        case .cursor: return table.requiredPath("cursor_value", self.findings).map(Paginator.cursor) ?? .none
        case .offset: return .offset
        case .page: return .page(start: table.integer("start", in: 0...1) ?? 1)
        case .keyset:
            guard let key = table.requiredPath("key", self.findings) else { return .none }
            let start = table["start"].flatMap { YAMLTable.constant($0, self.reader) } ?? .number("0")
            return .keyset(key: key, start: start, more: table.path("more", self.findings))
        }
    }

    func read(_ context: ObjectContext) -> ReadRule? {
        let reader = context.reader.allowing(["keys", "key_property", "properties"])
        guard let node = context["read"],
            let block = YAMLTable(node, "the read", keys: ["request", "by", "records", "batch_size"], self.findings),
            let request = block.required("request").flatMap({ self.request($0, "\(context.name) read", reader) }),
            let records = block.requiredPath("records", self.findings)
        else { return nil }
        var by: [String: RequestRule] = [:]
        for entry in block.table("by", keys: nil)?.entries ?? [] {
            by[entry.key] = self.request(entry.value, "\(context.name) read by \(entry.key)", reader)
        }
        return ReadRule(
            request: request,
            by: by,
            records: records,
            batchSize: block.integer("batch_size", in: 1...10_000) ?? 100
        )
    }

    func history(_ context: ObjectContext) -> HistoryRule? {
        let keys = ["request", "records", "batch_size", "versions", "value", "time", "source", "integrations"]
        let reader = context.reader.allowing(["keys", "properties", "history"])
        guard let node = context["history"], let block = YAMLTable(node, "the history", keys: keys, self.findings),
            let request = block.required("request").flatMap({ self.request($0, "\(context.name) history", reader) }),
            let records = block.requiredPath("records", self.findings),
            let versions = block.requiredPath("versions", self.findings),
            let value = block.requiredPath("value", self.findings)
        else { return nil }
        return HistoryRule(
            request: request,
            records: records,
            batchSize: block.integer("batch_size", in: 1...10_000) ?? 50,
            versions: versions,
            value: value,
            time: block.path("time", self.findings),
            source: block.paths("source", self.findings),
            integrations: block.texts("integrations") ?? []
        )
    }

    func write(_ context: ObjectContext, _ name: String) -> WriteRule? {
        let keys = ["request", "batch_size", "results", "errors", "with", "prepare"]
        let reader = context.reader.allowing(["inputs", "tokens", "action", "key_property"])
        guard let node = context[name], let block = YAMLTable(node, "the write", keys: keys, self.findings),
            let request = block.required("request").flatMap({ self.request($0, "\(context.name) \(name)", reader) })
        else { return nil }
        let errors = block.table("errors", keys: ["list", "trace"])
        return WriteRule(
            request: request,
            batchSize: block.integer("batch_size", in: 1...10_000) ?? 1,
            results: self.results(block, reader),
            errors: errors.flatMap { errors in
                errors.requiredPath("list", self.findings).map { ($0, errors.path("trace", self.findings)) }
            },
            with: block["with"].map(reader.template),
            prepare: block.table("prepare", keys: ["token"]).map {
                WriteRule.Preparation(token: self.token($0, context.reader))
            }
        )
    }

    private func results(_ block: YAMLTable, _ reader: TemplateReader) -> WriteRule.Results? {
        guard let results = block.table("results", keys: ["records", "match", "id"]),
            let records = results.requiredPath("records", self.findings)
        else { return nil }
        return WriteRule.Results(
            records: records,
            match: (results.list("match") ?? []).compactMap { self.match($0, reader) },
            id: results.path("id", self.findings)
        )
    }

    private func match(_ node: YAMLNode, _ reader: TemplateReader) -> WriteRule.Match? {
        if node.entries == nil {
            return node.choice("a match", as: PositionMatch.self, self.findings).map { _ in .position }
        }
        guard let block = YAMLTable(node, "the match", keys: ["trace", "id", "property"], self.findings) else {
            return nil
        }
        if let path = block.path("trace", self.findings) { return .trace(path) }
        if let path = block.path("id", self.findings) { return .id(path) }
        guard let property = block["property"] else {
            self.findings.error(at: node.location, "the match is empty", mend: "add trace, id or property")
            return nil
        }
        return reader.template(property).text(TemplateScope()).map(WriteRule.Match.property)
    }

    private enum PositionMatch: String, CaseIterable {
        case position
    }

    func discover(_ context: ObjectContext) -> DiscoverRule? {
        guard let node = context["discover"],
            let block = YAMLTable(node, "the discovery", keys: ["request", "records", "property"], self.findings),
            let request = block.required("request").flatMap({
                self.request($0, "\(context.name) schema", context.reader)
            }), let records = block.requiredPath("records", self.findings), let inner = block.required("property")
        else { return nil }
        let keys = ["name", "label", "type", "options", "read_only", "required", "unique"]
        guard let property = YAMLTable(inner, "the property", keys: keys, self.findings),
            let name = property.requiredPath("name", self.findings)
        else { return nil }
        return DiscoverRule(
            request: request,
            records: records,
            name: name,
            label: property.path("label", self.findings) ?? name,
            type: property.path("type", self.findings) ?? AnswerPath("type"),
            options: self.options(property),
            readOnly: property.paths("read_only", self.findings),
            required: property.path("required", self.findings),
            unique: property.path("unique", self.findings)
        )
    }

    func createKeyRule(_ context: ObjectContext) -> CreateKeyRule? {
        guard let node = context["create_key"],
            let block = YAMLTable(node, "the create key", keys: ["find", "unique", "make"], self.findings),
            let find = block.required("find").flatMap({
                self.request($0, "\(context.name) create key", context.reader)
            }), let unique = block.requiredPath("unique", self.findings),
            let make = block.required("make").flatMap({
                self.request($0, "\(context.name) make create key", context.reader)
            })
        else { return nil }
        return CreateKeyRule(find: find, unique: unique, make: make)
    }
}
