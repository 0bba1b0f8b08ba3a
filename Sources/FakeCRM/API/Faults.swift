/// What goes wrong on purpose between the CRM and its client.
package struct Faults: Sendable, Equatable {
    /// Every answer is held back this long, in milliseconds.
    package var delayMilliseconds = 0
    /// What happens to particular requests; the first rule that applies is used.
    package var rules: [Rule] = []

    /// Nothing goes wrong.
    package static let none = Faults()

    /// Creates faults; by default nothing goes wrong.
    package init(delayMilliseconds: Int = 0, rules: [Rule] = []) {
        self.delayMilliseconds = delayMilliseconds
        self.rules = rules
    }

    /// What happens to some requests, how often, and when.
    package struct Rule: Sendable, Equatable {
        /// The method in capitals; nil is any.
        package var method: String?
        /// A part of the path, such as `/contacts/batch/create`; nil is any path outside the control endpoints.
        package var pathContains: String?
        /// How many matching requests go through first.
        package var skip: Int
        /// How many requests it happens to; nil is all from then on.
        package var times: Int?
        /// What happens.
        package var action: Action

        /// Creates a rule.
        package init(
            _ action: Action,
            method: String? = nil,
            pathContains: String? = nil,
            skip: Int = 0,
            times: Int? = 1
        ) {
            self.action = action
            self.method = method
            self.pathContains = pathContains
            self.skip = skip
            self.times = times
        }

        func matches(_ request: FakeRequest) -> Bool {
            guard self.method.map({ $0 == request.method }) ?? true else { return false }
            return self.pathContains.map { request.path.contains($0) } ?? true
        }
    }

    /// What can happen to a request.
    package enum Action: Sendable, Equatable {
        /// The request is carried out and its answer waits until it is released.
        case hold
        /// The request is carried out and the connection closes without an answer.
        case dropAfter
        /// The connection closes and the request is not carried out.
        case dropBefore
        /// The request is carried out and this status is answered instead, with an HTML page as proxies send it.
        case failAfter(Int)
        /// This status is answered and the request is not carried out.
        case failBefore(Int)
        /// 429 with the policy's body, and `Retry-After` in seconds when given.
        case rateLimit(policy: String, retryAfter: Int?)
        /// The request is carried out and its answer is cut off after this many bytes.
        case truncate(Int)
        /// 200 with an HTML page, as a maintenance page comes.
        case maintenancePage
        /// The answer comes this many milliseconds later.
        case delay(Int)

        var happensBefore: Bool {
            switch self {
            case .dropBefore, .failBefore, .rateLimit, .maintenancePage: true
            case .hold, .dropAfter, .failAfter, .truncate, .delay: false
            }
        }
    }
}
