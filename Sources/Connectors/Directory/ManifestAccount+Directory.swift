import Records

extension ManifestAccount {
    package func discover(_ object: String) async throws -> [RemoteProperty] {
        let rules = try self.rules(object)
        guard let discover = rules.discover else {
            throw RemoteFailure(.badRequest, "the manifest cannot list the properties of \(object)")
        }
        return try await self.reading { () async throws(CallFailure) in
            let answer = try await self.caller.json(discover.request)
            let elements = discover.records.elements(in: answer)
            guard !elements.isEmpty || discover.records.first(in: answer) != nil else {
                throw CallFailure(action: .unknown, message: "the answer lists no properties", origin: .manifest)
            }
            let options = try await self.pipelineOptions(of: object)
            let found = elements.compactMap { self.property($0, discover, rules, options) }
            return (found + self.declared(rules, besides: found)).sorted {
                $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
            }
        }
    }

    /// The options of properties whose schema does not tell them, such as deal stages.
    private func pipelineOptions(of object: String) async throws(CallFailure) -> [String: PipelineOptions] {
        var options: [String: PipelineOptions] = [:]
        for rule in self.manifest.pipelines where rule.object.hasSameBytes(as: object) {
            let answer = try await self.caller.json(rule.request)
            options[rule.property] = PipelineOptions(
                all: Self.options(rule.options, in: answer),
                within: rule.within.map { Self.within($0, in: answer) }
            )
        }
        return options
    }

    private struct PipelineOptions {
        let all: [Text]
        let within: RemoteProperty.Within?
    }

    private static func within(_ rule: WithinRules, in json: JSON) -> RemoteProperty.Within {
        var options: [Text: [Text]] = [:]
        for element in rule.path.all(in: json) {
            guard let value = rule.value.first(in: element).flatMap(Template.text) else { continue }
            options[Text(value), default: []] += rule.options.all(in: element).compactMap(Template.text).map {
                Text($0)
            }
        }
        return RemoteProperty.Within(property: rule.property, options: options)
    }

    private static func options(_ rule: OptionRules, in json: JSON) -> [Text] {
        rule.path.all(in: json).compactMap { rule.value.first(in: $0).flatMap(Template.text).map { Text($0) } }
    }

    private func property(
        _ element: JSON,
        _ rule: DiscoverRule,
        _ object: ObjectRules,
        _ options: [String: PipelineOptions]
    ) -> RemoteProperty? {
        guard let field = rule.name.first(in: element).flatMap(Template.text) else { return nil }
        let declared = object.properties.first { $0.value.subRecord == nil && $0.value.field.hasSameBytes(as: field) }
        let name = declared?.key ?? field
        let isReadOnly = rule.readOnly.contains { $0.first(in: element)?.isTrue ?? false }
        let isUnique = object.unique.contains { $0.property.hasSameBytes(as: name) }
        return RemoteProperty(
            name: name,
            label: rule.label.first(in: element).flatMap(Template.text) ?? name,
            type: rule.type.first(in: element).flatMap(Template.text) ?? "",
            options: options[name]?.all ?? rule.options.map { Self.options($0, in: element) } ?? [],
            isReadOnly: isReadOnly && declared?.value.actions == nil,
            isRequired: rule.required?.first(in: element)?.isTrue ?? false
                && !object.fills.contains { $0.hasSameBytes(as: name) },
            isUnique: isUnique || rule.unique?.first(in: element)?.isTrue ?? false,
            within: options[name]?.within
        )
    }

    /// Properties that only the manifest knows: rows that read as properties.
    private func declared(_ object: ObjectRules, besides found: [RemoteProperty]) -> [RemoteProperty] {
        let names = Set(found.map(\.name))
        return object.properties.keys.filter { !names.contains($0) }.map { name in
            let isUnique = object.unique.contains { $0.property.hasSameBytes(as: name) }
            return RemoteProperty(name: name, label: name, type: "text", isUnique: isUnique)
        }
    }

    package func owners() async throws -> [RemoteOwner] {
        guard let rules = self.manifest.owners else { return [] }
        return try await self.reading { () async throws(CallFailure) in
            var owners: [RemoteOwner] = []
            var seen: Set<Text> = []
            for pass in rules.passes {
                for owner in try await self.owners(pass, rules) where seen.insert(owner.id).inserted {
                    owners.append(owner)
                }
            }
            return owners
        }
    }

    private func owners(_ pass: OwnerRules.Pass, _ rules: OwnerRules) async throws(CallFailure) -> [RemoteOwner] {
        let request = rules.request.adding(pass.query)
        let list = ListRule(
            request: request,
            records: rules.records,
            pageSize: rules.pageSize,
            paginator: rules.paginator,
            since: nil,
            every: nil
        )
        var owners: [RemoteOwner] = []
        var token: JSON?
        repeat {
            var values = rules.paginator.values(at: token, pageSize: rules.pageSize)
            values["page_size"] = .number(String(rules.pageSize))
            let answer = try await self.caller.json(request, values)
            let elements = rules.records.elements(in: answer)
            owners += elements.compactMap { Self.owner($0, rules, pass) }
            var page = ReadPage(outer: rules.paginator.outer.map { $0.first(in: answer) })
            page.count = elements.count
            page.lastKey = elements.last.flatMap { rules.paginator.key?.first(in: $0) }
            token = try rules.paginator.next(after: page, at: token, list)
        } while token != nil
        return owners
    }

    private static func owner(_ element: JSON, _ rules: OwnerRules, _ pass: OwnerRules.Pass) -> RemoteOwner? {
        guard let id = rules.id.first(in: element).flatMap(Template.text) else { return nil }
        let address = rules.email.first(in: element).flatMap(Template.text)?.lowercased()
        let email = address.flatMap { $0.utf8.isEmpty ? nil : $0 }
        let names = rules.name.compactMap { $0.first(in: element).flatMap(Template.text) }.filter { !$0.utf8.isEmpty }
        return RemoteOwner(
            id: Text(id),
            email: email.map { Text($0) },
            name: names.isEmpty ? email ?? id : names.joined(separator: " "),
            isActive: pass.isActive ?? rules.active?.first(in: element)?.isTrue ?? true
        )
    }

    package func prepareCreateKey(for object: String) async throws -> Bool {
        let rules = try self.rules(object)
        guard rules.createKey != nil else { return false }
        // Where nothing has to be made, the property is there from the start.
        guard let rule = rules.createKeyRule else { return true }
        if try await self.hasCreateKey(rule, object) { return true }
        do {
            _ = try await self.caller.json(rule.make)
        } catch {
            // Somebody else may have made it in between.
            if error.action == .fail || error.action == .link || error.action == .conflict,
                try await self.hasCreateKey(rule, object)
            {
                return true
            }
            throw error.remoteFailure
        }
        return true
    }

    private func hasCreateKey(_ rule: CreateKeyRule, _ object: String) async throws -> Bool {
        let found: JSON
        do {
            found = try await self.caller.json(rule.find)
        } catch {
            if error.action == .gone || error.status == 404 { return false }
            throw error.remoteFailure
        }
        guard rule.unique.first(in: found)?.isTrue ?? false else {
            throw RemoteFailure(
                .badRequest,
                "the property for our ids exists on \(object) but does not keep its values unique; rename or remove it"
            )
        }
        return true
    }
}

extension JSON {
    /// Whether this is `true`, or `1` from a product without truth values.
    var isTrue: Bool { self.isSame(as: .bool(true)) }
}

extension RequestRule {
    /// The request with more in its query.
    func adding(_ query: [(name: String, value: Template)]) -> RequestRule {
        RequestRule(
            label: self.label,
            method: self.method,
            path: self.path,
            query: self.query + query,
            headers: self.headers,
            body: self.body
        )
    }
}
