package import Records

/// The score of a record as it was last worked out.
package struct StoredScore: Hashable, Sendable {
    /// The record.
    package let record: RecordID
    /// The points.
    package let points: Int
    /// The fit in points.
    package let fit: Int
    /// The grade.
    package let grade: Text
    /// Whether points and grade qualified.
    package let isQualified: Bool
    /// When it was worked out.
    package let computedAt: Instant
    /// When it must be worked out again although nothing happens; nil for never.
    package let nextAt: Instant?

    /// Creates a score.
    package init(
        record: RecordID,
        points: Int,
        fit: Int,
        grade: Text,
        isQualified: Bool,
        computedAt: Instant,
        nextAt: Instant?
    ) {
        self.record = record
        self.points = points
        self.fit = fit
        self.grade = grade
        self.isQualified = isQualified
        self.computedAt = computedAt
        self.nextAt = nextAt
    }
}

extension Transaction {
    /// The score of a record; nil if it was never worked out.
    package func score(of record: RecordID) throws -> StoredScore? {
        let sql: StaticString = """
            SELECT record, points, fit, grade, qualified, computed_at, next_at FROM score WHERE record = ?1
            """
        return try self.first(sql, record) { columns in
            StoredScore(
                record: try columns.record(0),
                points: columns.count(1),
                fit: columns.count(2),
                grade: columns.text(3),
                isQualified: columns.flag(4),
                computedAt: columns.instant(5),
                nextAt: columns.optionalInstant(6)
            )
        }
    }

    /// Stores the score of a record.
    package func put(_ score: StoredScore) throws {
        let sql: StaticString = """
            INSERT INTO score(record, points, fit, grade, qualified, computed_at, next_at)
            VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)
            ON CONFLICT(record) DO UPDATE SET points = excluded.points, fit = excluded.fit, grade = excluded.grade,
                qualified = excluded.qualified, computed_at = excluded.computed_at, next_at = excluded.next_at
            """
        try self.execute(
            sql,
            score.record,
            score.points,
            score.fit,
            score.grade,
            score.isQualified,
            score.computedAt,
            score.nextAt
        )
    }

    /// The records whose score must be worked out again by now, at most `limit`.
    package func dueScores(at instant: Instant, limit: Int) throws -> [RecordID] {
        let sql: StaticString = """
            SELECT record FROM score WHERE next_at IS NOT NULL AND next_at <= ?1 ORDER BY next_at, record LIMIT ?2
            """
        return try self.all(sql, instant, limit) { try $0.record(0) }
    }

    /// When the next score must be worked out again; nil for never.
    package func nextScoreDue() throws -> Instant? {
        let sql: StaticString = "SELECT next_at FROM score WHERE next_at IS NOT NULL ORDER BY next_at LIMIT 1"
        return try self.first(sql) { $0.instant(0) }
    }
}
