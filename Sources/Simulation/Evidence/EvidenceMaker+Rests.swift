import Records
import Store

extension EvidenceMaker {
    /// What should not be there when everything is quiet.
    mutating func readRests() throws {
        for home in Home.remotes {
            guard let connection = self.connections[home] else { continue }
            for state in [OperationState.inFlight, .unknown] {
                for operation in try self.transaction.operations(connection, in: state, limit: 9) {
                    let who = self.records[operation.record].map { "s\($0.subject)" } ?? operation.record.description
                    self.evidence.leftovers.append(
                        "\(operation.kind.rawValue) of \(who) in \(home) is \(state.rawValue)"
                    )
                }
            }
            self.readRates(home)
        }
    }

    /// The rates of the manifest, and waits that the server asked for, as one process must keep them.
    private mutating func readRates(_ home: Home) {
        var watch = RateWatch()
        for exchange in self.exchanges[home] ?? [] {
            var request = RateWatch.Request(
                life: exchange.life,
                path: exchange.path,
                sentAt: exchange.sentAt,
                answeredAt: exchange.answeredAt
            )
            if let wait = exchange.retryAfter, exchange.status == 429 {
                let seconds = max(0, min(900, Int64(wait / .seconds(1))))
                request.blockedUntil = (exchange.handledAt ?? exchange.sentAt).advanced(by: .seconds(seconds))
            }
            self.evidence.rateBreaks += watch.breaks(request).map { "\(home): \($0)" }
        }
    }
}
