import Records

extension Transaction {
    /// Moves a link to a record of another remote object that took its record's place (R17).
    ///
    /// `agreed` is what both sides agreed on before, by the places of the new shape; fields without an agreement meet anew.
    /// What waits about the record's fields waits on, under their names. Throws `StoreError.constraint` if the record or the
    /// successor has a link there already.
    package func convertLink(
        _ key: LinkKey,
        to successor: LinkKey,
        version: Int64,
        shape: ShapeNumber,
        agreed: [AgreedField],
        cause: Cause
    ) throws {
        guard let link = try self.link(key) else { throw StoreError(.notFound, "no such link") }
        let record = link.record
        try self.move(
            "UPDATE hold SET object = ?4 WHERE connection = ?1 AND object = ?2 AND record = ?3",
            link,
            successor
        )
        try self.move(
            "UPDATE conflict SET object = ?4 WHERE connection = ?1 AND object = ?2 AND record = ?3 AND state <> 'settled'",
            link,
            successor
        )
        try self.move(
            "UPDATE owed SET object = ?4 WHERE connection = ?1 AND object = ?2 AND record = ?3",
            link,
            successor
        )
        try self.move(
            "UPDATE link_epoch SET object = ?4 WHERE connection = ?1 AND object = ?2 AND record = ?3",
            link,
            successor
        )
        try self.removeLink(key, cause: cause)
        try self.insertLink(
            successor,
            record: record,
            version: version,
            shape: shape,
            agreed: agreed,
            cause: cause,
            evenIfDeleted: true
        )
        if link.status != .active { try self.setStatus(link.status, of: successor) }
    }

    private func move(_ sql: StaticString, _ link: Link, _ successor: LinkKey) throws {
        try self.execute(sql, link.key.connection, link.key.object, link.record, successor.object)
    }
}
