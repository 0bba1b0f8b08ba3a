/// R2: a CRM's record is read by its id before a run writes it, so that what somebody typed since its page is seen.
package struct R2GuardRead: Invariant {
    package let id = "R2"

    package init() {}

    package func violations(in evidence: Evidence) -> [Violation] {
        evidence.unguarded.map { self.violation($0.subject, $0.text) }
    }
}
