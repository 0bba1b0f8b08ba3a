import Connectors
import FakeCRM
import Records
import RelaisTesting
import Synchronization
import Transport

/// The way between the engine and one fake account, with everything that can happen on it.
final class Network: Sendable {
    /// What was sent and what became of it; for the invariants about requests.
    struct Exchange: Sendable {
        let poll: Int
        let life: Int
        let sentAt: Instant
        /// When the CRM dealt with it; nil if it never came.
        let handledAt: Instant?
        /// When the sender got the answer, or learnt that there is none.
        let answeredAt: Instant
        let method: String
        let path: String
        let status: Int?
        /// How long the answer asked to wait.
        let retryAfter: Duration?
        /// The ids in the body of a read or write by id.
        let ids: [Int64]
        let isDuplicate: Bool
        /// Whether the answer said that the token is another account's.
        let isOfStranger: Bool
    }

    struct State {
        /// The sync that runs; negative outside of one.
        var poll = -1
        var requests = 0
        var faultsAreOn = true
        var counts: [FaultKind: Int] = [:]
        var fired: [FaultID] = []
        var exchanges: [Exchange] = []
        var trace = Trace()
        var tokenRefusedUntil: Instant?
        var scopeMissingUntil: Instant?
        var wrongAccountUntil: Instant?
        /// Creates that arrive long after the client gave up.
        var late: [(at: Instant, request: FakeRequest)] = []
    }

    let home: Home
    let crm: FakeCRMAccount
    let plan: FaultPlan
    let executor: SeededExecutor
    let state = Mutex(State())
    let note: @Sendable (String) -> Void
    /// The plans of the CRM's answers: what one life made, the next need not make again.
    let readers = RecordReaders()

    init(
        _ home: Home,
        crm: FakeCRMAccount,
        plan: FaultPlan,
        executor: SeededExecutor,
        note: @escaping @Sendable (String) -> Void
    ) {
        self.home = home
        self.crm = crm
        self.plan = plan
        self.executor = executor
        self.note = note
    }

    /// A sync begins.
    func begin(poll: Int, faultsAreOn: Bool) {
        self.state.withLock { state in
            state.poll = poll
            state.requests = 0
            state.faultsAreOn = faultsAreOn
        }
    }

    /// Carries one request to the account and its answer back, or loses either.
    func carry(_ request: HTTPRequest, life: Int) async -> Delivery {
        let (id, isFaulty) = self.state.withLock { state in
            state.requests += 1
            return (FaultID(home: self.home, poll: state.poll, number: state.requests), state.faultsAreOn)
        }
        let sentAt = self.executor.now
        var dice = Dice(self.plan.seed, "latency", id.home.rawValue, id.poll, id.number)
        await self.executor.sleep(for: .milliseconds(dice.pick(10...120)))
        self.deliverLate()
        let fault = isFaulty ? self.plan.fault(id) : nil
        let faked = request.faked
        var hit = Hit(request: faked, path: faked.path)
        if let fault {
            self.apply(fault.kind, fault.dice, to: &hit)
            if hit.isHit {
                self.state.withLock { state in
                    state.counts[fault.kind, default: 0] += 1
                    state.fired.append(id)
                }
                self.note("\(self.home): \(request.method.rawValue) \(hit.path): \(fault.kind.rawValue)")
            }
        }
        self.refuseForAWhile(&hit)
        let handledAt = hit.reachesCRM ? self.executor.now : nil
        if hit.reachesCRM {
            if hit.isDuplicated { _ = self.crm.handle(hit.request) }
            var response = self.crm.handle(hit.request)
            let now = Instant(milliseconds: self.crm.clock.now)
            response.headers.append((name: "Date", value: RetryAfter.date(now)))
            hit.delivery = hit.change?(response) ?? .response(response)
        }
        let wayBack = hit.delay + .milliseconds(dice.pick(10...120))
        let answeredAt = self.executor.now.advanced(by: wayBack)
        self.record(hit, request, id: id, life: life, sentAt: sentAt, handledAt: handledAt, answeredAt: answeredAt)
        await self.executor.sleep(for: wayBack)
        return hit.delivery
    }

    /// Writes that were given up for lost arrive.
    private func deliverLate() {
        let due = self.state.withLock { state -> [FakeRequest] in
            let due = state.late.filter { $0.at <= self.executor.now }.map(\.request)
            state.late.removeAll { $0.at <= self.executor.now }
            return due
        }
        for request in due {
            _ = self.crm.handle(request)
            self.note("\(self.home): a create that was given up for lost arrives")
        }
    }

    /// Delivers whatever is still on its way.
    func settle() {
        let due = self.state.withLock { state -> [FakeRequest] in
            defer { state.late = [] }
            state.tokenRefusedUntil = nil
            state.scopeMissingUntil = nil
            state.wrongAccountUntil = nil
            return state.late.map(\.request)
        }
        for request in due { _ = self.crm.handle(request) }
    }

    private func refuseForAWhile(_ hit: inout Hit) {
        let now = self.executor.now
        let (token, scope, account) = self.state.withLock { state in
            (state.tokenRefusedUntil, state.scopeMissingUntil, state.wrongAccountUntil)
        }
        if let token, now < token { return hit.answer(.refusal(401, category: "INVALID_AUTHENTICATION")) }
        if let scope, now < scope, hit.path.contains("/objects/") {
            return hit.answer(.refusal(403, category: "MISSING_SCOPES"))
        }
        if let account, now < account, hit.path.contains("/account-info/") {
            let text = #"{"portalId":999,"accountType":"STANDARD"}"#
            let type = (name: "Content-Type", value: "application/json")
            hit.answer(FakeResponse(status: 200, headers: [type], body: Array(text.utf8)))
            hit.isOfStranger = true
        }
    }

    private func record(
        _ hit: Hit,
        _ request: HTTPRequest,
        id: FaultID,
        life: Int,
        sentAt: Instant,
        handledAt: Instant?,
        answeredAt: Instant
    ) {
        var status: Int?
        var wait: Duration?
        if case .response(let response) = hit.delivery {
            status = response.status
            if response.status == 429 {
                wait = response.header("Retry-After").flatMap(Double.init).map { .seconds($0) }
            }
        }
        let isByID = hit.path.hasSuffix("/batch/read") || hit.path.hasSuffix("/batch/update")
        let exchange = Exchange(
            poll: id.poll,
            life: life,
            sentAt: sentAt,
            handledAt: handledAt,
            answeredAt: answeredAt,
            method: request.method.rawValue,
            path: hit.path,
            status: status,
            retryAfter: wait,
            ids: isByID ? Self.ids(in: request.body ?? []) : [],
            isDuplicate: hit.isDuplicated,
            isOfStranger: hit.isOfStranger
        )
        self.state.withLock { state in
            state.exchanges.append(exchange)
            state.trace.add(Int64(id.number))
            state.trace.add(self.executor.now.microseconds)
            state.trace.add(request.url)
            state.trace.add(request.body ?? [])
            if case .response(let response) = hit.delivery { state.trace.add(response.body) }
            state.trace.keep(
                "\(self.executor.now) \(self.home) \(request.method.rawValue) \(request.url) "
                    + String(decoding: request.body ?? [], as: UTF8.self)
            )
        }
    }

    /// The record ids in a body: numbers of ten digits and more.
    static func ids(in body: [UInt8]) -> [Int64] {
        var ids: [Int64] = []
        var number: Int64 = 0
        var digits = 0
        for byte in body {
            if (0x30...0x39).contains(byte), digits < 18 {
                number = number * 10 + Int64(byte - 0x30)
                digits += 1
            } else {
                if digits >= 10 { ids.append(number) }
                (number, digits) = (0, 0)
            }
        }
        return ids
    }
}

/// The engine's transport: it passes the process's seams and the network.
struct SimulatedTransport: HTTPTransport {
    let network: Network
    let process: SimulatedProcess
    let life: Int

    func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        try request.check()
        try self.process.pass(self.network.home, .network)
        let delivery = await self.network.carry(request, life: self.life)
        try self.process.pass(self.network.home, .network)
        switch delivery {
        case .response(let response): return response.delivered
        case .failure(let error): throw error
        }
    }
}
