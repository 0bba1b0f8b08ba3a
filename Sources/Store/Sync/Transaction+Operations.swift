package import Records

extension Transaction {
    /// Stores a new operation and returns its id.
    ///
    /// Throws `StoreError.constraint` if the record has an unfinished one for that connection and object.
    package func put(_ operation: PendingOperation) throws -> Int64 {
        try self.insert(
            """
            INSERT INTO operation(
                run, connection, object, record, remote, kind, lane, state, attempts, not_before, sent_at, create_key,
                based_on, shape, payload
            ) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
            RETURNING id
            """,
            operation.run,
            operation.connection,
            operation.object,
            operation.record,
            operation.remote,
            operation.kind,
            operation.lane,
            operation.state,
            operation.attempts,
            operation.notBefore,
            operation.sentAt,
            operation.createKey,
            operation.basedOn,
            operation.shape,
            try OperationPayload.encode(operation.fields)
        )
    }

    /// The operation of an id; nil once it is finished.
    package func operation(_ id: Int64) throws -> PendingOperation? {
        let sql: StaticString = """
            SELECT id, run, connection, object, record, remote, kind, lane, state, attempts, not_before, sent_at,
                create_key, based_on, shape, payload, answered_version
            FROM operation WHERE id = ?1
            """
        return try self.first(sql, id, read: Self.operation)
    }

    /// The unfinished operation of a record in a connection and remote object; nil if there is none.
    package func operation(
        of record: RecordID,
        connection: ConnectionNumber,
        object: ObjectNumber
    ) throws -> PendingOperation? {
        let sql: StaticString = """
            SELECT id, run, connection, object, record, remote, kind, lane, state, attempts, not_before, sent_at,
                create_key, based_on, shape, payload, answered_version
            FROM operation WHERE connection = ?1 AND object = ?2 AND record = ?3
            """
        return try self.first(sql, connection, object, record, read: Self.operation)
    }

    /// The operations of a connection in one state, in their order, behind an id, at most `limit`.
    ///
    /// At the start of a process, what is in flight was sent by one that died: treat it as unknown.
    package func operations(
        _ connection: ConnectionNumber,
        in state: OperationState,
        after id: Int64 = 0,
        limit: Int
    ) throws -> [PendingOperation] {
        let sql: StaticString = """
            SELECT id, run, connection, object, record, remote, kind, lane, state, attempts, not_before, sent_at,
                create_key, based_on, shape, payload, answered_version
            FROM operation WHERE connection = ?1 AND state = ?2 AND id > ?3 ORDER BY id LIMIT ?4
            """
        return try self.all(sql, connection, state, id, limit, read: Self.operation)
    }

    /// The waiting operations of a lane that may be sent now, in their order, behind an id, at most `limit`.
    package func dueOperations(
        _ connection: ConnectionNumber,
        lane: OperationLane,
        at instant: Instant,
        after id: Int64 = 0,
        limit: Int
    ) throws -> [PendingOperation] {
        let sql: StaticString = """
            SELECT id, run, connection, object, record, remote, kind, lane, state, attempts, not_before, sent_at,
                create_key, based_on, shape, payload, answered_version
            FROM operation
            WHERE connection = ?1 AND state = 'waiting' AND id > ?2 AND lane = ?3
                AND (not_before IS NULL OR not_before <= ?4)
            ORDER BY id LIMIT ?5
            """
        return try self.all(sql, connection, id, lane, instant, limit, read: Self.operation)
    }

    /// Notes that an operation is being sent; to be committed before the request leaves.
    package func markInFlight(_ id: Int64, at instant: Instant) throws {
        let sql: StaticString = """
            UPDATE operation SET state = 'in_flight', sent_at = ?2, attempts = attempts + 1, not_before = NULL,
                answered_version = NULL
            WHERE id = ?1
            """
        try self.execute(sql, id, instant)
    }

    /// Notes that no answer came; it is read back, not before `instant` if that is given (R4: the index lags).
    package func markUnknown(_ id: Int64, notBefore instant: Instant? = nil) throws {
        try self.execute("UPDATE operation SET state = 'unknown', not_before = ?2 WHERE id = ?1", id, instant)
    }

    /// Notes that an operation was answered, and with which version (0 for none): what became of it is not known yet.
    package func noteAnswer(_ id: Int64, version: Int64) throws {
        try self.execute("UPDATE operation SET answered_version = ?2 WHERE id = ?1", id, version)
    }

    /// Replaces the fields of an operation, by what its answer said of them.
    package func rewrite(_ id: Int64, fields: [OperationField]) throws {
        let payload = try OperationPayload.encode(fields)
        try self.execute("UPDATE operation SET payload = ?2 WHERE id = ?1", id, payload)
    }

    /// Puts an operation in the terms of its mapping as it is now (R9).
    ///
    /// What was sent in fields that mean something else since is forgotten, so that they are met for the first time.
    package func reshape(_ operation: PendingOperation, to number: ShapeNumber) throws {
        let (old, new) = (try self.shape(operation.shape), try self.shape(number))
        var places: [Int: Int] = [:]
        for place in new.fields.indices {
            if let before = new.place(place, in: old) { places[before] = place }
        }
        let fields = operation.fields.compactMap { field in places[field.field].map { field.moved(to: $0) } }
        try self.execute("UPDATE operation SET shape = ?2 WHERE id = ?1", operation.id, number)
        try self.rewrite(operation.id, fields: fields)
    }

    /// Notes that it was not carried out and may be sent again, not before `instant` if that is given.
    package func markWaiting(_ id: Int64, notBefore instant: Instant? = nil) throws {
        try self.execute("UPDATE operation SET state = 'waiting', not_before = ?2 WHERE id = ?1", id, instant)
    }

    /// Removes an operation whose outcome is settled.
    package func finish(_ id: Int64) throws {
        try self.execute("DELETE FROM operation WHERE id = ?1", id)
    }

    /// How many operations of a connection are in a state.
    package func countOperations(_ connection: ConnectionNumber, in state: OperationState) throws -> Int {
        let sql: StaticString = "SELECT count(*) FROM operation WHERE connection = ?1 AND state = ?2"
        return try self.first(sql, connection, state) { $0.count(0) } ?? 0
    }

    private static func operation(_ columns: Columns) throws -> PendingOperation {
        var operation = PendingOperation(
            run: columns.optionalNumber(1),
            connection: columns.number(2),
            object: columns.number(3),
            record: try columns.record(4),
            remote: columns.optionalText(5),
            kind: try columns.word(6),
            lane: try columns.word(7),
            createKey: columns.optionalText(12),
            basedOn: columns.int(13),
            shape: columns.number(14),
            fields: try OperationPayload.decode(columns.buffer(15))
        )
        operation.id = columns.int(0)
        operation.state = try columns.word(8)
        operation.attempts = columns.count(9)
        operation.notBefore = columns.optionalInstant(10)
        operation.sentAt = columns.optionalInstant(11)
        operation.answeredVersion = columns.optionalInt(16)
        return operation
    }
}
