package import Records

/// The number of a roll-up: one reference of one mapping over which properties are counted.
package struct RollUpNumber: StoredNumber, SQLArgument {
    /// The number in the database.
    package let rawValue: Int64

    package init(rawValue: Int64) { self.rawValue = rawValue }
}

/// Which children stand under which parent, as a reader of the journal has seen them, and whose numbers are due.
///
/// What is due is a row, so that it is counted once however often it changes, and by whatever run comes to it.
extension Transaction {
    /// The roll-up of a name; `isNew` if its hash is another than before, and then it has no members and nothing due.
    package func rollUp(_ name: String, hash: String) throws -> (number: RollUpNumber, isNew: Bool) {
        let sql: StaticString = "SELECT number, hash FROM roll_up WHERE name = ?1"
        let known = try self.first(sql, name) { ($0.number(0) as RollUpNumber, $0.string(1)) }
        guard let known else {
            try self.execute("INSERT INTO roll_up(name, hash) VALUES(?1, ?2)", name, hash)
            guard let made = try self.first(sql, name, read: { $0.number(0) as RollUpNumber }) else {
                throw StoreError(.notFound, "no roll-up \(name)")
            }
            return (made, true)
        }
        if known.1.hasSameBytes(as: hash) { return (known.0, false) }
        try self.execute("DELETE FROM roll_up_member WHERE roll_up = ?1", known.0)
        try self.execute("DELETE FROM roll_up_due WHERE roll_up = ?1", known.0)
        try self.execute("UPDATE roll_up SET hash = ?2 WHERE number = ?1", known.0, hash)
        return (known.0, true)
    }

    /// The record under which a child stands; nil if under none.
    package func parent(of child: RecordID, in rollUp: RollUpNumber) throws -> RecordID? {
        let sql: StaticString = "SELECT parent FROM roll_up_member WHERE roll_up = ?1 AND child = ?2"
        return try self.first(sql, rollUp, child) { try $0.record(0) }
    }

    /// Puts a child under a parent, or under none.
    package func setParent(_ parent: RecordID?, of child: RecordID, in rollUp: RollUpNumber) throws {
        guard let parent else {
            try self.execute("DELETE FROM roll_up_member WHERE roll_up = ?1 AND child = ?2", rollUp, child)
            return
        }
        let sql: StaticString = """
            INSERT INTO roll_up_member(roll_up, parent, child) VALUES(?1, ?2, ?3)
            ON CONFLICT(roll_up, child) DO UPDATE SET parent = excluded.parent
            """
        try self.execute(sql, rollUp, parent, child)
    }

    /// The children under a parent behind an id, in the order of their ids, at most `limit`.
    package func children(
        of parent: RecordID,
        in rollUp: RollUpNumber,
        after child: RecordID? = nil,
        limit: Int
    ) throws -> [RecordID] {
        let sql: StaticString = """
            SELECT child FROM roll_up_member WHERE roll_up = ?1 AND parent = ?2 AND child > ?3 ORDER BY child LIMIT ?4
            """
        return try self.all(sql, rollUp, parent, child ?? .zero, limit) { try $0.record(0) }
    }

    /// Notes that a parent has to be counted again.
    package func setDue(_ parent: RecordID, in rollUp: RollUpNumber) throws {
        try self.execute(
            "INSERT INTO roll_up_due(roll_up, parent) VALUES(?1, ?2) ON CONFLICT DO NOTHING",
            rollUp,
            parent
        )
    }

    /// Parents that have to be counted again, in the order of their ids, at most `limit`.
    package func due(in rollUp: RollUpNumber, limit: Int) throws -> [RecordID] {
        let sql: StaticString = "SELECT parent FROM roll_up_due WHERE roll_up = ?1 ORDER BY parent LIMIT ?2"
        return try self.all(sql, rollUp, limit) { try $0.record(0) }
    }

    /// Notes that a parent was counted.
    package func settleDue(_ parent: RecordID, in rollUp: RollUpNumber) throws {
        try self.execute("DELETE FROM roll_up_due WHERE roll_up = ?1 AND parent = ?2", rollUp, parent)
    }
}
