package import Records

/// Whom our side put on the lists of a CRM, and whom a segment has moved since.
///
/// What is due is a row, so that the next run goes on where one was killed; it is decided again when its turn comes.
extension Transaction {
    /// The list of a name; nil if none was ever kept.
    package func knownRemoteList(_ name: String) throws -> RemoteListRow? {
        let sql: StaticString = "SELECT number, hash, remote, read_at, approved FROM remote_list WHERE name = ?1"
        return try self.first(sql, name) { columns in
            RemoteListRow(
                number: columns.number(0),
                hash: columns.string(1),
                remote: columns.optionalText(2),
                readAt: columns.optionalInstant(3),
                approved: columns.optionalString(4)
            )
        }
    }

    /// The list of a name, which is kept from here on.
    package func remoteList(_ name: String) throws -> RemoteListRow {
        if let known = try self.knownRemoteList(name) { return known }
        try self.execute("INSERT INTO remote_list(name, hash) VALUES(?1, '')", name)
        guard let made = try self.knownRemoteList(name) else { throw StoreError(.notFound, "no list \(name)") }
        return made
    }

    /// Notes which segment a list follows.
    package func setHash(_ hash: String, of list: RemoteListNumber) throws {
        try self.execute("UPDATE remote_list SET hash = ?2 WHERE number = ?1", list, hash)
    }

    /// Notes which list of the CRM it is; a list that is another one than before has no members of ours yet.
    package func setRemote(_ remote: Text, of list: RemoteListNumber) throws {
        let sql: StaticString = """
            UPDATE remote_list SET remote = ?2, read_at = NULL, hash = CASE WHEN remote IS NULL THEN hash ELSE '' END
            WHERE number = ?1 AND remote IS NOT ?2
            """
        guard try self.execute(sql, list, remote) == 1 else { return }
        try self.execute("DELETE FROM remote_list_member WHERE list = ?1", list)
        try self.execute("DELETE FROM remote_list_stranger WHERE list = ?1", list)
    }

    /// Notes that somebody approved what a list's segment does to it.
    package func approve(_ list: RemoteListNumber, as hash: String) throws {
        try self.execute("UPDATE remote_list SET approved = ?2 WHERE number = ?1", list, hash)
    }

    /// Notes when the members of a list were read.
    package func setListRead(_ list: RemoteListNumber, at instant: Instant) throws {
        try self.execute("UPDATE remote_list SET read_at = ?2 WHERE number = ?1", list, instant)
    }

    /// Where a record stands on a list; nil if we have no part in it.
    package func listState(of record: RecordID, on list: RemoteListNumber) throws -> ListState? {
        let sql: StaticString = "SELECT state FROM remote_list_member WHERE list = ?1 AND record = ?2"
        return try self.first(sql, list, record) { try $0.word(0) }
    }

    /// Puts a record on a list's base, or takes it off with nil; it is not due any more.
    package func setListState(
        _ state: ListState?,
        of record: RecordID,
        on list: RemoteListNumber,
        at instant: Instant
    ) throws {
        try self.setListDue(false, record, on: list)
        guard let state else {
            try self.execute("DELETE FROM remote_list_member WHERE list = ?1 AND record = ?2", list, record)
            return
        }
        let sql: StaticString = """
            INSERT INTO remote_list_member(list, record, state, since) VALUES(?1, ?2, ?3, ?4)
            ON CONFLICT(list, record) DO UPDATE SET state = excluded.state, since = excluded.since
            """
        try self.execute(sql, list, record, state, instant)
    }

    /// Notes whether the CRM has to be told of a record.
    package func setListDue(_ isDue: Bool, _ record: RecordID, on list: RemoteListNumber) throws {
        if isDue {
            let sql: StaticString = """
                INSERT INTO remote_list_due(list, record) VALUES(?1, ?2) ON CONFLICT DO NOTHING
                """
            try self.execute(sql, list, record)
        } else {
            try self.execute("DELETE FROM remote_list_due WHERE list = ?1 AND record = ?2", list, record)
        }
    }

    /// Whether any record is due on a list that has a link at work in a connection.
    package func hasListDue(
        _ list: RemoteListNumber,
        _ connection: ConnectionNumber,
        _ object: ObjectNumber
    ) throws -> Bool {
        let sql: StaticString = """
            SELECT 1 FROM remote_list_due AS due
            JOIN link ON link.record = due.record AND link.connection = ?2 AND link.object = ?3
                AND link.status = 'active'
            WHERE due.list = ?1 LIMIT 1
            """
        return try self.first(sql, list, connection, object) { _ in true } ?? false
    }

    /// The records of which the CRM has to be told, behind an id, at most `limit`, with the remote record of the link that
    /// is at work; nil for those without one.
    package func listDue(
        _ list: RemoteListNumber,
        _ connection: ConnectionNumber,
        _ object: ObjectNumber,
        after record: RecordID? = nil,
        limit: Int
    ) throws -> [(record: RecordID, remote: Text?)] {
        let sql: StaticString = """
            SELECT due.record, link.remote FROM remote_list_due AS due
            LEFT JOIN link ON link.record = due.record AND link.connection = ?2 AND link.object = ?3
                AND link.status = 'active'
            WHERE due.list = ?1 AND due.record > ?4 ORDER BY due.record LIMIT ?5
            """
        return try self.all(sql, list, connection, object, record ?? .zero, limit) { columns in
            (try columns.record(0), columns.optionalText(1))
        }
    }

    /// The base of a list behind a record, at most `limit`, with the remote records.
    package func listBase(
        _ list: RemoteListNumber,
        _ connection: ConnectionNumber,
        _ object: ObjectNumber,
        after record: RecordID? = nil,
        limit: Int
    ) throws -> [ListBase] {
        let sql: StaticString = """
            SELECT member.record, member.state, member.since, link.remote FROM remote_list_member AS member
            LEFT JOIN link ON link.record = member.record AND link.connection = ?2 AND link.object = ?3
                AND link.status = 'active'
            WHERE member.list = ?1 AND member.record > ?4 ORDER BY member.record LIMIT ?5
            """
        return try self.all(sql, list, connection, object, record ?? .zero, limit) { columns in
            ListBase(
                record: try columns.record(0),
                state: try columns.word(1),
                since: columns.instant(2),
                remote: columns.optionalText(3)
            )
        }
    }
}
