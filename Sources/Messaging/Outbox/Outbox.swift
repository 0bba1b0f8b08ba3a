package import Records
package import Store

/// What a flush of the outbox did.
package struct OutboxReport: Hashable, Sendable {
    /// Messages that a server took.
    package var sent = 0
    /// Messages that were refused for good, or could not be delivered for too long.
    package var failed = 0
    /// Messages that were refused for now and are tried again later.
    package var deferred = 0
    /// Messages of which nobody knows whether they left; they are not sent again by themselves.
    package var unknown = 0
    /// Messages that were no longer to be sent.
    package var skipped = 0
    /// Why the mail server could not be reached; nil if it could, or nothing was to be sent.
    package var unreachable: Text?

    /// Creates an empty report.
    package init() {}
}

/// Sends what is reserved, at most once (W3).
///
/// Before a message goes to the server its row says `unknown`, in a transaction of its own; only the server's answer
/// makes it anything else. So a crash, a lost answer and a second process all end the same way: the message is not sent
/// again, and a person can see it.
package struct Outbox: Sendable {
    /// How long a message is tried that the server refuses for now or that cannot be handed over.
    package static let patience = Duration.seconds(3 * 86_400)
    private static let batch = 50

    private let store: Store
    private let mailer: any Mailer

    /// Creates an outbox.
    package init(store: Store, mailer: any Mailer) {
        self.store = store
        self.mailer = mailer
    }

    /// Sends everything that may be sent now; stops at the first message if the server cannot be reached.
    package func flush(now: Instant) async throws -> OutboxReport {
        var report = OutboxReport()
        while report.unreachable == nil {
            let due = try self.store.read { try $0.dueEffects(at: now, limit: Self.batch) }
            guard !due.isEmpty else { break }
            for effect in due where report.unreachable == nil {
                try await self.send(effect, &report, now)
            }
        }
        return report
    }

    private func send(_ effect: Effect, _ report: inout OutboxReport, _ now: Instant) async throws {
        let decision = try self.store.write { try self.claim(effect, in: $0, now) }
        guard case .send(let mail, let message) = decision else {
            if case .skipped = decision { report.skipped += 1 }
            if case .failed = decision { report.failed += 1 }
            return
        }
        let outcome = await self.mailer.send(from: mail.from, to: mail.to, message: message)
        let isOld = now.since(effect.reservedAt) > Self.patience
        try self.store.write { transaction in
            switch outcome {
            case .accepted(let detail):
                let id = mail.messageID(key: effect.key)
                try transaction.settle(effect.key, as: .sent, detail: detail, providerID: id, at: now)
                report.sent += 1
            case .rejected(let reason):
                try transaction.settle(effect.key, as: .failed, detail: reason, at: now)
                report.failed += 1
            case .unknown(let reason):
                try transaction.settle(effect.key, as: .unknown, detail: reason, at: now)
                report.unknown += 1
            case .deferred(let reason) where isOld, .unreachable(let reason) where isOld:
                try transaction.settle(effect.key, as: .failed, detail: Text("given up: \(reason)"), at: now)
                report.failed += 1
            case .deferred(let reason):
                try self.retry(effect, reason, in: transaction, now)
                report.deferred += 1
            case .unreachable(let reason):
                try self.retry(effect, reason, in: transaction, now)
                report.deferred += 1
                report.unreachable = reason
            }
        }
    }

    private enum Decision {
        case send(OutgoingMail, [UInt8])
        case skipped
        case failed
        case taken
    }

    private func claim(_ effect: Effect, in transaction: Transaction, _ now: Instant) throws -> Decision {
        guard try transaction.claim(effect.key, at: now) else { return .taken }
        if effect.kind == .mail, let recipient = effect.recipient,
            let reason = try transaction.suppression(of: recipient)
        {
            let detail = Text("the address was suppressed since: \(reason)")
            try transaction.settle(effect.key, as: .skipped, detail: detail, at: now)
            return .skipped
        }
        guard let mail = effect.message.flatMap({ OutgoingMail(json: $0) }),
            let message = try? mail.mime(key: effect.key, date: now)
        else {
            try transaction.settle(effect.key, as: .failed, detail: "the message cannot be composed", at: now)
            return .failed
        }
        return .send(mail, message)
    }

    /// Tries again after 5 minutes, then twice as long each time, up to 6 hours.
    private func retry(_ effect: Effect, _ reason: Text, in transaction: Transaction, _ now: Instant) throws {
        let minutes = min(360, 5 << min(effect.attempts, 8))
        let later = now.advanced(by: .seconds(minutes * 60))
        try transaction.retry(effect.key, notBefore: later, detail: reason, at: now)
    }
}
