import Mapping
import Records

/// Errors and values.
extension ManifestLoader {
    func errors(_ table: YAMLTable) -> ErrorRules? {
        let keys = ["present", "message", "field", "existing_id", "scrub", "retry_after", "response_filters"]
        guard let node = table.required("error_handler"),
            let block = YAMLTable(node, "the error handler", keys: keys, self.findings)
        else { return nil }
        let retry = block.table("retry_after", keys: ["header", "milliseconds_above", "limit"])
        return ErrorRules(
            present: block.path("present", self.findings),
            messages: block.paths("message", self.findings),
            fields: (block.list("field") ?? []).compactMap(self.finder),
            existingID: (block.list("existing_id") ?? []).compactMap(self.finder),
            scrub: (block.list("scrub") ?? []).compactMap { node in
                guard let scrub = YAMLTable(node, "the scrub", keys: ["after", "until"], self.findings),
                    let after = scrub.requiredText("after"), let until = scrub.requiredText("until")
                else { return nil }
                return (after: after, until: until)
            },
            retryAfter: ErrorRules.RetryAfter(
                header: retry?.text("header") ?? "Retry-After",
                millisecondsAbove: retry?.integer("milliseconds_above", in: 1...10_000_000),
                limit: retry?.duration("limit", self.findings) ?? .seconds(900)
            ),
            filters: (block.list("response_filters") ?? []).compactMap(self.filter)
        )
    }

    private func finder(_ node: YAMLNode) -> ErrorRules.Finder? {
        guard let block = YAMLTable(node, "the place", keys: ["path", "after", "until", "by"], self.findings),
            let path = block.requiredPath("path", self.findings)
        else { return nil }
        return ErrorRules.Finder(
            path: path,
            after: block.text("after"),
            until: block.text("until"),
            isLabel: block.choice("by", as: FieldNaming.self) == .label
        )
    }

    /// What an answer calls a property by.
    private enum FieldNaming: String, CaseIterable {
        case name
        case label
    }

    private func filter(_ node: YAMLNode) -> ErrorRules.Filter? {
        let keys = [
            "http_codes", "path", "equals", "contains", "message_contains", "names_sent_property", "unless_sent",
            "action", "message", "wait",
        ]
        guard let block = YAMLTable(node, "the filter", keys: keys, self.findings), block.required("action") != nil,
            let action = block.choice("action", as: ErrorRules.Action.self)
        else { return nil }
        let codes = (block.list("http_codes") ?? []).compactMap { $0.integer("a status", in: 100...999, self.findings) }
        let path = block.path("path", self.findings)
        if path == nil, codes.isEmpty, block["message_contains"] == nil {
            self.findings.error(
                at: block.location,
                "the filter has no condition",
                mend: "add http_codes, path or message_contains"
            )
        }
        return ErrorRules.Filter(
            codes: codes,
            path: path,
            equals: block["equals"].flatMap { YAMLTable.constant($0, self.reader) },
            contains: block.text("contains"),
            messageContains: block.text("message_contains"),
            namesSentProperty: block.flag("names_sent_property") ?? false,
            unlessSent: block.texts("unless_sent") ?? [],
            action: action,
            message: block.path("message", self.findings),
            wait: block.duration("wait", self.findings)
        )
    }

    func values(_ table: YAMLTable) -> ValueRules {
        let keys = ["clear", "separator", "write", "forms", "stored"]
        guard let block = table.table("values", keys: keys) else {
            return ValueRules(clear: .null, separator: ";", write: [:])
        }
        var write: [ValueForm.Kind: ValueForm] = [:]
        for kind in ValueForm.Kind.allCases {
            guard let node = block.table("write", keys: ValueForm.Kind.allCases.map(\.rawValue))?[kind.rawValue] else {
                continue
            }
            write[kind] = self.form(kind, node)
        }
        return ValueRules(
            clear: block["clear"].flatMap { YAMLTable.constant($0, self.reader) } ?? .null,
            separator: block.text("separator") ?? ";",
            write: write,
            stored: self.stored(block)
        )
    }

    /// What the product makes of texts before it stores them, in their order.
    func stored(_ block: YAMLTable) -> [NormalLens.Form] {
        (block.list("stored") ?? []).compactMap { $0.choice("stored", as: NormalLens.Form.self, self.findings) }
    }

    /// The forms that properties may name.
    func forms(_ table: YAMLTable) -> [String: ValueForm] {
        var forms: [String: ValueForm] = [:]
        guard let values = table["values"], let block = values["forms"] else { return [:] }
        for entry in block.entries ?? [] {
            guard let form = YAMLTable(entry.value, "the form", keys: ["kind", "wire"], self.findings),
                form.required("kind") != nil, let kind = form.choice("kind", as: ValueForm.Kind.self),
                let wire = form.required("wire")
            else { continue }
            forms[entry.key] = self.form(kind, wire)
        }
        return forms
    }

    func form(_ kind: ValueForm.Kind, _ node: YAMLNode) -> ValueForm {
        let reader = TemplateReader(findings: self.findings).allowing(kind.names)
        return ValueForm(kind: kind, wire: reader.template(node))
    }
}
