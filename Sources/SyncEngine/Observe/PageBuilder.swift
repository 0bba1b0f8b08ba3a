import Mapping
import Planning
import Records
import Store

/// Builds a prepared page, record after record; its memory is used again from one to the next.
///
/// It decides nothing: the planner says what a new record holds, the mapping's keys who it may be.
struct PageBuilder {
    private let preparer: PagePreparer
    private var page = PreparedPage()
    private var json: JSONWriter
    private var locals: [Value] = []
    private var notes: [FieldNote] = []
    private var values: [Value]

    /// Starts a page with room for so many bytes of JSON.
    init(_ preparer: PagePreparer, capacity: Int = 1 << 17) {
        self.preparer = preparer
        self.json = JSONWriter(capacity: capacity)
        self.values = Array(repeating: .absent, count: preparer.runtime.codec.keys.count)
    }

    /// Adds a record, without what a new one is made of.
    mutating func add(_ record: Incoming) {
        let start = self.page.keys.count
        self.page.keys.append(contentsOf: record.id.string.utf8)
        let mark = self.json.count
        do {
            try ValueArrayCodec.encode(record.values, into: &self.json)
        } catch {
            self.json.truncate(to: mark)
        }
        let entry = PreparedPage.Entry(
            record: record,
            id: start..<self.page.keys.count,
            shadow: mark..<self.json.count
        )
        self.page.entries.append(entry)
    }

    /// Makes what the record that was added last would be made of, if it is new.
    mutating func makeCreation(in context: any LensContext) {
        let last = self.page.entries.count - 1
        let entry = self.page.entries[last]
        guard !entry.shadow.isEmpty, !entry.record.isArchived, entry.record.passesFilter else { return }
        self.page.entries[last].creation = self.creation(of: entry.record, in: context)
    }

    /// Leaves the making of the record that was added last to somebody who knows more.
    mutating func dropCreation() {
        guard let last = self.page.entries.indices.last else { return }
        self.page.entries[last].creation = .unmade
    }

    /// The page so far; the builder is empty afterwards.
    mutating func take() -> PreparedPage {
        var page = PreparedPage()
        swap(&page, &self.page)
        page.json = self.json.bytes
        self.json = JSONWriter(capacity: 0)
        return page
    }

    private mutating func creation(of record: Incoming, in context: any LensContext) -> PreparedPage.Creation {
        let runtime = self.preparer.runtime
        runtime.planner.localCreate(remote: record.values, in: context, into: &self.locals, notes: &self.notes)
        guard self.notes.isEmpty else { return .ordinary }
        for (field, position) in self.preparer.properties { self.values[position] = self.locals[field] }
        let mark = self.json.count
        do {
            try runtime.codec.encode(self.values, into: &self.json)
        } catch {
            self.json.truncate(to: mark)
            return .ordinary
        }
        let first = self.page.canons.count
        self.addCanons()
        return .ready(properties: mark..<self.json.count, canons: first)
    }

    private mutating func addCanons() {
        for key in self.preparer.runtime.mapping.match.indices {
            let start = self.page.keys.count
            _ = self.preparer.runtime.appendMatchCanon(key, locals: self.locals, to: &self.page.keys)
            self.page.canons.append(start..<self.page.keys.count)
        }
        for places in self.preparer.storedPlaces {
            let start = self.page.keys.count
            _ = IdentityKey.append(self.values, at: places, to: &self.page.keys)
            self.page.canons.append(start..<self.page.keys.count)
        }
    }
}
