package import Records

extension Transaction {
    /// Begins a hand-off in review; nil if the lead has an open one.
    package func openHandOff(
        _ record: RecordID,
        origin: Text,
        points: Int?,
        grade: Text?,
        reasons: [Text],
        dueAt: Instant?,
        at instant: Instant
    ) throws -> StoredHandOff? {
        let sql: StaticString = """
            INSERT INTO handoff(
                record, epoch, origin, state, points, grade, reasons, passed_over, round, nudges, due_at, created_at,
                updated_at
            ) VALUES(
                ?1, (SELECT count(*) + 1 FROM handoff WHERE record = ?1), ?2, 'review', ?3, ?4, ?5, '[]', 0, 0, ?6, ?7, ?7
            ) ON CONFLICT DO NOTHING
            """
        let json = Self.json(reasons)
        let count = try self.execute(sql, record, origin, points, grade, json, dueAt, instant)
        return count == 1 ? try self.openHandOff(of: record) : nil
    }

    /// The open hand-off of a lead; nil if it has none.
    package func openHandOff(of record: RecordID) throws -> StoredHandOff? {
        let sql: StaticString = """
            SELECT id, record, epoch, origin, points, grade, reasons, created_at, state, owner, owner_reason, passed_over,
                round, deal, task, decided_by, note, waiting_for, confirmed_at, nudges, due_at, updated_at, closed_at
            FROM handoff WHERE record = ?1 AND closed_at IS NULL
            """
        return try self.first(sql, record, read: Self.handOff)
    }

    /// The hand-off of a number; nil if there is none.
    package func handOff(_ id: HandOffNumber) throws -> StoredHandOff? {
        let sql: StaticString = """
            SELECT id, record, epoch, origin, points, grade, reasons, created_at, state, owner, owner_reason, passed_over,
                round, deal, task, decided_by, note, waiting_for, confirmed_at, nudges, due_at, updated_at, closed_at
            FROM handoff WHERE id = ?1
            """
        return try self.first(sql, id, read: Self.handOff)
    }

    /// The hand-off that made a deal or a task; nil if none did.
    package func handOff(withDealOrTask record: RecordID) throws -> StoredHandOff? {
        let sql: StaticString = """
            SELECT id, record, epoch, origin, points, grade, reasons, created_at, state, owner, owner_reason, passed_over,
                round, deal, task, decided_by, note, waiting_for, confirmed_at, nudges, due_at, updated_at, closed_at
            FROM handoff WHERE deal = ?1
            UNION ALL
            SELECT id, record, epoch, origin, points, grade, reasons, created_at, state, owner, owner_reason, passed_over,
                round, deal, task, decided_by, note, waiting_for, confirmed_at, nudges, due_at, updated_at, closed_at
            FROM handoff WHERE task = ?1
            """
        return try self.first(sql, record, read: Self.handOff)
    }

    /// The hand-offs in a state behind a number, in their order, at most `limit`.
    package func handOffs(
        in state: HandOffState,
        after id: HandOffNumber? = nil,
        limit: Int
    ) throws -> [StoredHandOff] {
        let sql: StaticString = """
            SELECT id, record, epoch, origin, points, grade, reasons, created_at, state, owner, owner_reason, passed_over,
                round, deal, task, decided_by, note, waiting_for, confirmed_at, nudges, due_at, updated_at, closed_at
            FROM handoff WHERE state = ?1 AND id > ?2 ORDER BY id LIMIT ?3
            """
        return try self.all(sql, state, id?.rawValue ?? 0, limit, read: Self.handOff)
    }

    /// The newest hand-offs first, at most `limit`, older than a number if that is given.
    package func handOffs(before id: HandOffNumber? = nil, limit: Int) throws -> [StoredHandOff] {
        let sql: StaticString = """
            SELECT id, record, epoch, origin, points, grade, reasons, created_at, state, owner, owner_reason, passed_over,
                round, deal, task, decided_by, note, waiting_for, confirmed_at, nudges, due_at, updated_at, closed_at
            FROM handoff WHERE id < ?1 ORDER BY id DESC LIMIT ?2
            """
        return try self.all(sql, id?.rawValue ?? .max, limit, read: Self.handOff)
    }

    /// The hand-offs that are due, those that waited longest first, at most `limit`.
    package func dueHandOffs(at instant: Instant, limit: Int) throws -> [StoredHandOff] {
        let sql: StaticString = """
            SELECT id, record, epoch, origin, points, grade, reasons, created_at, state, owner, owner_reason, passed_over,
                round, deal, task, decided_by, note, waiting_for, confirmed_at, nudges, due_at, updated_at, closed_at
            FROM handoff WHERE due_at IS NOT NULL AND due_at <= ?1 ORDER BY due_at, id LIMIT ?2
            """
        return try self.all(sql, instant, limit, read: Self.handOff)
    }

    /// When the next hand-off is due; nil for when something happens.
    package func nextHandOffDue() throws -> Instant? {
        let sql: StaticString = "SELECT due_at FROM handoff WHERE due_at IS NOT NULL ORDER BY due_at LIMIT 1"
        return try self.first(sql) { $0.instant(0) }
    }

    /// How many open hand-offs an owner has.
    package func countOpenHandOffs(owner: Text) throws -> Int {
        let sql: StaticString = "SELECT count(*) FROM handoff WHERE owner = ?1 AND closed_at IS NULL"
        return try self.first(sql, owner) { $0.count(0) } ?? 0
    }

    /// Brings a hand-off from one state to the next, with its line in the log; false, with nothing changed, if somebody
    /// else was faster.
    package func advance(_ old: StoredHandOff, to new: StoredHandOff, _ step: HandOffStep?) throws -> Bool {
        let sql: StaticString = """
            UPDATE handoff SET state = ?5, owner = ?6, owner_reason = ?7, passed_over = ?8, round = ?9, deal = ?10,
                task = ?11, decided_by = ?12, note = ?13, waiting_for = ?14, confirmed_at = ?15, nudges = ?16,
                due_at = ?17, updated_at = ?18, closed_at = ?19
            WHERE id = ?1 AND state = ?2 AND round = ?3 AND nudges = ?4
            """
        let count = try self.execute(
            sql,
            old.id,
            old.state,
            old.round,
            old.nudges,
            new.state,
            new.owner,
            new.ownerReason,
            Self.json(new.passedOver),
            new.round,
            new.deal,
            new.task,
            new.decidedBy,
            new.note,
            new.waitingFor,
            new.confirmedAt,
            new.nudges,
            new.dueAt,
            new.updatedAt,
            new.closedAt
        )
        guard count == 1 else { return false }
        if let step { try self.append(step, to: old.id) }
        return true
    }

    /// Adds a line to the log of a hand-off.
    package func append(_ step: HandOffStep, to handOff: HandOffNumber) throws {
        let sql: StaticString = """
            INSERT INTO handoff_step(handoff, number, at, actor, state, detail) VALUES(
                ?1, (SELECT count(*) + 1 FROM handoff_step WHERE handoff = ?1), ?2, ?3, ?4, ?5
            )
            """
        try self.execute(sql, handOff, step.at, step.actor, step.state, step.detail)
    }

    /// The log of a hand-off.
    package func steps(of handOff: HandOffNumber) throws -> [HandOffStep] {
        let sql: StaticString = """
            SELECT at, actor, state, detail FROM handoff_step WHERE handoff = ?1 ORDER BY number
            """
        return try self.all(sql, handOff) { columns in
            HandOffStep(
                at: columns.instant(0),
                actor: columns.text(1),
                state: try columns.word(2),
                detail: columns.text(3)
            )
        }
    }

    /// The places of a pool's owners in its rotation, by owner.
    package func rotation(of pool: Text) throws -> [Text: RotationEntry] {
        let sql: StaticString = "SELECT owner, credit, assigned, last_at FROM rotation WHERE pool = ?1"
        let entries = try self.all(sql, pool) { columns in
            RotationEntry(
                owner: columns.text(0),
                credit: columns.count(1),
                assigned: columns.count(2),
                lastAt: columns.optionalInstant(3)
            )
        }
        return Dictionary(entries.map { ($0.owner, $0) }) { first, _ in first }
    }

    /// Stores the place of an owner in a pool's rotation.
    package func put(_ entry: RotationEntry, in pool: Text) throws {
        let sql: StaticString = """
            INSERT INTO rotation(pool, owner, credit, assigned, last_at) VALUES(?1, ?2, ?3, ?4, ?5)
            ON CONFLICT(pool, owner) DO UPDATE
            SET credit = excluded.credit, assigned = excluded.assigned, last_at = excluded.last_at
            """
        try self.execute(sql, pool, entry.owner, entry.credit, entry.assigned, entry.lastAt)
    }

    private static func json(_ texts: [Text]) -> SQLText { SQLText(JSON.array(texts.map { .string($0.string) }).bytes) }

    private static func texts(_ bytes: UnsafeBufferPointer<UInt8>) throws -> [Text] {
        guard let elements = try? JSON(parsing: bytes).array else { throw StoreError(.corrupt, "a list of texts") }
        return elements.compactMap { $0.string.map { Text($0) } }
    }

    private static func handOff(_ columns: Columns) throws -> StoredHandOff {
        StoredHandOff(
            id: columns.number(0),
            record: try columns.record(1),
            epoch: columns.count(2),
            origin: columns.text(3),
            points: columns.optionalInt(4).map { Int($0) },
            grade: columns.optionalText(5),
            reasons: try self.texts(columns.buffer(6)),
            createdAt: columns.instant(7),
            state: try columns.word(8),
            owner: columns.optionalText(9),
            ownerReason: columns.optionalText(10),
            passedOver: try self.texts(columns.buffer(11)),
            round: columns.count(12),
            deal: try columns.optionalRecord(13),
            task: try columns.optionalRecord(14),
            decidedBy: columns.optionalText(15),
            note: columns.optionalText(16),
            waitingFor: columns.optionalText(17),
            confirmedAt: columns.optionalInstant(18),
            nudges: columns.count(19),
            dueAt: columns.optionalInstant(20),
            updatedAt: columns.instant(21),
            closedAt: columns.optionalInstant(22)
        )
    }
}
