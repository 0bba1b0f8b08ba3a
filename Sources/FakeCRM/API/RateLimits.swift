/// How many requests an account takes; nil is without limit.
package struct RateLimits: Sendable, Equatable {
    /// Requests in any ten seconds, for each token.
    package var perTenSeconds: Int?
    /// Requests a day (in UTC), for the whole account.
    package var perDay: Int?
    /// Searches in any second, for the whole account.
    package var searchesPerSecond: Int?

    /// No limits, and no limit headers.
    package static let off = RateLimits()

    /// The limits of a Professional account, from the product's usage guidelines.
    package static let professional = RateLimits(perTenSeconds: 190, perDay: 625_000, searchesPerSecond: 5)

    /// Creates limits.
    package init(perTenSeconds: Int? = nil, perDay: Int? = nil, searchesPerSecond: Int? = nil) {
        self.perTenSeconds = perTenSeconds
        self.perDay = perDay
        self.searchesPerSecond = searchesPerSecond
    }
}

/// Counts requests against limits.
struct RateMeter {
    private var recent: [[UInt8]: [Int64]] = [:]
    private var searches: [Int64] = []
    private var day: Int64 = -1
    private var today = 0

    /// Counts one request; the policy that refuses it, or nil when it may go on.
    mutating func count(token: [UInt8], isSearch: Bool, limits: RateLimits, now: Int64) -> String? {
        if isSearch, let limit = limits.searchesPerSecond {
            self.searches.removeAll { $0 <= now - 1_000 }
            guard self.searches.count < limit else { return "SECONDLY" }
            self.searches.append(now)
            return nil
        }
        if let limit = limits.perDay {
            if self.day != now / CalendarTime.day { (self.day, self.today) = (now / CalendarTime.day, 0) }
            guard self.today < limit else { return "DAILY" }
        }
        if let limit = limits.perTenSeconds {
            var times = self.recent[token] ?? []
            times.removeAll { $0 <= now - 10_000 }
            self.recent[token] = times
            guard times.count < limit else { return "TEN_SECONDLY_ROLLING" }
            self.recent[token] = times + [now]
        }
        self.today += 1
        return nil
    }

    /// The documented headers; searches have none, and an account without limits has none either.
    func headers(token: [UInt8], isSearch: Bool, limits: RateLimits) -> [(name: String, value: String)] {
        guard !isSearch else { return [] }
        var headers: [(name: String, value: String)] = []
        if let limit = limits.perTenSeconds {
            let used = self.recent[token]?.count ?? 0
            headers += [
                ("X-HubSpot-RateLimit-Max", String(limit)),
                ("X-HubSpot-RateLimit-Remaining", String(max(0, limit - used))),
                ("X-HubSpot-RateLimit-Interval-Milliseconds", "10000"),
            ]
        }
        if let limit = limits.perDay {
            headers += [
                ("X-HubSpot-RateLimit-Daily", String(limit)),
                ("X-HubSpot-RateLimit-Daily-Remaining", String(max(0, limit - self.today))),
            ]
        }
        return headers
    }
}
