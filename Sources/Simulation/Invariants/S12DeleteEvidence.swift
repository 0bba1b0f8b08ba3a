/// S12: a sync deletes a record only if the CRM deleted, erased or merged its counterpart.
package struct S12DeleteEvidence: Invariant {
    package let id = "S12"

    package init() {}

    package func violations(in evidence: Evidence) -> [Violation] {
        evidence.unexplainedDeletes.map { self.violation($0.subject, $0.text) }
    }
}
