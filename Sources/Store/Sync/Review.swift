package import Records

/// Why a remote record waits for a person.
package enum ReviewKind: String, Hashable, Sendable, CaseIterable, SQLArgument {
    /// Several of our records match it (R7).
    case ambiguous
    /// It looks like a record that is linked to another remote record.
    case duplicateOf = "duplicate_of"
    /// A later match key found a record that an earlier one contradicts.
    case contradiction
    /// A create was never answered, and whether it happened cannot be told (R4).
    case createUnknown = "create_unknown"
    /// The CRM deleted a record that was changed here meanwhile.
    case deletedRemotely = "deleted_remotely"
    /// We deleted a record that the CRM changed meanwhile.
    case deletedLocally = "deleted_locally"
    /// The CRM merged two remote records that are linked to two of ours.
    case merged
    /// Address and name of a linked record changed at once: it may have been given to another person (R7).
    case identityChanged = "identity_changed"
}

/// A question about identity that only a person can answer.
package struct Review: Hashable, Sendable {
    /// The number that people type.
    package let id: Int64
    /// The connection.
    package let connection: ConnectionNumber
    /// The remote object.
    package let object: ObjectNumber
    /// The remote record; nil for a create whose id never came.
    package let remote: Text?
    /// Our record, for a create; nil otherwise.
    package let record: RecordID?
    /// Why.
    package let kind: ReviewKind
    /// The records in question, in the order of the question.
    package let candidates: [RecordID]
    /// More about it; may be empty.
    package let detail: String
    /// Since when.
    package let createdAt: Instant
    /// When it was answered; nil while it is open.
    package let settledAt: Instant?
    /// Who answered; nil while it is open.
    package let settledBy: String?
}

extension Transaction {
    /// Asks a question, or brings the open one of the same subject and kind up to date; returns its id.
    ///
    /// `remote` or `record` is given; the remote record is the subject where there is one.
    @discardableResult
    package func openReview(
        _ kind: ReviewKind,
        connection: ConnectionNumber,
        object: ObjectNumber,
        remote: Text?,
        record: RecordID?,
        candidates: [RecordID],
        detail: String = "",
        at instant: Instant
    ) throws -> Int64 {
        let subject = remote?.string ?? record?.description ?? ""
        let names = SQLText(JSON.array(candidates.map { .string($0.description) }).bytes)
        try self.execute(
            """
            INSERT INTO review(
                connection, object, subject, remote, record, kind, candidates, detail, state, created_at
            ) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'open', ?9)
            ON CONFLICT(connection, object, subject, kind) WHERE state = 'open' DO UPDATE SET
                candidates = excluded.candidates, detail = excluded.detail
            """,
            connection,
            object,
            subject,
            remote,
            record,
            kind,
            names,
            detail,
            instant
        )
        let sql: StaticString = """
            SELECT id FROM review
            WHERE connection = ?1 AND object = ?2 AND subject = ?3 AND kind = ?4 AND state = 'open'
            """
        return try self.first(sql, connection, object, subject, kind) { $0.int(0) } ?? 0
    }

    /// Closes a question; false if it is not open.
    @discardableResult
    package func settleReview(_ id: Int64, by person: String, at instant: Instant) throws -> Bool {
        let sql: StaticString = """
            UPDATE review SET state = 'settled', settled_at = ?2, settled_by = ?3 WHERE id = ?1 AND state = 'open'
            """
        return try self.execute(sql, id, instant, person) > 0
    }

    /// Closes the open questions about a remote record, or about a record where none is named, because they are moot.
    package func settleReviews(
        connection: ConnectionNumber,
        object: ObjectNumber,
        remote: Text?,
        record: RecordID?,
        by person: String,
        at instant: Instant
    ) throws {
        let sql: StaticString = """
            UPDATE review SET state = 'settled', settled_at = ?4, settled_by = ?5
            WHERE connection = ?1 AND object = ?2 AND subject = ?3 AND state = 'open'
            """
        let subject = remote?.string ?? record?.description ?? ""
        try self.execute(sql, connection, object, subject, instant, person)
    }

    /// Closes the questions who a remote record is, because it has a link now: `linkedObservations` counts on that.
    func settleIdentityQuestions(about key: LinkKey, cause: Cause) throws {
        let sql: StaticString = """
            UPDATE review SET state = 'settled', settled_at = ?4, settled_by = ?5
            WHERE connection = ?1 AND object = ?2 AND subject = ?3 AND state = 'open'
                AND kind IN ('ambiguous', 'duplicate_of', 'contradiction')
            """
        let actor = try self.name(of: cause.actor)
        let person = actor.hasPrefix("person:") ? String(actor.dropFirst(7)) : "sync"
        try self.execute(sql, key.connection, key.object, key.remote, cause.at, person)
    }

    /// The question of an id; nil if there is none.
    package func review(_ id: Int64) throws -> Review? {
        let sql: StaticString = """
            SELECT id, connection, object, remote, record, kind, candidates, detail, created_at, settled_at, settled_by
            FROM review WHERE id = ?1
            """
        return try self.first(sql, id, read: Self.review)
    }

    /// The open questions in their order, behind an id, at most `limit`.
    package func openReviews(after id: Int64 = 0, limit: Int) throws -> [Review] {
        let sql: StaticString = """
            SELECT id, connection, object, remote, record, kind, candidates, detail, created_at, settled_at, settled_by
            FROM review WHERE state = 'open' AND id > ?1 ORDER BY id LIMIT ?2
            """
        return try self.all(sql, id, limit, read: Self.review)
    }

    /// The remote records about which a question is open that has one of these records as a candidate.
    ///
    /// Looks at each open question of the remote object, but at nothing of it except its candidates.
    package func openQuestions(
        _ connection: ConnectionNumber,
        _ object: ObjectNumber,
        about records: Set<RecordID>
    ) throws -> [Text] {
        let sql: StaticString = """
            SELECT remote, candidates FROM review
            WHERE connection = ?1 AND object = ?2 AND remote IS NOT NULL AND state = 'open' ORDER BY subject
            """
        return try self.all(sql, connection, object) { columns -> Text? in
            // `["…","…"]`, as `openReview` writes it: an id in quotes every 39 bytes.
            let bytes = columns.buffer(1)
            for start in stride(from: 2, to: bytes.count - 36, by: 39) {
                let id = String(decoding: bytes[start..<(start + 36)], as: UTF8.self)
                if let record = RecordID(id), records.contains(record) { return columns.text(0) }
            }
            return nil
        }
        .compactMap { $0 }
    }

    /// Whether a connection's remote object has an open question; costs the same however many there are.
    package func hasOpenReviews(_ connection: ConnectionNumber, _ object: ObjectNumber) throws -> Bool {
        let sql: StaticString = """
            SELECT 1 FROM review WHERE connection = ?1 AND object = ?2 AND state = 'open' LIMIT 1
            """
        return try self.first(sql, connection, object) { _ in true } ?? false
    }

    static func review(_ columns: Columns) throws -> Review {
        guard let names = try? JSON(parsing: columns.buffer(6)).array else {
            throw StoreError(.corrupt, "a review's candidates")
        }
        return Review(
            id: columns.int(0),
            connection: columns.number(1),
            object: columns.number(2),
            remote: columns.optionalText(3),
            record: try columns.optionalRecord(4),
            kind: try columns.word(5),
            candidates: names.compactMap { $0.string.flatMap(RecordID.init) },
            detail: columns.string(7),
            createdAt: columns.instant(8),
            settledAt: columns.optionalInstant(9),
            settledBy: columns.optionalString(10)
        )
    }
}
