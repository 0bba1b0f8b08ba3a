import FakeCRM
import Mapping
import Records
import RelaisTesting
import Store
import SyncEngine

/// What people do beyond edits.
extension World {
    func live(_ action: Action, _ dice: inout Dice) throws {
        switch action.kind {
        case .lookalikes(let kind, let one, let two): try self.makeLookalikes(kind, action, one, two, &dice)
        case .copy(let other): self.copy(other, as: action)
        case .erase: try self.erase(action.subject)
        case .exclude: try self.exclude(action.subject, true)
        case .include: try self.exclude(action.subject, false)
        case .remap(let field, let isMapped): try self.remap(field, isMapped: isMapped, action.home)
        case .oddStage:
            guard let id = self.remoteID(of: action.subject, .deal, in: .alpha) else { return }
            try? self.crms[.alpha]?.edit(.deals, id, set: ["dealstage": "onhold"], by: 1)
            self.tell(action.subject, "gets a stage in alpha that nobody mapped")
        case .filter(let isOut):
            guard let id = self.remoteID(of: action.subject, .deal, in: .alpha) else { return }
            let stage = isOut ? WorldMappings.stagesLeftOut[0] : "presentationscheduled"
            try? self.crms[.alpha]?.edit(.deals, id, set: ["dealstage": stage], by: 1)
            self.tell(action.subject, isOut ? "leaves the mapping of alpha" : "comes back to the mapping of alpha")
        case .deleteMany: self.deleteMany(action.home)
        case .meet, .attend: try self.tie(action, &dice)
        case .comeBack: try self.comeBack(action, &dice)
        default: return
        }
    }

    // MARK: Who is who

    func makeLookalikes(
        _ kind: Lookalike,
        _ action: Action,
        _ one: Int,
        _ two: Int,
        _ dice: inout Dice
    ) throws {
        let (subject, tag) = (action.subject, action.tag(0))
        func value(_ field: WorldField, _ own: Int) -> Int {
            let shares =
                switch kind {
                case .severalHits, .roleAddress: field.name == "email"
                case .sharedPhone: ["phone", "first_name", "last_name"].contains(field.name)
                }
            return shares ? tag : Scenario.tag(own, .local, WorldField.all(.contact).firstIndex(of: field) ?? 0)
        }
        let names: Set<String> = ["mark", "email", "first_name", "last_name", "phone"]
        let fields = WorldField.all(.contact).filter { names.contains($0.name) }
        for other in kind == .severalHits ? [one, two] : [one] {
            try self.addLocally(other, .contact, fields.map { ($0, value($0, other)) }, company: nil, &dice)
            guard kind != .severalHits, let id = self.found.local[other] else { continue }
            try self.makeAlike(kind, id, tag)
        }
        try self.add(subject, .contact, fields.map { ($0, value($0, subject)) }, company: nil, in: action.home, &dice)
        if kind != .severalHits, let id = self.found.remote[action.home]?[subject] {
            let values =
                kind == .roleAddress ? ["email": Self.role(tag)] : ["firstname": Self.name(tag), "lastname": "Alike"]
            try? self.crms[action.home]?.edit(.contacts, id, set: values, by: 1)
        }
        // Of several with one address none may be chosen; the others are two people however they look.
        self.chronicle.apart.append(kind == .severalHits ? [subject, one, two] : [subject, one])
        self.tell(subject, "looks like s\(one): \(kind)")
    }

    private func makeAlike(_ kind: Lookalike, _ id: RecordID, _ tag: Int) throws {
        let set: [PropertySetting] =
            kind == .roleAddress
            ? [PropertySetting("email", .text(Text(Self.role(tag))))]
            : [
                PropertySetting("first_name", .text(Text(Self.name(tag)))),
                PropertySetting("last_name", .text("Alike")),
            ]
        _ = try self.store.write { try $0.change(id, set: set, cause: self.cause($0)) }
    }

    private static func role(_ tag: Int) -> String { "info@e\(tag).sim.example" }

    private static func name(_ tag: Int) -> String { "e\(tag) Twin" }

    /// All values but the mark, our id among them.
    private func copy(_ other: Int, as action: Action) {
        guard let thing = self.thing(of: other), let crm = self.crms[action.home],
            let id = self.remoteID(of: other, thing, in: action.home)
        else { return }
        let fields = WorldField.all(thing).compactMap { $0.remote[action.home] } + ["relais_id"]
        var values: [String: String] = [:]
        for name in fields { values[name] = crm.value(thing.type, id, name) }
        // A CRM does not give one address to two.
        if thing == .contact { values["email"] = nil }
        values[WorldField.all(thing)[0].remote[action.home] ?? ""] = Scenario.mark(action.subject)
        if thing == .deal { values["pipeline"] = "default" }
        guard let made = try? crm.add(thing.type, values, by: 1) else { return }
        self.chronicle.copies.insert(action.subject)
        self.found.remote[action.home, default: [:]][action.subject] = made
        self.tell(action.subject, "is cloned from s\(other) in \(action.home) as \(made)")
    }

    // MARK: Coming and going

    private func erase(_ subject: Int) throws {
        guard let id = try self.record(of: subject, .contact) else { return }
        let address = Canon.text(try self.store.read { try $0.record(id) }?["email"] ?? .null)
        var numbers = SeededRandomness(seed: self.scenario.seed)
        try self.store.write { transaction in
            let mappings = Home.remotes.flatMap { self.mappings[$0] ?? [] }
            try transaction.prepareErasure(randomness: numbers.randomness, matching: IdentityKey.matching(mappings))
            // Whoever was merged with them is the same person.
            let survivor = try transaction.survivor(of: id)
            for person in try [survivor] + transaction.merged(into: survivor) {
                try self.chronicle.forgotten.insert(person, at: self.clocks.local.now, in: transaction)
            }
            try transaction.erase(
                id,
                reason: "asked by letter",
                cause: self.cause(transaction),
                isShared: RoleAddress.shared(mappings)
            )
        }
        numbers = SeededRandomness(seed: 0)
        if !address.isEmpty { self.chronicle.addresses[subject] = address }
        self.chronicle.erased.insert(subject)
        self.chronicle.erasedAt[subject] = self.clocks.local.now
        self.tell(subject, "is forgotten")
    }

    private func exclude(_ subject: Int, _ isOut: Bool) throws {
        guard let thing = self.thing(of: subject), let id = try self.record(of: subject, thing) else { return }
        try self.store.write { transaction in
            if isOut {
                try transaction.exclude(id, reason: "not now", cause: self.cause(transaction))
            } else {
                try transaction.include(id, cause: self.cause(transaction))
                for lost in try transaction.merged(into: id) { self.chronicle.excluded[lost] = nil }
            }
        }
        self.chronicle.excluded[id] = isOut ? self.executor.now : nil
        self.tell(subject, isOut ? "is kept out of syncs" : "takes part again")
    }

    private func deleteMany(_ home: Home) {
        guard let crm = self.crms[home] else { return }
        for (place, id) in crm.ids(.contacts).enumerated() where place % 5 < 3 {
            self.noteDeparture(crm.value(.contacts, id, "message"))
            try? crm.archive(.contacts, id)
        }
        self.tell(nil, "somebody deletes most contacts of \(home)")
    }

    func noteDeparture(_ mark: String?) {
        if let subject = mark.flatMap(Scenario.subject) { self.chronicle.unsettled.insert(subject) }
    }

    // MARK: The mapping

    /// Somebody edits the mapping and starts the program again.
    private func remap(_ field: String, isMapped: Bool, _ home: Home) throws {
        let whole = try WorldMappings.mappings(home, policies: self.scenario.policies)
        self.mappings[home] = isMapped ? whole : whole.map { $0.localObject == "contact" ? $0.without(field) : $0 }
        for place in self.chronicle.unmapped.indices where self.chronicle.unmapped[place].home == home {
            // Each edit starts from the whole mapping.
            self.chronicle.unmapped[place].to = self.chronicle.unmapped[place].to ?? self.executor.now
        }
        if !isMapped { self.chronicle.unmapped.append((home, field, self.executor.now, nil)) }
        self.life.process.kill()
        self.comeBack()
        self.tell(nil, "\(field) is \(isMapped ? "mapped" : "not mapped") in \(home) from now on")
    }
}
