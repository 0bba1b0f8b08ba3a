/// R15: fields that move together never mix sides.
package struct R15Groups: Invariant {
    package let id = "R15"

    package init() {}

    package func violations(in evidence: Evidence) -> [Violation] {
        evidence.mixedGroups.map { self.violation($0.subject, $0.text) }
    }
}
