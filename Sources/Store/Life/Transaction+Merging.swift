package import Records

extension Transaction {
    /// Merges a record into another: it stays as an alias, is found no more, and what happened to the person moves over.
    ///
    /// Records that were merged into it before lead to the survivor at once. Its links stay with it; see `moveLink`.
    /// Throws `StoreError`: `.notLive` unless both live, `.constraint` for records of two objects, or one and the same.
    package func merge(_ lost: RecordID, into kept: RecordID, cause: Cause) throws {
        let (gone, survivor) = (try self.liveRow(of: lost), try self.liveRow(of: kept))
        guard lost != kept, gone.object == survivor.object else {
            throw StoreError(.constraint, "only two records of one object can be merged")
        }
        let codec = try self.codec(of: gone.object)
        let sql: StaticString = "UPDATE record SET alias_of = ?2, version = version + 1 WHERE record = ?1"
        try self.execute(sql, lost, kept)
        try self.execute("UPDATE record SET alias_of = ?2 WHERE alias_of = ?1", lost, kept)
        try self.updateIdentities(
            of: lost,
            object: gone.object,
            codec: codec,
            old: codec.decode(gone.properties),
            new: nil
        )
        // Events are of the person, and the person is the survivor now; what was changed stays with what it changed.
        try self.execute("UPDATE journal SET record = ?2 WHERE record = ?1 AND kind = 'event'", lost, kept)
        try self.appendJournal(lost, kind: .merge, detail: kept.description, cause: cause)
        try self.appendJournal(kept, kind: .absorb, detail: lost.description, cause: cause)
    }

    /// Forgets what waits about the fields of a link whose record is about to be merged away.
    package func removeWaiting(of link: Link, cause: Cause) throws {
        let (connection, object) = (link.key.connection, link.key.object)
        for conflict in try self.unsettledConflicts(of: link.record, connection: connection, object: object) {
            try self.settleConflict(conflict.id, winner: .agreed, cause: cause)
        }
        let sql: StaticString = "DELETE FROM hold WHERE connection = ?1 AND object = ?2 AND record = ?3"
        try self.execute(sql, connection, object, link.record)
    }

    /// Sets the version floor of a link that leads to another remote record now, whose versions count anew (R3).
    package func resetFloor(_ key: LinkKey, to version: Int64) throws {
        let sql: StaticString =
            "UPDATE link SET remote_version = ?4 WHERE connection = ?1 AND object = ?2 AND remote = ?3"
        try self.execute(sql, key.connection, key.object, key.remote, version)
    }

    /// The record that stands for another one now: itself, or the survivor of its merges.
    package func survivor(of record: RecordID) throws -> RecordID {
        try self.row(of: record)?.aliasOf ?? record
    }

    /// The records that were merged into one, in the order of their ids.
    package func merged(into record: RecordID) throws -> [RecordID] {
        let sql: StaticString = "SELECT record FROM record WHERE alias_of = ?1 ORDER BY record"
        return try self.all(sql, record) { try $0.record(0) }
    }

    /// Gives a link to another record, with what both sides agreed on: where that record holds something else, it has
    /// changed since.
    ///
    /// Computed values are taken to have moved. Throws `StoreError.constraint` if that record is linked there already.
    package func moveLink(_ key: LinkKey, to record: RecordID, cause: Cause) throws {
        guard let link = try self.link(key) else { throw StoreError(.notFound, "no such link") }
        let row = try self.liveRow(of: record)
        let shape = try self.shape(link.shape)
        let shadow = try self.values(of: link)
        let current = try self.localValues(row, shape: shape)
        var moved = LocalShadow()
        for (place, field) in shape.fields.enumerated() {
            guard shadow.remoteShadow[place] != nil else { continue }
            if field.local == nil {
                moved.inputMoved(place)
            } else if let agreed = shadow.localShadow[place] {
                moved.agree(place, on: agreed, current: current[place])
            }
        }
        try self.execute(
            """
            UPDATE link SET record = ?4, agreed = ?5, local_shadow = ?6
            WHERE connection = ?1 AND object = ?2 AND remote = ?3
            """,
            key.connection,
            key.object,
            key.remote,
            record,
            row.version,
            try moved.encoded()
        )
        try self.appendJournal(link.record, kind: .unlink, detail: self.description(of: key), cause: cause)
        try self.appendJournal(record, kind: .link, detail: self.description(of: key), cause: cause)
    }
}
