package import Records

extension WorkflowSimulator {
    /// Runs a workflow's test; empty if it passes, else one finding for each thing that is missing or not listed.
    package func run(_ test: WorkflowTest, of definition: WorkflowDefinition) async throws -> [Diagnostic] {
        let timeline = try await self.simulate(
            definition,
            record: test.given,
            happenings: test.happenings,
            start: test.start,
            until: test.start.advanced(by: test.span)
        )
        var rest = timeline.entries.filter(\.isEffect)
        var findings: [Diagnostic] = []
        for expected in test.expected {
            let at = test.start.advanced(by: expected.after)
            let place = rest.firstIndex { entry in
                entry.at == at && entry.what == expected.what && Self.says(entry, expected.detail)
            }
            if let place {
                rest.remove(at: place)
            } else {
                let message =
                    "\(test.name): nothing was \(expected.what): \(expected.detail) after \(expected.after.span)"
                findings.append(Diagnostic(.error, at: expected.location, message, mend: Self.mend(rest, test)))
            }
        }
        return findings
            + rest.map { entry in
                let message = "\(test.name): \(Self.description(entry, test)), which the test does not expect"
                return Diagnostic(.error, at: test.location, message, mend: "add it to expect, or mend the workflow")
            }
    }

    private static func says(_ entry: WorkflowTimeline.Entry, _ detail: Text) -> Bool {
        entry.detail == detail || entry.what == "handed_off" && detail == "true"
    }

    private static func mend(_ rest: [WorkflowTimeline.Entry], _ test: WorkflowTest) -> String {
        guard let first = rest.first else { return "the workflow did nothing else" }
        return "what it did next: \(Self.description(first, test))"
    }

    private static func description(_ entry: WorkflowTimeline.Entry, _ test: WorkflowTest) -> String {
        "\(entry.what): \(entry.detail) after \(entry.at.since(test.start).span)"
    }
}
