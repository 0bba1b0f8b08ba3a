import Mapping
import Records

/// Lists, campaigns and activities: what a product has of them, for which objects.
extension ManifestLoader {
    private static let listKeys = ["objects", "find", "members", "add", "remove"]

    func lists(_ table: YAMLTable) -> [RemoteListRules] {
        RemoteListKind.allCases.flatMap { kind -> [RemoteListRules] in
            guard let node = table[kind.manifestKey],
                let block = YAMLTable(node, "the \(kind.manifestKey)", keys: Self.listKeys, self.findings)
            else { return [] }
            let names = block.required("objects")?.texts("objects", self.findings) ?? []
            return names.compactMap { self.rules(kind, of: $0, block, table) }
        }
    }

    private func rules(
        _ kind: RemoteListKind,
        of object: String,
        _ block: YAMLTable,
        _ table: YAMLTable
    ) -> RemoteListRules? {
        guard let place = block["objects"], self.isObject(object, at: place) else { return nil }
        var reader = self.reader.allowing(["list"]).defining(self.parameters(of: object, "object", table))
        reader.optional = ["list.id", "list.name"]
        let label = "\(object) \(kind.rawValue)"
        guard let find = block.required("find").flatMap({ self.find($0, label, reader) }),
            let members = block.required("members").flatMap({
                YAMLTable(
                    $0,
                    "the members",
                    keys: ["request", "records", "page_size", "paginator", "every", "id", "row"],
                    self.findings
                )
            }), let rule = self.memberList(members, label, reader),
            let member = members.requiredPath("id", self.findings),
            let add = block.required("add").flatMap({ self.change($0, "\(label) add", reader) }),
            let remove = block.required("remove").flatMap({ self.change($0, "\(label) remove", reader) })
        else { return nil }
        return RemoteListRules(
            kind: kind,
            object: object,
            find: find,
            members: rule,
            member: member,
            row: members.path("row", self.findings),
            add: add,
            remove: remove
        )
    }

    private func find(_ node: YAMLNode, _ label: String, _ reader: TemplateReader) -> RemoteListRules.Find? {
        let keys = ["by_name", "by_id", "list", "id", "name", "static", "object"]
        guard let block = YAMLTable(node, "the finding", keys: keys, self.findings),
            let id = block.requiredPath("id", self.findings)
        else { return nil }
        if block["by_name"] == nil, block["by_id"] == nil { _ = block.required("by_name") }
        let fixed = block.table("static", keys: ["path", "in"])
        let object = block.table("object", keys: ["path", "equals"])
        return RemoteListRules.Find(
            byName: block["by_name"].flatMap { self.request($0, "\(label) find", reader) },
            byID: block["by_id"].flatMap { self.request($0, "\(label) find", reader) },
            list: block.path("list", self.findings),
            id: id,
            name: block.path("name", self.findings),
            fixed: fixed.flatMap { fixed in
                fixed.requiredPath("path", self.findings).map { ($0, fixed.constants("in", reader)) }
            },
            object: object.flatMap { object in
                guard let path = object.requiredPath("path", self.findings), let equals = object.required("equals")
                else { return nil }
                return (path, reader.template(equals))
            }
        )
    }

    private func memberList(_ block: YAMLTable, _ label: String, _ reader: TemplateReader) -> ListRule? {
        self.list(block, "\(label) members", reader.allowing(["page_size", "page_token", "last_key"]), since: nil)
    }

    private func change(_ node: YAMLNode, _ label: String, _ reader: TemplateReader) -> RemoteListRules.Write? {
        let keys = ["request", "batch_size", "missing", "errors", "by_row"]
        guard let block = YAMLTable(node, "the change of members", keys: keys, self.findings),
            let request = block.required("request").flatMap({
                self.request($0, label, reader.allowing(["inputs"]))
            })
        else { return nil }
        return RemoteListRules.Write(
            request: request,
            batchSize: block.integer("batch_size", in: 1...100_000) ?? 100,
            missing: block.path("missing", self.findings),
            errors: block.path("errors", self.findings),
            byRow: block.flag("by_row") ?? false
        )
    }

    // MARK: Activities

    func activities(_ table: YAMLTable) -> [ActivityRules] {
        (table.table("activities", keys: nil)?.entries ?? []).compactMap { entry in
            let keys = ["object", "text", "time", "limit", "html", "about"]
            guard let block = YAMLTable(entry.value, "the activity", keys: keys, self.findings),
                let object = block.requiredText("object"), let place = block["object"],
                self.isObject(object, at: place), let text = block.requiredText("text"),
                let time = block.requiredText("time"),
                let about = block.required("about").flatMap({ YAMLTable($0, "about", keys: nil, self.findings) })
            else { return nil }
            if table["objects"]?[object]?["create_key"] == nil {
                self.findings.error(
                    at: place.location,
                    "\(object) has no create_key, by which an activity that was not answered could be found",
                    mend: "add create_key to the object"
                )
            }
            var ties: [String: [(key: String, value: JSON)]] = [:]
            for target in about.entries where self.isObject(target.key, at: target.value) {
                let members = YAMLTable(target.value, "the tie", keys: nil, self.findings)?.entries ?? []
                ties[target.key] = members.compactMap { member in
                    YAMLTable.constant(member.value, self.reader).map { (key: member.key, value: $0) }
                }
            }
            let traits = RemoteActivityTraits(
                kind: entry.key,
                object: object,
                text: text,
                time: time,
                limit: block.integer("limit", in: 1...1_000_000) ?? 10_000,
                isHTML: block.flag("html") ?? false,
                about: ties.keys.sorted()
            )
            return ActivityRules(traits: traits, ties: ties)
        }
    }

    private func isObject(_ name: String, at node: YAMLNode) -> Bool {
        if self.objectNames.contains(where: { $0.hasSameBytes(as: name) }) { return true }
        self.findings.error(
            at: node.location,
            "there is no object \"\(name)\"",
            mend: NearestName.mend(name, among: self.objectNames)
        )
        return false
    }
}

extension RemoteListKind {
    /// The block of a manifest that describes lists of this kind.
    var manifestKey: String {
        switch self {
        case .list: "lists"
        case .campaign: "campaigns"
        }
    }
}
