/// S11: what is committed fits together after every kill.
package struct S11Atomicity: Invariant {
    package let id = "S11"

    package init() {}

    package func violations(in evidence: Evidence) -> [Violation] {
        evidence.contradictions.map { self.violation($0.subject, $0.text) }
    }
}
