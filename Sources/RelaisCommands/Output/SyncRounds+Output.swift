import Records
import SyncEngine

extension SyncRounds.Summary {
    /// The runs for people, and one document for programs.
    func print(to output: Output) {
        for result in self.results { result.print(to: output) }
        if !self.isSettled {
            output.line(
                "After \(self.rounds) rounds the connections still had news for each other; the next sync goes on with it."
            )
        }
        if self.results.count == 1, self.results[0].reports.count == 1 {
            output.document(self.results[0].reports[0].json)
        } else {
            output.document([
                "rounds": .number(of: self.rounds), "settled": .bool(self.isSettled),
                "connections": .array(self.results.map(\.json)),
            ])
        }
    }

    /// The gravest of what became of the connections.
    var status: ExitStatus {
        let gravest: [ExitStatus] = [.notAllowed, .unavailable, .data, .failed, .usage, .attention]
        let found = self.results.map(\.status) + (self.isSettled ? [] : [.attention])
        return gravest.first { status in found.contains { $0 == status } } ?? .done
    }
}

extension SyncRounds.Result {
    fileprivate func print(to output: Output) {
        for report in self.reports {
            report.print(to: output, verbose: report.kind == .plan)
            guard report.kind == .plan else { continue }
            output.line("Nothing was written. Approve and carry it out: relais sync \(self.connection) --approve")
        }
        if let failure { output.line("\(self.connection) failed: \(Self.text(of: failure))") }
    }

    fileprivate var status: ExitStatus {
        if let failure { return ExitStatus(for: failure) }
        let waits = self.reports.contains { $0.kind == .plan } || self.reports.last?.counts.needsAttention ?? false
        return waits ? .attention : .done
    }

    fileprivate var json: JSON {
        [
            "connection": .string(self.connection), "runs": .array(self.reports.map(\.json)),
            "failure": .text(self.failure.map { Self.text(of: $0) }),
        ]
    }

    private static func text(of error: any Error) -> String {
        Printable.line((error as? any DispositionedError)?.description ?? "\(error)", width: 1000)
    }
}
