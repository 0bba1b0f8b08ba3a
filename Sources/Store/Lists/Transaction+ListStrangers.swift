package import Records

/// Whom people in the CRM put on a list, so that each move is told once.
extension Transaction {
    /// Notes that somebody in the CRM put a record on a list; false if that is known.
    @discardableResult
    package func addListStranger(_ record: RecordID, on list: RemoteListNumber, at instant: Instant) throws -> Bool {
        let sql: StaticString = """
            INSERT INTO remote_list_stranger(list, record, since) VALUES(?1, ?2, ?3) ON CONFLICT DO NOTHING
            """
        return try self.execute(sql, list, record, instant) == 1
    }

    /// Forgets that somebody in the CRM put a record on a list; false if nobody knew.
    @discardableResult
    package func removeListStranger(_ record: RecordID, on list: RemoteListNumber) throws -> Bool {
        let sql: StaticString = "DELETE FROM remote_list_stranger WHERE list = ?1 AND record = ?2"
        return try self.execute(sql, list, record) == 1
    }

    /// The records that people in the CRM put on a list, behind a record, at most `limit`, with the remote record of the
    /// link that is at work; nil for those without one.
    package func listStrangers(
        _ list: RemoteListNumber,
        _ connection: ConnectionNumber,
        _ object: ObjectNumber,
        after record: RecordID? = nil,
        limit: Int
    ) throws -> [(record: RecordID, remote: Text?)] {
        let sql: StaticString = """
            SELECT stranger.record, link.remote FROM remote_list_stranger AS stranger
            LEFT JOIN link ON link.record = stranger.record AND link.connection = ?2 AND link.object = ?3
                AND link.status = 'active'
            WHERE stranger.list = ?1 AND stranger.record > ?4 ORDER BY stranger.record LIMIT ?5
            """
        return try self.all(sql, list, connection, object, record ?? .zero, limit) { columns in
            (try columns.record(0), columns.optionalText(1))
        }
    }
}
