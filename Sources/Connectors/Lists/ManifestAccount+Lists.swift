package import Records

extension ManifestAccount {
    package func list(
        _ kind: RemoteListKind,
        of object: String,
        _ reference: RemoteListReference
    ) async throws -> RemoteList? {
        let rules = try self.listRules(kind, object)
        let request: RequestRule?
        let values: [(key: String, value: JSON)]
        switch reference {
        case .name(let name): (request, values) = (rules.find.byName, [(key: "name", value: .string(name.string))])
        case .id(let id): (request, values) = (rules.find.byID, [(key: "id", value: .string(id.string))])
        }
        guard let request else {
            throw RemoteFailure(.badRequest, "\(self.manifest.label) does not find a \(kind.rawValue) that way")
        }
        let answer: JSON
        do {
            answer = try await self.caller.json(request, ["list": .object(values)])
        } catch {
            if Task.isCancelled { throw CancellationError() }
            if error.action == .gone || error.status == 404 { return nil }
            throw error.remoteFailure
        }
        return try Self.found(answer, rules, reference)
    }

    /// The list in an answer; of several called alike there is none, since nobody said which.
    private static func found(
        _ answer: JSON,
        _ rules: RemoteListRules,
        _ reference: RemoteListReference
    ) throws -> RemoteList? {
        let candidates = rules.find.list.map { $0.elements(in: answer) } ?? [answer]
        guard candidates.count <= 1 else {
            throw RemoteFailure(.badRequest, "several are called so: name it by its id")
        }
        guard let row = candidates.first, let id = rules.find.id.first(in: row).flatMap(Template.text) else {
            return nil
        }
        var refusal: String?
        if let object = rules.find.object, let wanted = object.equals.rendered(TemplateScope()),
            let actual = object.path.first(in: row), !actual.isSame(as: wanted)
        {
            refusal = "its members are no \(rules.object)"
        } else if let fixed = rules.find.fixed {
            let value = fixed.path.first(in: row)
            let isFixed = value.map { value in fixed.values.contains { $0.isSame(as: value) } } ?? false
            if !isFixed { refusal = "the CRM fills it by itself, so that nobody can be put on it" }
        }
        return RemoteList(kind: rules.kind, object: rules.object, id: Text(id), refusal: refusal)
    }

    package func members(of list: RemoteList) async throws -> [Text] {
        let rules = try self.listRules(list.kind, list.object)
        return try await self.reading { () async throws(CallFailure) in
            try await self.rows(of: list, rules).map(\.member)
        }
    }

    package func change(
        _ list: RemoteList,
        adding added: [Text],
        removing removed: [Text]
    ) async throws -> Set<Text> {
        let rules = try self.listRules(list.kind, list.object)
        return try await self.reading { () async throws(CallFailure) in
            var missing: Set<Text> = []
            // Nobody is off a list for a moment who is to be on it.
            for batch in added.chunks(of: rules.add.batchSize) {
                missing.formUnion(try await self.send(batch, list, rules, rules.add))
            }
            for batch in removed.chunks(of: rules.remove.batchSize) {
                missing.formUnion(try await self.send(batch, list, rules, rules.remove))
            }
            return missing
        }
    }

    // MARK: Requests

    private func listRules(_ kind: RemoteListKind, _ object: String) throws(RemoteFailure) -> RemoteListRules {
        let found = self.manifest.lists.first { $0.kind == kind && $0.object.hasSameBytes(as: object) }
        guard let found else {
            throw RemoteFailure(
                .badRequest,
                "the manifest of \(self.manifest.label) describes no \(kind.rawValue) of \(object)"
            )
        }
        return found
    }

    private func scope(_ list: RemoteList) -> [String: JSON] {
        ["list": .object([(key: "id", value: .string(list.id.string))])]
    }

    /// All members, page by page, with the rows that tie them.
    private func rows(
        of list: RemoteList,
        _ rules: RemoteListRules
    ) async throws(CallFailure) -> [(member: Text, row: JSON?)] {
        let rule = rules.members
        var rows: [(member: Text, row: JSON?)] = []
        var token: JSON?
        repeat {
            var values = rule.paginator.values(at: token, pageSize: rule.pageSize)
            values["page_size"] = .number(String(rule.pageSize))
            values.merge(self.scope(list)) { $1 }
            let answer = try await self.caller.json(rule.request, values)
            // An answer without the list is no empty list.
            guard rule.records.keys.contains("*") || rule.records.first(in: answer)?.array != nil else {
                throw CallFailure(action: .unknown, message: "the answer has no members in it", origin: .manifest)
            }
            let elements = rule.records.elements(in: answer)
            rows += elements.compactMap { element in
                rules.member.first(in: element).flatMap(Template.text).map { (Text($0), rules.row?.first(in: element)) }
            }
            var page = ReadPage(outer: rule.paginator.outer.map { $0.first(in: answer) })
            page.count = elements.count
            page.lastKey = elements.last.flatMap { rule.paginator.key?.first(in: $0) }
            token = try rule.paginator.next(after: page, at: token, rule)
        } while token != nil
        return rows
    }

    /// Sends one batch; returns the ids of records that the CRM does not have.
    private func send(
        _ batch: [Text],
        _ list: RemoteList,
        _ rules: RemoteListRules,
        _ write: RemoteListRules.Write
    ) async throws(CallFailure) -> Set<Text> {
        var ties: [Text: JSON] = [:]
        if write.byRow {
            for (member, row) in try await self.rows(of: list, rules) { ties[member] = row }
        }
        var missing: Set<Text> = []
        let items = batch.compactMap { id -> JSON? in
            guard let written = self.written(id, of: list.object) else {
                missing.insert(id)
                return nil
            }
            var members: [(key: String, value: JSON)] = [(key: "id", value: written)]
            if write.byRow {
                // Who has no row is not on it.
                guard let row = ties[id] else { return nil }
                members.append((key: "row", value: row))
            }
            return .object(members)
        }
        guard !items.isEmpty else { return missing }
        var values = self.scope(list)
        values["inputs"] = .array(items)
        let answer = try await self.caller.json(write.request, values)
        for error in write.errors?.elements(in: answer) ?? [] {
            let failure = self.caller.failure(of: error, [])
            switch failure.action {
            // Who is on it, or off it, already: that is what was wanted.
            case .link, .success, .gone: continue
            default: throw failure
            }
        }
        for id in write.missing?.all(in: answer) ?? [] { Template.text(id).map { _ = missing.insert(Text($0)) } }
        return missing
    }
}
