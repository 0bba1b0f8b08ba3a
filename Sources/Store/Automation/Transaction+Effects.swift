package import Records

extension Transaction {
    /// Stores an effect; in the same transaction as the state that it belongs to.
    ///
    /// Throws `StoreError.constraint` if the visit of the step has one already (W3).
    package func put(_ effect: Effect) throws {
        try self.execute(
            """
            INSERT INTO effect(
                source, subject, step, visit, kind, key, record, template, recipient, state, reserved_at, journal_end,
                not_before, attempts, settled_at, message, provider_id, detail
            ) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)
            """,
            effect.place.source,
            effect.place.subject,
            effect.place.step,
            effect.place.visit,
            effect.kind,
            effect.key,
            effect.record,
            effect.template,
            effect.recipient,
            effect.state,
            effect.reservedAt,
            effect.journalEnd,
            effect.notBefore,
            effect.attempts,
            effect.settledAt,
            effect.message,
            effect.providerID,
            effect.detail
        )
    }

    /// The effect of a visit of a step; nil if it has none.
    package func effect(_ place: EffectPlace) throws -> Effect? {
        let sql: StaticString = """
            SELECT source, subject, step, visit, kind, key, record, template, recipient, state, reserved_at, journal_end,
                not_before, attempts, settled_at, message, provider_id, detail
            FROM effect WHERE source = ?1 AND subject = ?2 AND step = ?3 AND visit = ?4
            """
        return try self.first(sql, place.source, place.subject, place.step, place.visit, read: Self.effect)
    }

    /// The effect of a key; nil if there is none.
    package func effect(key: Text) throws -> Effect? {
        let sql: StaticString = """
            SELECT source, subject, step, visit, kind, key, record, template, recipient, state, reserved_at, journal_end,
                not_before, attempts, settled_at, message, provider_id, detail
            FROM effect WHERE key = ?1
            """
        return try self.first(sql, key, read: Self.effect)
    }

    /// The effects that may be sent now, in the order of their time, at most `limit`.
    package func dueEffects(at instant: Instant, limit: Int) throws -> [Effect] {
        let sql: StaticString = """
            SELECT source, subject, step, visit, kind, key, record, template, recipient, state, reserved_at, journal_end,
                not_before, attempts, settled_at, message, provider_id, detail
            FROM effect WHERE state = 'reserved' AND not_before <= ?1 ORDER BY not_before, key LIMIT ?2
            """
        return try self.all(sql, instant, limit, read: Self.effect)
    }

    /// The effects of an enrolment or a hand-off, in the order of their time.
    package func effects(of source: EffectSource, _ subject: Int64) throws -> [Effect] {
        let sql: StaticString = """
            SELECT source, subject, step, visit, kind, key, record, template, recipient, state, reserved_at, journal_end,
                not_before, attempts, settled_at, message, provider_id, detail
            FROM effect WHERE source = ?1 AND subject = ?2
            """
        return try self.all(sql, source, subject, read: Self.effect)
            .sorted { ($0.reservedAt, $0.place.step, $0.place.visit) < ($1.reservedAt, $1.place.step, $1.place.visit) }
    }

    /// The effects that are in doubt or were refused, newest first, at most `limit`.
    package func troubledEffects(limit: Int) throws -> [Effect] {
        let sql: StaticString = """
            SELECT source, subject, step, visit, kind, key, record, template, recipient, state, reserved_at, journal_end,
                not_before, attempts, settled_at, message, provider_id, detail
            FROM effect WHERE state IN ('unknown', 'failed') ORDER BY reserved_at DESC LIMIT ?1
            """
        return try self.all(sql, limit, read: Self.effect)
    }

    /// When mails to a record left or may have left since an instant, oldest first; for frequency caps.
    package func mailTimes(of record: RecordID, since instant: Instant) throws -> [Instant] {
        let sql: StaticString = """
            SELECT reserved_at FROM effect
            WHERE record = ?1 AND reserved_at > ?2 AND kind = 'mail' AND state IN ('reserved', 'sent', 'unknown')
            ORDER BY reserved_at
            """
        return try self.all(sql, record, instant) { $0.instant(0) }
    }

    /// Takes an effect to be sent: from now on it counts as unknown until its answer is stored; false if it is taken.
    ///
    /// Whoever dies between this and `settle` leaves it unknown, which is the truth.
    package func claim(_ key: Text, at instant: Instant) throws -> Bool {
        let sql: StaticString = """
            UPDATE effect SET state = 'unknown', attempts = attempts + 1, settled_at = ?2, not_before = NULL,
                detail = 'handed to the mail server, no answer yet'
            WHERE key = ?1 AND state = 'reserved'
            """
        return try self.execute(sql, key, instant) == 1
    }

    /// Stores the answer to an effect that was claimed, or a person's word about one that is in doubt.
    ///
    /// What is sent forgets its message. False if the effect is not unknown.
    @discardableResult
    package func settle(
        _ key: Text,
        as state: EffectState,
        detail: Text,
        providerID: Text? = nil,
        at instant: Instant
    ) throws -> Bool {
        precondition(state != .reserved, "use retry")
        let sql: StaticString = """
            UPDATE effect SET state = ?2, detail = ?3, provider_id = COALESCE(?4, provider_id), settled_at = ?5,
                message = CASE WHEN ?2 = 'sent' THEN NULL ELSE message END
            WHERE key = ?1 AND state = 'unknown'
            """
        return try self.execute(sql, key, state, detail, providerID, instant) == 1
    }

    /// Puts an effect back that certainly did not leave, or that a person wants to be sent in spite of doubt.
    @discardableResult
    package func retry(_ key: Text, notBefore: Instant, detail: Text, at instant: Instant) throws -> Bool {
        let sql: StaticString = """
            UPDATE effect SET state = 'reserved', not_before = ?2, detail = ?3, settled_at = ?4
            WHERE key = ?1 AND state IN ('unknown', 'failed') AND message IS NOT NULL
            """
        return try self.execute(sql, key, notBefore, detail, instant) == 1
    }

    /// Why no mail may go to an address, in its canonical form; nil if one may.
    package func suppression(of address: Text) throws -> Text? {
        try self.first("SELECT reason FROM suppression WHERE address = ?1", address) { $0.text(0) }
    }

    /// Lets no mail go to an address any more; the first reason stays.
    package func suppress(_ address: Text, reason: Text, at instant: Instant) throws {
        let sql: StaticString = """
            INSERT INTO suppression(address, reason, since) VALUES(?1, ?2, ?3) ON CONFLICT DO NOTHING
            """
        try self.execute(sql, address, reason, instant)
    }

    private static func effect(_ columns: Columns) throws -> Effect {
        let place = EffectPlace(
            try columns.word(0),
            columns.int(1),
            step: columns.text(2),
            visit: columns.count(3)
        )
        var effect = Effect(
            place,
            try columns.word(4),
            columns.text(5),
            try columns.record(6),
            columns.text(7),
            columns.optionalText(8),
            columns.instant(10),
            columns.int(11),
            state: try columns.word(9)
        )
        effect.notBefore = columns.optionalInstant(12)
        effect.attempts = columns.count(13)
        effect.settledAt = columns.optionalInstant(14)
        effect.message = columns.optionalString(15)
        effect.providerID = columns.optionalText(16)
        effect.detail = columns.optionalText(17)
        return effect
    }
}
