import Records

extension CampaignReport {
    /// The report as one JSON document.
    package var document: String {
        let faults = self.faults.sorted { $0.key.rawValue < $1.key.rawValue }
            .map { (key: $0.key.rawValue, value: JSON.number(String($0.value))) }
        let failures = self.failures.map { failure in
            JSON.object([
                (key: "seed", value: .number(String(failure.seed))),
                (key: "invariant", value: .string(failure.violation.invariant)),
                (key: "message", value: .string(failure.violation.message)),
                (key: "story", value: .string(failure.story.joined(separator: "\n"))),
            ])
        }
        return JSON.object([
            (key: "seeds", value: .number(String(self.seeds))),
            (key: "simulated_days", value: .number(String(self.seeds * self.days))),
            (key: "syncs", value: .number(String(self.syncs))),
            (key: "processes", value: .number(String(self.lives))),
            (key: "faults", value: .object(faults)),
            (key: "failures", value: .array(failures)),
            (key: "every_tenth_trace_hash", value: .string(String(self.everyTenth, radix: 16))),
            (key: "trace_hash", value: .string(String(self.trace, radix: 16))),
        ])
        .text
    }
}
