import FakeCRM
import Mapping
import Records
import Store

/// A record of a CRM.
private struct RemoteKey: Hashable {
    let type: ObjectType
    let id: Int64
}

extension EvidenceMaker {
    /// What became of each field of each record, in every home.
    mutating func readHistories() throws {
        let remote = self.remoteSteps()
        let remapped = try self.remappings()
        for (place, (id, entry)) in self.records.sorted(by: { $0.key < $1.key }).enumerated() {
            guard let thing = Thing(rawValue: entry.record.schema.name),
                !self.chronicle.unsettled.contains(entry.subject), try !self.tookTheCopy(id, entry.subject)
            else { continue }
            let local = try self.localSteps(id)
            let logged = try self.logged(id)
            let former = try self.formerCounterparts(of: id, thing)
            let (metAt, agreedAt) = (try self.meetings(id), try self.firstAgreements(id))
            var links: [Home: Link] = [:]
            for home in Home.remotes { links[home] = self.link(of: id, home) }
            let deal = links[.alpha].flatMap { Int64($0.key.remote.string) }
            let stages = deal.flatMap { remote[.alpha]?[RemoteKey(type: thing.type, id: $0)]?["dealstage"] }
            let outside = try self.timesOutside(stages ?? [], of: id)
            for field in WorldField.all(thing).dropFirst() {
                var steps: [Home: [FieldHistory.Step]] = [.local: local[field.name] ?? []]
                for home in Home.remotes {
                    guard let property = field.remote[home],
                        let link = links[home],
                        let remoteID = Int64(link.key.remote.string)
                    else { continue }
                    steps[home] = remote[home]?[RemoteKey(type: thing.type, id: remoteID)]?[property] ?? []
                }
                var history = FieldHistory(
                    subject: entry.subject,
                    field: field,
                    steps: steps,
                    logged: logged[field.name] ?? []
                )
                for home in Home.remotes {
                    guard let property = field.remote[home] else { continue }
                    let earlier = (former[home] ?? [])
                        .flatMap { remote[home]?[RemoteKey(type: thing.type, id: $0)]?[property] ?? [] }
                    history.formerly[home] = Set(earlier.flatMap { history.tags($0.old).union(history.tags($0.new)) })
                }
                history.isKeptWhenCleared = self.keepsCleared(field, of: thing)
                history.metAt = metAt.merging(agreedAt[field.name] ?? [:], uniquingKeysWith: max)
                if thing == .contact { history.metAt.merge(remapped[field.name] ?? [:], uniquingKeysWith: max) }
                history.record = place
                try self.noteTrespasses(history, id)
                self.noteTrespasses(history, outside: outside)
                self.evidence.histories.append(history)
            }
        }
    }

    /// Whether a record lost its counterpart and found a copy of it: what it got before came from another record there.
    private func tookTheCopy(_ id: RecordID, _ subject: Int) throws -> Bool {
        guard self.chronicle.copies.contains(subject) else { return false }
        return try self.history(of: id).contains { [.unlink, .departed].contains($0.kind) }
    }

    /// The record's link at work, or else any.
    private func link(of id: RecordID, _ home: Home) -> Link? {
        let all = (self.links[home] ?? []).filter { $0.record == id }
        return all.first { $0.status == .active } ?? all.first
    }

    /// The other records that a record of ours was linked to, one after the other, as its journal and its links at rest tell:
    /// where one was archived or merged away, another may have taken its place.
    private func formerCounterparts(of id: RecordID, _ thing: Thing) throws -> [Home: Set<Int64>] {
        let rows = try self.history(of: id)
            .filter { [.link, .unlink, .departed, .revived, .push, .pushCreate].contains($0.kind) }.compactMap(\.detail)
        var former: [Home: Set<Int64>] = [:]
        for home in Home.remotes {
            let prefix = "\(home)/\(thing.type.rawValue)/"
            var ids = Set(rows.filter { $0.hasPrefix(prefix) }.compactMap { Int64($0.dropFirst(prefix.count)) })
            ids.formUnion(
                (self.links[home] ?? []).filter { $0.record == id }.compactMap { Int64($0.key.remote.string) }
            )
            if let now = self.link(of: id, home) { ids = ids.filter { String($0) != now.key.remote.string } }
            former[home] = ids
        }
        return former
    }

    /// Whether a mapping ignores or undoes a clear of a field.
    private func keepsCleared(_ field: WorldField, of thing: Thing) -> Bool {
        self.mappings.values.joined().contains { mapping in
            mapping.localObject == thing.rawValue
                && mapping.fields.contains { $0.local == field.name && $0.onClear != .propagate }
        }
    }

    /// When the record was linked to one that a CRM had already, at the latest: the journal has our clock's times.
    private func meetings(_ id: RecordID) throws -> [Home: Int64] {
        var meetings: [Home: Int64] = [:]
        for entry in try self.history(of: id) where entry.kind == .link {
            guard let home = self.actors[entry.actor], home != .local else { continue }
            let error = Int64(self.scenario.faults[.clockJumps] == nil ? 0 : World.farthestJump)
            meetings[home] = entry.at.microseconds + error * 1000
        }
        return meetings
    }

    /// When what differed as the records met was settled, by field: until then there was no agreement.
    private func firstAgreements(_ id: RecordID) throws -> [String: [Home: Int64]] {
        var agreements: [String: [Home: Int64]] = [:]
        for conflict in try self.transaction.conflicts(ConflictFilter(record: id), limit: .max)
        where conflict.about.rule.hasPrefix("initial") {
            guard let home = self.connections.first(where: { $0.value == conflict.about.link.connection })?.key else {
                continue
            }
            let settled = conflict.settledAt?.microseconds ?? .max
            agreements[conflict.about.field, default: [:]].merge([home: settled], uniquingKeysWith: max)
        }
        return agreements
    }

    /// When a field that had been taken out of a mapping was met anew, by field.
    ///
    /// It had no shadow until a sync through the whole mapping came to its end (R9). If the CRM lacked the property meanwhile,
    /// only a sweep reads it of everybody.
    private func remappings() throws -> [String: [Home: Int64]] {
        guard !self.chronicle.unmapped.isEmpty else { return [:] }
        var met: [String: [Home: Int64]] = [:]
        let runs = try self.transaction.runs(limit: .max)
        for window in self.chronicle.unmapped {
            let property = WorldField.named(window.field, of: .contact)?.remote[window.home]
            let gone = self.chronicle.withoutProperty.filter { $0.home == window.home && $0.property == property }
            let again = runs.filter { run in
                run.connection == self.connections[window.home] && [.done, .attention].contains(run.state)
                    && ["first", "sync", "reconcile"].contains(run.kind) && run.startedAt >= window.to ?? run.startedAt
            }
            .sorted { $0.startedAt < $1.startedAt }
            let lacked = again.prefix { run in
                gone.contains { $0.from <= run.endedAt ?? run.startedAt && run.startedAt <= $0.to ?? run.startedAt }
            }
            let whole = again.dropFirst(lacked.count).filter { lacked.isEmpty || $0.kind == "reconcile" }
            let first = window.to == nil ? nil : whole.compactMap(\.endedAt).min()
            met[window.field, default: [:]].merge([window.home: first?.microseconds ?? .max], uniquingKeysWith: max)
        }
        return met
    }

    private func localSteps(_ id: RecordID) throws -> [String: [FieldHistory.Step]] {
        var steps: [String: [FieldHistory.Step]] = [:]
        let merges = Set(try self.history(of: id).filter { $0.kind == .absorb }.map(\.at))
        for entry in try self.history(of: id) where entry.kind.changesRecord {
            for change in entry.changes {
                var step = FieldHistory.Step(
                    at: entry.at.microseconds,
                    // An undo is a person's wish.
                    writer: entry.run.map { self.chronicle.undoing.contains($0.rawValue) } ?? false
                        ? nil : self.actors[entry.actor],
                    old: Canon.text(change.old),
                    new: Canon.text(change.new)
                )
                step.isMerge = merges.contains(entry.at)
                steps[change.property, default: []].append(step)
            }
        }
        return steps
    }

    private func logged(_ id: RecordID) throws -> [String: [FieldHistory.Logged]] {
        var logged: [String: [FieldHistory.Logged]] = [:]
        for conflict in try self.transaction.conflicts(ConflictFilter(record: id), limit: .max) {
            guard let home = self.connections.first(where: { $0.value == conflict.about.link.connection })?.key else {
                continue
            }
            let about = conflict.about
            let values = [about.local, about.remote].map { Canon.text($0) }
            logged[about.field, default: []].append(FieldHistory.Logged(home: home, values: values))
        }
        return logged
    }

    /// The changes in the CRMs, by home, record and property.
    private mutating func remoteSteps() -> [Home: [RemoteKey: [String: [FieldHistory.Step]]]] {
        var all: [Home: [RemoteKey: [String: [FieldHistory.Step]]]] = [:]
        for home in Home.remotes {
            let allowed = self.writable(home)
            let reads = self.reads(home)
            var steps: [RemoteKey: [String: [FieldHistory.Step]]] = [:]
            var lastChange: [RemoteKey: Int64] = [:]
            for change in self.crms[home]?.changes() ?? [] where change.kind == .update {
                let time = self.trueTime(change.time, home)
                let writer: Home? =
                    change.isPerson || self.chronicle.wasUndoing(home, at: time) ? nil : home
                if writer != nil, !allowed.contains(change.property) {
                    self.evidence.forbiddenWrites.append(
                        (self.subject(of: change, home), "\(home) \(change.type.rawValue) \(change.property)")
                    )
                }
                let key = RemoteKey(type: change.type, id: change.id)
                let last = lastChange[key] ?? 0
                let isUnseen = writer != nil && self.couldNotSee(last, by: time, reads[key] ?? [], home)
                if writer == nil { lastChange[key] = time }
                steps[key, default: [:]][change.property, default: []].append(
                    FieldHistory.Step(
                        at: change.time * 1000,
                        writer: writer,
                        old: change.old,
                        new: change.new,
                        isUnseen: isUnseen
                    )
                )
            }
            all[home] = steps
        }
        return all
    }

    /// A read by id, and in which run.
    private struct Reading {
        let at: Int64
        let poll: Int
    }

    /// Whether a change of the CRM came too late for the write: after the run's last read of the record before it (R2).
    ///
    /// What a run overwrote without having read the record is no such case: it could have seen it.
    private func couldNotSee(_ change: Int64, by write: Int64, _ reads: [Reading], _ home: Home) -> Bool {
        let run = (self.chronicle.runs[home] ?? []).last { $0.begin.milliseconds <= write }
        guard let run, let last = reads.last(where: { $0.at <= write && $0.poll == run.poll }) else { return false }
        return last.at < change
    }

    /// The true time of what a CRM's clock read.
    func trueTime(_ time: Int64, _ home: Home) -> Int64 {
        let corrected = time - Int64(self.scenario.skew(home))
        return corrected >= self.chronicle.quietSince.milliseconds ? time : corrected
    }

    /// When a record was read by its id.
    private func reads(_ home: Home) -> [RemoteKey: [Reading]] {
        var reads: [RemoteKey: [Reading]] = [:]
        for exchange in self.exchanges[home] ?? [] where exchange.path.hasSuffix("/batch/read") {
            guard let at = exchange.handledAt, exchange.status == 200 || exchange.status == 207 else { continue }
            let type = ObjectType.allCases.first { exchange.path.hasSuffix("/\($0.rawValue)/batch/read") }
            guard let type else { continue }
            let reading = Reading(at: at.milliseconds, poll: exchange.poll)
            for id in exchange.ids { reads[RemoteKey(type: type, id: id), default: []].append(reading) }
        }
        return reads
    }

    /// The properties that the mappings of a connection may write, and the one for our ids.
    private func writable(_ home: Home) -> Set<String> {
        var names: Set<String> = ["relais_id"]
        for mapping in self.mappings[home] ?? [] {
            for field in mapping.fields where field.direction != .pull && field.kind == .property {
                if let remote = field.remote { names.insert(remote) }
            }
        }
        return names
    }

    private func subject(of change: CRMChange, _ home: Home) -> Int? {
        guard let thing = Thing(change.type), let property = WorldField.all(thing)[0].remote[home] else { return nil }
        return self.crms[home]?.value(change.type, change.id, property).flatMap(Scenario.subject)
    }
}
