package import Records

/// A record row before its values are read.
struct RecordRow {
    let object: ObjectNumber
    let version: Int64
    let properties: [UInt8]
    let deletedAt: Instant?
    let aliasOf: RecordID?

    var isLive: Bool { self.deletedAt == nil && self.aliasOf == nil }
}

extension Transaction {
    /// The record of an id, deleted or merged ones included; nil if there is none.
    package func record(_ id: RecordID) throws -> StoredRecord? {
        guard let row = try self.row(of: id) else { return nil }
        let codec = try self.codec(of: row.object)
        return StoredRecord(
            id: id,
            object: row.object,
            version: row.version,
            schema: codec.object,
            values: try self.decoded.values(of: id, stored: row.properties, codec),
            deletedAt: row.deletedAt,
            aliasOf: row.aliasOf
        )
    }

    /// Makes a record at version 1, with its identities and its journal row.
    ///
    /// Throws `StoreError`: `.constraint` if the id exists, `.notFound` for a property that the schema does not have,
    /// `.unstorable` for a value that the property cannot hold, `.erased` for somebody who was erased (R8).
    package func create(_ id: RecordID, object: ObjectNumber, properties: [PropertySetting], cause: Cause) throws {
        let codec = try self.codec(of: object)
        var values = [Value](repeating: .absent, count: codec.keys.count)
        for setting in properties {
            values[try self.position(of: setting.property, in: codec)] = setting.value
        }
        guard try !self.isErased(object, values) else {
            throw StoreError(.erased, "this person was erased and has not opted in again")
        }
        try self.execute(
            "INSERT INTO record(record, object, version, properties) VALUES(?1, ?2, 1, ?3)",
            id,
            object,
            SQLText(try codec.encode(values))
        )
        try self.updateIdentities(of: id, object: object, codec: codec, old: nil, new: values)
        try self.appendJournal(id, kind: .create, cause: cause)
    }

    /// Deletes a record: it stays as a tombstone, is found no more, and its links stay, so that it is not made again
    /// from the same remote record (R8).
    package func delete(_ id: RecordID, cause: Cause) throws {
        let row = try self.liveRow(of: id)
        let codec = try self.codec(of: row.object)
        let sql: StaticString = "UPDATE record SET deleted_at = ?2, version = version + 1 WHERE record = ?1"
        try self.execute(sql, id, cause.at)
        try self.updateIdentities(of: id, object: row.object, codec: codec, old: codec.decode(row.properties), new: nil)
        try self.appendJournal(id, kind: .delete, cause: cause)
    }

    /// Brings a deleted record back.
    package func restore(_ id: RecordID, cause: Cause) throws {
        guard let row = try self.row(of: id) else { throw StoreError(.notFound, "no record \(id)") }
        guard row.deletedAt != nil, row.aliasOf == nil else {
            throw StoreError(.notLive, "record \(id) is not deleted")
        }
        guard try self.erasure(of: id) == nil else { throw StoreError(.erased, "record \(id) was erased") }
        let codec = try self.codec(of: row.object)
        let sql: StaticString = "UPDATE record SET deleted_at = NULL, version = version + 1 WHERE record = ?1"
        try self.execute(sql, id)
        try self.updateIdentities(of: id, object: row.object, codec: codec, old: nil, new: codec.decode(row.properties))
        try self.appendJournal(id, kind: .restore, cause: cause)
    }

    func row(of id: RecordID) throws -> RecordRow? {
        let sql: StaticString = """
            SELECT object, version, properties, deleted_at, alias_of FROM record WHERE record = ?1
            """
        return try self.first(sql, id) { columns in
            RecordRow(
                object: columns.number(0),
                version: columns.int(1),
                properties: columns.bytes(2),
                deletedAt: columns.optionalInstant(3),
                aliasOf: try columns.optionalRecord(4)
            )
        }
    }

    func liveRow(of id: RecordID) throws -> RecordRow {
        guard let row = try self.row(of: id) else { throw StoreError(.notFound, "no record \(id)") }
        guard row.isLive else { throw StoreError(.notLive, "record \(id) is deleted or merged") }
        return row
    }

    func position(of property: String, in codec: PropertiesCodec) throws -> Int {
        guard let position = codec.position(of: property) else {
            throw StoreError(.notFound, "\(codec.object.name) has no property \(property)")
        }
        return position
    }
}
