package import Records

extension ManifestAccount {
    package func associations(
        from object: String,
        ids: [Text],
        to other: String,
        label: String?
    ) async throws
        -> [[Text]]
    {
        guard let rules = self.associationRules(object, other, label), let read = rules.read else {
            throw RemoteFailure(.badRequest, "the manifest cannot read associations from \(object) to \(other)")
        }
        let found = try await self.reading { () async throws(CallFailure) in
            try await self.links(read, rules, ids: ids)
        }
        return ids.map { id in
            var seen: Set<Text> = []
            return (found[id] ?? []).map(\.to).filter { seen.insert($0).inserted }.sorted()
        }
    }

    package func associate(
        from object: String,
        to other: String,
        label: String?,
        _ inputs: [AssociationWrite]
    ) async
        -> [Outcome]
    {
        guard let rules = self.associationRules(object, other, label) else {
            let reason = "the manifest has no associations from \(object) to \(other)"
            return inputs.map { _ in .rejected(field: nil, reason: reason) }
        }
        let writer = AssociationWriter(account: self, rules: rules)
        var outcomes: [Outcome?] = inputs.map { _ in nil }
        let indexed = Array(inputs.enumerated())
        for isRemoval in [true, false] {
            let chosen = indexed.filter { $0.element.isRemoval == isRemoval }.map {
                (index: $0.offset, write: $0.element)
            }
            for (index, outcome) in await writer.write(chosen, isRemoval: isRemoval) { outcomes[index] = outcome }
        }
        return outcomes.map { $0 ?? .unknown(reason: "the answer does not mention it") }
    }

    private func associationRules(_ from: String, _ to: String, _ label: String?) -> AssociationRules? {
        self.manifest.associations.first { rules in
            rules.from.hasSameBytes(as: from) && rules.to.hasSameBytes(as: to)
                && (rules.label ?? "").hasSameBytes(as: label ?? "")
        }
    }

    /// One association that exists.
    struct Link {
        let to: Text
        /// The id of the association itself, if it has one.
        let id: JSON?
    }

    /// The associations of each record, all pages of them.
    func links(
        _ read: AssociationRules.Read,
        _ rules: AssociationRules,
        ids: [Text]
    ) async throws(CallFailure)
        -> [Text: [Link]]
    {
        var found: [Text: [Link]] = [:]
        var seen: Set<Text> = []
        let keep = read.keep.flatMap { keep in keep.equals.rendered(TemplateScope()).map { (keep.path, $0) } }
        for batch in ids.filter({ seen.insert($0).inserted }).chunks(of: read.batchSize) {
            var open: [(id: Text, token: JSON?)] = batch.map { ($0, nil) }
            while !open.isEmpty {
                let items = open.compactMap { entry in self.item(entry.id, entry.token, rules.from) }
                guard !items.isEmpty else { break }
                let answer = try await self.caller.json(read.request, ["inputs": .array(items)])
                open = Self.collect(answer, read, keep, into: &found)
            }
        }
        return found
    }

    private func item(_ id: Text, _ token: JSON?, _ object: String) -> JSON? {
        guard let written = self.written(id, of: object) else { return nil }
        var members: [(key: String, value: JSON)] = [(key: "id", value: written)]
        if let token { members.append((key: "page_token", value: token)) }
        return .object(members)
    }

    /// An id of an object as requests want it.
    func written(_ id: Text, of object: String) -> JSON? { self.manifest.object(object)?.written(id: id) }

    /// Takes the associations out of an answer; gives the records that have more pages of them.
    private static func collect(
        _ answer: JSON,
        _ read: AssociationRules.Read,
        _ keep: (path: AnswerPath, equals: JSON)?,
        into found: inout [Text: [Link]]
    ) -> [(id: Text, token: JSON?)] {
        var open: [(id: Text, token: JSON?)] = []
        for record in read.records.elements(in: answer) {
            guard let from = read.from.first(in: record).flatMap(Template.text).map({ Text($0) }) else { continue }
            for element in read.each.map({ $0.all(in: record) }) ?? [record] {
                guard let to = read.to.first(in: element).flatMap(Template.text) else { continue }
                if let keep, !keep.path.all(in: element).contains(where: { $0.isSame(as: keep.equals) }) { continue }
                found[from, default: []].append(Link(to: Text(to), id: read.link?.first(in: element)))
            }
            if let token = read.nextPage?.first(in: record), !token.isNull { open.append((from, token)) }
        }
        return open
    }
}
