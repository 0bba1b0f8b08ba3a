/// S22: what is in no mapping, or kept out of syncs, is not written.
package struct S22MappingChange: Invariant {
    package let id = "S22"

    package init() {}

    package func violations(in evidence: Evidence) -> [Violation] {
        evidence.trespasses.map { self.violation($0.subject, $0.text) }
    }
}
