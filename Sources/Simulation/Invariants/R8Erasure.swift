/// R8: who asked to be forgotten is nowhere, and does not come back.
package struct R8Erasure: Invariant {
    package let id = "R8"

    package init() {}

    package func violations(in evidence: Evidence) -> [Violation] {
        evidence.remembered.map { self.violation($0.subject, $0.text) }
    }
}
