package import Records

extension ManifestAccount {
    package func read(
        _ object: String,
        keys: [Text],
        by property: String?,
        selecting selection: RemoteSelection
    ) async throws -> [RemoteRecord?] {
        let rules = try self.rules(object)
        guard let read = rules.read else {
            throw RemoteFailure(.badRequest, "the manifest cannot read \(object) by id")
        }
        let reading = DirectReading(account: self, rules: rules, read: read, property: property, selection: selection)
        return try await self.reading { () async throws(CallFailure) in
            let tables = try await self.codeTables(rules, selection.properties)
            return try await reading.records(for: keys).map { $0?.decoded(selection, tables) }
        }
    }
}

extension ManifestAccount {
    package func holders(
        _ object: String,
        of keys: [Text],
        by property: String,
        selecting selection: RemoteSelection
    ) async throws -> [[RemoteRecord]] {
        let rules = try self.rules(object)
        guard let read = rules.read else {
            throw RemoteFailure(.badRequest, "the manifest cannot read \(object) by \(property)")
        }
        let reading = DirectReading(account: self, rules: rules, read: read, property: property, selection: selection)
        return try await self.reading { () async throws(CallFailure) in
            let tables = try await self.codeTables(rules, selection.properties)
            return try await reading.all(for: keys).map { $0.map { $0.decoded(selection, tables) } }
        }
    }
}

/// One direct read: keys in, a record or nothing for each of them out.
///
/// Answers come in any order, may leave out what is missing, and may answer a key with a record of another name: the
/// winner of a merge, or the owner of a second e-mail address. What cannot be tied to a key by its looks is asked for
/// alone, where there is nothing to confuse it with.
private struct DirectReading {
    let account: ManifestAccount
    let rules: ObjectRules
    let read: ReadRule
    let property: String?
    let selection: RemoteSelection

    func records(for keys: [Text]) async throws(CallFailure) -> [RemoteRecord?] {
        var found: [Text: RemoteRecord] = [:]
        var seen: Set<Text> = []
        let distinct = keys.filter { !$0.isEmpty && seen.insert($0).inserted }
        for batch in distinct.chunks(of: self.read.batchSize) {
            try await self.read(batch, into: &found)
        }
        return keys.map { found[$0] }
    }

    /// Every record that answers a key, each once.
    func all(for keys: [Text]) async throws(CallFailure) -> [[RemoteRecord]] {
        var found: [[RemoteRecord]] = Array(repeating: [], count: keys.count)
        for batch in keys.indices.filter({ !keys[$0].isEmpty }).chunks(of: self.read.batchSize) {
            let answers = try await self.answer(batch.map { keys[$0] })
            for record in answers {
                for place in batch where self.answers(record, keys[place]) {
                    let winner = try await self.followed(record)
                    if !found[place].contains(where: { $0.id == winner.id }) { found[place].append(winner) }
                }
            }
            // What cannot be read may answer any key that nobody else does: it must not look as if there were nobody.
            let unreadable = answers.map(\.record).filter { !$0.isReadable }
            for place in batch where found[place].isEmpty { found[place] = unreadable }
        }
        return found
    }

    private func read(_ keys: [Text], into found: inout [Text: RemoteRecord]) async throws(CallFailure) {
        var (open, strays) = try await self.tie(keys, into: &found)
        // An answer names a merged record once, though its winner may have been asked for too: without the winner's own
        // key, it shows.
        if self.property == nil, strays.isEmpty, !open.isEmpty, open.count < keys.count {
            (open, strays) = try await self.tie(open, into: &found)
        }
        guard !strays.isEmpty, !open.isEmpty else { return }
        if strays.count == 1, open.count == 1 {
            found[open[0]] = try await self.followed(strays[0])
            return
        }
        for key in open {
            let alone = try await self.answer([key])
            if alone.count == 1 { found[key] = try await self.followed(alone[0]) }
        }
    }

    /// Reads keys and ties the answer to them; gives the keys without an answer and the answers without a key.
    private func tie(
        _ keys: [Text],
        into found: inout [Text: RemoteRecord]
    ) async throws(CallFailure)
        -> (open: [Text], strays: [ReadRecord])
    {
        var open = keys
        var strays: [ReadRecord] = []
        for record in try await self.answer(keys) {
            guard let place = open.firstIndex(where: { self.answers(record, $0) }) else {
                strays.append(record)
                continue
            }
            found[open.remove(at: place)] = try await self.followed(record)
        }
        return (open, strays)
    }

    /// Whether a record is what a key asked for.
    private func answers(_ record: ReadRecord, _ key: Text) -> Bool {
        guard let property else { return record.record.id == key }
        let ignoresCase = self.rules.unique.first { $0.property.hasSameBytes(as: property) }?.ignoresCase ?? false
        return record.candidates.contains { candidate in
            candidate.hasSameBytes(as: key.string)
                || ignoresCase && candidate.lowercased().hasSameBytes(as: key.string.lowercased())
        }
    }

    /// The record that took this one's place, if one did and it can be read.
    private func followed(_ record: ReadRecord) async throws(CallFailure) -> RemoteRecord {
        guard let winner = record.remap, winner != record.record.id else { return record.record }
        let other = DirectReading(
            account: self.account,
            rules: self.rules,
            read: self.read,
            property: nil,
            selection: self.selection
        )
        return try await other.answer([winner]).first { $0.record.id == winner }?.record ?? record.record
    }

    /// A record that is there but cannot be read: nothing is known of it, which is not that it does not exist (R10).
    private func unreadable(_ id: Text) -> ReadRecord {
        let unreadable = RemoteRecord.unreadable(id: id, properties: self.selection.properties.count)
        return ReadRecord(record: unreadable, remap: nil, candidates: [])
    }

    /// The records that answer some keys.
    func answer(_ keys: [Text]) async throws(CallFailure) -> [ReadRecord] {
        try await self.named(keys, try await self.page(keys))
    }

    /// Finds out who a record is that does not tell its id, by asking for fewer at a time: one such record must stop nobody
    /// else (R13).
    ///
    /// What is asked for alone is the one that cannot be read. Where both halves of many are so, it is not the fault of one.
    private func named(_ keys: [Text], _ page: ReadPage) async throws(CallFailure) -> [ReadRecord] {
        guard let nameless = page.unreadable.first(where: { $0.id == nil }) else {
            return page.records + page.unreadable.compactMap(\.id).map(self.unreadable)
        }
        if keys.count == 1, self.property == nil { return [self.unreadable(keys[0])] }
        var halves: [(keys: [Text], page: ReadPage)] = []
        for half in keys.count == 1 ? [] : keys.chunks(of: (keys.count + 1) / 2) {
            halves.append((half, try await self.page(half)))
        }
        let damaged = halves.count { $0.page.unreadable.contains { $0.id == nil } }
        guard keys.count > 1, damaged < 2 || keys.count == 2 else {
            throw CallFailure(
                action: .unknown,
                message: "a record cannot be read: \(nameless.reason)",
                origin: .manifest
            )
        }
        var found: [ReadRecord] = []
        for (half, page) in halves { found += try await self.named(half, page) }
        return found
    }

    private func page(_ keys: [Text]) async throws(CallFailure) -> ReadPage {
        let values = self.account.manifest.values
        let extra = self.property.map { [$0] } ?? []
        let request = self.property.flatMap { self.read.by[$0] } ?? self.read.request
        let key = RecordReaders.Key(purpose: .read, object: self.rules.name, label: request.label, more: extra)
        let reader = self.account.readers.reader(key, self.selection.properties) {
            RecordReader(
                self.rules,
                self.selection.properties,
                values,
                records: self.read.records,
                candidates: self.property
            )
        }
        let written =
            self.property == nil ? keys.compactMap { self.rules.written(id: $0) } : keys.map { .string($0.string) }
        guard !written.isEmpty else { return ReadPage(outer: []) }
        var places: [String: JSON] = [
            "keys": .array(written),
            "properties": .array(self.rules.fields(for: self.selection.properties + extra).map(JSON.string)),
        ]
        places["key_property"] = self.property.map(JSON.string)
        return try await self.account.caller.call(
            request,
            places,
            sent: Set(self.selection.properties + extra),
            hidden: keys.map(\.string)
        ) { answer in try answer.page(reader) }
    }
}

extension ObjectRules {
    /// An id as requests want it; nil if it cannot be an id of this product.
    func written(id: Text) -> JSON? {
        ValueForm(kind: .text, wire: self.record.idForm).encoded(.text(id), separator: "")
    }
}

extension Array {
    /// The elements in runs of at most `count`.
    func chunks(of count: Int) -> [[Element]] {
        stride(from: 0, to: self.count, by: Swift.max(1, count)).map {
            Array(self[$0..<Swift.min($0 + count, self.count)])
        }
    }
}
