import Records

/// What was read of a batch just before it is written.
struct Preparation {
    /// The records as the API gave them, by id.
    var rows: [Text: JSON] = [:]
}

extension BatchWriter {
    /// Reads the records of a batch: for the rows of their properties, for the marks of their state, and to leave out those
    /// that are gone or have changed since the version that their input is based on (R2).
    func prepared(
        _ inputs: inout [EncodedInput],
        _ prepare: WriteRule.Preparation,
        _ results: inout Results
    )
        async throws(CallFailure) -> Preparation
    {
        guard let read = self.rules.read else { return Preparation() }
        var preparation = Preparation()
        let ids = inputs.compactMap { $0.write.id.flatMap { self.rules.written(id: $0) } }
        let names = inputs.flatMap { input in input.write.properties.map(\.name) }
        let tokens = (prepare.token?.request ?? []) + self.tokenFields(inputs)
        let fields = self.rules.fields(for: names, more: tokens)
        for batch in ids.chunks(of: read.batchSize) {
            let answer = try await self.account.caller.json(
                read.request,
                ["keys": .array(batch), "properties": .array(fields.map(JSON.string))],
                sent: Set(names)
            )
            for row in read.records.elements(in: answer) {
                guard let id = self.rules.record.id.first(in: row).flatMap(Template.text) else { continue }
                preparation.rows[Text(id)] = row
            }
        }
        inputs.removeAll { input in
            guard let outcome = self.obstacle(input, preparation) else { return false }
            results[input.index] = RemoteWriteResult(outcome: outcome)
            return true
        }
        for place in inputs.indices where self.isInForce(inputs[place], preparation) {
            inputs[place].action = nil
            guard !inputs[place].hasValues else { continue }
            results[inputs[place].index] = RemoteWriteResult(outcome: .unchanged)
        }
        inputs.removeAll { results[$0.index] != nil }
        return preparation
    }

    private func tokenFields(_ inputs: [EncodedInput]) -> [String] {
        let names = Set(inputs.flatMap { input in input.rows.map(\.subRecord) })
        return names.sorted().flatMap { self.rules.subRecords[$0]?.token?.request ?? [] }
    }

    /// Whether the value that an action would set is there already: the call would be refused.
    private func isInForce(_ input: EncodedInput, _ preparation: Preparation) -> Bool {
        guard let action = input.action, let row = input.write.id.flatMap({ preparation.rows[$0] }) else {
            return false
        }
        let current = self.rules.path(of: action.property).first(in: row).flatMap(Template.text)
        return current.map { Text($0) } == action.value
    }

    /// Why an input is not sent after all; nil if nothing is in its way.
    private func obstacle(_ input: EncodedInput, _ preparation: Preparation) -> Outcome? {
        guard let id = input.write.id, let row = preparation.rows[id] else { return .gone }
        if let winner = self.rules.record.remap?.first(in: row).flatMap(Template.text), winner != id.string {
            return .remapped(id: Text(winner))
        }
        guard let basedOn = input.write.basedOn else { return nil }
        let versions = self.rules.record.versions.flatMap { $0.all(in: row) }
            .compactMap { self.account.manifest.values.instant($0)?.microseconds }
        return (versions.max() ?? basedOn) > basedOn ? .conflict : nil
    }
}

extension AnswerPath {
    /// The elements of the list at this path, or all values if the path goes through a list itself.
    func elements(in answer: JSON) -> [JSON] {
        if self.keys.contains("*") { return self.all(in: answer) }
        return self.first(in: answer)?.array ?? []
    }
}

extension TokenRule {
    /// The mark of a row's state, under the name by which a write carries it.
    func member(of row: JSON, id: AnswerPath) -> (key: String, value: JSON)? {
        guard let mark = self.path.first(in: row), !mark.isNull, let rowID = id.first(in: row),
            let name = self.name.text(TemplateScope(["id": rowID]))
        else { return nil }
        return (key: name, value: mark)
    }
}

/// The commands that write properties which are rows of their own.
struct RowCommands {
    let rules: ObjectRules
    /// The record as it was read; nil for a new one.
    let row: JSON?

    /// The members of a write that carry the commands, and the marks of the rows that they change.
    func members(
        for rows: [EncodedInput.RowWrite],
        _ tokens: inout [(key: String, value: JSON)]
    )
        -> [(key: String, value: JSON)]
    {
        var commands: [String: [JSON]] = [:]
        for write in rows {
            guard let sub = self.rules.subRecords[write.subRecord] else { continue }
            let found = self.row.flatMap { sub.at.first(in: $0)?.array }?.rows(where: write.conditions).first
            guard let command = self.command(write, sub, found) else { continue }
            commands[sub.into, default: []].append(command)
            if let found, let token = sub.token?.member(of: found, id: sub.id) { tokens.append(token) }
        }
        return commands.keys.sorted().map { (key: $0, value: .array(commands[$0] ?? [])) }
    }

    private func command(_ write: EncodedInput.RowWrite, _ sub: SubRecordRules, _ found: JSON?) -> JSON? {
        var scope = TemplateScope()
        if let id = found.flatMap({ sub.id.first(in: $0) }) { scope = scope.adding(["id": id]) }
        switch (write.value, found) {
        case (nil, nil): return nil
        case (nil, .some): return sub.remove.rendered(scope)
        case (let value?, nil):
            let members = write.conditions.filter { !$0.value.isNull } + [(key: write.member, value: value)]
            return sub.create.rendered(scope.adding(["record": .object(members)]))
        case (let value?, let found?):
            if found[write.member]?.isSame(as: value) == true { return nil }
            return sub.update.rendered(scope.adding(["record": .object([(key: write.member, value: value)])]))
        }
    }
}
