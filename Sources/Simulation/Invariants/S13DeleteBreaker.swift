/// S13: no more is deleted in a day than the breaker lets pass, unless a person allowed it.
package struct S13DeleteBreaker: Invariant {
    package let id = "S13"
    /// Below this count nothing trips.
    static let floor = 5
    /// The share of the links beyond which it trips.
    static let share = 0.2

    package init() {}

    package func violations(in evidence: Evidence) -> [Violation] {
        let day: Int64 = 86_400_000_000
        let all = evidence.deletions.flatMap { home, objects in objects.map { ("\(home)", $0.key, $0.value) } }
        return all.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.compactMap { home, object, deletions in
            let own = deletions.filter { !$0.isAllowed }
            let worst = own.map { last in own.count { $0.at <= last.at && $0.at > last.at - day } }.max() ?? 0
            let links = deletions.map(\.links).max() ?? 0
            guard worst > Self.floor, Double(worst) > Self.share * Double(links) else { return nil }
            return self.violation(nil, "\(home) made \(worst) of about \(links) records (\(object)) go within a day")
        }
    }
}
