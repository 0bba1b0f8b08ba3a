import Records
import Store

extension EvidenceMaker {
    /// What should not be there when everything is quiet.
    mutating func readRests() throws {
        for home in Home.remotes {
            guard let connection = self.connections[home] else { continue }
            for state in [OperationState.inFlight, .unknown] {
                let count = try self.transaction.countOperations(connection, in: state)
                if count > 0 { self.evidence.leftovers.append("\(count) operations of \(home) are \(state.rawValue)") }
            }
            self.readRates(home)
        }
    }

    /// The rates of the manifest, and waits that the server asked for, as one process must keep them.
    private mutating func readRates(_ home: Home) {
        var times: [Bool: [Int64]] = [:]
        var blocked: [Bool: Int64] = [:]
        var life = 0
        for exchange in self.exchanges[home] ?? [] {
            let isSearch = exchange.path.hasSuffix("/search")
            let at = exchange.sentAt.microseconds
            if exchange.life != life { (life, times, blocked) = (exchange.life, [:], [:]) }
            if let until = blocked[isSearch], at < until {
                self.evidence.rateBreaks.append(
                    "\(home): sent \(until - at) µs before the wait was over: \(exchange.path)"
                )
            }
            let (limit, interval): (Int, Int64) = isSearch ? (5, 1_000_000) : (100, 10_000_000)
            let recent = (times[isSearch] ?? []).filter { $0 > at - interval }
            if recent.count >= limit {
                self.evidence.rateBreaks.append("\(home): more than \(limit): \(exchange.path)")
            }
            times[isSearch] = recent + [at]
            if let wait = exchange.retryAfter, exchange.status == 429,
                let handled = exchange.handledAt ?? Optional(exchange.sentAt)
            {
                let seconds = max(0, min(900, Int64(wait / .seconds(1))))
                blocked[isSearch] = max(blocked[isSearch] ?? 0, handled.microseconds + seconds * 1_000_000)
            }
        }
    }
}
