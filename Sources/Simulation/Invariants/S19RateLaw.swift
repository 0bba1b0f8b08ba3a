/// S19: no window holds more requests than the manifest allows, and none is sent before a wait is over.
package struct S19RateLaw: Invariant {
    package let id = "S19"

    package init() {}

    package func violations(in evidence: Evidence) -> [Violation] {
        evidence.rateBreaks.map { self.violation(nil, $0) }
    }
}
