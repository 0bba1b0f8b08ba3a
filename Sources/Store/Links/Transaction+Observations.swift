package import Records

extension Transaction {
    /// Stores what a CRM said, and raises the link's version floor; drops what is older than what is known (R3).
    package func observe(_ observation: RemoteObservation) throws -> ObservationFate {
        let key = observation.key
        let floor = try self.first(
            "SELECT remote_version FROM link WHERE connection = ?1 AND object = ?2 AND remote = ?3",
            key.connection,
            key.object,
            key.remote
        ) { $0.int(0) }
        if let floor, observation.version < floor { return .stale }
        let stored = try self.execute(
            """
            INSERT INTO observation(
                connection, object, remote, version, state, merged_into, remote_values, shape, named, observed_at,
                merged_object
            ) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
            ON CONFLICT(connection, object, remote) DO UPDATE SET
                version = excluded.version, state = excluded.state, merged_into = excluded.merged_into,
                remote_values = excluded.remote_values, shape = excluded.shape, named = excluded.named,
                observed_at = excluded.observed_at, merged_object = excluded.merged_object
            WHERE excluded.version >= observation.version
            """,
            key.connection,
            key.object,
            key.remote,
            observation.version,
            observation.state.word,
            observation.state.target,
            try observation.values.map { try ValueArrayCodec.encode($0.map(Optional.some)) },
            observation.shape,
            observation.named,
            observation.observedAt,
            observation.state.targetObject
        )
        guard stored > 0 else { return .stale }
        if let floor, floor < observation.version { try self.raiseFloor(key, to: observation.version) }
        return .stored
    }

    /// What is stored of a remote record; nil if nothing is, which for a link means "as its remote shadow".
    package func observation(_ key: LinkKey) throws -> RemoteObservation? {
        let sql: StaticString = """
            SELECT connection, object, remote, version, state, merged_into, remote_values, shape, named, observed_at,
                merged_object
            FROM observation WHERE connection = ?1 AND object = ?2 AND remote = ?3
            """
        return try self.first(sql, key.connection, key.object, key.remote, read: Self.observation)
    }

    /// Forgets what is stored of a remote record, as when a link's shadow has caught up with it.
    package func removeObservation(_ key: LinkKey) throws {
        let sql: StaticString = "DELETE FROM observation WHERE connection = ?1 AND object = ?2 AND remote = ?3"
        try self.execute(sql, key.connection, key.object, key.remote)
    }

    /// The stored observations behind a remote id, at most `limit`, linked or not.
    package func observations(
        _ connection: ConnectionNumber,
        _ object: ObjectNumber,
        after remote: Text = "",
        limit: Int
    ) throws -> [RemoteObservation] {
        let sql: StaticString = """
            SELECT connection, object, remote, version, state, merged_into, remote_values, shape, named, observed_at,
                merged_object
            FROM observation WHERE connection = ?1 AND object = ?2 AND remote > ?3 ORDER BY remote LIMIT ?4
            """
        return try self.all(sql, connection, object, remote, limit, read: Self.observation)
    }

    /// The remote ids behind one, up to and with another, of which observations are stored.
    package func observedIDs(
        _ connection: ConnectionNumber,
        _ object: ObjectNumber,
        after first: Text,
        through last: Text
    ) throws -> [Text] {
        let sql: StaticString = """
            SELECT remote FROM observation
            WHERE connection = ?1 AND object = ?2 AND remote > ?3 AND remote <= ?4 ORDER BY remote
            """
        return try self.all(sql, connection, object, first, last) { $0.text(0) }
    }

    /// The stored observations with their links, nil for those that have none; see `observations`.
    package func pending(
        _ connection: ConnectionNumber,
        _ object: ObjectNumber,
        after remote: Text = "",
        limit: Int
    ) throws -> [(observation: RemoteObservation, link: Link?)] {
        try self.observations(connection, object, after: remote, limit: limit).map { ($0, try self.link($0.key)) }
    }

    /// How many observations are stored for a connection and object, linked or not.
    package func countObservations(_ connection: ConnectionNumber, _ object: ObjectNumber) throws -> Int {
        let sql: StaticString = "SELECT count(*) FROM observation WHERE connection = ?1 AND object = ?2"
        return try self.first(sql, connection, object) { $0.count(0) } ?? 0
    }

    /// The live observations behind a remote id that have no link and about which nothing is asked, at most `limit`.
    ///
    /// The others cost a look each, without reading them.
    package func unclaimedObservations(
        _ connection: ConnectionNumber,
        _ object: ObjectNumber,
        after remote: Text = "",
        limit: Int
    ) throws -> [RemoteObservation] {
        let sql: StaticString = """
            SELECT connection, object, remote, version, state, merged_into, remote_values, shape, named, observed_at,
                merged_object
            FROM observation AS o
            WHERE connection = ?1 AND object = ?2 AND remote > ?3 AND state = 'live' AND NOT EXISTS (
                SELECT 1 FROM review
                WHERE review.connection = ?1 AND review.object = ?2 AND review.subject = o.remote
                    AND review.state = 'open'
            ) AND NOT EXISTS (
                SELECT 1 FROM link WHERE link.connection = ?1 AND link.object = ?2 AND link.remote = o.remote
            ) ORDER BY remote LIMIT ?4
            """
        return try self.all(sql, connection, object, remote, limit, read: Self.observation)
    }

    /// The remote ids behind one of which observations are stored although they are linked, at most `limit`.
    ///
    /// Of who waits for a person to say who they are, only the question is looked at: they have no link (`insertLink`), and
    /// looking for one each would read most pages of a large store. The kinds are no list: SQLite makes a table of each list.
    package func linkedObservations(
        _ connection: ConnectionNumber,
        _ object: ObjectNumber,
        after remote: Text = "",
        limit: Int
    ) throws -> [Text] {
        let sql: StaticString = """
            SELECT remote FROM observation AS o
            WHERE connection = ?1 AND object = ?2 AND remote > ?3 AND NOT EXISTS (
                SELECT 1 FROM review
                WHERE review.connection = ?1 AND review.object = ?2 AND review.subject = o.remote
                    AND review.state = 'open'
                    AND (review.kind = 'ambiguous' OR review.kind = 'duplicate_of' OR review.kind = 'contradiction')
            ) AND EXISTS (
                SELECT 1 FROM link WHERE link.connection = ?1 AND link.object = ?2 AND link.remote = o.remote
            ) ORDER BY remote LIMIT ?4
            """
        return try self.all(sql, connection, object, remote, limit) { $0.text(0) }
    }

    /// Whether anything is stored of a connection's remote object; costs the same however much that is.
    package func hasObservations(_ connection: ConnectionNumber, _ object: ObjectNumber) throws -> Bool {
        let sql: StaticString = "SELECT 1 FROM observation WHERE connection = ?1 AND object = ?2 LIMIT 1"
        return try self.first(sql, connection, object) { _ in true } ?? false
    }

    static func observation(_ columns: Columns) throws -> RemoteObservation {
        let successor: ObjectNumber? = columns.optionalNumber(10)
        let state: RemoteState =
            switch columns.string(4) {
            case "live": .live
            case "archived": .archived
            case "merged": successor.map { .converted(into: columns.text(5), of: $0) } ?? .merged(into: columns.text(5))
            default: .gone
            }
        let values = columns.isNull(6) ? nil : try ValueArrayCodec.decode(columns.buffer(6)).map { $0 ?? .absent }
        return RemoteObservation(
            key: LinkKey(columns.number(0), columns.number(1), columns.text(2)),
            version: columns.int(3),
            state: state,
            values: values,
            shape: columns.optionalNumber(7),
            named: try columns.optionalRecord(8),
            observedAt: columns.instant(9)
        )
    }
}
