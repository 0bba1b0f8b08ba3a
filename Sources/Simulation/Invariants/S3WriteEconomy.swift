/// S3: a field is written to a CRM no more often than something happened to it.
///
/// Each write needs a change on our side, a change in the CRM that was overruled, or a decision; one more is the making of
/// the record.
package struct S3WriteEconomy: Invariant {
    package let id = "S3"
    /// Writes beyond the reasons for them that are let pass: one making of the record, and answers that got lost.
    private let slack: Int

    package init(slack: Int = 3) { self.slack = slack }

    package func violations(in evidence: Evidence) -> [Violation] {
        evidence.histories.flatMap { history in
            Home.remotes.compactMap { home in
                let steps = history.steps[home] ?? []
                let writes = steps.count { $0.writer == home }
                let local = history.steps[.local]?.count ?? 0
                let reasons = local + steps.count { $0.writer == nil } + history.logged.count + self.slack
                guard writes > reasons else { return nil }
                return self.violation(
                    history.subject,
                    "\(history.field.name) was written to \(home) \(writes) times for \(reasons) reasons"
                )
            }
        }
    }
}
