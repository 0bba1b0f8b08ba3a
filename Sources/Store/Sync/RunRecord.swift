package import Records

/// How a run stands.
package enum RunState: String, Hashable, Sendable, CaseIterable, SQLArgument {
    /// It is going on.
    case running
    /// It is through.
    case done
    /// It is through, and something waits for a person.
    case attention
    /// It failed.
    case failed
    /// Its process died.
    case interrupted
}

/// One execution of a sync, in counts and requests.
package struct RunRecord: Hashable, Sendable {
    /// The number that people type.
    package let number: RunNumber
    /// The connection; nil for a run of something else, such as an import.
    package let connection: ConnectionNumber?
    /// What ran: `sync`, `import`.
    package let kind: String
    /// When it began.
    package let startedAt: Instant
    /// When it ended; nil while it runs.
    package let endedAt: Instant?
    /// How it stands.
    package let state: RunState
    /// Counts by name.
    package let counts: [String: Int64]
    /// Requests made.
    package let requests: Int
    /// Why it failed; nil if it did not.
    package let error: String?
    /// The last journal row before the run.
    package let journalStart: Int64
    /// The last journal row of the time of the run, others' among them; nil while it runs.
    package let journalEnd: Int64?
}

extension Transaction {
    /// Begins a run and returns its number.
    package func startRun(_ connection: ConnectionNumber?, kind: String, at instant: Instant) throws -> RunNumber {
        let sql: StaticString = """
            INSERT INTO run(connection, kind, started_at, state, counts, requests, journal_start)
            VALUES(?1, ?2, ?3, 'running', '{}', 0, ?4) RETURNING number
            """
        return RunNumber(rawValue: try self.insert(sql, connection, kind, instant, try self.journalEnd()))
    }

    /// Notes how far a run got.
    package func updateRun(_ number: RunNumber, counts: [String: Int64], requests: Int) throws {
        let sql: StaticString = "UPDATE run SET counts = ?2, requests = ?3 WHERE number = ?1"
        try self.execute(sql, number, RunRecord.encode(counts), requests)
    }

    /// Ends a run; `state` is any but `.running`.
    package func endRun(
        _ number: RunNumber,
        _ state: RunState,
        counts: [String: Int64],
        requests: Int,
        error: String? = nil,
        at instant: Instant
    ) throws {
        precondition(state != .running, "a run does not end by running")
        let sql: StaticString = """
            UPDATE run SET state = ?2, counts = ?3, requests = ?4, error = ?5, ended_at = ?6, journal_end = ?7
            WHERE number = ?1
            """
        let end = try self.journalEnd()
        try self.execute(sql, number, state, RunRecord.encode(counts), requests, error, instant, end)
    }

    /// Marks the runs of a connection that a dead process left running, and returns how many there were.
    ///
    /// Call it only while no other process can be running one.
    @discardableResult
    package func interruptRuns(_ connection: ConnectionNumber, at instant: Instant) throws -> Int {
        let sql: StaticString = """
            UPDATE run SET state = 'interrupted', ended_at = ?2, journal_end = ?3
            WHERE state = 'running' AND connection = ?1
            """
        let any: StaticString = "SELECT 1 FROM run WHERE state = 'running' AND connection = ?1 LIMIT 1"
        guard try self.first(any, connection, read: { _ in true }) != nil else { return 0 }
        return try self.execute(sql, connection, instant, try self.journalEnd())
    }

    /// The run of a number; nil if there is none.
    package func run(_ number: RunNumber) throws -> RunRecord? {
        let sql: StaticString = """
            SELECT number, connection, kind, started_at, ended_at, state, counts, requests, error, journal_start,
                journal_end
            FROM run WHERE number = ?1
            """
        return try self.first(sql, number, read: Self.run)
    }

    /// The newest runs first, at most `limit`, older than `number` if that is given; ends before the first one that
    /// began before `since`.
    package func runs(
        before number: RunNumber? = nil,
        since: Instant = Instant(microseconds: .min),
        limit: Int
    ) throws -> [RunRecord] {
        let sql: StaticString = """
            SELECT number, connection, kind, started_at, ended_at, state, counts, requests, error, journal_start,
                journal_end
            FROM run WHERE number < ?1 ORDER BY number DESC LIMIT ?2
            """
        return try self.all(sql, number?.rawValue ?? .max, limit, while: { $0.instant(3) >= since }, read: Self.run)
    }

    /// The sums of those counts whose names begin with `prefix`, over the runs of a connection that began since an instant and
    /// before a run; runs of the kinds in `leavingOut` are left out.
    ///
    /// Who syncs each minute has 1,440 runs in a day, and hardly any of them has such a count: the others are not taken apart.
    package func sums(
        of connection: ConnectionNumber,
        named prefix: String,
        before number: RunNumber,
        since: Instant,
        leavingOut kinds: Set<String>
    ) throws -> [String: Int64] {
        let sql: StaticString = """
            SELECT number, connection, kind, started_at, ended_at, state, counts, requests, error, journal_start,
                journal_end
            FROM run WHERE number < ?1 ORDER BY number DESC LIMIT ?2
            """
        let quoted = Array("\"\(prefix)".utf8)
        func counts(_ columns: Columns) throws -> [String: Int64] {
            guard columns.optionalNumber(1) == connection, columns.buffer(6).contains(quoted),
                !kinds.contains(columns.string(2))
            else { return [:] }
            return try RunRecord.decode(columns.buffer(6)).filter { $0.key.hasPrefix(prefix) }
        }
        return try self.all(sql, number, Int.max, while: { $0.instant(3) >= since }, read: counts)
            .reduce(into: [:]) { sums, counts in sums.merge(counts, uniquingKeysWith: +) }
    }

    /// The journal rows of a run behind a place, in their order, at most `limit`; what undoing it starts from.
    package func journal(of run: RunRecord, after sequence: Int64 = 0, limit: Int) throws -> [JournalEntry] {
        let sql: StaticString = """
            SELECT seq, record, at, run, actor, kind, changes, detail FROM journal
            WHERE seq > ?1 AND seq <= ?2 AND run = ?3 ORDER BY seq LIMIT ?4
            """
        let start = max(sequence, run.journalStart)
        return try self.all(sql, start, run.journalEnd ?? .max, run.number, limit, read: Self.journalEntry)
    }

    private static func run(_ columns: Columns) throws -> RunRecord {
        RunRecord(
            number: columns.number(0),
            connection: columns.optionalNumber(1),
            kind: columns.string(2),
            startedAt: columns.instant(3),
            endedAt: columns.optionalInstant(4),
            state: try columns.word(5),
            counts: try RunRecord.decode(columns.buffer(6)),
            requests: columns.count(7),
            error: columns.optionalString(8),
            journalStart: columns.int(9),
            journalEnd: columns.optionalInt(10)
        )
    }
}

/// The stored form of counts: an object in the order of the names' bytes.
extension RunRecord {
    fileprivate static func encode(_ counts: [String: Int64]) -> SQLText {
        var writer = JSONWriter(capacity: 512)
        writer.byte(UInt8(ascii: "{"))
        for (place, count) in counts.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }).enumerated() {
            if place > 0 { writer.byte(UInt8(ascii: ",")) }
            writer.quoted(count.key)
            writer.byte(UInt8(ascii: ":"))
            writer.number(Int(count.value))
        }
        writer.byte(UInt8(ascii: "}"))
        return SQLText(writer.bytes)
    }

    fileprivate static func decode(_ bytes: UnsafeBufferPointer<UInt8>) throws -> [String: Int64] {
        var reader = ValueReader(bytes)
        var counts: [String: Int64] = [:]
        do {
            try reader.expect(UInt8(ascii: "{"))
            guard !reader.take(UInt8(ascii: "}")) else { return counts }
            repeat {
                let name = try reader.text().string
                try reader.expect(UInt8(ascii: ":"))
                counts[name] = try reader.integer()
            } while reader.take(UInt8(ascii: ","))
            try reader.expect(UInt8(ascii: "}"))
        } catch {
            throw StoreError(.corrupt, "a run's counts")
        }
        return counts
    }
}
