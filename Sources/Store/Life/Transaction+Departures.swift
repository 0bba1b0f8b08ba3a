package import Records

extension Transaction {
    /// What was seen of remote records that are archived, gone or merged away, behind a remote id, at most `limit`.
    ///
    /// Costs as much as there are such, however many observations are kept.
    package func departures(
        _ connection: ConnectionNumber,
        _ object: ObjectNumber,
        after remote: Text = "",
        limit: Int
    ) throws -> [RemoteObservation] {
        let sql: StaticString = """
            SELECT connection, object, remote, version, state, merged_into, remote_values, shape, named, observed_at,
                merged_object
            FROM observation INDEXED BY observation_departed
            WHERE connection = ?1 AND object = ?2 AND remote > ?3 AND state <> 'live' ORDER BY remote LIMIT ?4
            """
        return try self.all(sql, connection, object, remote, limit, read: Self.observation)
    }

    /// How many remote records of a connection were seen to be archived, gone or merged away and are not dealt with yet.
    package func countDepartures(_ connection: ConnectionNumber) throws -> Int {
        let sql: StaticString = """
            SELECT count(*) FROM observation INDEXED BY observation_departed WHERE connection = ?1 AND state <> 'live'
            """
        return try self.first(sql, connection) { $0.count(0) } ?? 0
    }

    /// The links at work whose record was deleted here, behind a record's id, at most `limit`, in the order of records.
    ///
    /// Costs as much as there are deleted records of the object.
    package func linksOfDeleted(
        _ local: ObjectNumber,
        connection: ConnectionNumber,
        object: ObjectNumber,
        after record: RecordID? = nil,
        limit: Int
    ) throws -> [Link] {
        let sql: StaticString = """
            SELECT link.connection, link.object, link.remote, link.record, link.remote_version, link.agreed, link.shape,
                link.remote_shadow, link.local_shadow, link.status
            FROM record INDEXED BY record_deleted CROSS JOIN link ON link.record = record.record
                AND link.connection = ?3 AND link.object = ?4 AND link.status = 'active'
            WHERE record.object = ?1 AND record.record > ?2 AND record.deleted_at IS NOT NULL
            ORDER BY record.record LIMIT ?5
            """
        return try self.all(sql, local, record ?? .zero, connection, object, limit, read: Self.link)
    }

    /// Remembers that a remote id leads to another one; older ids that led to it lead there at once.
    ///
    /// Ids never lead in a circle: a target that was an alias itself stands for itself again.
    package func addAlias(_ key: LinkKey, to target: Text, at instant: Instant) throws {
        let end = try self.target(of: LinkKey(key.connection, key.object, target))
        let goal = end == key.remote ? target : end
        if end == key.remote {
            let sql: StaticString = "DELETE FROM remote_alias WHERE connection = ?1 AND object = ?2 AND remote = ?3"
            try self.execute(sql, key.connection, key.object, target)
        }
        guard goal != key.remote else { return }
        try self.execute(
            """
            UPDATE remote_alias SET target = ?4
            WHERE connection = ?1 AND object = ?2 AND target = ?3 AND remote <> ?4
            """,
            key.connection,
            key.object,
            key.remote,
            goal
        )
        try self.execute(
            """
            INSERT INTO remote_alias(connection, object, remote, target, since) VALUES(?1, ?2, ?3, ?4, ?5)
            ON CONFLICT(connection, object, remote) DO UPDATE SET target = excluded.target, since = excluded.since
            """,
            key.connection,
            key.object,
            key.remote,
            goal,
            instant
        )
    }

    /// The id under which a remote record lives on; its own unless it was merged or converted.
    package func target(of key: LinkKey) throws -> Text {
        let sql: StaticString = """
            SELECT target FROM remote_alias WHERE connection = ?1 AND object = ?2 AND remote = ?3
            """
        return try self.first(sql, key.connection, key.object, key.remote) { $0.text(0) } ?? key.remote
    }
}
