package import Records

/// A match key as the store knows it.
package struct StoredIdentityKey: Hashable, Sendable {
    /// Its number.
    package let number: IdentityKeyNumber
    /// The properties it is made of.
    package let key: IdentityKey
}

extension Transaction {
    /// The records whose identity under a key is these bytes, at most `limit`, in the order of their ids.
    package func records(
        _ object: ObjectNumber,
        matching key: IdentityKeyNumber,
        _ canon: [UInt8],
        limit: Int = 20
    ) throws -> [RecordID] {
        let sql: StaticString = """
            SELECT record FROM identity WHERE object = ?1 AND key = ?2 AND canon = ?3 ORDER BY record LIMIT ?4
            """
        return try self.all(sql, object, key, canon, limit) { try $0.record(0) }
    }

    /// The records that one of an object's match keys of a single property knows by this text, at most `limit`.
    ///
    /// What a person types to find somebody: an e-mail address, a phone number, in any case of ASCII letters.
    package func records(_ object: ObjectNumber, knownAs text: String, limit: Int) throws -> [RecordID] {
        guard let canon = IdentityKey.canon(of: [Value.text(text)]) else { return [] }
        var found: [RecordID] = []
        for stored in try self.keys(of: object) where stored.key.properties.count == 1 {
            let records = try self.records(object, matching: stored.number, canon, limit: limit)
            found += records.filter { !found.contains($0) }
        }
        return Array(found.prefix(limit))
    }

    /// The number of a match key of an object; nil if the store does not keep such a key.
    package func identityKey(_ key: IdentityKey, of object: ObjectNumber) throws -> IdentityKeyNumber? {
        try self.keys(of: object).first { $0.key.name.hasSameBytes(as: key.name) }?.number
    }

    /// The match keys that the store keeps for an object, in the order in which they were added.
    package func identityKeys(of object: ObjectNumber) throws -> [IdentityKey] { try self.keys(of: object).map(\.key) }

    /// The match keys that the store keeps for an object, with their numbers, in the order in which they were added.
    ///
    /// Who writes records through `PageWriter` adds an identity for each of them.
    package func storedIdentityKeys(of object: ObjectNumber) throws -> [StoredIdentityKey] { try self.keys(of: object) }

    /// Starts to keep a match key, with the identities of all records that are there; nothing happens if it is kept.
    package func buildIdentityKey(_ key: IdentityKey, of object: ObjectNumber) throws {
        guard try self.identityKey(key, of: object) == nil else { return }
        let sql: StaticString = "INSERT INTO identity_key(object, name) VALUES(?1, ?2) RETURNING number"
        let number = IdentityKeyNumber(rawValue: try self.insert(sql, object, key.name))
        self.identityKeys[object] = nil
        let stored = StoredIdentityKey(number: number, key: key)
        let codec = try self.codec(of: object)
        var last: RecordID?
        repeat {
            let page = try self.liveRecords(object, after: last, limit: 500)
            for record in page {
                guard let canon = Self.canon(of: record.values, key: key, codec: codec) else { continue }
                try self.insertIdentity(record.id, object: object, key: stored.number, canon: canon)
            }
            last = page.last?.id
        } while last != nil
    }

    /// Whether all these keys are kept already.
    func hasIdentityKeys(_ keys: [String: [IdentityKey]]) throws -> Bool {
        try keys.allSatisfy { name, keys in
            guard let object = try self.knownObject(name) else { return false }
            return try keys.allSatisfy { try self.identityKey($0, of: object) != nil }
        }
    }

    /// Brings the identities of a record from its old values to its new ones; nil is "the record is not there".
    func updateIdentities(
        of id: RecordID,
        object: ObjectNumber,
        codec: PropertiesCodec,
        old: [Value]?,
        new: [Value]?
    ) throws {
        for stored in try self.keys(of: object) {
            let before = old.flatMap { Self.canon(of: $0, key: stored.key, codec: codec) }
            let after = new.flatMap { Self.canon(of: $0, key: stored.key, codec: codec) }
            guard before != after else { continue }
            if let before {
                try self.execute(
                    "DELETE FROM identity WHERE object = ?1 AND key = ?2 AND canon = ?3 AND record = ?4",
                    object,
                    stored.number,
                    before,
                    id
                )
            }
            if let after { try self.insertIdentity(id, object: object, key: stored.number, canon: after) }
        }
    }

    private func insertIdentity(
        _ id: RecordID,
        object: ObjectNumber,
        key: IdentityKeyNumber,
        canon: [UInt8]
    ) throws {
        let sql: StaticString = "INSERT INTO identity(object, key, canon, record) VALUES(?1, ?2, ?3, ?4)"
        try self.execute(sql, object, key, canon, id)
    }

    private static func canon(of values: [Value], key: IdentityKey, codec: PropertiesCodec) -> [UInt8]? {
        IdentityKey.canon(of: key.properties.map { codec.position(of: $0).map { values[$0] } ?? .absent })
    }

    private func keys(of object: ObjectNumber) throws -> [StoredIdentityKey] {
        if let known = self.identityKeys[object] { return known }
        let sql: StaticString = "SELECT number, name FROM identity_key WHERE object = ?1"
        let keys = try self.all(sql, object) { columns in
            StoredIdentityKey(number: columns.number(0), key: IdentityKey(named: columns.string(1)))
        }
        // The index gives them by name; there are too few of them for an index of their order.
        .sorted { $0.number.rawValue < $1.number.rawValue }
        self.identityKeys[object] = keys
        return keys
    }
}
