package import Records

/// Events that are written to a CRM as activities: each at most once, of each kind.
extension Transaction {
    /// The rule of a name; one that is new has been switched on at `instant` and begins where the journal ends.
    ///
    /// With `since`, events from then on count too, and the journal is read from its beginning, once.
    package func activityRule(_ name: String, since: Instant?, at instant: Instant) throws -> ActivityRuleRow {
        let sql: StaticString = "SELECT number, switched_on_at, since, position FROM activity_rule WHERE name = ?1"
        func find() throws -> ActivityRuleRow? {
            try self.first(sql, name) { columns in
                ActivityRuleRow(
                    number: columns.number(0),
                    name: name,
                    switchedOnAt: columns.instant(1),
                    since: columns.instant(2),
                    position: columns.int(3)
                )
            }
        }
        if let known = try find() {
            let wanted = since ?? known.switchedOnAt
            guard wanted != known.since else { return known }
            let moved: StaticString = "UPDATE activity_rule SET since = ?2, position = 0 WHERE number = ?1"
            try self.execute(moved, known.number, wanted)
        } else {
            let made: StaticString = """
                INSERT INTO activity_rule(name, switched_on_at, since, position) VALUES(?1, ?2, ?3, ?4)
                """
            try self.execute(made, name, instant, since ?? instant, since == nil ? self.journalEnd() : 0)
        }
        guard let row = try find() else { throw StoreError(.notFound, "no activity rule \(name)") }
        return row
    }

    /// Moves a rule along the journal; in the same transaction as what it did with the rows.
    package func setPosition(_ sequence: Int64, of rule: ActivityRuleNumber) throws {
        try self.execute("UPDATE activity_rule SET position = ?2 WHERE number = ?1", rule, sequence)
    }

    /// Notes an event that is to be written; false if another rule, or an earlier look, noted it before.
    @discardableResult
    package func addActivity(
        _ event: Int64,
        of record: RecordID,
        by rule: ActivityRuleNumber,
        _ connection: ConnectionNumber,
        _ object: ObjectNumber,
        at instant: Instant
    ) throws -> Bool {
        let sql: StaticString = """
            INSERT INTO activity(connection, object, event, rule, record, state, at)
            VALUES(?1, ?2, ?3, ?4, ?5, 'waiting', ?6) ON CONFLICT DO NOTHING
            """
        return try self.execute(sql, connection, object, event, rule, record, instant) == 1
    }

    /// The activity of an event; nil if there is none.
    package func activity(
        _ event: Int64,
        _ connection: ConnectionNumber,
        _ object: ObjectNumber
    ) throws -> Activity? {
        let sql: StaticString = """
            SELECT connection, object, event, rule, record, state, remote, detail, at FROM activity
            WHERE connection = ?1 AND object = ?2 AND event = ?3
            """
        return try self.first(sql, connection, object, event, read: Self.activity)
    }

    /// The activities of a connection in a state that is not final, behind an event, at most `limit`.
    package func openActivities(
        _ connection: ConnectionNumber,
        _ object: ObjectNumber,
        in state: ActivityState,
        after event: Int64 = 0,
        limit: Int
    ) throws -> [Activity] {
        let sql: StaticString = """
            SELECT connection, object, event, rule, record, state, remote, detail, at FROM activity
            WHERE connection = ?1 AND object = ?2 AND state = ?3 AND state IN ('waiting', 'unknown', 'erasing')
                AND event > ?4
            ORDER BY event LIMIT ?5
            """
        return try self.all(sql, connection, object, state, event, limit, read: Self.activity)
    }

    /// How many activities of an object are in a state that is not final.
    package func countActivities(
        _ connection: ConnectionNumber,
        _ object: ObjectNumber,
        in state: ActivityState
    ) throws -> Int {
        let sql: StaticString = """
            SELECT count(*) FROM activity
            WHERE connection = ?1 AND object = ?2 AND state = ?3 AND state IN ('waiting', 'unknown', 'erasing')
            """
        return try self.first(sql, connection, object, state) { $0.count(0) } ?? 0
    }

    /// Moves an activity to another state; false if it is not in one of those that it comes from any more.
    @discardableResult
    package func setActivity(
        _ activity: Activity,
        _ state: ActivityState,
        remote: Text? = nil,
        detail: String? = nil,
        at instant: Instant
    ) throws -> Bool {
        let sql: StaticString = """
            UPDATE activity SET state = ?5, remote = COALESCE(?6, remote), detail = ?7, at = ?8
            WHERE connection = ?1 AND object = ?2 AND event = ?3 AND state = ?4
            """
        let changed = try self.execute(
            sql,
            activity.connection,
            activity.object,
            activity.event,
            activity.state,
            state,
            remote,
            detail,
            instant
        )
        return changed == 1
    }

    /// Forgets an activity of an erased person that is not in the CRM any more; with the last one, and the last record, the
    /// erasure is confirmed.
    package func removeActivity(_ activity: Activity, at instant: Instant) throws {
        let sql: StaticString = "DELETE FROM activity WHERE connection = ?1 AND object = ?2 AND event = ?3"
        try self.execute(sql, activity.connection, activity.object, activity.event)
        try self.confirmErasure(of: self.survivor(of: activity.record), at: instant)
    }

    /// What was written about an erased person, and may still be in a CRM.
    package func erasingActivities(of person: RecordID) throws -> [Activity] {
        let sql: StaticString = """
            SELECT connection, object, event, rule, record, state, remote, detail, at FROM activity
            WHERE record = ?1 AND state = 'erasing' ORDER BY connection, object, event
            """
        return try ([person] + self.merged(into: person)).flatMap { try self.all(sql, $0, read: Self.activity) }
    }

    /// How many activities were, or may have been, written about a record.
    package func writtenActivities(of record: RecordID) throws -> Int {
        let sql: StaticString = """
            SELECT count(*) FROM activity WHERE record = ?1 AND state IN ('unknown', 'written', 'erasing')
            """
        return try self.first(sql, record) { $0.count(0) } ?? 0
    }

    /// The event at a place of the journal; nil if there is none, or its person was erased.
    package func event(at sequence: Int64) throws -> StoredEvent? {
        let sql: StaticString = "SELECT record, detail FROM journal WHERE seq = ?1 AND kind = 'event'"
        let row = try self.first(sql, sequence) { (try $0.record(0), $0.optionalString(1)) }
        guard let (record, detail) = row, let detail else { return nil }
        return StoredEvent(sequence: sequence, record: record, event: try EventCodec.decode(detail))
    }

    /// Has what was, or may have been, written about an erased person taken out of the CRMs; forgets the rest.
    func eraseActivities(of person: RecordID, cause: Cause) throws {
        guard !Breakage.activityOutlivesPerson.isOn else { return }
        try self.execute("DELETE FROM activity WHERE record = ?1 AND state IN ('waiting', 'refused')", person)
        let sql: StaticString = "UPDATE activity SET state = 'erasing', detail = NULL, at = ?2 WHERE record = ?1"
        try self.execute(sql, person, cause.at)
    }

    private static func activity(_ columns: Columns) throws -> Activity {
        Activity(
            connection: columns.number(0),
            object: columns.number(1),
            event: columns.int(2),
            rule: columns.number(3),
            record: try columns.record(4),
            state: try columns.word(5),
            remote: columns.optionalText(6),
            detail: columns.optionalString(7),
            at: columns.instant(8)
        )
    }
}
