import Planning
import Records
import SyncEngine

extension SyncReport {
    /// What a person is told of the breakers that would stop a run of this plan.
    var breakerLines: [String] {
        guard let allowLine else { return [] }
        return ["A sync would not get through this plan: it would write some of it, and then a breaker would stop it."]
            + self.breakers.map { "  \($0.text)" }
            + ["Look at the changes; if they are meant: \(allowLine)"]
    }

    /// The command that carries out the plan beyond every breaker that it would trip; nil if it would trip none.
    var allowLine: String? {
        guard !self.breakers.isEmpty else { return nil }
        // All of them: with one left out the run would stop at that.
        let kinds = Breaker.Kind.allCases.filter { kind in self.breakers.contains { $0.kind == kind } }
        return "relais sync \(self.connection) " + kinds.map { "--allow \($0.rawValue)" }.joined(separator: " ")
    }
}

extension ForeseenBreaker {
    fileprivate var text: String {
        let before = self.earlier > 0 ? " and \(self.earlier) more in the last 24 hours" : ""
        return "\(self.kind.rawValue): \(self.planned) \(self.object) records\(before), more than "
            + "\(Int(self.share * 100)) % of \(self.links) links"
    }

    var json: JSON {
        [
            "kind": .string(self.kind.rawValue), "object": .string(self.object),
            "planned": .number(of: self.planned), "earlier_in_24_hours": .number(of: self.earlier),
            "links": .number(of: self.links), "percent": .number(of: Int(self.share * 100)),
            "floor": .number(of: self.floor),
        ]
    }
}
