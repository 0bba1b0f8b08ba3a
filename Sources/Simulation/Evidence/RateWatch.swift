package import Records

/// Holds the requests of one connection against the rates of the manifest and the waits that its server asked for.
package struct RateWatch: Sendable {
    /// One request, and what its answer asked for.
    package struct Request: Sendable {
        /// The process that sent it: a new one knows nothing of the waits of the one before.
        package var life: Int
        /// Its path.
        package var path: String
        /// When it was sent.
        package var sentAt: Instant
        /// When its answer, or whatever came instead, was there: nobody knows earlier what it says.
        package var answeredAt: Instant
        /// Until when the server wants no further ones; nil if it said nothing of the kind.
        package var blockedUntil: Instant?

        package init(life: Int, path: String, sentAt: Instant, answeredAt: Instant, blockedUntil: Instant? = nil) {
            self.life = life
            self.path = path
            self.sentAt = sentAt
            self.answeredAt = answeredAt
            self.blockedUntil = blockedUntil
        }
    }

    private var life = 0
    private var times: [Bool: [Int64]] = [:]
    private var waits: [Bool: [(known: Instant, until: Instant)]] = [:]

    package init() {}

    /// What is wrong with the next request, in the order in which they came to the server.
    package mutating func breaks(_ request: Request) -> [String] {
        if request.life != self.life { (self.life, self.times, self.waits) = (request.life, [:], [:]) }
        let isSearch = request.path.hasSuffix("/search")
        var breaks: [String] = []
        // Two requests may be under way at once: one that was sent before the refusal of the other was known breaks no wait.
        let until = (self.waits[isSearch] ?? []).filter { $0.known <= request.sentAt }.map(\.until).max()
        if let until, request.sentAt < until {
            let left = until.microseconds - request.sentAt.microseconds
            breaks.append("sent \(left) µs before the wait was over: \(request.path)")
        }
        let at = request.sentAt.microseconds
        let (limit, interval): (Int, Int64) = isSearch ? (5, 1_000_000) : (100, 10_000_000)
        let recent = (self.times[isSearch] ?? []).filter { $0 > at - interval }
        if recent.count >= limit { breaks.append("more than \(limit): \(request.path)") }
        self.times[isSearch] = recent + [at]
        if let until = request.blockedUntil {
            self.waits[isSearch, default: []].append((known: request.answeredAt, until: until))
        }
        return breaks
    }
}
