import FakeCRM
import Records
import RelaisTesting
import Store

extension World {
    /// Puts the subjects where they live at the start.
    func populate() throws {
        for subject in self.scenario.subjects.sorted(by: { $0.id < $1.id }) {
            for home in subject.homes { try self.settle(subject, in: home) }
        }
    }

    private func settle(_ subject: Scenario.Subject, in home: Home) throws {
        var dice = Dice(self.scenario.seed, "values", subject.id, home.rawValue)
        let fields = WorldField.all(subject.thing).enumerated().filter { place, field in
            guard home == .local || field.remote[home] != nil else { return false }
            return place < 3 || dice.happens(600)
        }
        let isFirst = subject.homes[0] == home
        let tagged = fields.map { place, field -> (WorldField, Int) in
            // Both homes of a subject agree on what identifies it, and on much of the rest.
            let isShared = isFirst || place < 2 || dice.happens(500)
            return (field, Scenario.tag(subject.id, isShared ? subject.homes[0] : home, place))
        }
        if home == .local {
            try self.addLocally(subject.id, subject.thing, tagged, company: subject.company, &dice)
        } else {
            try self.add(subject.id, subject.thing, tagged, company: subject.company, in: home, &dice)
        }
    }

    /// A person makes a record on our side.
    func addLocally(
        _ subject: Int,
        _ thing: Thing,
        _ tagged: [(field: WorldField, tag: Int)],
        company: Int?,
        _ dice: inout Dice
    ) throws {
        var values: [(String, Value)] = []
        for (field, tag) in tagged {
            let isMark = field.name == WorldField.mark
            values.append((field.name, isMark ? .text(Scenario.mark(subject)) : Tag.local(tag, field.form, &dice)))
        }
        if thing == .deal {
            values.append(("pipeline", "default"))
            if !values.contains(where: { $0.0 == "stage" }) { values.append(("stage", "qualified")) }
        }
        if let company, let id = try self.record(of: company, .company) {
            values.append(("company", .text(id.description)))
        }
        let numbers = (dice.next(), dice.next())
        let id = RecordID(at: self.clocks.local.now, random: numbers)
        try self.store.write { transaction in
            let cause = try self.cause(transaction)
            let set = values.map { PropertySetting($0.0, $0.1) }
            try transaction.create(id, object: transaction.object(thing.rawValue), properties: set, cause: cause)
        }
        self.found.local[subject] = id
        self.chronicle.local[id] = subject
        self.tell(subject, "is made locally: \(values.map { "\($0.0)=\($0.1)" }.joined(separator: " "))")
    }

    /// A person makes a record in a CRM.
    func add(
        _ subject: Int,
        _ thing: Thing,
        _ tagged: [(field: WorldField, tag: Int)],
        company: Int?,
        in home: Home,
        _ dice: inout Dice
    ) throws {
        guard let crm = self.crms[home] else { return }
        var values: [String: String] = [:]
        for (field, tag) in tagged {
            guard let property = field.remote[home] else { continue }
            let isMark = field.name == WorldField.mark
            values[property] = isMark ? Scenario.mark(subject) : Tag.remote(tag, field.form, &dice)
        }
        if thing == .deal {
            values["pipeline"] = "default"
            values["dealstage"] = values["dealstage"] ?? "qualifiedtobuy"
        }
        if thing == .contact, let email = values["email"], crm.holder(of: email, in: "email", .contacts) != nil {
            return
        }
        // A property may be gone just now.
        guard let id = try? crm.add(thing.type, values, by: 1) else { return }
        self.found.remote[home, default: [:]][subject] = id
        self.chronicle.remote[home, default: [:]][id] = subject
        if let company, let other = self.remoteID(of: company, .company, in: home) {
            try crm.associate(thing.type, id, .companies, other)
        }
        let text = values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
        self.tell(subject, "is made in \(home) as \(id): \(text)")
    }

    /// Who does it and when.
    func cause(_ transaction: Transaction) throws -> Cause {
        Cause(actor: try transaction.actor("person:ada"), at: self.clocks.local.now)
    }

    func tell(_ subject: Int?, _ text: @autoclosure () -> String) {
        self.story.tell(self.executor.now, subject, text())
    }
}
