import FakeCRM
import Records
import RelaisTesting
import Store

extension World {
    /// People do what they were going to do, each at its time.
    func people() async {
        for action in self.scenario.actions {
            await self.executor.sleep(until: self.start.advanced(by: .milliseconds(action.at)))
            self.trace.add(Int64(action.id))
            do {
                switch action.kind {
                case .undo, .plan, .notify: await self.actAtLength(action)
                default: try self.act(action)
                }
            } catch let error as StoreError where error.code == .erased {
                // Who was erased is turned away, whoever types the address (R8).
                self.tell(action.subject, "is refused: this person was erased")
            } catch {
                self.violations.append(Violation("S11", action.subject, "a person could not act: \(error)"))
            }
        }
    }

    private func act(_ action: Action) throws {
        var dice = Dice(self.scenario.seed, "act", action.id)
        switch action.kind {
        case .edit(let names):
            let fields = names.enumerated().map { ($1, action.tag($0)) }
            try self.edit(action, fields.map { ($0.0, $0.1) }, &dice)
        case .clear(let name): try self.edit(action, [(name, nil)], &dice)
        case .create(let thing): try self.create(action, thing, twin: nil, &dice)
        case .duplicate(let thing, let other): try self.create(action, thing, twin: other, &dice)
        case .swap(let other): try self.swap(action, with: other)
        case .join(let company): try self.join(action, company)
        case .decide: try self.decide(&dice)
        case .remove: try self.remove(action)
        case .restore: try self.restore(action)
        case .merge(let other): self.merge(action, into: other)
        default: try self.live(action, &dice)
        }
    }

    /// The kind of thing a subject is; nil for one that was never made.
    func thing(of subject: Int) -> Thing? {
        if let known = self.scenario.subjects.first(where: { $0.id == subject }) { return known.thing }
        for action in self.scenario.actions where action.subject == subject {
            switch action.kind {
            case .create(let thing), .duplicate(let thing, _): return thing
            default: continue
            }
        }
        return nil
    }

    // MARK: Editing

    /// Sets fields to values with these tags; no tag clears.
    private func edit(_ action: Action, _ tagged: [(name: String, tag: Int?)], _ dice: inout Dice) throws {
        guard let thing = self.thing(of: action.subject) else { return }
        let fields = tagged.compactMap { name, tag in WorldField.named(name, of: thing).map { ($0, tag) } }
        if action.home == .local {
            guard let id = try self.record(of: action.subject, thing) else { return }
            let set = fields.map { field, tag in
                PropertySetting(field.name, tag.map { Tag.local($0, field.form, &dice) } ?? .null)
            }
            _ = try self.store.write { transaction in
                try transaction.change(id, set: set, cause: self.cause(transaction))
            }
            self.tell(action.subject, "locally \(set.map { "\($0.property)=\($0.value)" }.joined(separator: " "))")
            return
        }
        guard let crm = self.crms[action.home],
            let id = self.remoteID(of: action.subject, thing, in: action.home)
        else { return }
        var values: [String: String] = [:]
        for (field, tag) in fields {
            guard let property = field.remote[action.home] else { continue }
            values[property] = tag.map { Tag.remote($0, field.form, &dice) } ?? ""
        }
        try? crm.edit(thing.type, id, set: values, by: 1)
        self.tell(
            action.subject,
            "in \(action.home) \(values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })"
        )
    }

    /// Makes a record, with the address of another one if that is asked for.
    private func create(_ action: Action, _ thing: Thing, twin: Int?, _ dice: inout Dice) throws {
        let fields = WorldField.all(thing).enumerated().filter { place, _ in place < 3 || dice.happens(500) }
        var tagged = fields.map { place, field in (field, Scenario.tag(action.subject, action.home, place)) }
        if let twin, let known = self.scenario.subjects.first(where: { $0.id == twin }) {
            tagged[1].1 = Scenario.tag(twin, known.homes[0], 1)
        }
        let company = thing == .company ? nil : dice.happens(500) ? dice.below(5) : nil
        if action.home == .local {
            try self.addLocally(action.subject, thing, tagged, company: company, &dice)
        } else {
            try self.add(action.subject, thing, tagged, company: company, in: action.home, &dice)
        }
    }

    /// Two contacts get each other's e-mail address.
    private func swap(_ action: Action, with other: Int) throws {
        guard action.subject != other, self.thing(of: action.subject) == .contact, self.thing(of: other) == .contact
        else {
            return
        }
        if action.home == .local {
            guard let one = try self.record(of: action.subject, .contact),
                let two = try self.record(of: other, .contact)
            else { return }
            try self.store.write { transaction in
                let first = try transaction.record(one)?["email"] ?? .null
                let second = try transaction.record(two)?["email"] ?? .null
                let cause = try self.cause(transaction)
                try transaction.change(one, set: [PropertySetting("email", second)], cause: cause)
                try transaction.change(two, set: [PropertySetting("email", first)], cause: cause)
            }
        } else {
            guard let crm = self.crms[action.home],
                let one = self.remoteID(of: action.subject, .contact, in: action.home),
                let two = self.remoteID(of: other, .contact, in: action.home)
            else { return }
            let first = crm.value(.contacts, one, "email") ?? ""
            let second = crm.value(.contacts, two, "email") ?? ""
            try? crm.edit(.contacts, one, set: ["email": ""], by: 1)
            try? crm.edit(.contacts, two, set: ["email": first], by: 1)
            try? crm.edit(.contacts, one, set: ["email": second], by: 1)
        }
        self.tell(action.subject, "swaps addresses with s\(other) in \(action.home)")
        self.tell(other, "swaps addresses with s\(action.subject) in \(action.home)")
    }

    /// The subject goes to a company, or leaves the one it is in.
    private func join(_ action: Action, _ company: Int?) throws {
        guard let thing = self.thing(of: action.subject), thing != .company else { return }
        if action.home == .local {
            guard let id = try self.record(of: action.subject, thing) else { return }
            let other = try company.flatMap { try self.record(of: $0, .company) }
            if company != nil && other == nil { return }
            let value = other.map { Value.text($0.description) } ?? .null
            _ = try self.store.write { transaction in
                try transaction.change(id, set: [PropertySetting("company", value)], cause: self.cause(transaction))
            }
        } else {
            guard let crm = self.crms[action.home],
                let id = self.remoteID(of: action.subject, thing, in: action.home)
            else { return }
            let other = company.flatMap { self.remoteID(of: $0, .company, in: action.home) }
            if company != nil && other == nil { return }
            for old in crm.associated(thing.type, id, to: .companies) where old != other {
                crm.dissociate(thing.type, id, .companies, old)
            }
            if let other { try? crm.associate(thing.type, id, .companies, other) }
        }
        self.tell(action.subject, "joins \(company.map { "s\($0)" } ?? "nobody") in \(action.home)")
    }

    // MARK: Deciding

    private func decide(_ dice: inout Dice) throws {
        let open = try self.store.read { try $0.conflicts(ConflictFilter(state: .open), limit: 100) }
        guard !open.isEmpty else { return }
        for _ in 0..<min(4, open.count) {
            let conflict = dice.one(of: open)
            let side: Side = dice.happens(500) ? .local : .remote
            let decision = ConflictDecision(choice: .side(side), by: "ada", at: self.clocks.local.now)
            let (local, remote) = (conflict.about.local, conflict.about.remote)
            _ = try self.store.write { transaction in
                try transaction.decideConflict(conflict.id, decision, seenLocal: local, seenRemote: remote)
            }
            self.tell(nil, "a person decides conflict \(conflict.id) (\(conflict.about.field)): \(side)")
        }
    }

    // MARK: Removing

    private func remove(_ action: Action) throws {
        guard let thing = self.thing(of: action.subject) else { return }
        self.chronicle.unsettled.insert(action.subject)
        if action.home == .local {
            guard let id = try self.record(of: action.subject, thing) else { return }
            try self.store.write { try $0.delete(id, cause: self.cause($0)) }
            self.removed.local[action.subject] = id
        } else {
            guard let id = self.remoteID(of: action.subject, thing, in: action.home) else { return }
            try? self.crms[action.home]?.archive(thing.type, id)
            self.removed.remote[action.home, default: [:]][action.subject] = id
        }
        self.tell(action.subject, "is removed in \(action.home)")
    }

    private func restore(_ action: Action) throws {
        guard let thing = self.thing(of: action.subject) else { return }
        if action.home == .local {
            guard let id = self.removed.local[action.subject] else { return }
            try self.store.write { transaction in
                guard let record = try transaction.record(id), record.deletedAt != nil, record.aliasOf == nil,
                    try transaction.erasure(of: id) == nil
                else { return }
                try transaction.restore(id, cause: self.cause(transaction))
            }
        } else {
            guard let id = self.removed.remote[action.home]?[action.subject] else { return }
            try? self.crms[action.home]?.restore(thing.type, id)
        }
        self.tell(action.subject, "is brought back in \(action.home)")
    }

    private func merge(_ action: Action, into other: Int) {
        guard let thing = self.thing(of: action.subject), let crm = self.crms[action.home],
            let lost = self.remoteID(of: action.subject, thing, in: action.home),
            let kept = self.remoteID(of: other, thing, in: action.home), lost != kept
        else { return }
        self.chronicle.unsettled.formUnion([action.subject, other])
        _ = try? crm.merge(thing.type, lost, into: kept, by: 1)
        self.tell(action.subject, "is merged into s\(other) in \(action.home)")
    }
}
