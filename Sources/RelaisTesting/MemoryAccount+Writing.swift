import Connectors
import Records

/// What the account does with reads and writes.
extension MemoryAccount.State {
    /// Throws if the next read is not to be answered.
    mutating func answerRead() throws {
        guard self.readFailures > 0 else { return }
        self.readFailures -= 1
        throw RemoteFailure(self.readFailureCode, "a damaged answer")
    }

    mutating func freshID() -> Text {
        defer { self.nextID += 1 }
        return Text(String(self.nextID))
    }

    mutating func create(
        _ object: String,
        _ input: RemoteWrite,
        traits: RemoteTraits,
        at now: Int64
    ) -> RemoteWriteResult {
        let fault = self.faults.isEmpty ? nil : self.faults.removeFirst()
        if case .loseRequest? = fault { return RemoteWriteResult(outcome: .unknown(reason: "no answer")) }
        let values = self.normal(input.properties)
        if let refusal = self.refusal(of: input.properties, all: values) { return refusal }
        let keys = traits.unenforcedKeys.contains(object) ? [] : [traits.createKeys[object]].compactMap { $0 }
        for property in (traits.uniqueProperties[object] ?? []) + keys {
            guard let value = values[property], !value.isBlank else { continue }
            if let twin = self.objects[object]?.first(where: {
                $0.value.values[property] == value && !$0.value.isArchived
            }) {
                return RemoteWriteResult(outcome: .linked(id: twin.key))
            }
        }
        let id = self.freshID()
        let refused = values.keys.filter { self.habits.refusesOnCreate[$0] != nil }.sorted()
        let filled = self.habits.fillsOnCreate.merging(values) { $1 }.merging(self.habits.refusesOnCreate) { $1 }
        var record = MemoryAccount.Record(values: [:], version: now - 1)
        record.write(filled, by: "relais", at: now)
        for tie in input.ties { record.associations[tie.object, default: []].insert(tie.id) }
        self.objects[object, default: [:]][id] = record
        self.writes += 1
        self.afterWrite?(&self)
        if case .loseAnswer? = fault { return RemoteWriteResult(outcome: .unknown(reason: "no answer")) }
        let answer = self.answer(.created(id: id, version: now), input, filled)
        let refusals = refused.map { RemoteRefusal(field: Text($0), reason: "not of a new record") }
        return RemoteWriteResult(outcome: answer.outcome, values: answer.values, refused: refusals)
    }

    mutating func update(
        _ object: String,
        _ input: RemoteWrite,
        traits: RemoteTraits,
        at now: Int64
    ) -> RemoteWriteResult {
        let fault = self.faults.isEmpty ? nil : self.faults.removeFirst()
        self.beforeWrite?(&self)
        guard let id = input.id, var record = self.objects[object]?[id], !record.isArchived else {
            return RemoteWriteResult(outcome: .gone)
        }
        if record.successor != nil {
            return RemoteWriteResult(outcome: .rejected(field: nil, reason: "cannot reference a converted record"))
        }
        if traits.lostUpdate == .none, let basedOn = input.basedOn, record.version > basedOn {
            return RemoteWriteResult(outcome: .conflict)
        }
        if case .loseRequest? = fault { return RemoteWriteResult(outcome: .unknown(reason: "no answer")) }
        let values = self.normal(input.properties)
        if let refusal = self.refusal(of: input.properties, all: record.values.merging(values) { $1 }) {
            return refusal
        }
        for name in self.habits.keepsUnique.sorted() {
            guard let value = values[name], !value.isBlank else { continue }
            let isTaken = self.objects[object]?.contains { $0.key != id && $0.value.values[name] == value } ?? false
            if isTaken { return RemoteWriteResult(outcome: .rejected(field: Text(name), reason: "already taken")) }
        }
        for property in input.properties where property.clearsFirst {
            record.write([property.name: .null], by: "relais", at: now)
            self.objects[object]?[id] = record
            self.betweenClearAndSet?(&self)
            if case .loseAnswer? = fault { return RemoteWriteResult(outcome: .unknown(reason: "no answer")) }
        }
        if let refusal = self.fall(input.properties, record) { return refusal }
        record.write(values.filter { !self.habits.ignores.contains($0.key) }, by: "relais", at: now)
        self.objects[object]?[id] = record
        self.writes += 1
        self.updates.append(input.properties.map(\.name))
        self.afterWrite?(&self)
        if case .loseAnswer? = fault { return RemoteWriteResult(outcome: .unknown(reason: "no answer")) }
        return self.answer(.updated(version: record.version), input, record.values)
    }

    private func fall(_ properties: [RemotePropertyWrite], _ record: MemoryAccount.Record) -> RemoteWriteResult? {
        for property in properties {
            guard let order = self.habits.climbing[property.name],
                let old = order.firstIndex(of: record.values[property.name] ?? .null),
                let new = order.firstIndex(of: property.value), new < old
            else { continue }
            return RemoteWriteResult(outcome: .rejected(field: Text(property.name), reason: "cannot move backward"))
        }
        return nil
    }

    private func normal(_ properties: [RemotePropertyWrite]) -> [String: Value] {
        Dictionary(uniqueKeysWithValues: properties.map { ($0.name, self.habits.normalise($0.name, $0.value)) })
    }

    private func refusal(of properties: [RemotePropertyWrite], all: [String: Value]) -> RemoteWriteResult? {
        for property in properties {
            if let reason = self.habits.refuses[property.name]?(property.value) {
                return RemoteWriteResult(outcome: .rejected(field: Text(property.name), reason: reason))
            }
        }
        return self.habits.refusesRecord(all).map { RemoteWriteResult(outcome: .rejected(field: nil, reason: $0)) }
    }

    private func answer(_ outcome: Outcome, _ input: RemoteWrite, _ values: [String: Value]) -> RemoteWriteResult {
        guard !self.habits.answersWithoutValues else { return RemoteWriteResult(outcome: outcome) }
        let told = input.properties.map { RemotePropertyWrite(name: $0.name, value: values[$0.name] ?? .null) }
        return RemoteWriteResult(outcome: outcome, values: told)
    }
}
