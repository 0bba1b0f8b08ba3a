package import Records
import Transport

extension ManifestAccount {
    package func page(
        of object: String,
        selecting selection: RemoteSelection,
        at position: Text?
    ) async throws
        -> RemotePage
    {
        let rules = try self.rules(object)
        guard var position = position.map(Position.init) ?? Position.start else {
            throw RemoteFailure(.badRequest, "the stored position of \(object) cannot be read")
        }
        guard let list = self.list(position.mode, rules) else {
            throw RemoteFailure(.badRequest, "the manifest cannot list \(object)")
        }
        let asked = self.caller.clock.now
        let properties = position.mode == .archived ? [] : selection.properties
        let (tables, (page, more, serverTime)) = try await self.reading { () async throws(CallFailure) in
            (
                try await self.codeTables(rules, properties), try await self.page(list, rules, properties, position)
            )
        }
        if position.started == nil { position.started = min(asked, serverTime ?? asked) }
        let isFirstPass = position.mode == .list
        let isArchived = position.mode == .archived
        let hasMore = self.advance(&position, to: more, page, list, rules)
        return RemotePage(
            records: page.records.map {
                isArchived ? $0.record.archived(selection) : $0.record.decoded(selection, tables)
            },
            unreadable: page.unreadable,
            position: position.text,
            hasMore: hasMore,
            isFirstPass: isFirstPass
        )
    }

    private func list(_ mode: Position.Mode, _ rules: ObjectRules) -> ListRule? {
        switch mode {
        case .list: rules.list
        case .changes: rules.changes
        case .archived: rules.archived
        }
    }

    /// Moves to the next page, or to what comes after the last one; says whether more waits now.
    ///
    /// Changes are next wanted from before this pass began: by the index's lag, because what changed earlier may only
    /// become visible now, and by what the clocks may differ. So nothing is missed, and what overlaps stays small.
    private func advance(
        _ position: inout Position,
        to token: JSON?,
        _ page: ReadPage,
        _ list: ListRule,
        _ rules: ObjectRules
    ) -> Bool {
        position.token = token
        if token != nil { return true }
        let started = position.started ?? self.caller.clock.now
        position.started = nil
        switch position.mode {
        case .archived: position.swept = started
        case .list, .changes:
            let overlap =
                Breakage.noOverlap.isOn ? .zero : self.manifest.indexLag + self.manifest.clockUncertainty
            position.since = started.advanced(by: .zero - overlap)
            position.swept = position.swept ?? started
            if let every = rules.archived?.every, position.mode == .changes, let swept = position.swept,
                swept.advanced(by: every) <= started
            {
                position.mode = .archived
                return true
            }
        }
        position.mode = .changes
        return false
    }

    /// The reader of a list's pages: planned once, and used for as long as the same is asked of the same list.
    private func reader(_ list: ListRule, _ rules: ObjectRules, _ properties: [String]) -> RecordReader {
        let key = RecordReaders.Key(purpose: .list, object: rules.name, label: list.request.label)
        return self.readers.reader(key, properties) {
            RecordReader(
                rules,
                properties,
                self.manifest.values,
                records: list.records,
                key: list.paginator.key,
                outer: list.paginator.outer
            )
        }
    }

    /// One page of a list: what was read, where the next page begins, and the server's clock.
    private func page(
        _ list: ListRule,
        _ rules: ObjectRules,
        _ properties: [String],
        _ position: Position
    ) async throws(CallFailure) -> (ReadPage, JSON?, Instant?) {
        let reader = self.reader(list, rules, properties)
        var values = list.paginator.values(at: position.token, pageSize: list.pageSize)
        values["properties"] = .array(reader.fields.map(JSON.string))
        values["page_size"] = .number(String(list.pageSize))
        let form = list.since ?? self.manifest.values.form(for: .instant)
        values["since"] = form.encoded(.instant(position.since), separator: self.manifest.values.separator)
        let (page, time) = try await self.caller.call(list.request, values, sent: Set(properties)) { answer in
            (try answer.page(reader), answer.serverTime)
        }
        return (page, try list.paginator.next(after: page, at: position.token, list), time)
    }
}

extension Answer {
    /// The body as a page of records; throws a `CallFailure` if it is an error.
    func page(_ reader: RecordReader) throws -> ReadPage {
        do {
            return try reader.read(self.response.body)
        } catch PageError.noRecords {
            try self.check(self.response.json())
            throw PageError.noRecords
        }
    }
}

extension RemoteRecord {
    /// The record as an archived one, whose values nobody asked for.
    fileprivate func archived(_ selection: RemoteSelection) -> RemoteRecord {
        let values = Array(repeating: Value.absent, count: selection.properties.count)
        return RemoteRecord(id: self.id, version: self.version, values: values, isArchived: true)
    }
}
