package import Records

extension ManifestAccount {
    package func histories(
        _ object: String,
        ids: [Text],
        of properties: [String],
        selecting selection: RemoteSelection
    ) async throws -> [RemoteHistory?] {
        let rules = try self.rules(object)
        guard let history = rules.history else {
            throw RemoteFailure(.badRequest, "the manifest does not say how the history of \(object) is read")
        }
        let reading = HistoryReading(
            account: self,
            rules: rules,
            history: history,
            properties: properties,
            selection: selection
        )
        return try await self.reading { () async throws(CallFailure) in
            let tables = try await self.codeTables(rules, selection.properties + properties)
            var found: [Text: RemoteHistory] = [:]
            for batch in ids.chunks(of: history.batchSize) {
                for answer in try await reading.answer(batch, tables) { found[answer.record.id] = answer }
            }
            return ids.map { found[$0] }
        }
    }
}

/// One read with histories.
private struct HistoryReading {
    let account: ManifestAccount
    let rules: ObjectRules
    let history: HistoryRule
    /// The properties whose histories are wanted.
    let properties: [String]
    let selection: RemoteSelection

    func answer(_ ids: [Text], _ tables: [String: CodeTable]) async throws(CallFailure) -> [RemoteHistory] {
        let key = RecordReaders.Key(
            purpose: .history,
            object: self.rules.name,
            label: self.history.request.label,
            more: self.properties
        )
        let reader = self.account.readers.reader(key, self.selection.properties) {
            RecordReader(
                self.rules,
                self.selection.properties,
                self.account.manifest.values,
                records: self.history.records,
                more: self.properties.map { AnswerPath([self.field($0)]).under(self.history.versions) }
            )
        }
        let written = ids.compactMap { self.rules.written(id: $0) }
        guard !written.isEmpty else { return [] }
        let places: [String: JSON] = [
            "keys": .array(written),
            "properties": .array(self.rules.fields(for: self.selection.properties).map(JSON.string)),
            "history": .array(self.properties.map { .string(self.field($0)) }),
        ]
        let page = try await self.account.caller.call(
            self.history.request,
            places,
            sent: Set(self.selection.properties + self.properties),
            hidden: ids.map(\.string)
        ) { answer in try answer.page(reader) }
        // One that does not tell its id is missing among those that were asked for, and stops nobody else.
        let unreadable = page.unreadable.compactMap(\.id).map { id in
            let record = RemoteRecord.unreadable(id: id, properties: self.selection.properties.count)
            return RemoteHistory(record: record, versions: [:])
        }
        return unreadable
            + page.records.map { read in
                let versions = zip(self.properties, read.more).map { ($0, self.versions(of: $0, $1, tables)) }
                return RemoteHistory(
                    record: read.record.decoded(self.selection, tables),
                    versions: Dictionary(versions) { first, _ in first }
                )
            }
    }

    /// The most scalars of a writer's name that are kept: it is for people to read, and the CRM may say anything.
    private static let longestSource = 200

    /// The property's name in the API.
    private func field(_ property: String) -> String { self.rules.properties[property]?.field ?? property }

    /// The versions of one property, the newest first, whatever order the product gives them in.
    private func versions(of property: String, _ json: JSON?, _ tables: [String: CodeTable]) -> [RemoteVersion] {
        let values = self.account.manifest.values
        let form = self.rules.properties[property]?.form
        let versions = (json?.array ?? []).map { entry in
            // What cannot be made out is absent, never a clear (R10).
            let raw = self.history.value.first(in: entry)
            let value =
                raw.flatMap { raw in
                    form.flatMap { $0.decoded(raw, separator: values.separator) } ?? values.decoded(raw)
                } ?? .absent
            let source = self.history.source.compactMap { $0.first(in: entry).flatMap(Template.text) }
            return RemoteVersion(
                value: tables[property]?.read(value) ?? value,
                at: self.history.time.flatMap { $0.first(in: entry) }.flatMap { values.instant($0) },
                by: String(
                    source.filter { !$0.isEmpty }.joined(separator: " ").unicodeScalars.prefix(Self.longestSource)
                ),
                isByIntegration: source.first.map { kind in
                    self.history.integrations.contains { $0.hasSameBytes(as: kind) }
                } ?? false
            )
        }
        let isOldestFirst =
            versions.first.flatMap(\.at).map { first in (versions.last?.at).map { first < $0 } ?? false } ?? false
        return Self.sorted(isOldestFirst ? versions.reversed() : versions)
    }

    /// By time, where each says one; what is from the same moment stays in its order.
    private static func sorted(_ versions: [RemoteVersion]) -> [RemoteVersion] {
        let times = versions.compactMap(\.at)
        guard times.count == versions.count else { return versions }
        return zip(versions, times).enumerated()
            .sorted { ($1.element.1, $0.offset) < ($0.element.1, $1.offset) }
            .map(\.element.0)
    }
}
