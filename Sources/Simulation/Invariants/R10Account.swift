/// R10: while a token belongs to another account, nothing is read or written.
package struct R10Account: Invariant {
    package let id = "R10"

    package init() {}

    package func violations(in evidence: Evidence) -> [Violation] {
        evidence.accountSlips.map { self.violation(nil, "asked for records of another account: \($0)") }
    }
}
