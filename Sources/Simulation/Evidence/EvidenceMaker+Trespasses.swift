import FakeCRM
import Mapping
import Records
import Store

/// What was written although it was out of bounds, and ties that differ.
extension EvidenceMaker {
    /// How long something that was on its way may still arrive.
    static let slack: Int64 = 600_000_000

    /// Since when a record is kept out of syncs; nil if it takes part.
    ///
    /// Who is merged with somebody kept out is kept out too.
    func keptOut(_ id: RecordID) throws -> Instant? {
        if let since = self.chronicle.excluded[id] { return since }
        for lost in try self.transaction.merged(into: id) {
            guard let since = self.chronicle.excluded[lost] else { continue }
            let merge = try self.history(of: lost).last { $0.kind == .merge }
            return max(since, merge?.at ?? since)
        }
        return nil
    }

    mutating func noteTrespasses(_ history: FieldHistory, _ id: RecordID) throws {
        // Our clock may be off by five minutes, a create may arrive hours later: times are no evidence then.
        guard self.scenario.faults[.clockJumps] == nil, self.scenario.faults[.lateCreate] == nil else { return }
        let writes = history.steps.sorted { $0.key < $1.key }
            .flatMap { home, steps in
                steps.compactMap { step in step.writer.map { (at: step.at, by: $0, place: home) } }
            }
        if let since = try self.keptOut(id)?.microseconds,
            let write = writes.first(where: { $0.at > since + Self.slack })
        {
            let text = "\(history.field.name) was written in \(write.place) although the record is kept out of syncs"
            self.evidence.trespasses.append((history.subject, text))
        }
        for window in self.chronicle.unmapped where window.field == history.field.name {
            let (from, to) = (window.from.microseconds + Self.slack, window.to?.microseconds ?? .max)
            guard writes.contains(where: { $0.by == window.home && $0.at > from && $0.at < to }) else { continue }
            let text = "\(history.field.name) was written while it was in no mapping of \(window.home)"
            self.evidence.trespasses.append((history.subject, text))
        }
    }

    /// When a deal was in a stage of the first account that the mapping leaves out, in microseconds.
    ///
    /// What a plan had seen before it left may still be made here; from then on it is outside.
    func timesOutside(_ stages: [FieldHistory.Step], of id: RecordID) throws -> [(from: Int64, to: Int64)] {
        guard self.scenario.policies.hasFilters, let made = try self.history(of: id).first?.at.microseconds else {
            return []
        }
        var times: [(from: Int64, to: Int64)] = []
        var start: Int64?
        for step in stages {
            let isOut = WorldMappings.stagesLeftOut.contains(step.new)
            if isOut, start == nil { start = step.at }
            guard !isOut, let from = start else { continue }
            times.append((from, step.at))
            start = nil
        }
        if let start { times.append((start, .max)) }
        return times.filter { $0.from > made }
    }

    /// Whatever was written between the first account and us while the record was outside its mapping (R18).
    mutating func noteTrespasses(_ history: FieldHistory, outside times: [(from: Int64, to: Int64)]) {
        guard !times.isEmpty, self.scenario.faults[.clockJumps] == nil, self.scenario.faults[.lateCreate] == nil else {
            return
        }
        for place in [Home.local, .alpha] {
            for step in history.steps[place] ?? [] where step.writer == .alpha {
                // The clocks of both sides may be off by some seconds.
                guard times.contains(where: { $0.from + Self.slack < step.at && step.at < $0.to - 60_000_000 }) else {
                    continue
                }
                let text = "\(history.field.name) was written in \(place) while the record was outside its mapping"
                self.evidence.trespasses.append((history.subject, text))
            }
        }
    }

    /// Why a record of a CRM may be without a counterpart: its mapping leaves it out.
    func filteredFlag(_ home: Home, _ thing: Thing, _ id: Int64) -> String? {
        guard self.scenario.policies.hasFilters, home == .alpha, thing == .deal,
            let stage = self.crms[home]?.value(.deals, id, "dealstage"), WorldMappings.stagesLeftOut.contains(stage)
        else { return nil }
        return "outside the filter"
    }

    /// Holds the single references of a linked record against the CRM's ties.
    mutating func compareTies(
        _ link: Link,
        _ home: Home,
        _ thing: Thing,
        _ mapping: CompiledMapping,
        _ record: StoredRecord,
        _ subject: Int
    ) throws {
        guard let crm = self.crms[home], let id = Int64(link.key.remote.string),
            let connection = self.connections[home]
        else { return }
        for field in mapping.fields {
            guard case .association(let object, let label) = field.kind, let name = field.local,
                let other = Thing.allCases.first(where: { $0.type.rawValue == object }),
                !self.flags.has(home, record.id, name)
            else { continue }
            let number = try self.transaction.object(object)
            let tied = crm.associated(thing.type, id, to: other.type, primary: label != nil)
            let wanted = record[name].text.flatMap { RecordID($0.string) }
            if let wanted {
                let survivor = try self.transaction.survivor(of: wanted)
                guard try self.transaction.record(survivor)?.isLive ?? false,
                    let there = try self.transaction.link(of: survivor, connection: connection, object: number),
                    there.status == .active, let expected = Int64(there.key.remote.string), !tied.contains(expected),
                    crm.ids(other.type).contains(expected),
                    // Where all that are tied there are unknown, ours waits for what a person says of them.
                    try tied.isEmpty || tied.contains(where: { try self.isKnown($0, connection, number) }),
                    // Where a CRM keeps two records for one of ours, either will do.
                    try !tied.contains(where: { try self.survivor($0, connection, number) == survivor })
                else { continue }
                let text = "\(name) is \(expected) here and \(tied) in \(home), and nobody is told"
                self.evidence.unequalTies.append((subject, text))
            } else if let known = try tied.first(where: { try self.isKnown($0, connection, number) }) {
                let text = "\(name) is nobody here and \(known) in \(home), and nobody is told"
                self.evidence.unequalTies.append((subject, text))
            }
        }
    }

    private func survivor(
        _ id: Int64,
        _ connection: ConnectionNumber,
        _ object: ObjectNumber
    ) throws -> RecordID? {
        try self.transaction.link(LinkKey(connection, object, Text(String(id))))
            .map { try self.transaction.survivor(of: $0.record) }
    }

    private func isKnown(_ id: Int64, _ connection: ConnectionNumber, _ object: ObjectNumber) throws -> Bool {
        guard let link = try self.transaction.link(LinkKey(connection, object, Text(String(id)))),
            link.status == .active
        else { return false }
        return try self.transaction.record(link.record)?.isLive ?? false
    }

    /// A group that a run took from both sides at once, although both had changed before it began (R15).
    mutating func readGroups() {
        guard self.scenario.faults[.clockJumps] == nil, self.scenario.faults[.clockSkew] == nil else { return }
        let byRecord = Dictionary(grouping: self.evidence.histories.filter { !$0.field.group.isEmpty }, by: \.record)
        for (_, histories) in byRecord.sorted(by: { $0.key < $1.key }) {
            for home in Home.remotes {
                // Most runs wrote none of them.
                let ever = histories.filter { $0.isWritten(by: home, in: .local, .min ... .max) }
                guard !ever.isEmpty else { continue }
                for run in self.chronicle.runs[home] ?? [] {
                    guard let end = run.end else { continue }
                    let span = run.begin.microseconds...end.microseconds
                    let pulled = ever.filter { $0.isWritten(by: home, in: .local, span) }
                    // What was typed there while the run was under way came after it had looked, or after it had written.
                    let earlier = pulled.filter { !$0.isTyped(span, in: home) }
                    guard !earlier.isEmpty else { continue }
                    let sent = histories.filter { $0.isWritten(by: home, in: home, span) }
                    let pushed = sent.filter { !$0.isTouched(span, besides: home) }
                    // What comes back in the CRM's own form was sent.
                    guard let one = earlier.first(where: { pulled in !sent.contains { $0.field == pulled.field } }),
                        let other = pushed.first(where: { $0.field != one.field }),
                        !pulled.contains(where: { $0.field == other.field })
                    else { continue }
                    let text = "\(one.field.name) came from \(home) and \(other.field.name) went there in one run"
                    self.evidence.mixedGroups.append((histories[0].subject, text))
                }
            }
        }
    }
}

extension FieldHistory {
    fileprivate func isWritten(by writer: Home, in place: Home, _ span: ClosedRange<Int64>) -> Bool {
        (self.steps[place] ?? []).contains { $0.writer == writer && span.contains($0.at) && $0.old != $0.new }
    }

    fileprivate func isTyped(_ span: ClosedRange<Int64>, in place: Home) -> Bool {
        (self.steps[place] ?? []).contains { $0.writer == nil && span.contains($0.at) }
    }

    fileprivate func isTouched(_ span: ClosedRange<Int64>, besides writer: Home) -> Bool {
        self.steps.values.joined().contains { $0.writer != writer && span.contains($0.at) }
    }
}
