import Records
import Transport

/// Turns answers into records, with the properties of one selection in their slots.
struct RecordReader: Sendable {
    /// How one property is found in a record.
    private enum Source: Sendable {
        case plain(RecordLayout.Place, ValueForm?)
        case subRecord(RecordLayout.Place, conditions: [(key: String, value: JSON)], value: String)
    }

    /// The fields to ask for.
    let fields: [String]
    private let page: PageLayout
    private let sources: [Source]
    private let versions: [RecordLayout.Place]
    private let archived: (place: RecordLayout.Place, values: [JSON])?
    private let remap: RecordLayout.Place?
    private let merged: (place: RecordLayout.Place, separator: String)?
    private let converted: (object: String, place: RecordLayout.Place)?
    private let key: RecordLayout.Place?
    private let candidates: Source?
    private let more: [RecordLayout.Place]
    private let values: ValueRules
    private let parsers = ParserSlot()

    /// Plans the reading of a selection, from answers with the records at a path.
    ///
    /// `key` is the place that pages continue from; `candidates` names a property whose values tie records to keys;
    /// `outer` are places outside the records, `more` others in them.
    init(
        _ object: ObjectRules,
        _ properties: [String],
        _ values: ValueRules,
        records: AnswerPath,
        key: AnswerPath? = nil,
        candidates: String? = nil,
        outer: [AnswerPath] = [],
        more: [AnswerPath] = []
    ) {
        let rules = object.record
        let paths = properties.map { object.path(of: $0) }
        let archived = rules.archived
        let layout = RecordLayout(
            paths + rules.versions
                + [archived?.path, rules.remap, rules.merged?.path, rules.converted?.path].compactMap { $0 }
                + [key, candidates.map(object.path)].compactMap { $0 } + more
        )
        self.fields = object.fields(for: properties)
        self.page = PageLayout(
            records: JSONPath(keys: records.keys),
            id: JSONPath(keys: rules.id.keys),
            extras: layout.extras,
            outer: outer.map { JSONPath(keys: $0.keys) }
        )
        func source(_ name: String) -> Source {
            let place = layout.place(object.path(of: name))
            guard let sub = object.properties[name]?.subRecord else {
                return .plain(place, object.properties[name]?.form)
            }
            return .subRecord(place, conditions: sub.where, value: sub.value)
        }
        self.sources = properties.map(source)
        self.candidates = candidates.map(source)
        self.versions = rules.versions.map { layout.place($0) }
        self.archived = archived.map { (layout.place($0.path), $0.values) }
        self.remap = rules.remap.map { layout.place($0) }
        self.merged = rules.merged.map { (layout.place($0.path), $0.separator) }
        self.converted = rules.converted.map { ($0.object, layout.place($0.path)) }
        self.key = key.map { layout.place($0) }
        self.more = more.map { layout.place($0) }
        self.values = values
    }

    /// Reads an answer; throws `PageError` when it is no page of records.
    func read(_ body: PageBuffer) throws -> ReadPage {
        try self.parsers.withPage(body, self.page) { page in
            var result = ReadPage(outer: try page.outerValues(self.page.outer.count))
            result.records.reserveCapacity(page.count)
            for index in 0..<page.count { self.read(page, index, into: &result) }
            for bad in page.bad {
                result.unreadable.append(UnreadableRecord(id: bad.id.map { Text($0) }, reason: bad.description))
                result.count += 1
            }
            return result
        }
    }

    private func read(_ page: Page, _ index: Int, into result: inout ReadPage) {
        result.count += 1
        let id = page.id(index).text
        do {
            guard let id, !id.utf8.isEmpty else { throw Unreadable("it has no id") }
            let version = try self.version(page, index)
            var values: [Value] = []
            values.reserveCapacity(self.sources.count)
            for source in self.sources { values.append(try self.value(source, page, index)) }
            let record = RemoteRecord(
                id: Text(id),
                version: version,
                values: values,
                isArchived: try self.isArchived(page, index),
                merged: try self.merged(page, index),
                successor: try self.successor(page, index)
            )
            let remap = try self.remap.flatMap { try self.json($0, page, index).flatMap(Template.text) }
            let candidates = try self.candidates.map { try self.texts($0, page, index) } ?? []
            var read = ReadRecord(record: record, remap: remap.map { Text($0) }, candidates: candidates)
            for place in self.more { read.more.append(try self.json(place, page, index)) }
            result.records.append(read)
        } catch {
            let reason = (error as? Unreadable)?.reason ?? "it cannot be read: \(error)"
            result.unreadable.append(UnreadableRecord(id: id.map { Text($0) }, reason: reason))
        }
        if let key, let value = try? self.json(key, page, index) { result.lastKey = value }
    }

    /// Why one record was set aside.
    private struct Unreadable: Error {
        let reason: String

        init(_ reason: String) { self.reason = reason }
    }

    private func json(_ place: RecordLayout.Place, _ page: Page, _ index: Int) throws -> JSON? {
        guard let json = try page.extra(index, place.slot).json() else { return nil }
        return place.rest.keys.isEmpty ? json : place.rest.first(in: json)
    }

    private func value(_ source: Source, _ page: Page, _ index: Int) throws -> Value {
        switch source {
        case .plain(let place, let form):
            let slice = page.extra(index, place.slot)
            if form == nil, place.rest.keys.isEmpty {
                switch slice.kind {
                case .absent: return .absent
                case .null: return .null
                case .string: return slice.text.map { .text($0) } ?? .absent
                default: break
                }
            }
            guard let json = try self.json(place, page, index) else { return .absent }
            let value = form.flatMap { $0.decoded(json, separator: self.values.separator) } ?? self.values.decoded(json)
            guard let value else { throw Unreadable("a value has a form that the manifest does not know") }
            return value
        case .subRecord(let place, let conditions, let name):
            guard let rows = try self.json(place, page, index)?.array else { return .absent }
            guard let value = rows.rows(where: conditions).first?[name] else { return .null }
            return self.values.decoded(value) ?? .absent
        }
    }

    /// All texts that a property may be found by: of every row, where rows hold it.
    private func texts(_ source: Source, _ page: Page, _ index: Int) throws -> [String] {
        switch source {
        case .plain(let place, _): return [try self.json(place, page, index).flatMap(Template.text)].compactMap { $0 }
        case .subRecord(let place, let conditions, let name):
            let rows = try self.json(place, page, index)?.array ?? []
            return rows.rows(where: conditions).compactMap { $0[name].flatMap(Template.text) }
        }
    }

    private func version(_ page: Page, _ index: Int) throws -> Int64 {
        var latest: Instant?
        for place in self.versions {
            let slice = page.extra(index, place.slot)
            if place.rest.keys.isEmpty, slice.kind == .string {
                latest = [latest, Instant(parsing: slice.bytes)].compactMap { $0 }.max()
                continue
            }
            guard let json = try slice.json() else { continue }
            for found in place.rest.all(in: json) {
                latest = [latest, self.values.instant(found)].compactMap { $0 }.max()
            }
        }
        guard let latest else { throw Unreadable("it has no time of modification") }
        return latest.microseconds
    }

    /// The ids that were merged into the record; nearly always none, which costs a look.
    private func merged(_ page: Page, _ index: Int) throws -> [Text] {
        guard let (place, separator) = self.merged else { return [] }
        if place.rest.keys.isEmpty, page.extra(index, place.slot).kind != .string { return [] }
        guard let text = try self.json(place, page, index).flatMap(Template.text) else { return [] }
        return text.split(separator: separator).map { Text(String($0)) }
    }

    /// The record that this one was converted to; nil, null and "" are none.
    private func successor(_ page: Page, _ index: Int) throws -> RemoteSuccessor? {
        guard let (object, place) = self.converted,
            let id = try self.json(place, page, index).flatMap(Template.text), !id.isEmpty
        else { return nil }
        return RemoteSuccessor(object: object, id: Text(id))
    }

    private func isArchived(_ page: Page, _ index: Int) throws -> Bool {
        guard let (place, values) = self.archived, let json = try self.json(place, page, index) else { return false }
        return values.contains { $0.isSame(as: json) }
    }
}

/// One record of an answer.
struct ReadRecord: Sendable {
    let record: RemoteRecord
    /// The record that took this one's place.
    let remap: Text?
    /// The values of the property by which it was asked for.
    let candidates: [String]
    /// What stood at the other places that were asked for.
    var more: [JSON?] = []
}

/// What was read from one answer.
struct ReadPage: Sendable {
    var records: [ReadRecord] = []
    var unreadable: [UnreadableRecord] = []
    /// The records of the answer, the unreadable ones included.
    var count = 0
    /// Where the last record ends.
    var lastKey: JSON?
    /// What stands outside the records.
    let outer: [JSON?]
}

extension Page {
    fileprivate func outerValues(_ count: Int) throws -> [JSON?] {
        try (0..<count).map { try self.outer($0).json() }
    }
}

extension [JSON] {
    /// The rows that have all of these values.
    func rows(where conditions: [(key: String, value: JSON)]) -> [JSON] {
        self.filter { row in conditions.allSatisfy { key, value in row[key]?.isSame(as: value) ?? false } }
    }
}

extension ValueRules {
    /// A point in time in whatever form the API gives it; a bare number counts milliseconds.
    func instant(_ json: JSON) -> Instant? {
        switch json {
        case .string(let text): return Instant(text)
        case .number(let digits): return Int64(digits).map { Instant(milliseconds: $0) }
        default:
            guard case .instant(let instant)? = self.decoded(json) else { return nil }
            return instant
        }
    }
}

extension ObjectRules {
    /// Where a property is in a record.
    func path(of property: String) -> AnswerPath {
        guard let rules = self.properties[property] else { return AnswerPath([property]).under(self.record.properties) }
        if let sub = rules.subRecord, let row = self.subRecords[sub.name] { return row.at }
        return AnswerPath([rules.field]).under(self.record.properties)
    }

    /// The fields to ask for, without repetition: those of the properties, then those that every read wants.
    func fields(for properties: [String], more: [String] = []) -> [String] {
        var seen: Set<String> = []
        let wanted = properties.flatMap { name -> [String] in
            guard let rules = self.properties[name] else { return [name] }
            return rules.subRecord.flatMap { self.subRecords[$0.name]?.request } ?? [rules.field]
        }
        return (wanted + self.record.request + more).filter { seen.insert($0).inserted }
    }
}
