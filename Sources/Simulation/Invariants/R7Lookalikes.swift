/// R7: who looks alike is not one, and a record has one counterpart in each CRM.
package struct R7Lookalikes: Invariant {
    package let id = "R7"

    package init() {}

    package func violations(in evidence: Evidence) -> [Violation] {
        evidence.mistakenIdentities.map { self.violation($0.subject, $0.text) }
    }
}
