import Records

/// Writes one batch: prepares it, sends it, splits it where a refusal hides which input it is about, and says what became
/// of each input.
struct BatchWriter {
    let account: ManifestAccount
    let rules: ObjectRules
    let rule: WriteRule
    let isCreate: Bool

    typealias Results = [Int: RemoteWriteResult]

    /// What became of each input, by its index.
    func write(_ batch: [EncodedInput]) async -> Results {
        var results: Results = [:]
        var ready = batch
        var preparation = Preparation()
        if let prepare = self.rule.prepare, !self.isCreate {
            do {
                preparation = try await self.prepared(&ready, prepare, &results)
            } catch {
                // Reading wrote nothing, whatever went wrong with it.
                let outcome = Self.readOutcome(error)
                for input in ready { results[input.index] = RemoteWriteResult(outcome: outcome) }
                return results
            }
        }
        let withValues = ready.filter { self.isCreate || $0.hasValues || $0.action == nil }
        // Bounded: twice what isolating every eighth input takes. What is left then waits for the next run.
        var allowance = max(16, batch.count / 2 + 16)
        await self.send(withValues, preparation, &allowance, &results)
        await self.act(ready, &results)
        return results
    }

    /// What a failed preparation means for an input: nothing was written.
    static func readOutcome(_ failure: CallFailure) -> Outcome {
        switch failure.outcome {
        case .rateLimited(let after): .rateLimited(after: after)
        default: .transient(reason: failure.message)
        }
    }

    /// Sends inputs together; halves them when a refusal concerns only some.
    private func send(
        _ inputs: [EncodedInput],
        _ preparation: Preparation,
        _ allowance: inout Int,
        _ results: inout Results
    ) async {
        guard !inputs.isEmpty else { return }
        guard allowance > 0 else {
            for input in inputs {
                results[input.index] = RemoteWriteResult(
                    outcome: .transient(reason: "too many of the batch were refused; this one was not sent again")
                )
            }
            return
        }
        allowance -= 1
        do {
            let answer = try await self.request(inputs, preparation)
            for (index, result) in self.matched(answer, inputs) { results[index] = result }
            await self.renameFields(of: inputs, &results)
        } catch {
            guard error.concernsOneInput, inputs.count > 1 else {
                let outcome = await self.outcome(of: error)
                for input in inputs { results[input.index] = RemoteWriteResult(outcome: outcome) }
                return
            }
            let middle = inputs.count / 2
            await self.send(Array(inputs[..<middle]), preparation, &allowance, &results)
            await self.send(Array(inputs[middle...]), preparation, &allowance, &results)
        }
    }

    private func outcome(of failure: CallFailure) async -> Outcome {
        guard case .rejected(_, let reason) = failure.outcome, let field = failure.field else { return failure.outcome }
        return .rejected(field: await self.account.property(field, of: self.rules), reason: reason)
    }

    /// Refusals in a list of results name fields as the API does; mappings know the manifest's names.
    private func renameFields(of inputs: [EncodedInput], _ results: inout Results) async {
        for input in inputs {
            guard case .rejected(let field?, let reason)? = results[input.index]?.outcome else { continue }
            let name = await self.account.property((field.string, false), of: self.rules)
            results[input.index] = RemoteWriteResult(outcome: .rejected(field: name, reason: reason))
        }
    }

    private func request(_ inputs: [EncodedInput], _ preparation: Preparation) async throws(CallFailure) -> JSON {
        var items: [JSON] = []
        var tokens: [(key: String, value: JSON)] = []
        let constants = try await self.constants()
        for input in inputs { items.append(self.item(input, preparation, constants, &tokens)) }
        return try await self.account.caller.json(
            self.rule.request,
            ["inputs": .array(items), "tokens": .object(tokens)],
            sent: Set(inputs.flatMap(\.names)),
            hidden: inputs.flatMap(\.texts)
        )
    }

    /// What every record gets, such as the category that makes a party a company.
    private func constants() async throws(CallFailure) -> [(key: String, value: JSON)] {
        guard let template = self.rule.with else { return [] }
        return try await self.account.caller.rendered(template, [:])?.object ?? []
    }

    /// One input as the request's template sees it: id, key, properties.
    private func item(
        _ input: EncodedInput,
        _ preparation: Preparation,
        _ constants: [(key: String, value: JSON)],
        _ tokens: inout [(key: String, value: JSON)]
    ) -> JSON {
        let row = input.write.id.flatMap { preparation.rows[$0] }
        let commands = RowCommands(rules: self.rules, row: row).members(for: input.rows, &tokens)
        if let row, let token = self.rule.prepare?.token, let member = token.member(of: row, id: self.rules.record.id) {
            tokens.append(member)
        }
        var members: [(key: String, value: JSON)] = [
            (key: "key", value: .string(input.write.key)),
            (key: "properties", value: .object(input.properties + commands + constants)),
        ]
        if let id = input.write.id.flatMap({ self.rules.written(id: $0) }) { members.append((key: "id", value: id)) }
        let ties = input.write.ties.compactMap(self.tie)
        if !ties.isEmpty { members.append((key: "ties", value: .array(ties))) }
        return .object(members)
    }

    /// A record that the new one is about, as the request's template sees it: id, and what the manifest says of the tie.
    private func tie(_ tie: RemoteTie) -> JSON? {
        let activity = self.account.manifest.activities.first { $0.traits.object.hasSameBytes(as: self.rules.name) }
        return self.account.written(tie.id, of: tie.object).map { id in
            .object([(key: "id", value: id)] + (activity?.ties[tie.object] ?? []))
        }
    }

    /// Runs the calls that set properties which cannot be written, after everything else is written.
    private func act(_ inputs: [EncodedInput], _ results: inout Results) async {
        guard let rule = self.rules.action else { return }
        var calls: [String: [(EncodedInput, Text)]] = [:]
        for input in inputs {
            guard let action = input.action, let id = self.writtenID(input, results[input.index]) else { continue }
            calls[action.call, default: []].append((input, id))
        }
        for call in calls.keys.sorted() {
            for batch in (calls[call] ?? []).chunks(of: rule.batchSize) {
                await self.act(batch, call, rule, &results)
            }
        }
    }

    /// The id to act on; nil if the write before it did not work out.
    private func writtenID(_ input: EncodedInput, _ result: RemoteWriteResult?) -> Text? {
        switch result?.outcome {
        case nil: input.hasValues ? nil : input.write.id
        case .created(let id, _): id
        case .updated, .unchanged: input.write.id
        default: nil
        }
    }

    private func act(
        _ batch: [(input: EncodedInput, id: Text)],
        _ call: String,
        _ rule: WriteRule,
        _ results: inout Results
    ) async {
        let items = batch.compactMap { entry in
            self.rules.written(id: entry.id).map { JSON.object([(key: "id", value: $0)]) }
        }
        do {
            _ = try await self.account.caller.json(rule.request, ["inputs": .array(items), "action": .string(call)])
            for (input, _) in batch where results[input.index] == nil {
                results[input.index] = RemoteWriteResult(outcome: .updated(version: nil))
            }
        } catch {
            if error.concernsOneInput, batch.count > 1 {
                for entry in batch { await self.act([entry], call, rule, &results) }
                return
            }
            for (input, _) in batch {
                guard let action = input.action else { continue }
                results[input.index] = self.unacted(Text(action.property), error, results[input.index])
            }
        }
    }

    /// The result of an input whose call failed; a record that was made stays made.
    private func unacted(_ property: Text, _ failure: CallFailure, _ written: RemoteWriteResult?) -> RemoteWriteResult {
        if self.isCreate, let written {
            let refusal = RemoteRefusal(field: property, reason: failure.message)
            return RemoteWriteResult(outcome: written.outcome, values: written.values, refused: [refusal])
        }
        guard case .rejected(_, let reason) = failure.outcome else {
            return RemoteWriteResult(outcome: failure.outcome)
        }
        return RemoteWriteResult(outcome: .rejected(field: property, reason: reason))
    }
}
