import Mapping
import Records

/// Objects: what they have in common stands once, under `operations`, and is read for each with its parameters.
extension ManifestLoader {
    private static let operationKeys = [
        "list", "changes", "archived", "read", "history", "create", "update", "upsert", "archive", "erase", "action",
        "discover",
        "create_key",
    ]
    private static let objectKeys = [
        "like", "parameters", "record", "properties", "create_key", "unique", "forward_only", "fills", "operations",
    ]

    func objects(_ table: YAMLTable, _ values: ValueRules) -> [ObjectRules] {
        guard let node = table.required("objects"),
            let block = YAMLTable(node, "the objects", keys: nil, self.findings)
        else { return [] }
        let common = table.table("operations", keys: Self.operationKeys)
        let merged = block.entries.map { ($0, self.inherited($0, block)) }
        let parameters = Set(merged.flatMap { self.parameterNames($0.1) }).union(["object.create_key"])
        return merged.compactMap { entry, node in
            guard let object = YAMLTable(node, "the object", keys: Self.objectKeys, self.findings) else { return nil }
            var reader = self.reader.defining(self.macros(object))
            reader.optional = parameters
            let operations = object.table("operations", keys: Self.operationKeys)
            let context = ObjectContext(name: entry.key, reader: reader, own: operations, common: common)
            return self.object(object, context, table, values)
        }
    }

    /// An object's block with what it takes over from the one it is like.
    private func inherited(_ entry: YAMLEntry, _ objects: YAMLTable) -> YAMLNode {
        guard let like = entry.value["like"], let name = like.text("like", self.findings) else { return entry.value }
        guard let base = objects[name], base["like"] == nil else {
            let others = objects.entries.filter { $0.value["like"] == nil }.map(\.key)
            self.findings.error(
                at: like.location,
                "there is no object \"\(name)\" to be like",
                mend: NearestName.mend(name, among: others)
            )
            return entry.value
        }
        return Self.overlay(entry.value, on: base, depth: 1)
    }

    /// A block with the keys of another where it has none; blocks in it likewise, `depth` levels down.
    private static func overlay(_ node: YAMLNode, on base: YAMLNode, depth: Int) -> YAMLNode {
        guard let entries = node.entries, let baseEntries = base.entries else { return node }
        let kept = baseEntries.filter { node[$0.key] == nil }
        let own = entries.map { entry in
            guard depth > 0, let below = base[entry.key] else { return entry }
            let value = Self.overlay(entry.value, on: below, depth: depth - 1)
            return YAMLEntry(key: entry.key, at: entry.location, value: value)
        }
        return YAMLNode(.mapping(own + kept), at: node.location)
    }

    private func parameterNames(_ node: YAMLNode) -> [String] {
        (node["parameters"]?.entries ?? []).map { "object.\($0.key)" }
    }

    private func macros(_ object: YAMLTable) -> [String: Template] {
        let reader = self.reader.allowing(Self.runtimeNames)
        var macros: [String: Template] = [:]
        for (name, value) in object.templates("parameters", reader) { macros["object.\(name)"] = value }
        if let key = object.text("create_key") { macros["object.create_key"] = .constant(.string(key)) }
        return macros
    }

    private func object(
        _ object: YAMLTable,
        _ context: ObjectContext,
        _ table: YAMLTable,
        _ values: ValueRules
    ) -> ObjectRules? {
        guard let record = self.record(object["record"] ?? table.required("record"), context.reader) else { return nil }
        let subRecords = self.subRecords(table, context.reader)
        return ObjectRules(
            name: context.name,
            record: record,
            properties: self.properties(object, self.forms(table), subRecords),
            subRecords: subRecords,
            createKey: object.text("create_key"),
            unique: self.unique(object),
            forwardOnly: object.texts("forward_only") ?? [],
            fills: object.texts("fills") ?? [],
            list: self.list(context, "list"),
            changes: self.list(context, "changes"),
            archived: self.list(context, "archived"),
            read: self.read(context),
            history: self.history(context),
            create: self.write(context, "create"),
            update: self.write(context, "update"),
            upsert: self.write(context, "upsert"),
            archive: self.write(context, "archive"),
            erase: self.write(context, "erase"),
            action: self.write(context, "action"),
            discover: self.discover(context),
            createKeyRule: self.createKeyRule(context)
        )
    }

    private func record(_ node: YAMLNode?, _ reader: TemplateReader) -> RecordRules? {
        let keys = ["id", "id_form", "properties", "version", "request", "archived", "remap", "merged", "converted"]
        guard let node, let block = YAMLTable(node, "the record", keys: keys, self.findings),
            let id = block.requiredPath("id", self.findings), block.required("version") != nil
        else { return nil }
        let archived = block.table("archived", keys: ["path", "in"])
        let merged = block.table("merged", keys: ["path", "separator"])
        let converted = block.table("converted", keys: ["into", "path"])
        return RecordRules(
            id: id,
            idForm: block["id_form"].map { self.form(.text, $0).wire } ?? .reference("text"),
            properties: block.path("properties", self.findings) ?? AnswerPath([]),
            versions: block.paths("version", self.findings),
            request: block.texts("request") ?? [],
            archived: archived.flatMap { archived in
                archived.requiredPath("path", self.findings).map { ($0, archived.constants("in", reader)) }
            },
            remap: block.path("remap", self.findings),
            merged: merged.flatMap { merged in
                merged.requiredPath("path", self.findings).map { ($0, merged.text("separator") ?? ";") }
            },
            converted: converted.flatMap(self.conversion)
        )
    }

    private func conversion(_ block: YAMLTable) -> (object: String, path: AnswerPath)? {
        guard let object = block.requiredText("into"), let path = block.requiredPath("path", self.findings) else {
            return nil
        }
        guard self.objectNames.contains(object) else {
            self.findings.error(
                at: block["into"]?.location ?? block.location,
                "there is no object \"\(object)\" to be converted to",
                mend: NearestName.mend(object, among: self.objectNames)
            )
            return nil
        }
        return (object, path)
    }

    private func unique(_ object: YAMLTable) -> [UniqueProperty] {
        (object.list("unique") ?? []).compactMap { node in
            guard
                let block = YAMLTable(
                    node,
                    "the unique property",
                    keys: ["property", "case", "enforced"],
                    self.findings
                ),
                let property = block.requiredText("property")
            else { return nil }
            return UniqueProperty(
                property: property,
                ignoresCase: block.choice("case", as: CaseRule.self) == .ignore,
                isEnforced: block.flag("enforced") ?? true
            )
        }
    }

    private enum CaseRule: String, CaseIterable {
        case ignore
        case exact
    }

    private func properties(
        _ object: YAMLTable,
        _ forms: [String: ValueForm],
        _ subRecords: [String: SubRecordRules]
    ) -> [String: PropertyRules] {
        var properties: [String: PropertyRules] = [:]
        for entry in object.table("properties", keys: nil)?.entries ?? [] {
            let keys = ["field", "form", "sub_record", "where", "value", "actions", "initial", "codes", "stored"]
            guard let block = YAMLTable(entry.value, "the property", keys: keys, self.findings) else { continue }
            let form = block.text("form")
            if let form, forms[form] == nil, let node = block["form"] {
                self.findings.error(
                    at: node.location,
                    "there is no form \"\(form)\"",
                    mend: NearestName.mend(form, among: forms.keys)
                )
            }
            properties[entry.key] = PropertyRules(
                field: block.text("field") ?? entry.key,
                form: form.flatMap { forms[$0] },
                subRecord: self.subRecord(block, subRecords),
                actions: block.table("actions", keys: nil).map { self.actions($0) },
                initial: block.text("initial"),
                codes: self.codes(block),
                stored: self.stored(block)
            )
        }
        return properties
    }

    private func codes(_ block: YAMLTable) -> String? {
        guard let name = block.text("codes"), let node = block["codes"] else { return nil }
        let known = self.lookupsWithCodes
        if !known.contains(name) {
            self.findings.error(
                at: node.location,
                "there is no lookup \"\(name)\" with codes",
                mend: NearestName.mend(name, among: known)
            )
        }
        return name
    }

    private func actions(_ block: YAMLTable) -> [String: String] {
        var actions: [String: String] = [:]
        for entry in block.entries { actions[entry.key] = entry.value.text(entry.key, self.findings) }
        return actions
    }

    private func subRecord(
        _ block: YAMLTable,
        _ subRecords: [String: SubRecordRules]
    ) -> (name: String, where: [(key: String, value: JSON)], value: String)? {
        guard let name = block.text("sub_record"), let node = block["sub_record"] else { return nil }
        if subRecords[name] == nil {
            self.findings.error(
                at: node.location,
                "there are no sub-records \"\(name)\"",
                mend: NearestName.mend(name, among: subRecords.keys)
            )
        }
        guard let value = block.requiredText("value") else { return nil }
        let conditions = (block.table("where", keys: nil)?.entries ?? []).compactMap { entry in
            YAMLTable.constant(entry.value, self.reader).map { (key: entry.key, value: $0) }
        }
        return (name: name, where: conditions, value: value)
    }

    private func subRecords(_ table: YAMLTable, _ reader: TemplateReader) -> [String: SubRecordRules] {
        var rules: [String: SubRecordRules] = [:]
        for entry in table.table("sub_records", keys: nil)?.entries ?? [] {
            let keys = ["at", "id", "request", "write", "token"]
            guard let block = YAMLTable(entry.value, "the sub-records", keys: keys, self.findings),
                let at = block.requiredPath("at", self.findings), let id = block.requiredPath("id", self.findings),
                let node = block.required("write"),
                let write = YAMLTable(node, "the write", keys: ["into", "create", "update", "remove"], self.findings),
                let into = write.requiredText("into"), let create = write.required("create"),
                let update = write.required("update"), let remove = write.required("remove")
            else { continue }
            let commands = reader.allowing(["record", "id"])
            rules[entry.key] = SubRecordRules(
                name: entry.key,
                at: at,
                id: id,
                request: block.texts("request") ?? [],
                into: into,
                create: commands.template(create),
                update: commands.template(update),
                remove: commands.template(remove),
                token: self.token(block, reader)
            )
        }
        return rules
    }

    func token(_ block: YAMLTable, _ reader: TemplateReader) -> TokenRule? {
        guard let token = block.table("token", keys: ["request", "path", "name"]),
            let path = token.requiredPath("path", self.findings), let name = token.required("name")
        else { return nil }
        return TokenRule(
            request: token.texts("request") ?? [],
            path: path,
            name: reader.allowing(["id"]).template(name)
        )
    }
}

/// What the operations of one object are read with.
struct ObjectContext {
    let name: String
    let reader: TemplateReader
    let own: YAMLTable?
    let common: YAMLTable?

    /// The block of an operation, the object's own before the common one.
    subscript(_ operation: String) -> YAMLNode? { self.own?[operation] ?? self.common?[operation] }
}
