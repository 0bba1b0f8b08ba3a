import Connectors
import Mapping
import Records
import Store

/// Writes events of ours into the CRM as activities on their records, each at most once.
///
/// An event that a rule wants is a row from the moment it is met, and waits there until its record is linked. Each activity
/// carries a text of ours that the CRM keeps unique: one whose answer never came is looked for by it before anything is
/// sent again.
struct ActivityPhase {
    let session: SyncSession
    let lane: MappingLane
    /// What was done.
    var counts = SyncCounts()

    private static let step = 1000

    /// One rule at work.
    struct Rule {
        let rule: ActivityRule
        let traits: RemoteActivityTraits
        let object: ObjectNumber
        let row: ActivityRuleRow
    }

    private var account: any RemoteAccount { self.session.context.account }
    private var store: Store { self.session.context.store }
    private var now: Instant { self.session.context.clock.now }
    private var connection: ConnectionNumber { self.session.connection.number }

    /// Brings the CRM up to date; a careful run writes what it was told, and what is left waits for a later one.
    mutating func run() async throws {
        guard self.lane.mapping.update.push, !self.lane.mapping.activities.isEmpty else { return }
        let rules = try self.store.write { try self.rules(in: $0) }
        for rule in rules {
            while try self.store.write({ try self.follow(rule, in: $0) }) { try Task.checkCancellation() }
        }
        for object in Self.objects(of: rules) {
            let own = rules.filter { $0.object == object }
            try await self.settleUnknown(own)
            try await self.write(own)
        }
    }

    /// What a sync would write, in a transaction that is taken back; `made` are the records that it makes, and `note` is told
    /// of each activity.
    mutating func plan(
        made: Set<RecordID>,
        in transaction: Transaction,
        telling note: (PlannedChange) -> Void
    ) throws {
        guard self.lane.mapping.update.push, !self.lane.mapping.activities.isEmpty else { return }
        let rules = try self.rules(in: transaction)
        for rule in rules { while try self.follow(rule, in: transaction) {} }
        for object in Self.objects(of: rules) {
            var after: Int64 = 0
            while true {
                let waiting = try transaction.openActivities(
                    self.connection,
                    object,
                    in: .waiting,
                    after: after,
                    limit: Self.step
                )
                guard let last = waiting.last else { break }
                after = last.event
                for activity in waiting {
                    let remote = try self.remote(of: activity, in: transaction)
                    guard remote != nil || made.contains(activity.record),
                        let rule = rules.first(where: { $0.row.number == activity.rule })
                    else { continue }
                    guard let said = try self.said(by: activity, rule, in: transaction) else { continue }
                    self.counts.activitiesWritten += 1
                    note(self.change(said, rule, remote: remote))
                }
            }
        }
    }

    private static func objects(of rules: [Rule]) -> [ObjectNumber] {
        var objects: [ObjectNumber] = []
        for rule in rules where !objects.contains(rule.object) { objects.append(rule.object) }
        return objects
    }

    // MARK: Which events

    /// The rules that the product can carry out; the others are told of.
    private mutating func rules(in transaction: Transaction) throws -> [Rule] {
        var rules: [Rule] = []
        for rule in self.lane.mapping.activities {
            let name =
                "\(self.session.context.connection)/\(self.lane.mapping.name)/\(rule.event.string) as \(rule.kind)"
            let traits = self.account.traits.activities.first { traits in
                traits.kind.hasSameBytes(as: rule.kind)
                    && traits.about.contains { $0.hasSameBytes(as: self.lane.mapping.remoteObject) }
            }
            guard let traits else {
                self.counts.troubles[name] =
                    "\(self.account.traits.product) takes no \(rule.kind) about \(self.lane.mapping.remoteObject)"
                continue
            }
            rules.append(
                Rule(
                    rule: rule,
                    traits: traits,
                    object: try transaction.object(traits.object),
                    row: try transaction.activityRule(name, since: rule.since, at: self.now)
                )
            )
        }
        return rules
    }

    /// Notes the events of one stretch of the journal; false at its end.
    private func follow(_ rule: Rule, in transaction: Transaction) throws -> Bool {
        let row = try transaction.activityRule(rule.row.name, since: rule.rule.since, at: self.now)
        let entries = try transaction.journal(after: row.position, limit: Self.step)
        guard let last = entries.last else { return false }
        for entry in entries where entry.kind == .event {
            guard let event = try entry.event(), event.name == rule.rule.event,
                event.at >= row.since || Breakage.activityFromBefore.isOn,
                try entry.run.map({ try !transaction.startsNothing($0) }) ?? true,
                let record = try self.survivor(of: entry.record, in: transaction),
                record.object == self.lane.localObject, rule.rule.admits(event, of: record.values)
            else { continue }
            try transaction.addActivity(
                entry.sequence,
                of: entry.record,
                by: row.number,
                self.connection,
                rule.object,
                at: self.now
            )
        }
        try transaction.setPosition(last.sequence, of: row.number)
        return true
    }

    /// A record, or the one that it was merged into; nil if it is not there any more.
    private func survivor(of id: RecordID, in transaction: Transaction) throws -> StoredRecord? {
        try transaction.record(transaction.survivor(of: id)).flatMap { $0.isLive ? $0 : nil }
    }

    /// The remote record that an activity is about; nil before there is a link at work.
    private func remote(of activity: Activity, in transaction: Transaction) throws -> Text? {
        guard let record = try self.survivor(of: activity.record, in: transaction) else { return nil }
        let link = try transaction.link(of: record.id, connection: self.connection, object: self.lane.object)
        return link.flatMap { $0.status == .active ? $0.key.remote : nil }
    }

    // MARK: What was not answered

    /// Looks for what was on its way; what is not there waits again, under the same key.
    private mutating func settleUnknown(_ rules: [Rule]) async throws {
        guard let traits = rules.first?.traits, let object = rules.first?.object else { return }
        var after: Int64 = 0
        while true {
            let unknown = try self.store.read { transaction in
                try transaction.openActivities(
                    self.connection,
                    object,
                    in: .unknown,
                    after: after,
                    limit: self.account.traits.readBatchSize
                )
            }
            guard let last = unknown.last else { return }
            after = last.event
            let found = try await self.find(unknown, traits)
            try self.store.write { transaction in
                for activity in unknown {
                    if let remote = found[activity.key] {
                        try transaction.setActivity(activity, .written, remote: remote, at: self.now)
                        self.counts.activitiesWritten += 1
                    } else if self.mayBeSentAgain(activity, traits) {
                        try transaction.setActivity(activity, .waiting, at: self.now)
                    }
                }
            }
        }
    }

    /// Where nobody keeps the key unique, a late arrival would be a second one: it is given the time to show up.
    private func mayBeSentAgain(_ activity: Activity, _ traits: RemoteActivityTraits) -> Bool {
        guard self.account.traits.unenforcedKeys.contains(traits.object) else { return true }
        return activity.at.advanced(by: self.account.traits.indexLag) <= self.now
    }

    private func find(_ activities: [Activity], _ traits: RemoteActivityTraits) async throws -> [Text: Text] {
        guard let key = self.account.traits.createKeys[traits.object], !Breakage.activityWrittenTwice.isOn else {
            return [:]
        }
        let keys = activities.map(\.key)
        let read = try await self.session.retrying.run {
            try await self.account.read(
                traits.object,
                keys: keys,
                by: key,
                selecting: RemoteSelection(properties: [key])
            )
        }
        var found: [Text: Text] = [:]
        for (key, record) in zip(keys, read) { found[key] = record?.id }
        return found
    }

    // MARK: What is said

    /// An event and what its activity says.
    private struct Said {
        let record: RecordID
        let event: PersonEvent
        let text: Text
    }

    /// What an activity says now; nil if its text gives nothing.
    private func said(by activity: Activity, _ rule: Rule, in transaction: Transaction) throws -> Said? {
        guard let record = try self.survivor(of: activity.record, in: transaction),
            let event = try transaction.event(at: activity.event)?.event,
            let text = rule.rule.text(of: event, of: record.values)
        else { return nil }
        return Said(record: record.id, event: event, text: text)
    }

    private func change(_ said: Said, _ rule: Rule, remote: Text?) -> PlannedChange {
        let event = Value.text("\(said.event.name.string) at \(said.event.at)")
        return PlannedChange(
            action: .writeActivity,
            mapping: self.lane.mapping.name,
            record: said.record,
            remote: remote,
            fields: [
                PlannedChange.Field(name: "event", old: .absent, new: event),
                PlannedChange.Field(name: rule.rule.kind, old: .absent, new: .text(said.text)),
            ]
        )
    }

    private func admits(_ change: PlannedChange) -> Bool {
        self.session.gate?.admits([change]) ?? true || Breakage.carefulRunWritesActivities.isOn
    }

    // MARK: Writing

    /// One activity ready to be sent.
    private struct Outgoing {
        let activity: Activity
        let write: RemoteWrite
    }

    private mutating func write(_ rules: [Rule]) async throws {
        guard let object = rules.first?.object else { return }
        var after: Int64 = 0
        while true {
            try Task.checkCancellation()
            let (batch, refused, last) = try self.store.write { try self.batch(rules, object, after: after, in: $0) }
            guard let last else { return }
            after = last
            self.counts.activitiesRefused += refused
            guard !batch.isEmpty, let name = rules.first?.traits.object else { continue }
            // From here on their fate is unknown: whoever dies now leaves them so.
            let results = await self.session.retrying.write(batch.map(\.write)) { [account] inputs in
                await account.create(name, inputs)
            }
            var failure: RemoteFailure?
            var lacksKey = false
            try self.store.write { transaction in
                for (place, outgoing) in batch.enumerated() {
                    let outcome = place < results.count ? results[place].outcome : .unknown(reason: "no answer")
                    if self.isAboutKey(outcome, of: name) {
                        try transaction.setActivity(outgoing.activity, .waiting, at: self.now)
                        lacksKey = true
                    } else {
                        failure = try self.settle(outgoing.activity, outcome, in: transaction) ?? failure
                    }
                }
            }
            if let failure { throw self.account.denial ?? failure }
            if lacksKey {
                let connection = self.session.context.connection
                self.counts.troubles["\(connection)/\(self.lane.mapping.name)/\(name)"] =
                    "\(name) cannot carry our id yet: run `relais connect \(connection)`"
                return
            }
        }
    }

    /// Whether a refusal is about the property that carries our text, which `connect` makes: no fault of the activity.
    private func isAboutKey(_ outcome: Outcome, of object: String) -> Bool {
        guard case .rejected(let field?, _) = outcome, let key = self.account.traits.createKeys[object] else {
            return false
        }
        return field == Text(key)
    }

    /// Takes some of those that wait and whose records are linked; from then on they are unknown.
    private func batch(
        _ rules: [Rule],
        _ object: ObjectNumber,
        after event: Int64,
        in transaction: Transaction
    ) throws -> (batch: [Outgoing], refused: Int, last: Int64?) {
        let waiting = try transaction.openActivities(
            self.connection,
            object,
            in: .waiting,
            after: event,
            limit: self.account.traits.batchSize
        )
        var batch: [Outgoing] = []
        var refused = 0
        for activity in waiting {
            guard let rule = rules.first(where: { $0.row.number == activity.rule }),
                let remote = try self.remote(of: activity, in: transaction)
            else { continue }
            guard let said = try self.said(by: activity, rule, in: transaction) else {
                // That would be for good, and nobody asked for it.
                guard self.session.gate == nil else { continue }
                try transaction.setActivity(activity, .refused, detail: "its text gives nothing", at: self.now)
                refused += 1
                continue
            }
            guard self.admits(self.change(said, rule, remote: remote)) else { continue }
            try transaction.setActivity(activity, .unknown, at: self.now)
            let taken = try transaction.activity(activity.event, self.connection, object) ?? activity
            batch.append(
                Outgoing(activity: taken, write: self.write(taken, said.event, said.text, about: remote, rule.traits))
            )
        }
        return (batch, refused, waiting.last?.event)
    }

    private func write(
        _ activity: Activity,
        _ event: PersonEvent,
        _ text: Text,
        about remote: Text,
        _ traits: RemoteActivityTraits
    ) -> RemoteWrite {
        var properties = [
            RemotePropertyWrite(name: traits.text, value: .text(ActivityText.form(text, for: traits))),
            RemotePropertyWrite(name: traits.time, value: .instant(event.at)),
        ]
        if let key = self.account.traits.createKeys[traits.object] {
            properties.append(RemotePropertyWrite(name: key, value: .text(activity.key)))
        }
        return RemoteWrite(
            id: nil,
            basedOn: nil,
            key: activity.key.string,
            properties: properties,
            ties: [RemoteTie(object: self.lane.mapping.remoteObject, id: remote)]
        )
    }

    /// Keeps what became of an activity; a failure that concerns the whole account is given back.
    private mutating func settle(
        _ activity: Activity,
        _ outcome: Outcome,
        in transaction: Transaction
    ) throws -> RemoteFailure? {
        switch outcome {
        case .created(let id, _), .linked(let id), .remapped(let id):
            try transaction.setActivity(activity, .written, remote: id, at: self.now)
            self.counts.activitiesWritten += 1
        case .updated, .unchanged:
            try transaction.setActivity(activity, .written, at: self.now)
            self.counts.activitiesWritten += 1
        case .rejected(_, let reason):
            try transaction.setActivity(activity, .refused, detail: reason, at: self.now)
            self.counts.activitiesRefused += 1
        // Nothing was written.
        case .rateLimited, .transient:
            try transaction.setActivity(activity, .waiting, at: self.now)
            return Settling.failure(of: outcome)
        // Its record is on its way out; a link that rests keeps it waiting.
        case .gone, .conflict: try transaction.setActivity(activity, .waiting, at: self.now)
        case .unknown: break
        }
        return nil
    }
}
