import Records

/// Adds and removes associations of one kind.
///
/// Both can be done twice without harm, so a refused batch is halved and sent again until the refusal stands alone.
struct AssociationWriter {
    let account: ManifestAccount
    let rules: AssociationRules

    typealias Input = (index: Int, write: AssociationWrite)

    /// One input as the request's template sees it.
    private struct Item {
        let index: Int
        let json: JSON
    }

    /// What became of each input, by its index.
    func write(_ inputs: [Input], isRemoval: Bool) async -> [Int: Outcome] {
        guard !inputs.isEmpty else { return [:] }
        var outcomes: [Int: Outcome] = [:]
        guard let rule = isRemoval ? self.rules.remove : self.rules.add else {
            let reason = "the manifest cannot \(isRemoval ? "remove" : "add") these associations"
            for input in inputs { outcomes[input.index] = .rejected(field: nil, reason: reason) }
            return outcomes
        }
        for batch in inputs.chunks(of: rule.batchSize) {
            do {
                let items = try await self.items(batch, rule, &outcomes)
                var allowance = max(16, batch.count)
                await self.send(items, rule, &allowance, &outcomes)
            } catch {
                // Reading wrote nothing.
                for input in batch where outcomes[input.index] == nil {
                    outcomes[input.index] =
                        error.action == .rateLimited
                        ? .rateLimited(after: error.wait) : .transient(reason: error.message)
                }
            }
        }
        return outcomes
    }

    /// The inputs that have to be sent, with what the request needs to know about each.
    private func items(
        _ batch: [Input],
        _ rule: AssociationRules.Write,
        _ outcomes: inout [Int: Outcome]
    )
        async throws(CallFailure) -> [Item]
    {
        var links: [Text: [ManifestAccount.Link]] = [:]
        let mustRead = rule.skipsExisting || rule.onlyExisting
        if mustRead, let read = self.rules.read {
            links = try await self.account.links(read, self.rules, ids: batch.map(\.write.from))
        }
        let resolved = try await self.resolved(batch, rule)
        var items: [Item] = []
        for (index, write) in batch {
            let existing = (links[write.from] ?? []).filter { $0.to == write.to }
            if rule.skipsExisting && !existing.isEmpty || rule.onlyExisting && existing.isEmpty {
                outcomes[index] = .unchanged
                continue
            }
            if let resolve = rule.resolve, resolved[write.to] == nil {
                outcomes[index] = .rejected(field: nil, reason: resolve.missing)
                continue
            }
            guard let from = self.account.written(write.from, of: self.rules.from),
                let to = self.account.written(write.to, of: self.rules.to)
            else {
                outcomes[index] = .gone
                continue
            }
            var members: [(key: String, value: JSON)] = [(key: "from", value: from), (key: "to", value: to)]
            if let value = resolved[write.to] { members.append((key: "resolved", value: value)) }
            // The same association may exist more than once; each has an id of its own.
            for link in existing.isEmpty ? [nil] : existing.map(\.id) {
                let more = link.map { [(key: "link", value: $0)] } ?? []
                items.append(Item(index: index, json: .object(members + more)))
            }
        }
        return items
    }

    /// What stands for each target in the association, where that is not the target itself.
    private func resolved(_ batch: [Input], _ rule: AssociationRules.Write) async throws(CallFailure) -> [Text: JSON] {
        guard let resolve = rule.resolve else { return [:] }
        let items = batch.compactMap { input -> JSON? in
            self.account.written(input.write.to, of: self.rules.to).map { .object([(key: "to", value: $0)]) }
        }
        let answer = try await self.account.caller.json(resolve.request, ["inputs": .array(items)])
        var found: [Text: JSON] = [:]
        for row in resolve.records.elements(in: answer) {
            guard let key = resolve.key.first(in: row).flatMap(Template.text).map({ Text($0) }),
                let value = resolve.value.first(in: row), found[key] == nil
            else { continue }
            found[key] = value
        }
        return found
    }

    private func send(
        _ items: [Item],
        _ rule: AssociationRules.Write,
        _ allowance: inout Int,
        _ outcomes: inout [Int: Outcome]
    ) async {
        guard !items.isEmpty else { return }
        guard allowance > 0 else {
            for item in items { outcomes[item.index] = .transient(reason: "too many of the batch were refused") }
            return
        }
        allowance -= 1
        let failure: CallFailure
        do {
            let answer = try await self.account.caller.json(rule.request, ["inputs": .array(items.map(\.json))])
            guard let error = rule.errors?.elements(in: answer).first else {
                for item in items { outcomes[item.index] = .updated(version: nil) }
                return
            }
            failure = self.account.caller.failure(of: error, [])
        } catch {
            failure = error
        }
        guard failure.concernsOneInput, items.count > 1 else {
            for item in items { outcomes[item.index] = failure.outcome }
            return
        }
        let middle = items.count / 2
        await self.send(Array(items[..<middle]), rule, &allowance, &outcomes)
        await self.send(Array(items[middle...]), rule, &allowance, &outcomes)
    }
}
