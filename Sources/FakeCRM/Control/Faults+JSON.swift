extension Faults {
    /// Reads faults from a control request; throws 400 for an action that there is not.
    init(_ node: JSONNode) throws {
        self.delayMilliseconds = Int(clamping: node["delayMilliseconds"]?.integer ?? 0)
        self.rules = try (node["rules"]?.elements ?? []).map { try Rule($0) }
    }
}

extension Faults.Rule {
    /// Reads a rule; `times` is 1 unless given, and null for all from then on.
    init(_ node: JSONNode) throws {
        self.init(
            try Faults.Action(node),
            method: node["method"]?.scalarText.map { readable($0) },
            pathContains: node["pathContains"]?.scalarText.map { readable($0) },
            skip: Int(clamping: node["skip"]?.integer ?? 0),
            times: node["times"].map { $0.integer.map { Int(clamping: $0) } } ?? 1
        )
    }
}

extension Faults.Action {
    init(_ node: JSONNode) throws {
        let number = { (name: String, fallback: Int) in
            node[name]?.integer.map { Int(clamping: $0) } ?? fallback
        }
        switch node["action"]?.scalarText.map({ readable($0) }) {
        case "hold": self = .hold
        case "dropAfter": self = .dropAfter
        case "dropBefore": self = .dropBefore
        case "failAfter": self = .failAfter(number("status", 500))
        case "failBefore": self = .failBefore(number("status", 500))
        case "truncate": self = .truncate(number("bytes", 0))
        case "maintenancePage": self = .maintenancePage
        case "delay": self = .delay(number("milliseconds", 0))
        case "rateLimit":
            let policy = node["policy"]?.scalarText.map { readable($0) } ?? "TEN_SECONDLY_ROLLING"
            self = .rateLimit(policy: policy, retryAfter: node["retryAfter"]?.integer.map { Int(clamping: $0) })
        default: throw APIError.validation("a fault rule needs a known action")
        }
    }
}

extension RateLimits {
    /// Reads limits; what is not named is without limit.
    init(_ node: JSONNode) {
        self.init(
            perTenSeconds: node["perTenSeconds"]?.integer.map { Int(clamping: $0) },
            perDay: node["perDay"]?.integer.map { Int(clamping: $0) },
            searchesPerSecond: node["searchesPerSecond"]?.integer.map { Int(clamping: $0) }
        )
    }
}

extension RequestStats {
    /// The counts as JSON, by name.
    var json: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        for (name, counts) in [("requests", self.requests), ("writes", self.writes)] {
            json.key(Array(name.utf8))
            json.beginObject()
            for (kind, count) in counts.sorted(by: { $0.key < $1.key }) {
                json.key(Array(kind.utf8))
                json.number(count)
            }
            json.endObject()
        }
        json.key("statuses")
        json.beginObject()
        for (status, count) in self.statuses.sorted(by: { $0.key < $1.key }) {
            json.key(Array(String(status).utf8))
            json.number(count)
        }
        json.endObject()
        let totals = [
            ("requestCount", self.requestCount), ("writeCount", self.writeCount), ("created", self.created),
            ("updated", self.updated), ("archived", self.archived), ("associationChanges", self.associationChanges),
        ]
        for (name, count) in totals {
            json.key(Array(name.utf8))
            json.number(count)
        }
        json.endObject()
        return json.bytes
    }
}
