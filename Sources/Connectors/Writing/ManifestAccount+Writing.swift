package import Records
import Synchronization

extension ManifestAccount {
    package func create(_ object: String, _ inputs: [RemoteWrite]) async -> [RemoteWriteResult] {
        await self.write(object, inputs, "create") { $0.create }
    }

    package func update(_ object: String, _ inputs: [RemoteWrite]) async -> [RemoteWriteResult] {
        await self.write(object, inputs, "update") { $0.update }
    }

    /// `updated` means archived; `gone`, that there was nothing left to archive.
    package func archive(_ object: String, ids: [Text]) async -> [Outcome] {
        let inputs = ids.enumerated().map { RemoteWrite(id: $1, basedOn: nil, key: String($0), properties: []) }
        return await self.write(object, inputs, "archive") { $0.archive }.map(\.outcome)
    }

    private func write(
        _ object: String,
        _ inputs: [RemoteWrite],
        _ verb: String,
        _ operation: (ObjectRules) -> WriteRule?
    ) async -> [RemoteWriteResult] {
        guard let rules = self.manifest.object(object), let rule = operation(rules) else {
            let reason = "the manifest of \(self.manifest.label) cannot \(verb) \(object)"
            return inputs.map { _ in RemoteWriteResult(outcome: .rejected(field: nil, reason: reason)) }
        }
        let tables: [String: CodeTable]
        do {
            tables = try await self.codeTables(rules, inputs.flatMap { $0.properties.map(\.name) })
        } catch {
            return inputs.map { _ in RemoteWriteResult(outcome: BatchWriter.readOutcome(error)) }
        }
        var results: [RemoteWriteResult?] = inputs.map { _ in nil }
        var encoded: [EncodedInput] = []
        let encoder = InputEncoder(rules: rules, values: self.manifest.values, isCreate: verb == "create")
        for (index, input) in inputs.enumerated() {
            do {
                encoded.append(try encoder.encode(input.encoded(tables), index: index))
            } catch {
                results[index] = RemoteWriteResult(outcome: error.outcome)
            }
        }
        for batch in encoded.chunks(of: rule.batchSize) {
            let writer = BatchWriter(account: self, rules: rules, rule: rule, isCreate: verb == "create")
            for (index, result) in await writer.write(batch) { results[index] = result }
        }
        // An input without an answer is unknown, never a success (DESIGN §4).
        let silence: Outcome =
            Breakage.silenceIsSuccess.isOn ? .updated(version: nil) : .unknown(reason: "the answer does not mention it")
        return results.map { $0 ?? RemoteWriteResult(outcome: silence) }
    }

    /// The name of the property that a refusal means; nil if it names none that we know.
    func property(_ field: (text: String, isLabel: Bool), of object: ObjectRules) async -> Text? {
        guard field.isLabel else {
            let known = object.properties.first { $0.value.field.hasSameBytes(as: field.text) }
            return Text(known?.key ?? field.text)
        }
        if let known = self.labels.withLock({ $0[object.name] }) { return known[field.text].map { Text($0) } }
        guard let properties = try? await self.discover(object.name) else { return nil }
        var names: [String: String] = [:]
        for property in properties where names[property.label] == nil { names[property.label] = property.name }
        let found = names
        self.labels.withLock { $0[object.name] = found }
        return found[field.text].map { Text($0) }
    }
}
