import FakeCRM
import Planning
import Records
import Store

/// Deletions, erasures, merges, and who was taken for whom.
extension EvidenceMaker {
    mutating func readLives() throws {
        for home in Home.remotes {
            guard let connection = self.connections[home], let crm = self.crms[home] else { continue }
            try self.readIdentities(home)
            try self.readDeletions(home, connection, crm)
            self.readAccountSlips(home)
        }
        try self.readForgotten()
        try self.readAliases()
    }

    // MARK: Identity

    private mutating func readIdentities(_ home: Home) throws {
        let active = (self.links[home] ?? []).filter { $0.status == .active }
        let counts = Dictionary(active.map { ($0.record, 1) }, uniquingKeysWith: +)
        for (record, count) in counts.sorted(by: { $0.key < $1.key }) where count > 1 {
            let text = "one record of ours has \(count) counterparts in \(home)"
            self.evidence.mistakenIdentities.append((self.records[record]?.subject, text))
        }
        for link in active {
            guard let remote = Int64(link.key.remote.string), let one = self.chronicle.remote[home]?[remote],
                let other = self.chronicle.local[link.record], one != other,
                let group = self.chronicle.apart.first(where: { $0.contains(one) && $0.contains(other) }),
                try group.subtracting([one, other]).allSatisfy(self.hasStayed)
            else { continue }
            let text = "s\(one) of \(home) and s\(other) of ours look alike and were taken for one"
            self.evidence.mistakenIdentities.append((one, text))
        }
    }

    /// Whether the record that was made here as a subject was there all the time, so that there are several to choose from.
    private func hasStayed(_ subject: Int) throws -> Bool {
        try self.chronicle.local.contains { id, other in
            try other == subject && self.records[id] != nil
                && !self.history(of: id).contains { $0.kind == .delete }
        }
    }

    // MARK: Deletions

    /// Whether a person approved a plan for a run of a first sync: what that showed was not held against the breaker.
    private func wereShown(_ run: Chronicle.Run?, _ connection: ConnectionNumber) throws -> Bool {
        guard let run, let end = run.end else { return false }
        return try self.transaction.approvals(connection).contains { $0.at >= run.begin && $0.at <= end }
    }

    private mutating func readDeletions(_ home: Home, _ connection: ConnectionNumber, _ crm: FakeCRMAccount) throws {
        var gone: Set<LinkKey> = []
        for change in crm.changes() {
            switch change.kind {
            case .archive, .merge, .erase:
                let object = try self.transaction.object(change.type.rawValue)
                gone.insert(LinkKey(connection, object, Text(String(change.id))))
            default: continue
            }
        }
        let evidence = Set(try gone.map { try self.transaction.description(of: $0) })
        for entry in try self.transaction.journal(after: 0, limit: .max)
        where entry.kind == .delete && self.actors[entry.actor] == home {
            guard !(entry.run.map { self.chronicle.undoing.contains($0.rawValue) } ?? false) else { continue }
            let run = self.chronicle.runs[home]?.last { $0.begin <= entry.at }
            // Runs are told apart by their times, which a clock that jumps does not tell.
            if self.scenario.features.contains(.massDeletions), self.scenario.faults[.clockJumps] == nil {
                let name = try self.transaction.record(entry.record)?.schema.name ?? ""
                let object = try Thing(rawValue: name).map { try self.transaction.object($0.type.rawValue) }
                let links = (self.links[home] ?? []).count { $0.key.object == object }
                let isAllowed = try run?.allowsDeletions ?? false || self.wereShown(run, connection)
                self.evidence.deletions[home, default: [:]][name, default: []]
                    .append((entry.at.microseconds, isAllowed, links))
            }
            let keys = try self.transaction.links(of: entry.record).map(\.key).filter { $0.connection == connection }
            // Its link may have got another id since by a merge, or another one have taken its place.
            let isExplained =
                try keys.isEmpty || !gone.isDisjoint(with: keys)
                || self.history(of: entry.record).contains { row in
                    row.kind == .departed && row.at <= entry.at && row.detail.map(evidence.contains) ?? false
                }
            guard !isExplained else { continue }
            let subject = self.chronicle.local[entry.record]
            self.evidence.unexplainedDeletes.append((subject, "deleted here, and nothing happened to it in \(home)"))
        }
    }

    // MARK: The account

    private mutating func readAccountSlips(_ home: Home) {
        var strangers: Set<Int> = []
        for exchange in self.exchanges[home] ?? [] {
            if exchange.isOfStranger { strangers.insert(exchange.poll) }
            guard strangers.contains(exchange.poll), exchange.path.contains("/objects/") else { continue }
            self.evidence.accountSlips.append("\(home): \(exchange.method) \(exchange.path)")
        }
    }

    // MARK: Erasures

    private mutating func readForgotten() throws {
        for (id, entry) in self.records.sorted(by: { $0.key < $1.key })
        where self.chronicle.erased.contains(entry.subject) {
            // A record that was here before had come to the mark by an address that two had swapped: it is no return. The
            // address may be of another one who was erased, later than that.
            let made = try self.history(of: id).first?.at ?? Instant(microseconds: .max)
            let person = ForgottenKeys.Person { Canon.text(entry.record[$0]) }
            let isKnown = self.chronicle.forgotten.since(person).map { made >= $0 } ?? false
            // Nor is what never was linked and has got another address since: nothing tells whose it was.
            let isTarget = try self.transaction.links(of: id).contains {
                try self.transaction.erasureTarget($0.key) != nil
            }
            let since = self.chronicle.erasedAt[entry.subject] ?? Instant(microseconds: .min)
            let isReturn = try isKnown && !self.wasMergedIntoAReturn(id, entry.subject) && !self.wasGivenItsAddress(id)
            guard isReturn || isTarget && made >= since else { continue }
            self.evidence.remembered.append((entry.subject, "is here again as \(id), with \(person.email)"))
        }
        for home in Home.remotes {
            guard let crm = self.crms[home] else { continue }
            let property = WorldField.all(.contact)[0].remote[home] ?? ""
            for id in crm.ids(.contacts) {
                guard let subject = crm.value(.contacts, id, property).flatMap(Scenario.subject),
                    self.chronicle.erased.contains(subject), let connection = self.connections[home]
                else { continue }
                let key = LinkKey(connection, try self.transaction.object("contacts"), Text(String(id)))
                // One that we never knew, or that nobody but a person can erase, is shown.
                guard let target = try self.transaction.erasureTarget(key), target.state != .byHand else { continue }
                self.evidence.remembered.append((subject, "is still in \(home): erasing is \(target.state.rawValue)"))
            }
        }
    }

    /// Whether a person typed the address that a record of ours has into it after it was made: two swapped theirs.
    private func wasGivenItsAddress(_ id: RecordID) throws -> Bool {
        let last = try self.history(of: id).last { $0.changes.contains { $0.property == "email" } }
        guard let last, last.kind != .create else { return false }
        return self.actors[last.actor] == nil || self.actors[last.actor] == .local
    }

    /// Whether a record began as somebody else, whom people in a CRM merged into what they had made of the erased person
    /// anew: nobody was made again.
    private func wasMergedIntoAReturn(_ id: RecordID, _ subject: Int) throws -> Bool {
        let first = try self.transaction.history(of: id).first { $0.kind == .create }
        let mark = first?.changes.first { $0.property == WorldField.mark }.map { Canon.text($0.new) }
        guard let began = mark.flatMap(Scenario.subject), began != subject else { return false }
        return Home.remotes.contains { home in
            let ids = (self.links[home] ?? []).filter { $0.record == id }.compactMap { Int64($0.key.remote.string) }
            return (self.crms[home]?.changes() ?? []).contains { change in
                guard case .merge(let winner) = change.kind, change.type == .contacts else { return false }
                return ids.contains(winner)
            }
        }
    }

    /// Why a record that nobody may know again stays alone.
    func forgottenFlag(_ record: StoredRecord) -> String? {
        guard record.schema.name == Thing.contact.rawValue else { return nil }
        return self.isForgotten(ForgottenKeys.Person { Canon.text(record[$0]) }) ? "forgotten" : nil
    }

    /// Why a remote record that nobody may know again stays alone.
    func forgottenFlag(_ home: Home, _ thing: Thing, _ id: Int64) -> String? {
        guard thing == .contact, let crm = self.crms[home] else { return nil }
        if self.isToBeErasedByHand(home, id) { return "to be erased by hand" }
        let person = ForgottenKeys.Person { name in
            WorldField.named(name, of: thing)?.remote[home].flatMap { crm.value(.contacts, id, $0) } ?? ""
        }
        return self.isForgotten(person) ? "forgotten" : nil
    }

    /// Whether `relais record erase` tells a person to see to it: a copy of somebody's record (R8).
    private func isToBeErasedByHand(_ home: Home, _ id: Int64) -> Bool {
        guard let connection = self.connections[home], let object = try? self.transaction.object("contacts") else {
            return false
        }
        let target = try? self.transaction.erasureTarget(LinkKey(connection, object, Text(String(id))))
        return target?.state == .byHand
    }

    private func isForgotten(_ person: ForgottenKeys.Person) -> Bool { self.chronicle.forgotten.since(person) != nil }

    // MARK: Merges

    private mutating func readAliases() throws {
        for home in Home.remotes {
            for link in self.links[home] ?? [] where link.status == .active {
                let survivor = try self.transaction.survivor(of: link.record)
                guard let record = try self.transaction.record(survivor) else {
                    self.evidence.looseEnds.append((nil, "a link of \(home) leads to no record"))
                    continue
                }
                // One CRM may keep two records for one of ours: then the link of the one that was lost stays (R17).
                if record.aliasOf != nil {
                    let subject = self.chronicle.local[link.record]
                    self.evidence.looseEnds.append(
                        (subject, "a link of \(home) leads to a record that was merged away")
                    )
                }
            }
        }
    }
}
