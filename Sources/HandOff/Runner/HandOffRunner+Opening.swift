import CEL
import Mapping
import Messaging
package import Records
import Scoring
package import Store

extension HandOffRunner {
    /// Opens a hand-off by hand; nil if the lead has an open one, is with sales already, or is no lead at all.
    package func open(_ record: RecordID, by person: Text, reason: Text?, now: Instant) throws -> StoredHandOff? {
        try self.store.write { transaction in
            var report = HandOffReport()
            return try self.open(record, origin: Text("person:\(person)"), reason: reason, transaction, now, &report)
        }
    }

    /// Opens a hand-off: the lead becomes an MQL and waits for review, or is accepted at once if there is none.
    @discardableResult
    func open(
        _ id: RecordID,
        origin: Text,
        reason: Text?,
        _ transaction: Transaction,
        _ now: Instant,
        _ report: inout HandOffReport
    ) throws -> StoredHandOff? {
        guard let record = try transaction.record(id), record.isLive, self.isForSales(record),
            try transaction.name(of: record.object).hasSameBytes(as: self.rules.vocabulary.object.name)
        else { return nil }
        let score = try self.score(of: record, transaction, now)
        let opened = try transaction.openHandOff(
            id,
            origin: origin,
            points: score?.points,
            grade: score.map { Text($0.grade.rawValue) },
            reasons: [reason].compactMap { $0 } + (score?.summary ?? []),
            dueAt: nil,
            at: now
        )
        guard let opened else { return nil }
        report.opened += 1
        let step = HandOffStep(at: now, actor: origin, state: .review, detail: "qualified")
        try transaction.append(step, to: opened.id)
        let cause = try self.cause("handoff", transaction, now)
        try self.raise(record, to: self.rules.qualifiedStage, cause, transaction)
        guard self.rules.needsReview else {
            return try self.take(opened, by: "handoff", note: nil, transaction, now, &report)
        }
        if let reviewer = self.rules.reviewer {
            try self.tell(reviewer.address, reviewer.template, step: "review", opened, transaction, now)
        }
        return opened
    }

    /// Whether the lead is still marketing's: not accepted before, not on a side stage such as disqualified.
    private func isForSales(_ record: StoredRecord) -> Bool {
        guard let stage = record["lifecycle_stage"].text, !stage.isEmpty else { return true }
        let lifecycle = self.rules.vocabulary.lifecycle
        guard let rank = lifecycle.rank(of: stage), let accepted = lifecycle.rank(of: self.rules.acceptedStage) else {
            return false
        }
        return rank < accepted
    }

    /// Moves the lifecycle forward, never back.
    func raise(_ record: StoredRecord, to stage: Text, _ cause: Cause, _ transaction: Transaction) throws {
        if let setting = self.raising(record, to: stage) {
            try transaction.change(record.id, set: [setting], cause: cause)
        }
    }

    /// The setting that moves the lifecycle forward; nil if it is there already.
    func raising(_ record: StoredRecord, to stage: Text) -> PropertySetting? {
        let lifecycle = self.rules.vocabulary.lifecycle
        let old = record["lifecycle_stage"].text.flatMap { lifecycle.rank(of: $0) } ?? -1
        guard let new = lifecycle.rank(of: stage), new > old else { return nil }
        return PropertySetting("lifecycle_stage", .text(stage))
    }

    private func score(of record: StoredRecord, _ transaction: Transaction, _ now: Instant) throws -> Score? {
        guard let scoring = self.scoring else { return nil }
        let events = try transaction.events(of: record.id).map(\.event).filter { scoring.counts($0.name) }
        return try scoring.score(events, profile: record.values, at: now)
    }

    /// Reserves a mail to one of ours about a hand-off; the round tells the mails of one owner from those of the next.
    func tell(
        _ address: Text,
        _ template: Text,
        step: Text,
        _ handOff: StoredHandOff,
        _ transaction: Transaction,
        _ now: Instant
    ) throws {
        guard let record = try transaction.record(handOff.record) else { return }
        let place = EffectPlace(.handOff, handOff.id.rawValue, step: step, visit: handOff.round)
        let request = MailDesk.Request(
            place,
            kind: .notification,
            template: template,
            address: address,
            record: handOff.record
        )
        let activation = self.activation(record, handOff)
        _ = try self.desk.reserve(request, activation, in: transaction, at: now)
    }

    /// What templates about a hand-off speak of.
    func activation(_ record: StoredRecord, _ handOff: StoredHandOff) -> RecordActivation {
        var entries: [(String, CELValue)] = [
            ("number", .int(handOff.id.rawValue)), ("origin", .string(handOff.origin.string)),
            ("reasons", .list(handOff.reasons.map { .string($0.string) })), ("round", .int(Int64(handOff.round))),
        ]
        if let points = handOff.points { entries.append(("points", .int(Int64(points)))) }
        let texts = [
            ("grade", handOff.grade), ("owner", handOff.owner), ("owner_reason", handOff.ownerReason),
            ("note", handOff.note), ("since", handOff.confirmedAt.map { Text(Self.minute($0)) }),
        ]
        for (name, text) in texts { if let text { entries.append((name, .string(text.string))) } }
        let map = try? CELMap(entries.map { CELMap.Entry(key: .string($0.0), value: $0.1) })
        return self.rules.vocabulary.activation(record.values, .noEvent, .map(map ?? CELMap()))
    }

    /// `2026-03-02 10:00 UTC`.
    private static func minute(_ instant: Instant) -> String {
        let text = instant.description
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5)) UTC"
    }
}
