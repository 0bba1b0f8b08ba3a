extension AccountState {
    /// Replaces the faults and starts their counts afresh.
    mutating func setFaults(_ faults: Faults) {
        self.faults = faults
        self.faultCounts = faults.rules.map { _ in (0, 0) }
    }

    /// What is to go wrong with a request; nil when nothing is.
    mutating func nextFault(for request: FakeRequest) -> Faults.Action? {
        for (number, rule) in self.faults.rules.enumerated() where rule.matches(request) {
            self.faultCounts[number].seen += 1
            guard self.faultCounts[number].seen > rule.skip else { continue }
            guard rule.times.map({ self.faultCounts[number].done < $0 }) ?? true else { continue }
            self.faultCounts[number].done += 1
            return rule.action
        }
        return nil
    }

    /// The answer to a request that a fault keeps from being carried out.
    func response(insteadOf fault: Faults.Action) -> FakeResponse {
        switch fault {
        case .dropBefore:
            var response = FakeResponse(status: 0)
            response.delivery = .drop
            return response
        case .failBefore(let status): return Self.page(status: status)
        case .maintenancePage: return Self.page(status: 200)
        case .rateLimit(let policy, let retryAfter):
            let error = APIError.rateLimited(policy)
            var headers = [(name: "Content-Type", value: "application/json;charset=utf-8")]
            if let retryAfter { headers.append(("Retry-After", String(retryAfter))) }
            return FakeResponse(status: 429, headers: headers, body: error.body(correlationID: self.correlationID))
        case .hold, .dropAfter, .failAfter, .truncate, .delay: return FakeResponse(status: 500)
        }
    }

    /// What becomes of the answer to a request that was carried out.
    mutating func apply(_ fault: Faults.Action, to response: FakeResponse) -> FakeResponse {
        var response = response
        switch fault {
        case .hold:
            self.lastHold += 1
            response.delivery = .hold(self.lastHold)
        case .dropAfter: response.delivery = .drop
        case .failAfter(let status): response = Self.page(status: status)
        case .truncate(let length): response.delivery = .truncate(length)
        case .dropBefore, .failBefore, .rateLimit, .maintenancePage, .delay: break
        }
        return response
    }

    func delayed(_ response: FakeResponse, by fault: Faults.Action?) -> FakeResponse {
        var response = response
        response.delayMilliseconds = self.faults.delayMilliseconds
        if case .delay(let more) = fault { response.delayMilliseconds += more }
        return response
    }

    /// A page as a proxy before the API sends it.
    private static func page(status: Int) -> FakeResponse {
        let text = "<html><body><h1>\(status)</h1>Service temporarily unavailable</body></html>"
        return FakeResponse(status: status, headers: [("Content-Type", "text/html")], body: Array(text.utf8))
    }
}
