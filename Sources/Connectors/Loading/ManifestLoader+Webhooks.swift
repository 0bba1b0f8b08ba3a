import Mapping
import Records

/// How notifications are read and checked.
extension ManifestLoader {
    func webhooks(_ table: YAMLTable, _ credentials: [String]) -> WebhookRules? {
        let keys = ["events", "objects", "signature"]
        guard let block = table.table("webhooks", keys: keys), let node = block.required("signature"),
            let signature = self.signature(node), let events = self.events(block)
        else { return nil }
        return WebhookRules(
            algorithm: signature.algorithm,
            key: signature.key,
            header: signature.header,
            encoding: signature.encoding,
            content: signature.content,
            timestampHeader: signature.timestampHeader,
            validFor: signature.validFor,
            events: events.list,
            event: events.event,
            objects: self.webhookObjects(block)
        )
    }

    /// The algorithms and spellings that can be checked; anything else must fail here, not let everybody in later.
    private enum Algorithm: String, CaseIterable { case hmacSHA256 = "hmac-sha256" }
    private enum Encoding: String, CaseIterable { case base64, hex }
    private static let signedParts = ["method", "url", "body", "timestamp"]

    private struct Signature {
        let algorithm: String
        let key: String
        let header: String
        let encoding: String
        let content: [String]
        let timestampHeader: String?
        let validFor: Duration
    }

    private func signature(_ node: YAMLNode) -> Signature? {
        let keys = ["algorithm", "key", "header", "encoding", "content", "timestamp_header", "valid_for"]
        guard let signature = YAMLTable(node, "the signature", keys: keys, self.findings),
            signature.required("algorithm") != nil, let algorithm = signature.choice("algorithm", as: Algorithm.self),
            let key = signature.requiredText("key"), let header = signature.requiredText("header")
        else { return nil }
        let content = signature.texts("content") ?? ["body"]
        for part in content where !Self.signedParts.contains(part) {
            self.findings.error(
                at: node.location,
                "a signature cannot cover \"\(part)\"",
                mend: "use \(Self.signedParts.joined(separator: ", "))"
            )
        }
        guard content.contains("body") else {
            self.findings.error(
                at: node.location,
                "a signature that does not cover the body proves nothing",
                mend: "add body to the content"
            )
            return nil
        }
        return Signature(
            algorithm: algorithm.rawValue,
            key: key,
            header: header,
            encoding: (signature.choice("encoding", as: Encoding.self) ?? .hex).rawValue,
            content: content,
            timestampHeader: signature.text("timestamp_header"),
            validFor: signature.duration("valid_for", self.findings) ?? .seconds(300)
        )
    }

    private func events(_ block: YAMLTable) -> (list: AnswerPath, event: WebhookEventRules)? {
        let keys = ["path", "id", "type", "records", "time", "account"]
        guard let node = block.required("events"),
            let events = YAMLTable(node, "the events", keys: keys, self.findings),
            let list = events.requiredPath("path", self.findings),
            let type = events.requiredPath("type", self.findings),
            events.required("records") != nil
        else { return nil }
        let event = WebhookEventRules(
            id: events.path("id", self.findings),
            type: type,
            records: events.paths("records", self.findings),
            time: events.path("time", self.findings),
            account: events.path("account", self.findings)
        )
        return (list, event)
    }

    private func webhookObjects(_ block: YAMLTable) -> [String: String] {
        var objects: [String: String] = [:]
        for entry in block.table("objects", keys: nil)?.entries ?? [] {
            objects[entry.key] = entry.value.text(entry.key, self.findings)
        }
        return objects
    }
}
