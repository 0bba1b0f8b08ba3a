import FakeCRM
import Records
import RelaisTesting
import Synchronization
import Transport

/// One request on its way, and what a fault makes of it.
struct Hit {
    let request: FakeRequest
    let path: String
    /// Whether the fault had anything to happen to.
    var isHit = true
    var reachesCRM = true
    var isDuplicated = false
    var isOfStranger = false
    var delay = Duration.zero
    /// What becomes of the CRM's answer; nil leaves it.
    var change: (@Sendable (FakeResponse) -> Delivery)?
    var delivery = Delivery.failure(.reset(sentRequest: true))

    init(request: FakeRequest, path: String) {
        self.request = request
        self.path = path
    }

    /// Answers instead of the CRM.
    mutating func answer(_ response: FakeResponse) {
        self.reachesCRM = false
        self.delivery = .response(response)
    }

    /// Fails before the CRM is reached.
    mutating func fail(_ error: TransportError) {
        self.reachesCRM = false
        self.delivery = .failure(error)
    }
}

extension Network {
    /// Makes a fault happen to a request.
    func apply(_ kind: FaultKind, _ fault: Dice, to hit: inout Hit) {
        var dice = fault
        switch kind {
        case .lostRequest: hit.fail(.reset(sentRequest: true))
        case .lostAnswer: hit.change = { _ in .failure(.reset(sentRequest: true)) }
        case .noConnection: hit.fail(dice.one(of: [.refused, .cannotResolve, .tls, .connectTimeout]))
        case .timeoutBefore:
            hit.delay = .seconds(60)
            hit.fail(.timeout(sentRequest: true))
        case .timeoutAfter:
            hit.delay = .seconds(60)
            hit.change = { _ in .failure(.timeout(sentRequest: true)) }
        case .rateLimit:
            let headers = RetryAfter.header(&dice, now: self.executor.now)
            hit.answer(.refusal(429, category: "RATE_LIMITS", headers: headers))
        case .serverErrorBefore:
            let status = dice.one(of: [500, 502, 503, 504])
            hit.answer(dice.happens(500) ? .page(status) : .refusal(status, category: "INTERNAL_ERROR"))
        case .serverErrorAfter:
            let page = FakeResponse.page(dice.one(of: [502, 504]))
            hit.change = { _ in .response(page) }
        case .truncated: self.damage(&hit, dice, cuts: true)
        case .garbled: self.damage(&hit, dice, cuts: false)
        case .maintenancePage: hit.answer(.page(200))
        case .duplicated: hit.isDuplicated = true
        case .lateCreate: self.delayCreate(&hit, &dice)
        case .slow: hit.delay = .seconds(dice.pick(5...50))
        case .tokenRefused, .scopeMissing, .wrongAccount: self.refuse(kind, &dice)
        case .storeFails, .kill, .clockJumps, .clockSkew, .indexLag, .smallPages, .shuffled, .schemaChange, .poison:
            hit.isHit = false
        }
    }

    /// Cuts an answer, or changes some of its bytes.
    private func damage(_ hit: inout Hit, _ dice: Dice, cuts: Bool) {
        hit.change = { response in
            var (response, dice) = (response, dice)
            guard response.body.count > 4 else { return .response(response) }
            if cuts {
                response.body.removeLast(dice.pick(1...(response.body.count - 1)))
            } else {
                // A comma or bracket that is gone: what is damaged in passing does not look whole.
                let places = Self.structure(of: response.body)
                guard !places.isEmpty else { return .response(response) }
                response.body[dice.one(of: places)] = UInt8(ascii: "#")
            }
            return .response(response)
        }
    }

    /// The places of the bytes that hold a document together, outside of its texts.
    private static func structure(of body: [UInt8]) -> [Int] {
        var places: [Int] = []
        var (isInText, isEscaped) = (false, false)
        for (place, byte) in body.enumerated() {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = isInText
            } else if byte == UInt8(ascii: "\"") {
                isInText.toggle()
            } else if !isInText, ",:{}[]".utf8.contains(byte) {
                places.append(place)
            }
        }
        return places
    }

    /// A create that arrives after its client gave it up.
    private func delayCreate(_ hit: inout Hit, _ dice: inout Dice) {
        guard hit.path.hasSuffix("/batch/create"), hit.path.contains("/objects/") else {
            hit.isHit = false
            return
        }
        let at = self.executor.now.advanced(by: .seconds(dice.pick(1...150)))
        let request = hit.request
        self.state.withLock { $0.late.append((at, request)) }
        hit.delay = .seconds(60)
        hit.fail(.timeout(sentRequest: true))
    }

    private func refuse(_ kind: FaultKind, _ dice: inout Dice) {
        let until = self.executor.now.advanced(by: .seconds(dice.pick(1...20_000)))
        self.state.withLock { state in
            switch kind {
            case .tokenRefused: state.tokenRefusedUntil = until
            case .scopeMissing: state.scopeMissingUntil = until
            default: state.wrongAccountUntil = until
            }
        }
    }
}
