/// Something that goes wrong on purpose, at one of the seams.
package enum FaultKind: String, Sendable, CaseIterable, Hashable {
    /// The connection breaks before the request reaches the CRM.
    case lostRequest = "lost_request"
    /// The CRM carries the request out and the answer never comes.
    case lostAnswer = "lost_answer"
    /// No connection is made: refused, no address, no TLS.
    case noConnection = "no_connection"
    /// Nothing comes back within the time-out; the CRM did not get the request.
    case timeoutBefore = "timeout_before"
    /// Nothing comes back within the time-out; the CRM carried the request out.
    case timeoutAfter = "timeout_after"
    /// 429, with `Retry-After` in all its forms, or without.
    case rateLimit = "rate_limit"
    /// 500, 502, 503 or 504, and nothing was carried out.
    case serverErrorBefore = "server_error_before"
    /// 502 or 504 from a proxy, and the request was carried out.
    case serverErrorAfter = "server_error_after"
    /// An answer with 200 that ends in the middle.
    case truncated
    /// An answer with 200 in which bytes are wrong.
    case garbled
    /// A maintenance page with 200.
    case maintenancePage = "maintenance_page"
    /// The request reaches the CRM twice.
    case duplicated
    /// A create that the CRM carries out long after the client gave up.
    case lateCreate = "late_create"
    /// The answer takes long.
    case slow
    /// The token is refused for a while.
    case tokenRefused = "token_refused"
    /// A permission is missing for a while.
    case scopeMissing = "scope_missing"
    /// The disk is full, or the database is locked, for some transactions.
    case storeFails = "store_fails"
    /// The process is killed.
    case kill
    /// Our clock jumps, by up to five minutes.
    case clockJumps = "clock_jumps"
    /// The CRM's clock is off, by up to eight seconds, which is what the manifest allows for.
    case clockSkew = "clock_skew"
    /// The search index lags, up to 25 seconds.
    case indexLag = "index_lag"
    /// Pages hold few records, so that lists shift while they are read.
    case smallPages = "small_pages"
    /// Results come in another order.
    case shuffled
    /// A property is taken away for a while.
    case schemaChange = "schema_change"
    /// The token belongs to another account for a while.
    case wrongAccount = "wrong_account"
    /// The CRM refuses a record whatever is sent.
    case poison

    /// How often it happens to a request, in a thousand; for what is not about a request any number does.
    var rates: ClosedRange<Int> {
        switch self {
        case .storeFails: 1...6
        case .tokenRefused, .scopeMissing, .wrongAccount: 1...8
        default: 5...60
        }
    }

    /// Whether it happens to single requests.
    var isOfRequests: Bool {
        switch self {
        case .storeFails, .kill, .clockJumps, .clockSkew, .indexLag, .smallPages, .shuffled, .schemaChange, .poison:
            false
        default: true
        }
    }

    /// The kinds that happen to requests, in their order.
    static let ofRequests = Self.allCases.filter(\.isOfRequests)
}

/// One fault that happened, so that it can be spared when a failure is made smaller.
package struct FaultID: Sendable, Hashable, Comparable {
    /// The connection.
    package let home: Home
    /// The sync.
    package let poll: Int
    /// Which request of the sync, or which point.
    package let number: Int

    package static func < (lhs: Self, rhs: Self) -> Bool {
        (lhs.home, lhs.poll, lhs.number) < (rhs.home, rhs.poll, rhs.number)
    }
}
