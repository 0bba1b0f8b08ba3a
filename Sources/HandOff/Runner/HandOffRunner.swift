import CEL
package import Messaging
package import Records
package import Scoring
package import Store
import Synchronization

/// Carries leads from marketing to sales: opens hand-offs, finds owners, writes stage, owner, task and deal, waits for the
/// CRM to confirm them, tells the owner, watches the deadline and hears of the outcome.
///
/// It never calls a CRM: what it writes are records, which the sync carries over like any other change. Every transition
/// is one transaction that names the state it comes from, so that a crash or a second process can neither double nor lose
/// a task, a deal or a message.
package final class HandOffRunner: Sendable {
    /// The reader's name in the store's cursors.
    static let reader = "handoff"
    /// Who acts in the journal.
    static let actor = "handoff"
    /// The name under which the store remembers who fulfils the qualifying condition.
    static let segment: Text = "handoff:qualified"
    private static let maximumRounds = 100
    private static let batch = 200

    let store: Store
    let rules: HandOffRules
    let scoring: ScoringRules?
    let desk: MailDesk
    let ids: RecordIDSource
    private let outbox: Outbox?
    private let isPrepared = Mutex(false)

    /// Creates a runner; `scoring` explains the points, `ids` makes deals and tasks.
    package init(
        store: Store,
        rules: HandOffRules,
        scoring: ScoringRules?,
        desk: MailDesk,
        ids: RecordIDSource,
        outbox: Outbox? = nil
    ) {
        self.store = store
        self.rules = rules
        self.scoring = scoring
        self.desk = desk
        self.ids = ids
        self.outbox = outbox
    }

    /// Does all there is to do now, then sends what is reserved.
    package func tick(now: Instant) async throws -> HandOffReport {
        var report = try self.work(now: now)
        report.outbox = try await self.outbox?.flush(now: now)
        return report
    }

    /// Does all there is to do now, without sending anything.
    package func work(now: Instant) throws -> HandOffReport {
        if !self.isPrepared.withLock({ $0 }) {
            try self.beginCondition(now)
            self.isPrepared.withLock { $0 = true }
        }
        var report = HandOffReport()
        for _ in 0..<Self.maximumRounds {
            var round = HandOffReport()
            try self.readJournal(now, &round)
            try self.each(.accepted, now, &round) { try self.route($0, $1, now, &$2) }
            try self.each(.written, now, &round) { try self.confirm($0, $1, now, &$2) }
            try self.nudgeDue(now, &round)
            report.add(round)
            if !round.madeProgress { break }
        }
        report.nextDue = try self.store.read { try $0.nextHandOffDue() }
        return report
    }

    /// Does something with each hand-off in a state, each in a transaction of its own; one that fails stops no other.
    private func each(
        _ state: HandOffState,
        _ now: Instant,
        _ report: inout HandOffReport,
        _ body: (StoredHandOff, Transaction, inout HandOffReport) throws -> Void
    ) throws {
        var last: HandOffNumber?
        while true {
            let page = try self.store.read { try $0.handOffs(in: state, after: last, limit: Self.batch) }
            guard let end = page.last?.id else { return }
            for handOff in page { try self.isolate(handOff, now, &report, body) }
            last = end
        }
    }

    private func nudgeDue(_ now: Instant, _ report: inout HandOffReport) throws {
        let due = try self.store.read { try $0.dueHandOffs(at: now, limit: Self.batch) }
        for handOff in due where handOff.state == .confirmed {
            try self.isolate(handOff, now, &report) { try self.nudge($0, $1, now, &$2) }
        }
    }

    /// Does something with a hand-off that still is in the state in which it was found.
    private func isolate(
        _ found: StoredHandOff,
        _ now: Instant,
        _ report: inout HandOffReport,
        _ body: (StoredHandOff, Transaction, inout HandOffReport) throws -> Void
    ) throws {
        do {
            let counts = try self.store.write { transaction in
                var counts = HandOffReport()
                // Another process may have been here since it was listed.
                guard let handOff = try transaction.handOff(found.id), handOff.state == found.state else {
                    return counts
                }
                try body(handOff, transaction, &counts)
                return counts
            }
            report.add(counts)
        } catch let error where Self.isOwnFault(error) {
            report.problems.append(Text("hand-off \(found.id.rawValue): \(error)"))
            try self.store.write { transaction in
                guard let handOff = try transaction.handOff(found.id), handOff.state == found.state else { return }
                var next = handOff
                next.waitingFor = Text("\(error)")
                if handOff.state == .accepted { next.dueAt = now.advanced(by: Self.patience) }
                _ = try transaction.advance(handOff, to: next, nil)
            }
        }
    }

    /// Whether an error is the fault of one record, so that the rest can go on.
    static func isOwnFault(_ error: any Error) -> Bool {
        switch error {
        case is CELError, is MailError: true
        case let error as StoreError: error.disposition == .skipRecord
        default: false
        }
    }

    /// Brings a hand-off to its next state with a line in its log; nil if somebody else was faster.
    func move(
        _ old: StoredHandOff,
        by actor: Text,
        _ detail: Text,
        _ transaction: Transaction,
        _ now: Instant,
        _ change: (inout StoredHandOff) -> Void
    ) throws -> StoredHandOff? {
        var new = old
        new.waitingFor = nil
        change(&new)
        new.updatedAt = now
        if new.state.isClosed { (new.closedAt, new.dueAt, new.waitingFor) = (now, nil, nil) }
        let step = HandOffStep(at: now, actor: actor, state: new.state, detail: detail)
        return try transaction.advance(old, to: new, step) ? new : nil
    }

    /// Who acts, in a transaction.
    func cause(_ actor: Text, _ transaction: Transaction, _ now: Instant) throws -> Cause {
        Cause(actor: try transaction.actor(actor.string), at: now)
    }
}
