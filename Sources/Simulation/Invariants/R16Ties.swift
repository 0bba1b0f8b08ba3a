/// R16: ties are the same on both sides or shown, and those to records that we do not know are left alone.
package struct R16Ties: Invariant {
    package let id = "R16"

    package init() {}

    package func violations(in evidence: Evidence) -> [Violation] {
        (evidence.removedTies + evidence.unequalTies).map { self.violation($0.subject, $0.text) }
    }
}
