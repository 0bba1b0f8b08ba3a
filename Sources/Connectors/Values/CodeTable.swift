import Records

/// What people call the things that a product names by ids of its own, such as currencies.
struct CodeTable: Sendable {
    private var ids: [Text: Text] = [:]
    private var codes: [Text: Text] = [:]

    /// Reads the pairs of a look-up's value.
    init(_ pairs: JSON) {
        for pair in pairs.object ?? [] {
            guard let id = Template.text(pair.value) else { continue }
            self.ids[Text(pair.key)] = Text(id)
            self.codes[Text(id)] = Text(pair.key)
        }
    }

    /// The value in words of people, for one that was read; what the table does not know is unreadable, never a clear.
    func read(_ value: Value) -> Value {
        guard let id = value.text, !id.isEmpty else { return value }
        return self.codes[id].map { .text($0) } ?? .absent
    }

    /// The value as the product wants it; nil if there is no such thing there.
    func written(_ value: Value) -> Value? {
        guard let code = value.text, !code.isEmpty else { return value }
        return self.ids[code].map { .text($0) }
    }
}

extension ManifestAccount {
    /// The tables of those properties that have one, by property.
    func codeTables(
        _ rules: ObjectRules,
        _ properties: some Sequence<String>
    ) async throws(CallFailure) -> [String: CodeTable] {
        var tables: [String: CodeTable] = [:]
        // Few properties have codes: only those are put in order.
        let coded = properties.filter { rules.properties[$0]?.codes != nil }
        for property in Set(coded).sorted() {
            guard let name = rules.properties[property]?.codes,
                let lookup = self.manifest.lookups.first(where: { $0.name.hasSameBytes(as: name) })
            else { continue }
            tables[property] = CodeTable(try await self.caller.value(of: lookup) ?? .null)
        }
        return tables
    }
}

extension RemoteRecord {
    /// The record with ids replaced by what people call them.
    func decoded(_ selection: RemoteSelection, _ tables: [String: CodeTable]) -> RemoteRecord {
        guard !tables.isEmpty, self.isReadable else { return self }
        let values = zip(selection.properties, self.values).map { name, value in tables[name]?.read(value) ?? value }
        return RemoteRecord(
            id: self.id,
            version: self.version,
            values: values,
            isArchived: self.isArchived,
            merged: self.merged,
            successor: self.successor
        )
    }
}

extension RemoteWrite {
    /// The write with ids in place of what people call them; fails with the first property that has no such thing.
    func encoded(_ tables: [String: CodeTable]) throws(EncodingFailure) -> RemoteWrite {
        guard !tables.isEmpty else { return self }
        var properties: [RemotePropertyWrite] = []
        for property in self.properties {
            guard let table = tables[property.name] else {
                properties.append(property)
                continue
            }
            guard let value = table.written(property.value) else {
                let reason = "there is no such \(property.name) in the CRM"
                throw EncodingFailure(outcome: .rejected(field: Text(property.name), reason: reason))
            }
            properties.append(RemotePropertyWrite(name: property.name, value: value))
        }
        return RemoteWrite(id: self.id, basedOn: self.basedOn, key: self.key, properties: properties)
    }
}
