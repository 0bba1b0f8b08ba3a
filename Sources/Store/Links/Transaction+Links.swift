package import Records

extension Transaction {
    /// The link of a remote record; nil if there is none.
    package func link(_ key: LinkKey) throws -> Link? {
        let sql: StaticString = """
            SELECT connection, object, remote, record, remote_version, agreed, shape, remote_shadow, local_shadow, status
            FROM link WHERE connection = ?1 AND object = ?2 AND remote = ?3
            """
        return try self.first(sql, key.connection, key.object, key.remote, read: Self.link)
    }

    /// The link of a record in a connection and remote object; nil if there is none.
    package func link(of record: RecordID, connection: ConnectionNumber, object: ObjectNumber) throws -> Link? {
        let sql: StaticString = """
            SELECT connection, object, remote, record, remote_version, agreed, shape, remote_shadow, local_shadow, status
            FROM link WHERE record = ?1 AND connection = ?2 AND object = ?3
            """
        return try self.first(sql, record, connection, object, read: Self.link)
    }

    /// All links of a record, by connection and remote object.
    package func links(of record: RecordID) throws -> [Link] {
        let sql: StaticString = """
            SELECT connection, object, remote, record, remote_version, agreed, shape, remote_shadow, local_shadow, status
            FROM link WHERE record = ?1 ORDER BY connection, object
            """
        return try self.all(sql, record, read: Self.link)
    }

    /// The links whose record moved on since the last agreement, behind a remote id, at most `limit`.
    ///
    /// Costs as much as there are such links, however many links there are.
    package func dirtyLinks(
        _ connection: ConnectionNumber,
        _ object: ObjectNumber,
        after remote: Text = "",
        limit: Int
    ) throws -> [Link] {
        let sql: StaticString = """
            SELECT connection, object, remote, record, remote_version, agreed, shape, remote_shadow, local_shadow, status
            FROM link INDEXED BY link_dirty
            WHERE connection = ?1 AND object = ?2 AND remote > ?3 AND local_shadow IS NOT NULL
            ORDER BY remote LIMIT ?4
            """
        return try self.all(sql, connection, object, remote, limit, read: Self.link)
    }

    /// The links behind a remote id, at most `limit`; with `otherThan`, those only that another shape covers.
    package func links(
        _ connection: ConnectionNumber,
        _ object: ObjectNumber,
        after remote: Text = "",
        otherThan shape: ShapeNumber? = nil,
        limit: Int
    ) throws -> [Link] {
        let sql: StaticString = """
            SELECT connection, object, remote, record, remote_version, agreed, shape, remote_shadow, local_shadow, status
            FROM link WHERE connection = ?1 AND object = ?2 AND remote > ?3 AND shape <> ?4
            ORDER BY remote LIMIT ?5
            """
        return try self.all(sql, connection, object, remote, shape?.rawValue ?? -1, limit, read: Self.link)
    }

    /// Which links there are behind a remote id, at most `limit`; taking whole links apart costs five times as much.
    package func linkMarks(
        _ connection: ConnectionNumber,
        _ object: ObjectNumber,
        after remote: Text = "",
        limit: Int
    ) throws -> [LinkMark] {
        let sql: StaticString = """
            SELECT remote, remote_version, status = 'active' FROM link
            WHERE connection = ?1 AND object = ?2 AND remote > ?3 ORDER BY remote LIMIT ?4
            """
        return try self.all(sql, connection, object, remote, limit) { columns in
            LinkMark(remote: columns.text(0), remoteVersion: columns.int(1), isActive: columns.int(2) == 1)
        }
    }

    /// How many links a connection has for a remote object; for shares and reports.
    package func countLinks(_ connection: ConnectionNumber, _ object: ObjectNumber) throws -> Int {
        let sql: StaticString = "SELECT count(*) FROM link WHERE connection = ?1 AND object = ?2"
        return try self.first(sql, connection, object) { $0.count(0) } ?? 0
    }

    /// Whether a connection has at least so many links for a remote object; costs as much as that many, not as all.
    package func hasLinks(_ connection: ConnectionNumber, _ object: ObjectNumber, atLeast count: Int) throws -> Bool {
        let sql: StaticString = """
            SELECT 1 FROM link WHERE connection = ?1 AND object = ?2 ORDER BY remote LIMIT 1 OFFSET ?3
            """
        guard count > 0 else { return true }
        return try self.first(sql, connection, object, count - 1) { _ in true } ?? false
    }

    /// Ties a record to a remote one; fields that are not agreed on have no shadow (R9).
    ///
    /// `basedOn` is the record's version from which computed local sides were made; nil is the current one.
    /// `evenIfDeleted` ties a tombstone, so that the remote record is not taken for a new one.
    /// Whoever asked who the remote record is has the answer. Journalled as `.link` unless the record is being made in the
    /// same transaction. Throws `StoreError.constraint` if either side has a link already.
    package func insertLink(
        _ key: LinkKey,
        record: RecordID,
        version: Int64,
        shape number: ShapeNumber,
        agreed: [AgreedField],
        basedOn: Int64? = nil,
        cause: Cause,
        isJournalled: Bool = true,
        evenIfDeleted: Bool = false
    ) throws {
        let row = try evenIfDeleted ? self.row(of: record) ?? self.liveRow(of: record) : self.liveRow(of: record)
        let shape = try self.shape(number)
        var remoteShadow = [Value?](repeating: nil, count: shape.fields.count)
        var localShadow = LocalShadow()
        let current = try self.localValues(row, shape: shape)
        for field in agreed {
            remoteShadow[field.field] = field.remote
            localShadow.settle(field, shape: shape, current: current)
            if shape.fields[field.field].local == nil, let basedOn, basedOn != row.version {
                localShadow.inputMoved(field.field)
            }
        }
        try self.execute(
            """
            INSERT INTO link(
                connection, object, remote, record, remote_version, agreed, shape, remote_shadow, local_shadow, status
            ) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
            """,
            key.connection,
            key.object,
            key.remote,
            record,
            version,
            row.version,
            number,
            try ValueArrayCodec.encode(remoteShadow),
            try localShadow.encoded(),
            LinkStatus.active
        )
        try self.settleIdentityQuestions(about: key, cause: cause)
        if isJournalled { try self.appendJournal(record, kind: .link, detail: self.description(of: key), cause: cause) }
    }

    /// Cuts a link and forgets what was observed of its remote record; the record stays.
    package func removeLink(_ key: LinkKey, cause: Cause) throws {
        guard let link = try self.link(key) else { throw StoreError(.notFound, "no such link") }
        let sql: StaticString = "DELETE FROM link WHERE connection = ?1 AND object = ?2 AND remote = ?3"
        try self.execute(sql, key.connection, key.object, key.remote)
        try self.removeObservation(key)
        for owed in try self.owed(of: link.record, connection: key.connection, object: key.object) {
            try self.settleOwed(owed.field, of: link.record, connection: key.connection, object: key.object)
        }
        try self.appendJournal(link.record, kind: .unlink, detail: self.description(of: key), cause: cause)
    }

    /// Follows a remote record to another id, after a merge or a conversion in the CRM (R10, R17).
    ///
    /// Throws `StoreError.constraint` if that remote record has a link of its own.
    package func remapLink(_ key: LinkKey, to remote: Text, cause: Cause) throws {
        guard let link = try self.link(key) else { throw StoreError(.notFound, "no such link") }
        let sql: StaticString = "UPDATE link SET remote = ?4 WHERE connection = ?1 AND object = ?2 AND remote = ?3"
        try self.execute(sql, key.connection, key.object, key.remote, remote)
        try self.removeObservation(key)
        let new = LinkKey(key.connection, key.object, remote)
        try self.settleIdentityQuestions(about: new, cause: cause)
        try self.appendJournal(link.record, kind: .link, detail: self.description(of: new), cause: cause)
    }

    /// Sets whether the link is at work.
    package func setStatus(_ status: LinkStatus, of key: LinkKey) throws {
        let sql: StaticString = "UPDATE link SET status = ?4 WHERE connection = ?1 AND object = ?2 AND remote = ?3"
        try self.execute(sql, key.connection, key.object, key.remote, status)
    }

    /// Raises the version floor; a version below it changes nothing (R3).
    package func raiseFloor(_ key: LinkKey, to version: Int64) throws {
        let sql: StaticString = """
            UPDATE link SET remote_version = ?4
            WHERE connection = ?1 AND object = ?2 AND remote = ?3 AND remote_version < ?4
            """
        try self.execute(sql, key.connection, key.object, key.remote, version)
    }

    func store(_ shadow: LocalShadow, of key: LinkKey) throws {
        let sql: StaticString =
            "UPDATE link SET local_shadow = ?4 WHERE connection = ?1 AND object = ?2 AND remote = ?3"
        try self.execute(sql, key.connection, key.object, key.remote, shadow.encoded())
    }

    static func link(_ columns: Columns) throws -> Link {
        Link(
            key: LinkKey(columns.number(0), columns.number(1), columns.text(2)),
            record: try columns.record(3),
            remoteVersion: columns.int(4),
            agreed: columns.int(5),
            shape: columns.number(6),
            remoteShadowBytes: columns.bytes(7),
            localShadow: try LocalShadow(decoding: columns.buffer(8)),
            status: try columns.word(9)
        )
    }

    /// What people call a remote record: `hubspot-eu/contacts/123`.
    package func description(of key: LinkKey) throws -> String {
        "\(try self.name(of: key.connection))/\(try self.name(of: key.object))/\(key.remote)"
    }
}
