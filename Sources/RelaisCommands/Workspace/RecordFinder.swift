import Foundation
import Records
import Store

/// Finds records by what people type.
struct RecordFinder {
    private let transaction: Transaction
    private let schema: Schema

    init(_ transaction: Transaction, _ schema: Schema) {
        self.transaction = transaction
        self.schema = schema
    }

    /// The one record that a text means: the beginning of an id, or a match key such as an e-mail address.
    func record(_ text: String) throws -> StoredRecord {
        try self.only(of: self.records(knownAs: text, of: self.schema.objects), text)
    }

    /// The one contact that a text means; see `record(_:)`.
    func contact(_ text: String) throws -> RecordID {
        let objects = self.schema.objects.filter { $0.name.hasSameBytes(as: "contact") }
        return try self.only(of: self.records(knownAs: text, of: objects), text).id
    }

    private func only(of found: [RecordID], _ text: String) throws -> StoredRecord {
        guard let id = found.first else {
            throw CommandError(
                .usage,
                "there is no record \(Printable.line(text)); `relais record find TEXT` looks through all properties"
            )
        }
        guard found.count == 1, let record = try self.transaction.record(id) else {
            let ids = found.prefix(5).map(\.description).joined(separator: ", ")
            throw CommandError(.usage, "\(Printable.line(text)) may be \(ids): give the id")
        }
        return record
    }

    /// Live records with a text property that contains a text, in any case of letters, at most `limit`; reads all.
    func records(containing text: String, limit: Int) throws -> [StoredRecord] {
        let wanted = Array(text.lowercased().utf8)
        var found: [StoredRecord] = []
        for object in self.schema.objects {
            guard let number = try self.transaction.knownObject(object.name) else { continue }
            var last: RecordID?
            repeat {
                let page = try self.transaction.liveRecords(number, after: last, limit: 1000)
                found += page.filter { record in record.values.contains { Self.contains($0, wanted) } }
                last = page.last?.id
            } while last != nil && found.count < limit
        }
        return Array(found.prefix(limit))
    }

    private func records(knownAs text: String, of objects: [ObjectSchema]) throws -> [RecordID] {
        // Less than six digits is a slip, not an id.
        let prefixed = text.utf8.count >= 6 ? try self.transaction.records(idPrefix: text, limit: 6) : []
        guard prefixed.isEmpty else { return prefixed }
        var found: [RecordID] = []
        for object in objects {
            guard let number = try self.transaction.knownObject(object.name) else { continue }
            found += try self.transaction.records(number, knownAs: text, limit: 6)
            guard found.isEmpty, object.property("email") != nil else { continue }
            // No mapping has made e-mail addresses a match key yet.
            found += try self.transaction.records(number, where: "email", is: .text(text), limit: 6).map(\.id)
        }
        return found
    }

    private static func contains(_ value: Value, _ wanted: [UInt8]) -> Bool {
        guard case .text(let text) = value, !wanted.isEmpty else { return false }
        return text.string.lowercased().utf8.firstRange(of: wanted) != nil
    }
}

extension StoredRecord {
    /// What a person would call the record, on one line.
    var title: String {
        let names = [["email"], ["full_name"], ["first_name", "last_name"], ["name"]]
        for parts in names {
            let values = parts.map { self[$0] }.filter { !$0.isBlank }
                .map { $0.description.trimmingCharacters(in: .whitespaces) }
            if !values.isEmpty { return Printable.line(values.joined(separator: " "), width: 50) }
        }
        return self.id.description
    }
}

extension Transaction {
    /// `hubspot contacts 123`, for people.
    func subject(_ connection: ConnectionNumber, _ object: ObjectNumber, _ remote: Text?) throws -> String {
        let name = "\(try self.name(of: connection)) \(try self.name(of: object))"
        return remote.map { "\(name) \(Printable.line($0.string, width: 60))" } ?? name
    }

    /// What a person would call a record.
    func title(of id: RecordID) throws -> String { try self.record(id)?.title ?? id.description }
}
