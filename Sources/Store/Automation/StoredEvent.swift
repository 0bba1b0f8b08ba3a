package import Records

/// An event as the journal holds it.
package struct StoredEvent: Hashable, Sendable {
    /// The place in the journal.
    package let sequence: Int64
    /// The record it happened to.
    package let record: RecordID
    /// The event.
    package let event: PersonEvent
}

/// What became of an event that was to be added.
package enum EventAddition: Hashable, Sendable {
    /// It is new and stands at this place of the journal.
    case added(Int64)
    /// An event of that id stands at this place already; nothing was changed.
    case known(Int64)
}

extension JournalEntry {
    /// The event of a row that tells one; nil for other rows.
    package func event() throws -> PersonEvent? {
        guard self.kind == .event, let detail = self.detail else { return nil }
        return try StoreError.translating { try EventCodec.decode(detail) }
    }
}

/// The stored form of an event: `{"id":"1","name":"email_clicked","at":1700000000000000,"with":{"url":"/pricing"}}`.
enum EventCodec {
    static func encode(_ event: PersonEvent) throws -> String {
        var writer = JSONWriter(capacity: 128)
        writer.raw("{\"id\":")
        writer.quoted(event.id.string)
        writer.raw(",\"name\":")
        writer.quoted(event.name.string)
        writer.raw(",\"at\":")
        writer.number(Int(event.at.microseconds))
        writer.raw(",\"with\":")
        try self.append(event.attributes, to: &writer)
        writer.raw("}")
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    static func decode(_ text: String) throws -> PersonEvent {
        var copy = text
        return try copy.withUTF8 { bytes in
            var reader = ValueReader(bytes)
            try reader.expect(UInt8(ascii: "{"))
            _ = try reader.key()
            let id = try reader.text()
            try reader.expect(UInt8(ascii: ","))
            _ = try reader.key()
            let name = try reader.text()
            try reader.expect(UInt8(ascii: ","))
            _ = try reader.key()
            let at = try reader.integer()
            try reader.expect(UInt8(ascii: ","))
            _ = try reader.key()
            let attributes = try self.attributes(&reader)
            return PersonEvent(id: id, name: name, at: Instant(microseconds: at), attributes: attributes)
        }
    }

    /// Appends attributes as an object, in the order of their names' bytes.
    static func append(_ attributes: [Text: Value], to writer: inout JSONWriter) throws {
        writer.raw("{")
        for (place, attribute) in attributes.sorted(by: { $0.key < $1.key }).enumerated() {
            if place > 0 { writer.raw(",") }
            writer.quoted(attribute.key.string)
            writer.raw(":")
            try writer.selfDescribing(attribute.value)
        }
        writer.raw("}")
    }

    /// Reads attributes; their names hold nothing that is escaped.
    static func attributes(_ reader: inout ValueReader) throws -> [Text: Value] {
        var attributes: [Text: Value] = [:]
        try reader.expect(UInt8(ascii: "{"))
        guard !reader.take(UInt8(ascii: "}")) else { return attributes }
        repeat {
            let name = Text(String(decoding: reader.bytes[try reader.key()], as: UTF8.self))
            attributes[name] = try reader.selfDescribing() ?? .absent
        } while reader.take(UInt8(ascii: ","))
        try reader.expect(UInt8(ascii: "}"))
        return attributes
    }
}
