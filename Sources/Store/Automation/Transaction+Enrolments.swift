package import Records

extension Transaction {
    /// The number of a version of a workflow, stored now if it is new.
    package func registerWorkflow(
        _ workflow: Text,
        hash: Text,
        definition: String,
        at instant: Instant
    ) throws -> WorkflowVersionNumber {
        let sql: StaticString = "SELECT number FROM workflow_version WHERE workflow = ?1 AND hash = ?2"
        if let known = try self.first(sql, workflow, hash, read: { $0.number(0) as WorkflowVersionNumber }) {
            return known
        }
        let number = try self.insert(
            """
            INSERT INTO workflow_version(workflow, hash, definition, registered_at) VALUES(?1, ?2, ?3, ?4)
            RETURNING number
            """,
            workflow,
            hash,
            definition,
            instant
        )
        return WorkflowVersionNumber(rawValue: number)
    }

    /// A version of a workflow; nil if the store has none of that number.
    package func workflowVersion(_ number: WorkflowVersionNumber) throws -> WorkflowVersion? {
        let sql: StaticString = """
            SELECT number, workflow, hash, definition, registered_at FROM workflow_version WHERE number = ?1
            """
        return try self.first(sql, number) { columns in
            WorkflowVersion(
                number: columns.number(0),
                workflow: columns.text(1),
                hash: columns.text(2),
                definition: columns.string(3),
                registeredAt: columns.instant(4)
            )
        }
    }

    /// Enrols a record, ready at its first step; nil if it is in the workflow already under that key.
    ///
    /// The index decides, not a look before: two who enrol at once make one enrolment.
    package func enrol(
        _ record: RecordID,
        version: WorkflowVersionNumber,
        workflow: Text,
        entryKey: Text,
        firstStep: Text,
        data: [Text: Value],
        at instant: Instant
    ) throws -> EnrolmentNumber? {
        var writer = JSONWriter(capacity: 64)
        try EventCodec.append(data, to: &writer)
        let sql: StaticString = """
            INSERT INTO enrolment(
                workflow, version, record, entry_key, state, step, phase, visit, due_at, entered_at, data
            ) VALUES(?1, ?2, ?3, ?4, 'active', ?5, 'ready', 1, ?6, ?6, ?7) ON CONFLICT DO NOTHING
            """
        let json = SQLText(writer.bytes)
        let count = try self.execute(sql, workflow, version, record, entryKey, firstStep, instant, json)
        guard count == 1 else { return nil }
        return try self.first(
            """
            SELECT id FROM enrolment
            WHERE workflow = ?1 AND record = ?2 AND entry_key = ?3 AND state <> 'ended'
            """,
            workflow,
            record,
            entryKey
        ) { $0.number(0) }
    }

    /// The enrolment of a number; nil if there is none.
    package func enrolment(_ id: EnrolmentNumber) throws -> Enrolment? {
        let sql: StaticString = """
            SELECT id, workflow, version, record, entry_key, state, step, phase, visit, due_at, wait_event, wait_after,
                entered_at, ended_at, reason, data
            FROM enrolment WHERE id = ?1
            """
        return try self.first(sql, id, read: Self.enrolment)
    }

    /// All enrolments of a record, oldest first.
    package func enrolments(of record: RecordID) throws -> [Enrolment] {
        let sql: StaticString = """
            SELECT id, workflow, version, record, entry_key, state, step, phase, visit, due_at, wait_event, wait_after,
                entered_at, ended_at, reason, data
            FROM enrolment WHERE record = ?1 ORDER BY id
            """
        return try self.all(sql, record, read: Self.enrolment)
    }

    /// The active enrolments that are due, those that waited longest first, at most `limit`.
    package func dueEnrolments(at instant: Instant, limit: Int) throws -> [Enrolment] {
        let sql: StaticString = """
            SELECT id, workflow, version, record, entry_key, state, step, phase, visit, due_at, wait_event, wait_after,
                entered_at, ended_at, reason, data
            FROM enrolment WHERE state = 'active' AND due_at <= ?1 ORDER BY due_at, id LIMIT ?2
            """
        return try self.all(sql, instant, limit, read: Self.enrolment)
    }

    /// The newest enrolments first, at most `limit`; of one workflow, or in one state, if that is given.
    package func enrolments(
        workflow: Text? = nil,
        state: EnrolmentState? = nil,
        before id: EnrolmentNumber? = nil,
        limit: Int
    ) throws -> [Enrolment] {
        let last = id?.rawValue ?? .max
        guard let workflow else {
            let sql: StaticString = """
                SELECT id, workflow, version, record, entry_key, state, step, phase, visit, due_at, wait_event,
                    wait_after, entered_at, ended_at, reason, data
                FROM enrolment WHERE id < ?1 AND (?2 IS NULL OR state = ?2) ORDER BY id DESC LIMIT ?3
                """
            return try self.all(sql, last, state, limit, read: Self.enrolment)
        }
        let sql: StaticString = """
            SELECT id, workflow, version, record, entry_key, state, step, phase, visit, due_at, wait_event, wait_after,
                entered_at, ended_at, reason, data
            FROM enrolment WHERE workflow = ?1 AND id < ?2 AND (?3 IS NULL OR state = ?3) ORDER BY id DESC LIMIT ?4
            """
        return try self.all(sql, workflow, last, state, limit, read: Self.enrolment)
    }

    /// When the next active enrolment is due; nil if none is active.
    package func nextEnrolmentDue() throws -> Instant? {
        let sql: StaticString = "SELECT due_at FROM enrolment WHERE state = 'active' ORDER BY due_at LIMIT 1"
        return try self.first(sql) { $0.instant(0) }
    }

    /// Brings an enrolment from one state to the next; false, with nothing changed, if somebody else was faster (W2).
    package func advance(_ old: Enrolment, to new: Enrolment) throws -> Bool {
        let sql: StaticString = """
            UPDATE enrolment SET state = ?5, step = ?6, phase = ?7, visit = ?8, due_at = ?9, wait_event = ?10,
                wait_after = ?11, ended_at = ?12, reason = ?13
            WHERE id = ?1 AND state = ?2 AND step = ?3 AND phase = ?4
            """
        let count = try self.execute(
            sql,
            old.id,
            old.state,
            old.step,
            old.phase,
            new.state,
            new.step,
            new.phase,
            new.visit,
            new.dueAt,
            new.wait?.event,
            new.wait?.after,
            new.endedAt,
            new.reason
        )
        return count == 1
    }

    /// Notes what a visit of a step did; once only (W3).
    package func note(_ step: EnrolmentStep, of enrolment: EnrolmentNumber) throws {
        let sql: StaticString = """
            INSERT INTO enrolment_step(enrolment, number, step, visit, at, outcome, detail) VALUES(
                ?1, (SELECT count(*) + 1 FROM enrolment_step WHERE enrolment = ?1), ?2, ?3, ?4, ?5, ?6
            )
            """
        try self.execute(sql, enrolment, step.step, step.visit, step.at, step.outcome, step.detail)
    }

    /// What an enrolment did so far, in its order.
    package func steps(of enrolment: EnrolmentNumber) throws -> [EnrolmentStep] {
        let sql: StaticString = """
            SELECT step, visit, at, outcome, detail FROM enrolment_step WHERE enrolment = ?1 ORDER BY number
            """
        return try self.all(sql, enrolment) { columns in
            EnrolmentStep(
                step: columns.text(0),
                visit: columns.count(1),
                at: columns.instant(2),
                outcome: columns.text(3),
                detail: columns.text(4)
            )
        }
    }

    /// Enrolments that nothing will ever move again although nobody knows of it (W1); there must be none.
    package func orphanedEnrolments(limit: Int = 100) throws -> [EnrolmentNumber] {
        let sql: StaticString = """
            SELECT id FROM enrolment
            WHERE state <> 'ended' AND NOT (state = 'active' AND due_at IS NOT NULL AND step IS NOT NULL)
                AND NOT (state = 'parked' AND reason IS NOT NULL)
            ORDER BY id LIMIT ?1
            """
        return try self.all(sql, limit) { $0.number(0) }
    }

    /// How many enrolments a workflow has in each state.
    package func countEnrolments(workflow: Text) throws -> [EnrolmentState: Int] {
        var counts: [EnrolmentState: Int] = [:]
        for state in EnrolmentState.allCases {
            let sql: StaticString = "SELECT count(*) FROM enrolment WHERE workflow = ?1 AND state = ?2"
            counts[state] = try self.first(sql, workflow, state) { $0.count(0) } ?? 0
        }
        return counts
    }

    private static func enrolment(_ columns: Columns) throws -> Enrolment {
        let event = columns.optionalText(10)
        return Enrolment(
            id: columns.number(0),
            workflow: columns.text(1),
            version: columns.number(2),
            record: try columns.record(3),
            entryKey: columns.text(4),
            enteredAt: columns.instant(12),
            data: columns.string(15),
            state: try columns.word(5),
            step: columns.optionalText(6),
            phase: try columns.word(7),
            visit: columns.count(8),
            dueAt: columns.optionalInstant(9),
            wait: event.map { EventWait(event: $0, after: columns.int(11)) },
            endedAt: columns.optionalInstant(13),
            reason: columns.optionalText(14)
        )
    }
}

extension Enrolment {
    /// The attributes of the event that started it.
    package func attributes() throws -> [Text: Value] {
        var copy = self.data
        return try StoreError.translating {
            try copy.withUTF8 { bytes in
                var reader = ValueReader(bytes)
                return try EventCodec.attributes(&reader)
            }
        }
    }
}
