import FakeCRM
import Mapping
import Records
import RelaisTesting
import Store
import SyncEngine

/// What takes its time: undoing, planning, careful runs, notifications. Nothing of it runs beside a sync of the connection.
extension World {
    func actAtLength(_ action: Action) async {
        switch action.kind {
        case .undo(let side): await self.undo(side, action)
        case .plan(let isCareful): await self.plan(isCareful: isCareful, action)
        case .notify(let starts): await self.notify(starts: starts, action)
        default: return
        }
    }

    /// Waits until no run of the connection is on, and takes its place.
    func occupy(_ home: Home) async {
        while self.busy.contains(home) { await self.executor.sleep(for: .milliseconds(250)) }
        self.busy.insert(home)
    }

    private func undo(_ side: UndoSide, _ action: Action) async {
        await self.occupy(action.home)
        defer { self.busy.remove(action.home) }
        let life = self.life
        guard life.process.isAlive, let syncer = life.syncers[action.home] else { return }
        let run = try? self.store.read { transaction -> RunNumber? in
            let connection = try transaction.connection("\(action.home)")?.number
            return try transaction.runs(limit: 40)
                .first { $0.connection == connection && $0.kind == "sync" && $0.state != .running }?.number
        }
        guard let run else { return }
        self.begin(action.home, poll: 200_000 + action.id, killAt: nil, faultsAreOn: true, isUndo: true)
        defer { self.end(action.home) }
        do {
            let report = try await syncer.undo(run, side: side, carryOut: true)
            self.chronicle.undoing.insert(report.undoing)
            self.tell(nil, "run \(run.rawValue) of \(action.home) is undone (\(side)): \(report.total) put back")
            self.trace.add("\(report.total)")
        } catch {
            // What it did until then stands, and is no sync's doing.
            let latest = try? self.store.read { try $0.runs(limit: 1).first?.number.rawValue }
            if let latest { self.chronicle.undoing.insert(latest) }
            self.note(error, action.home, life: life, faultsAreOn: true)
        }
    }

    /// A plan, or a run that is allowed nothing, changes nothing on either side.
    private func plan(isCareful: Bool, _ action: Action) async {
        await self.occupy(action.home)
        defer { self.busy.remove(action.home) }
        let life = self.life
        guard life.process.isAlive, let syncer = life.syncers[action.home] else { return }
        self.begin(action.home, poll: 200_000 + action.id, killAt: nil, faultsAreOn: true)
        defer { self.end(action.home) }
        let before = self.writes(action.home)
        do {
            if isCareful {
                _ = try await syncer.sync(approvedBy: "ada", through: NothingGate())
            } else {
                _ = try await syncer.plan()
            }
        } catch {
            self.note(error, action.home, life: life, faultsAreOn: true)
        }
        let after = self.writes(action.home)
        self.tell(nil, isCareful ? "a careful run with \(action.home)" : "a plan for \(action.home)")
        // What was given up for lost may arrive in the CRM at any time.
        let isLate = self.scenario.faults[.lateCreate] != nil && before.last == after.last
        guard before != after, !isLate else { return }
        let what = isCareful ? "a run that was allowed nothing" : "a plan"
        self.violations.append(Violation("R11", nil, "\(what) wrote: \(before) became \(after) (\(action.home))"))
    }

    /// Before anybody approved a plan, and before the mapping says who wins where both sides differ, nothing is written.
    func planFirst() async throws {
        let bare = self.mappings.mapValues { mappings in
            mappings.map { mapping in mapping.with(fields: mapping.fields.map { $0.undecided() }) }
        }
        let decided = self.mappings
        for (approver, mappings, rule) in [(nil, decided, "R11"), ("ada" as String?, bare, "R9")] {
            self.mappings = mappings
            self.life.process.kill()
            self.comeBack()
            for home in Home.remotes {
                guard let syncer = self.life.syncers[home] else { continue }
                self.begin(home, poll: -2, killAt: nil, faultsAreOn: false)
                defer { self.end(home) }
                let before = self.writes(home)
                // Where nothing differs there is nothing to decide.
                let isToDecide = try self.differs(home)
                let report = try await syncer.sync(approvedBy: approver)
                if rule == "R9", report.kind == .sync, !isToDecide { continue }
                guard self.writes(home) != before else { continue }
                let why = rule == "R9" ? "decided who wins" : "approved a plan"
                self.violations.append(Violation(rule, nil, "\(home) was written to before anybody \(why)"))
            }
        }
        self.mappings = decided
        self.life.process.kill()
        self.comeBack()
    }

    /// Whether a contact begins in this CRM and here with two values in one field.
    private func differs(_ home: Home) throws -> Bool {
        let both = self.scenario.subjects.filter { subject in
            subject.homes.contains(home) && subject.homes.contains(.local) && subject.thing == .contact
        }
        return try both.contains { subject in
            guard let id = try self.record(of: subject.id, .contact), let crm = self.crms[home],
                let remote = self.remoteID(of: subject.id, .contact, in: home),
                let record = try self.store.read({ try $0.record(id) })
            else { return false }
            return ["last_name", "job_title"].contains { name in
                guard let field = WorldField.named(name, of: .contact), let property = field.remote[home] else {
                    return false
                }
                let (ours, theirs) = (Canon.text(record[name]), crm.value(.contacts, remote, property) ?? "")
                return !ours.isEmpty && !theirs.isEmpty
                    && !Canon.same(field, local: ours, remote: theirs, characters: 20, decimals: nil)
            }
        }
    }

    /// What our side wrote in a CRM, and what its sync wrote here.
    func writes(_ home: Home) -> [Int] {
        let remote = (self.crms[home]?.changes() ?? []).count { !$0.isPerson && $0.property != "relais_id" }
        let local = try? self.store.read { transaction in
            let actor = try transaction.actor("sync:\(home)")
            // That a record is gone in the CRM is noted in any case.
            let kinds: Set<JournalKind> = [.create, .update, .delete, .restore, .merge]
            // It only grows, so that what was counted before need not be read again.
            let known = self.written[home] ?? (end: 0, count: 0)
            let rows = try transaction.journal(after: known.end, limit: .max)
            let count = known.count + rows.count { $0.actor == actor && kinds.contains($0.kind) }
            self.written[home] = (rows.last?.sequence ?? known.end, count)
            return count
        }
        return [remote, local ?? -1]
    }

    // MARK: Notifications

    /// The CRM tells of most of what changed since it told last: some of it twice, some of it not at all.
    private func notify(starts: Bool, _ action: Action) async {
        guard let crm = self.crms[action.home] else { return }
        let changes = crm.changes(from: self.told[action.home] ?? 0)
        self.told[action.home] = crm.changeCount
        var dice = Dice(self.scenario.seed, "notify", action.id)
        var hints: [(ObjectType, Int64)] = []
        for change in changes {
            if dice.happens(750) { hints.append((change.type, change.id)) }
            if dice.happens(100) { hints.append((change.type, change.id)) }
        }
        if self.scenario.hintOrder > 0 {
            var order = Dice(self.scenario.seed, "order", self.scenario.hintOrder, action.id)
            hints += self.heldBack.removeValue(forKey: action.home) ?? []
            hints.shuffle(using: &order)
            // Some come after what was told later.
            let late = order.below(hints.count / 2 + 1)
            self.heldBack[action.home] = Array(hints.suffix(late))
            hints.removeLast(late)
        }
        let now = self.clocks.local.now
        try? self.store.write { transaction in
            guard let connection = try transaction.connection("\(action.home)")?.number else { return }
            for (type, id) in hints where Thing(type) != nil {
                let key = LinkKey(connection, try transaction.object(type.rawValue), Text(String(id)))
                try transaction.addHint(key, type: "changed", at: now)
            }
        }
        self.story.tell(self.executor.now, nil, "\(action.home) tells of \(hints.count) changes")
        if starts { await self.sync(action.home, poll: 200_000 + action.id, killAt: nil, faultsAreOn: true) }
    }
}

/// Admits nothing.
struct NothingGate: ChangeGate {
    func admits(_ changes: [PlannedChange]) -> Bool { false }
}
