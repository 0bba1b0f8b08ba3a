/// S24: no secret and no address turns up in logs and error messages.
package struct S24NoLeak: Invariant {
    package let id = "S24"

    package init() {}

    package func violations(in evidence: Evidence) -> [Violation] {
        evidence.leaks.map { self.violation(nil, "in a log: \($0)") }
    }
}
