package import Records

extension Transaction {
    /// Opens a conflict, or brings the unsettled one of the same field up to date, and returns its id.
    ///
    /// If a side moved since it was opened, a decision that was taken meanwhile is void and it is asked again (R18).
    @discardableResult
    package func openConflict(_ about: ConflictCase, cause: Cause) throws -> Int64 {
        guard let known = try self.unsettledConflict(of: about) else {
            return try self.insertConflict(about, state: .open, cause: cause, settledAt: nil, winner: nil)
        }
        guard known.about != about else { return known.id }
        let hasMoved = known.about.local != about.local || known.about.remote != about.remote
        try self.updateConflict(known.id, about)
        guard hasMoved else { return known.id }
        let sql: StaticString = """
            UPDATE conflict SET state = 'open', decision = NULL, decided_value = NULL, decided_by = NULL, decided_at = NULL
            WHERE id = ?1
            """
        try self.execute(sql, known.id)
        return known.id
    }

    /// Takes a person's decision; false, with nothing changed, if a side moved since the person looked, or it is settled.
    package func decideConflict(
        _ id: Int64,
        _ decision: ConflictDecision,
        seenLocal: Value,
        seenRemote: Value
    ) throws -> Bool {
        guard let conflict = try self.conflict(id) else { throw StoreError(.notFound, "no conflict \(id)") }
        guard conflict.state != .settled, conflict.about.local == seenLocal, conflict.about.remote == seenRemote else {
            return false
        }
        try self.execute(
            """
            UPDATE conflict SET state = 'decided', decision = ?2, decided_value = ?3, decided_by = ?4, decided_at = ?5
            WHERE id = ?1
            """,
            id,
            decision.choice.word,
            try decision.choice.value.map { SQLText(try ValueArrayCodec.encode(one: $0)) },
            decision.by,
            decision.at
        )
        return true
    }

    /// Ends a conflict; its row stays as the log.
    package func settleConflict(_ id: Int64, winner: ConflictWinner, cause: Cause) throws {
        let sql: StaticString = """
            UPDATE conflict SET state = 'settled', settled_at = ?2, winner = ?3, run = coalesce(?4, run)
            WHERE id = ?1 AND state <> 'settled'
            """
        try self.execute(sql, id, cause.at, winner, cause.run)
    }

    /// Logs a conflict that a rule decided at once, and ends the unsettled one of the same field if there is one.
    @discardableResult
    package func logConflict(_ about: ConflictCase, winner: ConflictWinner, cause: Cause) throws -> Int64 {
        guard let known = try self.unsettledConflict(of: about) else {
            return try self.insertConflict(about, state: .settled, cause: cause, settledAt: cause.at, winner: winner)
        }
        try self.updateConflict(known.id, about)
        try self.settleConflict(known.id, winner: winner, cause: cause)
        return known.id
    }

    /// The conflict of an id; nil if there is none.
    package func conflict(_ id: Int64) throws -> Conflict? {
        let sql: StaticString = """
            SELECT id, connection, object, remote, record, field, local_base, remote_base, local_value, remote_value,
                local_at, remote_at, rule, state, decision, decided_value, decided_by, decided_at, created_at, run,
                settled_at, winner, local_by, remote_by
            FROM conflict WHERE id = ?1
            """
        return try self.first(sql, id, read: Self.conflict)
    }

    /// The unsettled conflicts of a record in a connection and remote object, by field.
    package func unsettledConflicts(
        of record: RecordID,
        connection: ConnectionNumber,
        object: ObjectNumber
    ) throws -> [Conflict] {
        let sql: StaticString = """
            SELECT id, connection, object, remote, record, field, local_base, remote_base, local_value, remote_value,
                local_at, remote_at, rule, state, decision, decided_value, decided_by, decided_at, created_at, run,
                settled_at, winner, local_by, remote_by
            FROM conflict WHERE connection = ?1 AND object = ?2 AND record = ?3 AND state <> 'settled' ORDER BY field
            """
        return try self.all(sql, connection, object, record, read: Self.conflict)
    }

    /// How many conflicts are in a state.
    package func countConflicts(in state: ConflictState) throws -> Int {
        try self.first("SELECT count(*) FROM conflict WHERE state = ?1", state) { $0.count(0) } ?? 0
    }

    private func unsettledConflict(of about: ConflictCase) throws -> Conflict? {
        let (connection, object) = (about.link.connection, about.link.object)
        return try self.unsettledConflicts(of: about.record, connection: connection, object: object)
            .first { $0.about.field.hasSameBytes(as: about.field) }
    }

    private func insertConflict(
        _ about: ConflictCase,
        state: ConflictState,
        cause: Cause,
        settledAt: Instant?,
        winner: ConflictWinner?
    ) throws -> Int64 {
        try self.insert(
            """
            INSERT INTO conflict(
                connection, object, remote, record, field, local_base, remote_base, local_value, remote_value, local_at,
                remote_at, rule, state, created_at, run, settled_at, winner, local_by, remote_by
            ) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)
            RETURNING id
            """,
            about.link.connection,
            about.link.object,
            about.link.remote,
            about.record,
            about.field,
            SQLText(try ValueArrayCodec.encode(one: about.localBase)),
            SQLText(try ValueArrayCodec.encode(one: about.remoteBase)),
            SQLText(try ValueArrayCodec.encode(one: about.local)),
            SQLText(try ValueArrayCodec.encode(one: about.remote)),
            about.localAt,
            about.remoteAt,
            about.rule,
            state,
            cause.at,
            cause.run,
            settledAt,
            winner,
            about.localBy,
            about.remoteBy
        )
    }

    private func updateConflict(_ id: Int64, _ about: ConflictCase) throws {
        try self.execute(
            """
            UPDATE conflict SET remote = ?2, local_base = ?3, remote_base = ?4, local_value = ?5, remote_value = ?6,
                local_at = ?7, remote_at = ?8, rule = ?9, local_by = ?10, remote_by = ?11
            WHERE id = ?1
            """,
            id,
            about.link.remote,
            SQLText(try ValueArrayCodec.encode(one: about.localBase)),
            SQLText(try ValueArrayCodec.encode(one: about.remoteBase)),
            SQLText(try ValueArrayCodec.encode(one: about.local)),
            SQLText(try ValueArrayCodec.encode(one: about.remote)),
            about.localAt,
            about.remoteAt,
            about.rule,
            about.localBy,
            about.remoteBy
        )
    }

    static func conflict(_ columns: Columns) throws -> Conflict {
        Conflict(
            id: columns.int(0),
            about: ConflictCase(
                link: LinkKey(columns.number(1), columns.number(2), columns.text(3)),
                record: try columns.record(4),
                field: columns.string(5),
                localBase: try columns.value(6),
                remoteBase: try columns.value(7),
                local: try columns.value(8) ?? .absent,
                remote: try columns.value(9) ?? .absent,
                localAt: columns.optionalInstant(10),
                remoteAt: columns.optionalInstant(11),
                rule: columns.string(12),
                localBy: columns.optionalString(22),
                remoteBy: columns.optionalString(23)
            ),
            state: try columns.word(13),
            decision: try Self.decision(columns),
            createdAt: columns.instant(18),
            run: columns.optionalNumber(19),
            settledAt: columns.optionalInstant(20),
            winner: try columns.optionalWord(21)
        )
    }

    private static func decision(_ columns: Columns) throws -> ConflictDecision? {
        guard let word = columns.optionalString(14) else { return nil }
        let side = Side(rawValue: word)
        let choice: ConflictChoice = try side.map { .side($0) } ?? .value(columns.value(15) ?? .absent)
        return ConflictDecision(choice: choice, by: columns.string(16), at: columns.instant(17))
    }
}
