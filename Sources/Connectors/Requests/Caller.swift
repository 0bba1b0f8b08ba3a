import Logging
import Records
import Synchronization
import Transport

/// Sends the requests of one account: fills them in, proves who asks, keeps within the budget, and says what answers mean.
final class Caller: Sendable {
    let manifest: ConnectorManifest
    let clock: WallClock
    /// What may be asked today, and what was.
    let daily: DailyBudget
    private let settings: AccountSettings
    private let transport: any HTTPTransport
    private let budget: APIBudget
    private let builder: RequestBuilder
    private let classifier: AnswerClassifier
    private let logger: Logger
    private let base: TemplateScope
    private let state: Mutex<State>

    private struct State {
        /// The proof in use; never written anywhere.
        var authorization: String?
        /// What the proof is made of, to keep it out of messages.
        var secrets: [String] = []
        /// How often a proof was taken, to see whether somebody else has taken a new one already.
        var generation = 0
        /// Whether a login is under way, and who waits for its end; a session that runs out is taken anew once for all.
        var isLoggingIn = false
        var waiters: [CheckedContinuation<CallFailure?, Never>] = []
        var lookups: [String: JSON] = [:]
        var requests: [String: Int] = [:]
        var denial: RemoteFailure?
    }

    init(
        manifest: ConnectorManifest,
        settings: AccountSettings,
        transport: any HTTPTransport,
        clock: WallClock,
        sleeper: Sleeper,
        logger: Logger
    ) throws(RemoteFailure) {
        guard let address = settings.baseURL ?? manifest.baseURL else {
            throw RemoteFailure(.badRequest, "the connection needs a base_url: \(manifest.label) has none of its own")
        }
        for name in manifest.credentialNames where settings.credentials[name] == nil {
            throw RemoteFailure(.unauthorized, "the connection lacks the credential \(name)")
        }
        self.manifest = manifest
        self.settings = settings
        self.transport = transport
        self.clock = clock
        self.logger = logger
        let rules = manifest.budget.limited(to: settings.budget)
        self.budget = APIBudget(rules, clock: clock, sleeper: sleeper)
        self.daily = DailyBudget(limit: rules.dailyLimit, reservePercent: rules.dailyReserve, clock: clock)
        self.classifier = AnswerClassifier(rules: manifest.errors)
        self.builder = RequestBuilder(
            base: address.hasSuffix("/") ? String(address.dropLast()) : address,
            pathNames: Set(manifest.variables.map(\.name)),
            timeout: settings.timeout
        )
        var scope = TemplateScope()
        for variable in manifest.variables {
            let value = settings.variables[variable.name].map(JSON.string) ?? variable.value.rendered(scope)
            if let value { scope = scope.adding([variable.name: value]) }
        }
        self.base = scope
        self.state = Mutex(State())
    }

    /// Requests made so far, by label.
    var requests: [String: Int] { self.state.withLock { $0.requests } }

    /// The refusal of the credentials that the latest request met; nil if they were good.
    var denial: RemoteFailure? { self.state.withLock { $0.denial } }

    /// Sends a request and reads its answer; a refused token is refreshed once.
    ///
    /// `values` fill in the request. `sent` names the properties in it, `hidden` the values that must not show up in
    /// messages. `read` may throw a `CallFailure` of its own.
    func call<Result>(
        _ rule: RequestRule,
        _ values: [String: JSON] = [:],
        sent: Set<String> = [],
        hidden: [String] = [],
        read: (Answer) throws -> Result
    ) async throws(CallFailure) -> Result {
        let scope = try await self.scope(for: rule, values)
        var mayRefresh = self.manifest.authenticator.login != nil
        while true {
            let (authorization, generation) = try await self.authorization()
            let scrubber = self.scrubber.hiding(hidden)
            do {
                let answer = try await self.send(rule, scope, authorization, sent: sent, scrubber)
                let result = try Self.reading(answer, rule, read)
                self.state.withLock { $0.denial = nil }
                self.transport.recycle(answer.response.body)
                return result
            } catch {
                guard error.action == .refreshToken, mayRefresh else { throw self.noting(error) }
                mayRefresh = false
                self.state.withLock { if $0.generation == generation { $0.authorization = nil } }
            }
        }
    }

    /// Sends a request and gives its answer as a document.
    func json(
        _ rule: RequestRule,
        _ values: [String: JSON] = [:],
        sent: Set<String> = [],
        hidden: [String] = []
    ) async throws(CallFailure) -> JSON {
        try await self.call(rule, values, sent: sent, hidden: hidden) { try $0.json() }
    }

    /// What one error out of a list of them means.
    func failure(of error: JSON, _ inputs: [EncodedInput]) -> CallFailure {
        let failure = self.classifier.failure(
            status: nil,
            body: error,
            sent: Set(inputs.flatMap(\.names)),
            scrubber: self.scrubber.hiding(inputs.flatMap(\.texts))
        )
        return failure ?? CallFailure(action: .fail, message: "refused without a message")
    }

    private static func reading<Result>(
        _ answer: Answer,
        _ rule: RequestRule,
        _ read: (Answer) throws -> Result
    ) throws(CallFailure) -> Result {
        do {
            return try read(answer)
        } catch let failure as CallFailure {
            throw failure
        } catch {
            // What cannot be read may still have been carried out.
            throw CallFailure(
                action: .unknown,
                message: "the answer to \"\(rule.label)\" cannot be read: \(error)",
                origin: .manifest
            )
        }
    }

    /// Remembers a refusal of the credentials as such.
    private func noting(_ failure: CallFailure) -> CallFailure {
        switch failure.action {
        case .refreshToken, .forbidden: self.state.withLock { $0.denial = failure.remoteFailure }
        default: break
        }
        return failure
    }

    private var scrubber: Scrubber {
        let secrets = self.settings.credentials.values.map { $0.reveal() } + self.state.withLock { $0.secrets }
        return Scrubber(secrets: secrets, rules: self.manifest.errors.scrub)
    }
}

// MARK: - One request

extension Caller {
    private func send(
        _ rule: RequestRule,
        _ scope: TemplateScope,
        _ authorization: String?,
        sent: Set<String>,
        _ scrubber: Scrubber
    ) async throws(CallFailure) -> Answer {
        let header = authorization.map { (self.manifest.authenticator.header, $0) }
        let path = self.builder.path(rule.path, scope)
        let request = try self.builder.request(rule, path, scope, authorization: header)
        let policy = self.budget.policy(method: rule.method, path: path ?? "")
        let response: HTTPResponse
        try await self.waitForBudget(policy, rule)
        do {
            self.state.withLock { $0.requests[rule.label, default: 0] += 1 }
            response = try await self.transport.send(request)
        } catch {
            if Breakage.lostAnswerIsRetried.isOn, let answer = try? await self.transport.send(request) {
                return Answer(response: answer, classifier: self.classifier, sent: sent, scrubber: scrubber)
            }
            throw Self.failure(error, rule)
        }
        self.observe(response, policy)
        let answer = Answer(response: response, classifier: self.classifier, sent: sent, scrubber: scrubber)
        guard !(200..<300).contains(response.status) || self.hasFilter(response.status) else { return answer }
        let wait = ServerTime.retryAfter(
            response.headers[self.manifest.errors.retryAfter.header],
            self.manifest.errors.retryAfter,
            now: self.clock.now
        )
        let body = try? response.json()
        guard
            var failure = self.classifier.failure(
                status: response.status,
                body: body,
                sent: sent,
                scrubber: scrubber,
                wait: wait
            )
        else { return answer }
        if (300..<400).contains(response.status) { failure.message += scrubber.clean(Self.redirection(response)) }
        if failure.action == .rateLimited { self.budget.block(policy, for: failure.wait ?? .seconds(1)) }
        self.logger.debug("\(rule.label): \(failure.message)")
        throw failure
    }

    /// Where a server sends its clients, without paths and queries, which may hold secrets.
    private static func redirection(_ response: HTTPResponse) -> String {
        let target = response.headers["Location"].map { location in
            let parts = location.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
            let isAbsolute = location.hasPrefix("http://") || location.hasPrefix("https://")
            return isAbsolute ? " to \(parts[0])//\(parts[2].prefix { !"/?#".contains($0) })" : " to another path"
        }
        return "; it redirects\(target ?? ""), and no redirect is followed: is the connection's base_url right?"
    }

    private func waitForBudget(_ policy: Int?, _ rule: RequestRule) async throws(CallFailure) {
        let tooLong: Duration?
        do {
            tooLong = try await self.budget.wait(policy)
        } catch {
            throw CallFailure(action: .retry, message: "\(rule.label): cancelled", origin: .transport)
        }
        if let tooLong {
            throw CallFailure(
                action: .rateLimited,
                message: "\(rule.label): the server asked for no requests for a while",
                wait: tooLong
            )
        }
        if let untilTomorrow = self.daily.spend(.current) {
            throw CallFailure(action: .rateLimited, message: self.exhausted, wait: untilTomorrow)
        }
    }

    private var exhausted: String {
        let (spent, limit) = (self.daily.spending.total, self.daily.limit.map(String.init) ?? "what the CRM allows")
        return """
            today's requests are spent: \(spent) of \(limit), of which \(self.daily.reserve) are kept for hand-offs and \
            notifications; the rest waits until tomorrow (UTC)
            """
    }

    /// Whether the manifest has something to say about a status that is a success by itself.
    private func hasFilter(_ status: Int) -> Bool {
        self.manifest.errors.filters.contains { $0.codes.contains(status) }
    }

    private func observe(_ response: HTTPResponse, _ policy: Int?) {
        let rules = self.manifest.budget
        let remaining = rules.remainingHeader.flatMap { response.headers[$0] }.flatMap { Int($0) }
        let interval = rules.intervalHeader.flatMap { response.headers[$0] }.flatMap { Int($0) }
        self.budget.observe(policy, remaining: remaining, interval: interval.map { .milliseconds($0) })
        self.daily.observe(left: rules.dailyRemainingHeader.flatMap { response.headers[$0] }.flatMap { Int($0) })
    }

    private static func failure(_ error: any Error, _ rule: RequestRule) -> CallFailure {
        guard let error = error as? TransportError else {
            // A stand-in of the transport failed in a way of its own: nobody knows how far it came.
            return CallFailure(action: .unknown, message: "\(rule.label): no answer", origin: .transport)
        }
        let action: ErrorRules.Action = error.requestMayHaveReachedServer ? .unknown : .retry
        let origin: CallFailure.Origin =
            switch error {
            case .bodyTooLarge, .headersTooLarge, .malformedAnswer, .invalidRequest: .manifest
            default: .transport
            }
        return CallFailure(action: action, message: "\(rule.label): \(error)", origin: origin)
    }
}

// MARK: - Proofs and look-ups

extension Caller {
    /// The proof to send, taken now if there is none.
    private func authorization() async throws(CallFailure) -> (String?, Int) {
        while true {
            let (known, generation, isFirst) = self.state.withLock { state in
                let isFirst = state.authorization == nil && !state.isLoggingIn
                if isFirst { state.isLoggingIn = true }
                return (state.authorization, state.generation, isFirst)
            }
            if let known { return (known, generation) }
            if isFirst { break }
            if let failure = await self.endOfLogin() { throw failure }
        }
        do {
            let proof = try await self.takeProof()
            self.endLogin(nil)
            return proof
        } catch {
            self.endLogin(error)
            throw error
        }
    }

    /// Waits until the login that is under way has ended, and says why if it failed.
    private func endOfLogin() async -> CallFailure? {
        await withCheckedContinuation { continuation in
            let isOver = self.state.withLock { state in
                if state.isLoggingIn { state.waiters.append(continuation) }
                return !state.isLoggingIn
            }
            if isOver { continuation.resume(returning: nil) }
        }
    }

    private func endLogin(_ failure: CallFailure?) {
        let waiters = self.state.withLock { state in
            defer { (state.isLoggingIn, state.waiters) = (false, []) }
            return state.waiters
        }
        for waiter in waiters { waiter.resume(returning: failure) }
    }

    private func takeProof() async throws(CallFailure) -> (String?, Int) {
        let rules = self.manifest.authenticator
        // As it is where the variable that it is taken from is not set.
        for name in self.manifest.credentialNames where self.settings.credentials[name]?.reveal().isEmpty ?? true {
            throw CallFailure(action: .refreshToken, message: "the credential \(name) is empty")
        }
        var scope = self.base.adding(self.credentials)
        var secrets: [String] = []
        if let login = rules.login {
            let answer = try await self.login(login, scope)
            secrets = answer.texts.filter { $0.utf8.count >= 8 }
            scope = scope.adding(["login": answer])
        }
        guard let proof = rules.value.text(scope) else {
            throw CallFailure(action: .refreshToken, message: "the login gave no token")
        }
        let encoded = rules.isBase64 ? Base64.encoded(proof) : proof
        let value = rules.prefix + encoded
        let parts = secrets + [encoded]
        return self.state.withLock { state in
            state.secrets = parts
            state.authorization = value
            state.generation += 1
            return (value, state.generation)
        }
    }

    private func login(_ rule: RequestRule, _ scope: TemplateScope) async throws(CallFailure) -> JSON {
        do {
            let answer = try await self.send(rule, scope, nil, sent: [], self.scrubber)
            return try Self.reading(answer, rule) { try $0.json() }
        } catch {
            throw self.noting(error)
        }
    }

    private var credentials: [String: JSON] {
        var values: [String: JSON] = [:]
        for (name, secret) in self.settings.credentials { values["credentials.\(name)"] = .string(secret.reveal()) }
        return values
    }

    /// The values for a request, with the look-ups that it refers to.
    private func scope(for rule: RequestRule, _ values: [String: JSON]) async throws(CallFailure) -> TemplateScope {
        var scope = self.base.adding(values)
        for lookup in self.manifest.lookups {
            let name = "lookup.\(lookup.name)"
            guard rule.references.contains(where: { $0 == name || $0.hasPrefix(name + ".") }) else { continue }
            if let value = try await self.value(of: lookup) { scope = scope.adding([name: value]) }
        }
        return scope
    }

    /// The value of a look-up, fetched the first time; nil if there is none and it cannot be made.
    func value(of lookup: LookupRule) async throws(CallFailure) -> JSON? {
        if let known = self.state.withLock({ $0.lookups[lookup.name] }) { return known }
        let answer = try await self.json(lookup.request)
        var value: JSON? = lookup.values.map { .array($0.all(in: answer)) }
        value = value ?? lookup.codes.map { codes in .object(codes.records.elements(in: answer).pairs(codes)) }
        value = value ?? lookup.value?.rendered(TemplateScope(["answer": answer]))
        if value == nil || value?.isNull == true, let make = lookup.make {
            let made = try await self.json(make)
            value = lookup.made?.rendered(TemplateScope(["answer": made]))
        }
        if let value { self.state.withLock { $0.lookups[lookup.name] = value } }
        return value
    }

    /// The scope of requests, with look-ups that a template other than a request refers to.
    func rendered(_ template: Template, _ values: [String: JSON]) async throws(CallFailure) -> JSON? {
        var scope = self.base.adding(values)
        for lookup in self.manifest.lookups where template.references.contains("lookup.\(lookup.name)") {
            if let value = try await self.value(of: lookup) { scope = scope.adding(["lookup.\(lookup.name)": value]) }
        }
        return template.rendered(scope)
    }
}

extension JSON {
    /// All texts in a document.
    fileprivate var texts: [String] {
        switch self {
        case .string(let text): [text]
        case .array(let elements): elements.flatMap(\.texts)
        case .object(let members): members.flatMap { $0.value.texts }
        case .null, .bool, .number: []
        }
    }
}

extension [JSON] {
    /// What people call each element, with its id.
    fileprivate func pairs(
        _ codes: (records: AnswerPath, code: AnswerPath, id: AnswerPath)
    ) -> [(key: String, value: JSON)] {
        self.compactMap { element in
            guard let code = codes.code.first(in: element)?.string, let id = codes.id.first(in: element) else {
                return nil
            }
            return (key: code, value: id)
        }
    }
}
