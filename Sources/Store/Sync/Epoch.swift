package import Records

/// The epoch of a lattice property of a record: how often a person took it back (R5).
package struct Epoch: Hashable, Sendable {
    /// The property.
    package let property: String
    /// The number; a property that nobody took back is in epoch 0 and has no row.
    package let number: Int
    /// When it began.
    package let openedAt: Instant
    /// Who began it.
    package let openedBy: String
}

extension Transaction {
    /// The epochs of a record's properties, by property; empty for nearly every record.
    package func epochs(of record: RecordID) throws -> [Epoch] {
        let sql: StaticString = """
            SELECT property, epoch, opened_at, opened_by FROM epoch WHERE record = ?1 ORDER BY property
            """
        return try self.all(sql, record) { columns in
            Epoch(
                property: columns.string(0),
                number: columns.count(1),
                openedAt: columns.instant(2),
                openedBy: columns.string(3)
            )
        }
    }

    /// Begins the next epoch of a property, and returns its number.
    @discardableResult
    package func openEpoch(of property: String, record: RecordID, by person: String, at now: Instant) throws -> Int {
        try self.execute(
            """
            INSERT INTO epoch(record, property, epoch, opened_at, opened_by) VALUES(?1, ?2, 1, ?3, ?4)
            ON CONFLICT(record, property) DO UPDATE SET
                epoch = epoch + 1, opened_at = excluded.opened_at, opened_by = excluded.opened_by
            """,
            record,
            property,
            now,
            person
        )
        return try self.epochs(of: record).first { $0.property.hasSameBytes(as: property) }?.number ?? 1
    }

    /// In which epoch a CRM was when both sides last agreed on a property; 0 if nobody took it back until then.
    package func agreedEpoch(
        of property: String,
        record: RecordID,
        connection: ConnectionNumber,
        object: ObjectNumber
    ) throws -> Int {
        let sql: StaticString = """
            SELECT epoch FROM link_epoch WHERE record = ?1 AND property = ?2 AND connection = ?3 AND object = ?4
            """
        return try self.first(sql, record, property, connection, object) { $0.count(0) } ?? 0
    }

    /// Both sides agree on a property in this epoch.
    package func agree(
        onEpoch epoch: Int,
        of property: String,
        record: RecordID,
        connection: ConnectionNumber,
        object: ObjectNumber
    ) throws {
        try self.execute(
            """
            INSERT INTO link_epoch(record, property, connection, object, epoch) VALUES(?1, ?2, ?3, ?4, ?5)
            ON CONFLICT(record, property, connection, object) DO UPDATE SET epoch = excluded.epoch
            """,
            record,
            property,
            connection,
            object,
            epoch
        )
    }
}
