/// The requests that a connection spent in one day (UTC).
package struct DaySpending: Hashable, Sendable {
    /// Days since 1970-01-01.
    package let day: Int64
    /// Requests for what people and notifications asked for.
    package let urgent: Int
    /// Requests for what had changed.
    package let incremental: Int
    /// Requests of first imports and sweeps.
    package let backfill: Int
    /// What the CRM said last that was left, and after how many requests; nil if it never said.
    package let said: Said?
    /// The day's limit; nil if none is known.
    package let limit: Int?
    /// The requests of the limit that are kept for urgent work.
    package let reserve: Int

    /// Creates a row.
    package init(
        day: Int64,
        urgent: Int,
        incremental: Int,
        backfill: Int,
        said: Said?,
        limit: Int?,
        reserve: Int
    ) {
        self.day = day
        self.urgent = urgent
        self.incremental = incremental
        self.backfill = backfill
        self.said = said
        self.limit = limit
        self.reserve = reserve
    }

    /// Requests of all lanes.
    package var total: Int { self.urgent + self.incremental + self.backfill }

    /// Requests that are left; nil if nobody knows.
    package var left: Int? {
        let own = self.limit.map { $0 - self.total }
        let told = self.said.map { $0.left - (self.total - $0.at) }
        return [own, told].compactMap { $0 }.min().map { max(0, $0) }
    }

    /// What the CRM said was left.
    package struct Said: Hashable, Sendable {
        /// Requests that were left.
        package let left: Int
        /// Requests that had been made.
        package let at: Int

        /// Creates a word.
        package init(left: Int, at: Int) {
            self.left = left
            self.at = at
        }
    }
}

extension Transaction {
    /// Keeps what a connection spent in a day; numbers never go down, so that an older word cannot give requests back.
    package func keep(_ spending: DaySpending, of connection: ConnectionNumber) throws {
        let sql: StaticString = """
            INSERT INTO budget(
                connection, day, urgent, incremental, backfill, said_left, said_at, day_limit, reserve
            ) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            ON CONFLICT(connection, day) DO UPDATE SET
                urgent = max(budget.urgent, excluded.urgent),
                incremental = max(budget.incremental, excluded.incremental),
                backfill = max(budget.backfill, excluded.backfill),
                said_left = excluded.said_left, said_at = excluded.said_at,
                day_limit = excluded.day_limit, reserve = excluded.reserve
            """
        try self.execute(
            sql,
            connection,
            spending.day,
            spending.urgent,
            spending.incremental,
            spending.backfill,
            spending.said.map(\.left),
            spending.said.map(\.at),
            spending.limit,
            spending.reserve
        )
    }

    /// What a connection spent in a day; nil if nothing.
    package func spending(of connection: ConnectionNumber, day: Int64) throws -> DaySpending? {
        let sql: StaticString = """
            SELECT day, urgent, incremental, backfill, said_left, said_at, day_limit, reserve FROM budget
            WHERE connection = ?1 AND day = ?2
            """
        return try self.first(sql, connection, day, read: Self.spending)
    }

    /// What a connection spent on its last days, the latest first, at most `limit`.
    package func spending(of connection: ConnectionNumber, limit: Int) throws -> [DaySpending] {
        let sql: StaticString = """
            SELECT day, urgent, incremental, backfill, said_left, said_at, day_limit, reserve FROM budget
            WHERE connection = ?1 ORDER BY day DESC LIMIT ?2
            """
        return try self.all(sql, connection, limit, read: Self.spending)
    }

    /// Forgets the days before one.
    package func forgetSpending(of connection: ConnectionNumber, before day: Int64) throws {
        try self.execute("DELETE FROM budget WHERE connection = ?1 AND day < ?2", connection, day)
    }

    private static func spending(_ columns: Columns) throws -> DaySpending {
        DaySpending(
            day: columns.int(0),
            urgent: columns.count(1),
            incremental: columns.count(2),
            backfill: columns.count(3),
            said: columns.isNull(4) ? nil : DaySpending.Said(left: columns.count(4), at: columns.count(5)),
            limit: columns.isNull(6) ? nil : columns.count(6),
            reserve: columns.count(7)
        )
    }
}
