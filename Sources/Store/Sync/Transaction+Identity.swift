package import Records

extension Transaction {
    /// Notes at which values a linked record's identity came into doubt (R7), in place of an earlier doubt and its answer.
    ///
    /// Erasing the record forgets it.
    package func doubtIdentity(
        of record: RecordID,
        connection: ConnectionNumber,
        object: ObjectNumber,
        seen: [Value]
    ) throws {
        try self.execute(
            """
            INSERT INTO identity_doubt(connection, object, record, seen) VALUES(?1, ?2, ?3, ?4)
            ON CONFLICT(connection, object, record) DO UPDATE SET
                seen = excluded.seen, accepted_by = NULL, accepted_at = NULL
            """,
            connection,
            object,
            record,
            SQLText(try ValueArrayCodec.encode(seen.map(Optional.some)))
        )
    }

    /// Notes that a person takes the record for the same as before, at the values of the doubt; false if there is none.
    package func acceptIdentity(
        of record: RecordID,
        connection: ConnectionNumber,
        object: ObjectNumber,
        by person: String,
        at now: Instant
    ) throws -> Bool {
        let sql: StaticString = """
            UPDATE identity_doubt SET accepted_by = ?4, accepted_at = ?5
            WHERE connection = ?1 AND object = ?2 AND record = ?3
            """
        return try self.execute(sql, connection, object, record, person, now) > 0
    }

    /// The values at which a person took a linked record for the same as before; nil if nobody did.
    package func acceptedIdentity(
        of record: RecordID,
        connection: ConnectionNumber,
        object: ObjectNumber
    ) throws -> [Value]? {
        let sql: StaticString = """
            SELECT seen FROM identity_doubt
            WHERE connection = ?1 AND object = ?2 AND record = ?3 AND accepted_by IS NOT NULL
            """
        return try self.first(sql, connection, object, record) { columns in
            try ValueArrayCodec.decode(columns.buffer(0)).map { $0 ?? .absent }
        }
    }

    // MARK: Keys

    /// Notes that a remote record carries the id of a record of ours that it is not any more, so that it gets its own (R7).
    package func noteForeignKey(_ key: LinkKey, of record: RecordID) throws {
        try self.execute(
            """
            INSERT INTO foreign_key(connection, object, remote, record) VALUES(?1, ?2, ?3, ?4)
            ON CONFLICT(connection, object, remote) DO UPDATE SET record = excluded.record
            """,
            key.connection,
            key.object,
            key.remote,
            record
        )
    }

    /// The remote records that carry the id of a record which they are not, with that record, at most `limit`.
    package func foreignKeys(
        _ connection: ConnectionNumber,
        _ object: ObjectNumber,
        limit: Int
    ) throws -> [(remote: Text, record: RecordID)] {
        let sql: StaticString = """
            SELECT remote, record FROM foreign_key WHERE connection = ?1 AND object = ?2 ORDER BY remote LIMIT ?3
            """
        return try self.all(sql, connection, object, limit) { ($0.text(0), try $0.record(1)) }
    }

    /// Forgets that a remote record carries a foreign id: it has its own now, or is gone.
    package func forgetForeignKey(_ key: LinkKey) throws {
        let sql: StaticString = "DELETE FROM foreign_key WHERE connection = ?1 AND object = ?2 AND remote = ?3"
        try self.execute(sql, key.connection, key.object, key.remote)
    }

    // MARK: Questions

    /// The open question of a kind about a remote record; nil if there is none.
    package func openReview(_ kind: ReviewKind, about key: LinkKey) throws -> Review? {
        try self.openReview(kind, connection: key.connection, object: key.object, subject: key.remote.string)
    }

    /// The open question of a kind about a record of ours that has no remote one; nil if there is none.
    package func openReview(
        _ kind: ReviewKind,
        connection: ConnectionNumber,
        object: ObjectNumber,
        about record: RecordID
    ) throws -> Review? {
        try self.openReview(kind, connection: connection, object: object, subject: record.description)
    }

    /// The linked remote records of an object about whose identity a question is open; costs as much as there are.
    package func doubtedRemotes(_ connection: ConnectionNumber, _ object: ObjectNumber) throws -> Set<Text> {
        let sql: StaticString = """
            SELECT remote FROM review
            WHERE connection = ?1 AND object = ?2 AND kind = ?3 AND state = 'open' AND remote IS NOT NULL ORDER BY subject
            """
        return Set(try self.all(sql, connection, object, ReviewKind.identityChanged) { $0.text(0) })
    }

    private func openReview(
        _ kind: ReviewKind,
        connection: ConnectionNumber,
        object: ObjectNumber,
        subject: String
    ) throws -> Review? {
        let sql: StaticString = """
            SELECT id, connection, object, remote, record, kind, candidates, detail, created_at, settled_at, settled_by
            FROM review WHERE connection = ?1 AND object = ?2 AND subject = ?3 AND kind = ?4 AND state = 'open'
            """
        return try self.first(sql, connection, object, subject, kind, read: Self.review)
    }
}
