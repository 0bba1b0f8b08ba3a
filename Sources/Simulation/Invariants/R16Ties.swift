/// R16: ties to records that we do not know are left alone.
package struct R16Ties: Invariant {
    package let id = "R16"

    package init() {}

    package func violations(in evidence: Evidence) -> [Violation] {
        evidence.removedTies.map { self.violation($0.subject, $0.text) }
    }
}
