import CEL
import Messaging
import Records
import Scoring
import Store

extension WorkflowRunner {
    private static let scoreBatch = 200

    /// Works out the scores that time alone has changed.
    func rescoreDue(_ now: Instant, _ report: inout TickReport) throws {
        guard self.library.scoring != nil else { return }
        while true {
            let counts = try self.store.write { transaction in
                var counts = TickReport()
                for record in try transaction.dueScores(at: now, limit: Self.scoreBatch) {
                    try self.rescore(record, quiet: nil, now, transaction, &counts)
                }
                return counts
            }
            report.add(counts)
            if counts.scored == 0 { return }
        }
    }

    /// Works out the score of a record from all its events, and writes what has changed.
    ///
    /// `quiet` is the run whose rows may start nothing: what is written because of them carries it on (R11).
    func rescore(
        _ id: RecordID,
        quiet run: RunNumber?,
        _ now: Instant,
        _ transaction: Transaction,
        _ report: inout TickReport
    ) throws {
        guard let rules = self.library.scoring, let record = try transaction.record(id), record.isLive else {
            if let old = try transaction.score(of: id) { try transaction.put(old.settled(at: now)) }
            report.scored += 1
            return
        }
        let events = try transaction.events(of: id).map(\.event).filter { rules.counts($0.name) }
        let score = try rules.score(events, profile: record.values, at: now)
        let old = try transaction.score(of: id)
        try transaction.put(
            StoredScore(
                record: id,
                points: score.points,
                fit: score.fit,
                grade: Text(score.grade.rawValue),
                isQualified: score.isQualified,
                computedAt: now,
                nextAt: score.nextCrossing
            )
        )
        report.scored += 1
        let cause = Cause(actor: try transaction.actor("scoring"), run: run, at: now)
        let settings = Self.settings(score, record, rules, isFirst: old == nil)
        if !settings.isEmpty { try transaction.change(id, set: settings, cause: cause) }
        guard score.isQualified, old?.isQualified != true, run == nil else { return }
        report.qualified += 1
        try self.announce(score, of: id, cause, transaction)
    }

    private func announce(_ score: Score, of record: RecordID, _ cause: Cause, _ transaction: Transaction) throws {
        // Once for each time that it comes to qualify: the place in the journal tells them apart.
        let name = "qualified/\(record)/\(try transaction.journalEnd())"
        let event = PersonEvent(
            id: self.desk.keys.key(of: name),
            name: AutomationEvents.qualified,
            at: cause.at,
            attributes: ["points": .number(Int64(score.points)), "grade": .text(score.grade.rawValue)]
        )
        try transaction.addEvent(event, to: record, cause: cause)
    }

    /// The properties that show the score, where the object has them and they would change.
    private static func settings(
        _ score: Score,
        _ record: StoredRecord,
        _ rules: ScoringRules,
        isFirst: Bool
    ) -> [PropertySetting] {
        var settings: [PropertySetting] = []
        let object = rules.vocabulary.object
        // A first score of nothing says no more than none.
        let isWorthWriting = !isFirst || score.points != 0 || !record["score"].isBlank
        if object.property("score") != nil, isWorthWriting {
            settings.append(PropertySetting("score", .number(Int64(score.points))))
        }
        if object.property("grade") != nil, !rules.grades.isEmpty {
            settings.append(PropertySetting("grade", .text(score.grade.rawValue)))
        }
        return settings.filter { record[$0.property] != $0.value }
    }
}

extension StoredScore {
    /// The same score, which time will not change any more.
    fileprivate func settled(at now: Instant) -> StoredScore {
        StoredScore(
            record: self.record,
            points: self.points,
            fit: self.fit,
            grade: self.grade,
            isQualified: self.isQualified,
            computedAt: now,
            nextAt: nil
        )
    }
}
