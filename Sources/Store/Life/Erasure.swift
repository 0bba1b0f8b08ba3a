package import Records

/// How far the privacy deletion of a remote record got.
package enum ErasureState: String, Hashable, Sendable, CaseIterable, SQLArgument {
    /// Not asked for yet.
    case pending
    /// The CRM was asked; it is confirmed once a read by id finds nothing.
    case sent
    /// The CRM does not have the record any more.
    case confirmed
    /// The CRM cannot do it, or refused: a person has to do it there.
    case byHand = "by_hand"
}

/// One remote record of an erased person.
package struct ErasureTarget: Hashable, Sendable {
    /// The remote record.
    package let key: LinkKey
    /// Our record.
    package let record: RecordID
    /// How far it got.
    package let state: ErasureState
    /// How often it was asked for.
    package let attempts: Int
    /// What the CRM said, without values; may be empty.
    package let detail: String
    /// When this was written.
    package let at: Instant
}

/// What is left of a person: that they were erased, why, and whether every CRM confirmed it.
package struct Erasure: Hashable, Sendable {
    /// The record, which is empty.
    package let record: RecordID
    /// Why, in the words of whoever asked; write no personal data there.
    package let reason: String
    /// Who asked.
    package let actor: ActorNumber
    /// When.
    package let requestedAt: Instant
    /// When the last CRM confirmed; nil while it is pending.
    package let confirmedAt: Instant?
}

extension Transaction {
    /// The erasure of a record; nil if it was never erased.
    package func erasure(of record: RecordID) throws -> Erasure? {
        let sql: StaticString = """
            SELECT record, reason, actor, requested_at, confirmed_at FROM erasure WHERE record = ?1
            """
        return try self.first(sql, record) { columns in
            Erasure(
                record: try columns.record(0),
                reason: columns.string(1),
                actor: columns.number(2),
                requestedAt: columns.instant(3),
                confirmedAt: columns.optionalInstant(4)
            )
        }
    }

    /// The remote records of an erased record, by connection, object and remote id.
    package func erasureTargets(of record: RecordID) throws -> [ErasureTarget] {
        let sql: StaticString = """
            SELECT connection, object, remote, record, state, attempts, detail, at FROM erasure_target
            WHERE record = ?1 ORDER BY connection, object, remote
            """
        return try self.all(sql, record, read: Self.erasureTarget)
    }

    /// The remote records of a connection that are still to be erased, or to be confirmed, behind a remote id.
    package func openErasures(
        _ connection: ConnectionNumber,
        _ object: ObjectNumber,
        after remote: Text = "",
        limit: Int
    ) throws -> [ErasureTarget] {
        let sql: StaticString = """
            SELECT connection, object, remote, record, state, attempts, detail, at
            FROM erasure_target INDEXED BY erasure_target_open
            WHERE connection = ?1 AND object = ?2 AND remote > ?3 AND state IN ('pending', 'sent')
            ORDER BY remote LIMIT ?4
            """
        return try self.all(sql, connection, object, remote, limit, read: Self.erasureTarget)
    }

    /// How far the erasing of a remote record got; nil if it is nobody's.
    package func erasureTarget(_ key: LinkKey) throws -> ErasureTarget? {
        let sql: StaticString = """
            SELECT connection, object, remote, record, state, attempts, detail, at FROM erasure_target
            WHERE connection = ?1 AND object = ?2 AND remote = ?3
            """
        return try self.first(sql, key.connection, key.object, key.remote, read: Self.erasureTarget)
    }

    /// Adds a remote record to what has to be erased, such as one whose making was not answered in time.
    ///
    /// `isCopy` says that somebody cloned a record of the person, our id with it. It may have become another person's since,
    /// and there is no way back from an erasure: a person has to look.
    package func addErasureTarget(
        _ key: LinkKey,
        record: RecordID,
        isCopy: Bool = false,
        at instant: Instant
    ) throws {
        let added = try self.execute(
            """
            INSERT INTO erasure_target(connection, object, remote, record, state, attempts, detail, at)
            VALUES(?1, ?2, ?3, ?4, ?5, 0, ?6, ?7) ON CONFLICT(connection, object, remote) DO NOTHING
            """,
            key.connection,
            key.object,
            key.remote,
            record,
            isCopy ? ErasureState.byHand : .pending,
            isCopy ? "a copy that carries the record's id: erase it there unless it is somebody else by now" : "",
            instant
        )
        guard added > 0 else { return }
        try self.execute("UPDATE erasure SET confirmed_at = NULL WHERE record = ?1", record)
    }

    /// Notes how far the erasing of a remote record got; with the last one, the erasure is confirmed.
    package func setErasure(
        _ key: LinkKey,
        _ state: ErasureState,
        attempts: Int,
        detail: String = "",
        at instant: Instant
    ) throws {
        try self.execute(
            """
            UPDATE erasure_target SET state = ?4, attempts = ?5, detail = ?6, at = ?7
            WHERE connection = ?1 AND object = ?2 AND remote = ?3
            """,
            key.connection,
            key.object,
            key.remote,
            state,
            attempts,
            detail,
            instant
        )
        guard state == .confirmed, let target = try self.erasureTarget(key) else { return }
        try self.confirmErasure(of: target.record, at: instant)
    }

    /// Notes that a person is gone everywhere, if no CRM holds a record of theirs, or anything written about them, any more.
    func confirmErasure(of record: RecordID, at instant: Instant) throws {
        guard let erasure = try self.erasure(of: record), erasure.confirmedAt == nil,
            try self.erasureTargets(of: record).allSatisfy({ $0.state == .confirmed }),
            try self.erasingActivities(of: record).isEmpty || Breakage.erasureConfirmedEarly.isOn
        else { return }
        try self.execute("UPDATE erasure SET confirmed_at = ?2 WHERE record = ?1", record, instant)
    }

    private static func erasureTarget(_ columns: Columns) throws -> ErasureTarget {
        ErasureTarget(
            key: LinkKey(columns.number(0), columns.number(1), columns.text(2)),
            record: try columns.record(3),
            state: try columns.word(4),
            attempts: columns.count(5),
            detail: columns.string(6),
            at: columns.instant(7)
        )
    }
}
