/// S14: after a merge every link leads to a record that stands for itself.
package struct S14MergeSafety: Invariant {
    package let id = "S14"

    package init() {}

    package func violations(in evidence: Evidence) -> [Violation] {
        evidence.looseEnds.map { self.violation($0.subject, $0.text) }
    }
}
