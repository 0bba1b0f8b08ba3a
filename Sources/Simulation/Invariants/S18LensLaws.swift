/// S18: a transform gives back what it was given, on the values that both sides came to.
package struct S18LensLaws: Invariant {
    package let id = "S18"

    package init() {}

    package func violations(in evidence: Evidence) -> [Violation] {
        evidence.lensBreaks.map { self.violation($0.subject, $0.text) }
    }
}
