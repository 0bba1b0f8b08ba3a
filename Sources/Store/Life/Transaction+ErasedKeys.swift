import Crypto
package import Records

/// Keyed hashes of what erased people were known by (R8): enough to turn them away, and nothing to read.
extension Transaction {
    private static let secretName = "erasure_secret"

    /// Makes the workspace's secret for the hashes unless it has one; nothing can be erased before.
    ///
    /// `keys` are the match keys of the mappings, by object: the store may not keep them yet, as nothing was synced, and
    /// once a person is erased nobody can tell any more what they were known by.
    package func prepareErasure(randomness: Randomness, matching keys: [String: [IdentityKey]]) throws {
        for (name, keys) in keys.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            let object = try self.object(name)
            for key in keys { try self.buildIdentityKey(key, of: object) }
        }
        guard try self.setting(Self.secretName) == nil else { return }
        var bytes: [UInt8] = []
        for _ in 0..<4 { withUnsafeBytes(of: randomness.next().bigEndian) { bytes.append(contentsOf: $0) } }
        let digits = Array("0123456789abcdef".utf8)
        let hex = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        try self.setSetting(Self.secretName, to: String(decoding: hex, as: UTF8.self))
    }

    /// Whether anybody was erased; costs the same however many were.
    package func hasErasedKeys() throws -> Bool {
        try self.first("SELECT 1 FROM erased_key LIMIT 1") { _ in true } ?? false
    }

    /// Whether values belong to somebody who was erased: one of the object's match keys says so.
    package func isErased(_ object: ObjectNumber, _ values: [Value]) throws -> Bool {
        guard try self.hasErasedKeys(), !Breakage.erasedComesBack.isOn else { return false }
        return try self.hashes(of: values, object: object).contains { hash in
            try self.first("SELECT 1 FROM erased_key WHERE hash = ?1", hash) { _ in true } ?? false
        }
    }

    /// Lets somebody who was erased be known again, after they opted in anew at a form of ours; false if nobody was.
    @discardableResult
    package func admitErased(_ object: ObjectNumber, _ values: [Value]) throws -> Bool {
        var found = false
        for hash in try self.hashes(of: values, object: object) {
            // All keys of that person go: who opts in with the same address has the same phone.
            let sql: StaticString = """
                DELETE FROM erased_key WHERE record IN (SELECT record FROM erased_key WHERE hash = ?1)
                """
            found = try self.execute(sql, hash) > 0 || found
        }
        return found
    }

    func keepErasedKeys(of record: RecordID, _ object: ObjectNumber, _ values: [Value], at instant: Instant) throws {
        for hash in try self.hashes(of: values, object: object) {
            try self.execute(
                "INSERT INTO erased_key(hash, record, since) VALUES(?1, ?2, ?3) ON CONFLICT(hash) DO NOTHING",
                hash,
                record,
                instant
            )
        }
    }

    private func hashes(of values: [Value], object: ObjectNumber) throws -> [[UInt8]] {
        guard let secret = try self.setting(Self.secretName) else {
            throw StoreError(.refused, "the workspace has no secret for the hashes of erased people")
        }
        let key = SymmetricKey(data: Array(secret.utf8))
        let codec = try self.codec(of: object)
        return try self.storedIdentityKeys(of: object).compactMap { stored in
            let parts = stored.key.properties.map { codec.position(of: $0).map { values[$0] } ?? .absent }
            guard let canon = IdentityKey.canon(of: parts) else { return nil }
            var message = Array("\(codec.object.name)\u{0}\(stored.key.name)\u{0}".utf8)
            message += canon
            return Array(HMAC<SHA256>.authenticationCode(for: message, using: key))
        }
    }
}
