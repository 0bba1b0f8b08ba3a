package import Records

/// What the local side of a link held at the last agreement, for those fields only whose record moved on since.
///
/// Every other field's local shadow is the record's current value; so nearly every link holds none at all.
package struct LocalShadow: Hashable, Sendable {
    /// Fields in their order; a nil value means that the value is not known, only that it may have changed.
    private var entries: [Entry] = []

    private struct Entry: Hashable, Sendable {
        let field: Int
        let value: Value?
    }

    /// Creates a shadow of a record that did not move.
    package init() {}

    /// Whether the record still is what both sides agreed on.
    package var isEmpty: Bool { self.entries.isEmpty }

    /// The fields that moved.
    package var fields: [Int] { self.entries.map(\.field) }

    /// Whether the field moved since the agreement.
    package func hasMoved(_ field: Int) -> Bool { self.entries.contains { $0.field == field } }

    /// The field's agreed value, given the current one; nil if it is not known.
    package func value(of field: Int, current: Value) -> Value? {
        guard let entry = self.entries.first(where: { $0.field == field }) else { return current }
        return entry.value
    }

    /// An input of the field's computed value changed, so that the value may have.
    mutating func inputMoved(_ field: Int) {
        if !self.hasMoved(field) { self.insert(Entry(field: field, value: nil)) }
    }

    /// The field's property goes from `old` to `new`.
    mutating func localMoved(_ field: Int, from old: Value, to new: Value) {
        if let place = self.entries.firstIndex(where: { $0.field == field }) {
            // Back at what was agreed: there is nothing to tell the other side any more.
            if self.entries[place].value == new { self.entries.remove(at: place) }
        } else {
            self.insert(Entry(field: field, value: old))
        }
    }

    /// Both sides agree on `value`, while the record holds `current`.
    mutating func agree(_ field: Int, on value: Value, current: Value) {
        self.forget(field)
        if value != current { self.insert(Entry(field: field, value: value)) }
    }

    /// Drops what is known of a field.
    mutating func forget(_ field: Int) { self.entries.removeAll { $0.field == field } }

    /// The same shadow where fields have other places; a field without a new place is dropped.
    func moved(_ place: (Int) -> Int?) -> LocalShadow {
        var moved = LocalShadow()
        for entry in self.entries {
            if let field = place(entry.field) { moved.insert(Entry(field: field, value: entry.value)) }
        }
        return moved
    }

    private mutating func insert(_ entry: Entry) {
        let place = self.entries.firstIndex { $0.field > entry.field } ?? self.entries.endIndex
        self.entries.insert(entry, at: place)
    }
}

/// The stored form: `{"3":"ada@example.com"}`, fields in their order, values self-describing; NULL if empty.
extension LocalShadow {
    /// The shadow as JSON; nil if it is empty.
    func encoded() throws(CodecError) -> SQLText? {
        guard !self.isEmpty else { return nil }
        var writer = JSONWriter(capacity: 64)
        for (place, entry) in self.entries.enumerated() {
            writer.raw(place == 0 ? "{\"" : ",\"")
            writer.number(entry.field)
            writer.raw("\":")
            try writer.selfDescribing(entry.value)
        }
        writer.byte(UInt8(ascii: "}"))
        return SQLText(writer.bytes)
    }

    /// Reads a stored shadow; NULL, which reads as no bytes, is the empty one.
    init(decoding bytes: UnsafeBufferPointer<UInt8>) throws(CodecError) {
        self.init()
        guard !bytes.isEmpty else { return }
        var reader = ValueReader(bytes)
        try reader.expect(UInt8(ascii: "{"))
        repeat {
            guard let field = Int(String(decoding: bytes[try reader.key()], as: UTF8.self)) else {
                throw reader.malformed
            }
            self.insert(Entry(field: field, value: try reader.selfDescribing()))
        } while reader.take(UInt8(ascii: ","))
        try reader.expect(UInt8(ascii: "}"))
    }
}
