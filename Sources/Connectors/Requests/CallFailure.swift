import Records

/// Why a request did not do what it should.
struct CallFailure: Error, Sendable {
    /// Where the failure came from.
    enum Origin: Sendable {
        /// No whole answer came back.
        case transport
        /// The answer says so.
        case answer
        /// The answer is not what the manifest describes, or the request could not be made.
        case manifest
    }

    var action: ErrorRules.Action
    var message: String
    var origin: Origin = .answer
    /// The status of the answer; nil without one, and for one error out of a list.
    var status: Int?
    /// The property that was refused, by name or label.
    var field: (text: String, isLabel: Bool)?
    var existingID: String?
    var wait: Duration?

    /// The failure of a read.
    var remoteFailure: RemoteFailure {
        switch (self.origin, self.action) {
        case (.transport, _): RemoteFailure(.unreachable, self.message)
        case (.manifest, _): RemoteFailure(.unexpectedAnswer, self.message)
        case (_, .refreshToken): RemoteFailure(.unauthorized, self.message)
        case (_, .forbidden): RemoteFailure(.forbidden, self.message)
        case (_, .rateLimited): RemoteFailure(.rateLimited, self.message, retryAfter: self.wait)
        case (_, .retry), (_, .unknown): RemoteFailure(.serverError, self.message, retryAfter: self.wait)
        case (_, .fail), (_, .link), (_, .conflict), (_, .gone), (_, .success):
            RemoteFailure(.badRequest, self.message)
        }
    }

    /// What became of an input that was alone in its request.
    var outcome: Outcome {
        switch self.action {
        case .fail where self.isMisdirected: .transient(reason: self.message)
        case .fail, .success: .rejected(field: self.field.map { Text($0.text) }, reason: self.message)
        case .link: self.existingID.map { .linked(id: Text($0)) } ?? .rejected(field: nil, reason: self.message)
        case .conflict: .conflict
        case .gone: .gone
        case .rateLimited: .rateLimited(after: self.wait)
        // Without permission nothing is carried out; a person mends it, and the next run tries again.
        case .retry, .refreshToken, .forbidden: .transient(reason: self.message)
        case .unknown: .unknown(reason: self.message)
        }
    }

    /// Whether the request did not reach what it was meant for: that is nobody's fault but the configuration's.
    private var isMisdirected: Bool {
        guard self.action == .fail, let status else { return false }
        return (300..<400).contains(status) || status == 404 || status == 405
    }

    /// Whether the refusal is about one of the inputs, so that the others can be sent without it.
    var concernsOneInput: Bool {
        switch self.action {
        case .fail, .link, .conflict, .gone: self.origin == .answer && !self.isMisdirected
        default: false
        }
    }
}
