package import Records
import Synchronization

extension ManifestAccount {
    package func create(_ object: String, _ inputs: [RemoteWrite]) async -> [RemoteWriteResult] {
        await self.write(object, inputs, "create") { $0.create }
    }

    /// A property that only climbs is cleared by a call of its own before the others (R5).
    ///
    /// Whoever is refused the clear is not written at all; whose clear stays unanswered is unknown as a whole.
    package func update(_ object: String, _ inputs: [RemoteWrite]) async -> [RemoteWriteResult] {
        let falling = inputs.indices.filter { inputs[$0].properties.contains(where: \.clearsFirst) }
        guard !falling.isEmpty else { return await self.write(object, inputs, "update") { $0.update } }
        let clears = await self.write(object, falling.map { inputs[$0].clearing }, "update") { $0.update }
        var results: [RemoteWriteResult?] = inputs.map { _ in nil }
        var inputs = inputs
        for (index, clear) in zip(falling, clears) {
            switch clear.outcome {
            // Ours is the newest version now.
            case .updated, .unchanged: inputs[index] = inputs[index].unconditional
            default: results[index] = clear
            }
        }
        let open = inputs.indices.filter { results[$0] == nil }
        let written = await self.write(object, open.map { inputs[$0] }, "update") { $0.update }
        for (index, result) in zip(open, written) {
            // The clear went through, so that nothing but a success leaves the record as it was.
            let isCleared = inputs[index].basedOn == nil && falling.contains(index)
            results[index] = isCleared ? result.asUnknownUnlessWritten : result
        }
        return results.map { $0 ?? RemoteWriteResult(outcome: .unknown(reason: "the answer does not mention it")) }
    }

    /// `updated` means archived; `gone`, that there was nothing left to archive.
    package func archive(_ object: String, ids: [Text]) async -> [Outcome] {
        let inputs = ids.enumerated().map { RemoteWrite(id: $1, basedOn: nil, key: String($0), properties: []) }
        return await self.write(object, inputs, "archive") { $0.archive }.map(\.outcome)
    }

    /// `updated` means that the CRM took the request; whether the person is gone is for a read by id to say.
    package func erase(_ object: String, ids: [Text]) async -> [Outcome] {
        let inputs = ids.enumerated().map { RemoteWrite(id: $1, basedOn: nil, key: String($0), properties: []) }
        return await self.write(object, inputs, "erase") { $0.erase }.map(\.outcome)
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

extension RemoteWrite {
    /// The part of the write that clears what only climbs.
    fileprivate var clearing: RemoteWrite {
        let cleared = self.properties.filter(\.clearsFirst).map { RemotePropertyWrite(name: $0.name, value: .null) }
        return RemoteWrite(id: self.id, basedOn: self.basedOn, key: self.key, properties: cleared)
    }

    /// The same write, based on no version.
    fileprivate var unconditional: RemoteWrite {
        RemoteWrite(id: self.id, basedOn: nil, key: self.key, properties: self.properties)
    }
}

extension RemoteWriteResult {
    /// A refusal after the clear went through leaves a blank behind: the record is read back before anything else.
    fileprivate var asUnknownUnlessWritten: RemoteWriteResult {
        switch self.outcome {
        case .updated, .unchanged, .unknown: self
        default: RemoteWriteResult(outcome: .unknown(reason: "cleared, and then \(self.outcome.name)"))
        }
    }
}
