/// S21: at rest nothing is left over: no operation, no observation without a reason.
package struct S21Bounded: Invariant {
    package let id = "S21"

    package init() {}

    package func violations(in evidence: Evidence) -> [Violation] {
        evidence.leftovers.map { self.violation(nil, $0) }
    }
}
