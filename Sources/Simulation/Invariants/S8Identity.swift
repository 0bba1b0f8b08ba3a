/// S8: a record has at most one counterpart in each home; an answer that was lost never makes a second one.
package struct S8Identity: Invariant {
    package let id = "S8"

    package init() {}

    package func violations(in evidence: Evidence) -> [Violation] {
        evidence.marks.sorted { $0.key < $1.key }.flatMap { home, marks in
            let counts = Dictionary(marks.map { ($0, 1) }, uniquingKeysWith: +)
            return counts.filter { $0.value > 1 }.sorted { $0.key < $1.key }.map { subject, count in
                self.violation(subject, "\(count) live records in \(home) are the same")
            }
        }
    }
}
