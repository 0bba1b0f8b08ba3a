import GRDB
package import Records

extension Transaction {
    /// Erases a person (R8): the record and those that were merged into it keep their ids, and nothing else of them stays.
    ///
    /// Values are redacted in place in the journal, conflicts and whatever waits; each link rests without shadows, so that
    /// the remote record is never taken for a new one, and becomes a target of the erasing in its CRM. Keyed hashes of all
    /// that the person was known by, now and earlier, turn them away until they are admitted again. What SQLite has not
    /// overwritten yet goes with `Store.scrub`.
    ///
    /// `isShared` says of a value that it is nobody's own, such as the address of a role (R7): it turns nobody away, and what
    /// others with it said of mail stays.
    /// Throws `StoreError`: `.notFound`, or `.refused` without the workspace's secret.
    package func erase(
        _ record: RecordID,
        reason: String,
        cause: Cause,
        isShared: (Value) -> Bool = { _ in false }
    ) throws {
        let survivor = try self.survivor(of: record)
        let people = try [survivor] + self.merged(into: survivor)
        for person in people { try self.keepKeys(of: person, for: survivor, isShared, cause: cause) }
        try self.execute(
            """
            INSERT INTO erasure(record, reason, actor, requested_at) VALUES(?1, ?2, ?3, ?4)
            ON CONFLICT(record) DO NOTHING
            """,
            survivor,
            reason,
            cause.actor,
            cause.at
        )
        for person in people {
            try self.forgetAddresses(of: person, isShared)
            try self.redactWaiting(of: person, for: survivor, cause: cause)
            try self.redactLinks(of: person, for: survivor, cause: cause)
            try self.redactAutomation(of: person, cause: cause)
            try self.eraseActivities(of: person, cause: cause)
            try self.redactRecord(person, cause: cause)
            try self.clearOtherTables(of: person)
            try self.appendJournal(person, kind: .erase, detail: reason, cause: cause)
        }
        try self.confirmErasure(of: survivor, at: cause.at)
    }

    // MARK: What they were known by

    /// Hashes what the person is known by now, and was before the changes that the journal tells of.
    private func keepKeys(
        of person: RecordID,
        for survivor: RecordID,
        _ isShared: (Value) -> Bool,
        cause: Cause
    ) throws {
        guard let stored = try self.record(person) else { throw StoreError(.notFound, "no record \(person)") }
        var values = stored.values
        // A key with a blank part is none.
        func own(_ values: [Value]) -> [Value] { values.map { isShared($0) ? .absent : $0 } }
        // An address is what a person is known by, whether a mapping matches by it or not, today or one day.
        if stored.schema.property("email") != nil {
            try self.buildIdentityKey(IdentityKey(["email"]), of: stored.object)
        }
        try self.keepErasedKeys(of: survivor, stored.object, own(values), at: cause.at)
        let keyed = Set(try self.storedIdentityKeys(of: stored.object).flatMap(\.key.properties))
        for entry in try self.timeline(of: person, limit: .max) where entry.kind.changesRecord {
            var moved = false
            for change in entry.changes {
                guard
                    let place = stored.schema.properties.firstIndex(where: { $0.name.hasSameBytes(as: change.property) }
                    )
                else { continue }
                values[place] = change.old
                moved = moved || keyed.contains(change.property)
            }
            if moved { try self.keepErasedKeys(of: survivor, stored.object, own(values), at: cause.at) }
        }
    }

    /// The addresses that mail was kept from, or sent to, stand in plain words.
    private func forgetAddresses(of person: RecordID, _ isShared: (Value) -> Bool) throws {
        guard let stored = try self.record(person) else { return }
        for value in stored.values {
            guard case .text(let text) = value, !isShared(value) else { continue }
            try self.execute("DELETE FROM suppression WHERE address = ?1", text)
            try self.execute("DELETE FROM suppression WHERE address = ?1", Text(text.string.lowercased()))
        }
    }

    // MARK: Redacting in place

    private func redactRecord(_ person: RecordID, cause: Cause) throws {
        guard let row = try self.row(of: person) else { return }
        let codec = try self.codec(of: row.object)
        if row.isLive {
            try self.updateIdentities(
                of: person,
                object: row.object,
                codec: codec,
                old: codec.decode(row.properties),
                new: nil
            )
        }
        self.decoded.forget(person)
        let empty = SQLText(try codec.encode([Value](repeating: .absent, count: codec.keys.count)))
        try self.execute(
            "UPDATE record SET properties = ?2, deleted_at = coalesce(deleted_at, ?3), version = version + 1 WHERE record = ?1",
            person,
            empty,
            cause.at
        )
        try self.execute(
            """
            DELETE FROM event_key WHERE seq IN (SELECT seq FROM journal WHERE record = ?1 AND kind = 'event')
            """,
            person
        )
        // Which remote record, and which other record, are no values of the person; who wrote in the CRM may be the person,
        // and the name of a segment tells of them.
        try self.execute(
            """
            UPDATE journal SET changes = '{}', detail = CASE
                WHEN kind IN (
                    'event', 'exclude', 'overwritten', 'list_add', 'list_remove', 'list_joined', 'list_left'
                ) THEN NULL ELSE detail END
            WHERE record = ?1
            """,
            person
        )
    }

    private func redactWaiting(of person: RecordID, for survivor: RecordID, cause: Cause) throws {
        let blank = SQLText(try ValueArrayCodec.encode(one: .null))
        try self.execute(
            """
            UPDATE conflict SET local_base = ?2, remote_base = ?2, local_value = ?2, remote_value = ?2,
                local_by = NULL, remote_by = NULL,
                decided_value = CASE WHEN decision = 'value' THEN ?2 END,
                state = 'settled', settled_at = coalesce(settled_at, ?3), winner = coalesce(winner, 'agreed')
            WHERE record = ?1
            """,
            person,
            blank,
            cause.at
        )
        // A create that was never answered is still to be found, by our id: it stays, without what it carried.
        try self.execute("DELETE FROM operation WHERE record = ?1 AND kind <> 'create'", person)
        try self.execute("UPDATE operation SET payload = '[]' WHERE record = ?1", person)
        for connection in try self.connections() {
            for object in try self.objectNumbers() {
                for remote in try self.openQuestions(connection.number, object, about: [person]) {
                    let key = LinkKey(connection.number, object, remote)
                    try self.letGo(key, of: person, for: survivor, cause: cause)
                    try self.settleReviews(
                        connection: connection.number,
                        object: object,
                        remote: remote,
                        record: nil,
                        by: "erasure",
                        at: cause.at
                    )
                }
                try self.settleReviews(
                    connection: connection.number,
                    object: object,
                    remote: nil,
                    record: person,
                    by: "erasure",
                    at: cause.at
                )
            }
        }
    }

    /// Forgets what a remote record held that was perhaps the person's.
    ///
    /// Whoever has one of the person's keys is turned away by it. A copy may have none, and no page tells of it again until
    /// somebody changes it: it is left to a person to erase.
    private func letGo(_ key: LinkKey, of person: RecordID, for survivor: RecordID, cause: Cause) throws {
        let isCopy = try self.observation(key)?.named == person
        try self.removeObservation(key)
        guard isCopy, try self.link(key) == nil else { return }
        try self.addErasureTarget(key, record: survivor, isCopy: true, at: cause.at)
    }

    private func objectNumbers() throws -> [ObjectNumber] {
        try self.all("SELECT number FROM object ORDER BY number") { $0.number(0) }
    }

    private func redactLinks(of person: RecordID, for survivor: RecordID, cause: Cause) throws {
        for link in try self.links(of: person) {
            let blank = try ValueArrayCodec.encode([Value?](repeating: nil, count: self.shape(link.shape).fields.count))
            try self.execute(
                """
                UPDATE link SET remote_shadow = ?4, local_shadow = NULL, status = 'gone'
                WHERE connection = ?1 AND object = ?2 AND remote = ?3
                """,
                link.key.connection,
                link.key.object,
                link.key.remote,
                blank
            )
            try self.removeObservation(link.key)
            try self.execute(
                "DELETE FROM quarantine WHERE connection = ?1 AND object = ?2 AND side = 'local' AND subject = ?3",
                link.key.connection,
                link.key.object,
                link.key.remote
            )
            try self.addErasureTarget(link.key, record: survivor, at: cause.at)
        }
    }

    private func redactAutomation(of person: RecordID, cause: Cause) throws {
        try self.execute(
            """
            UPDATE enrolment_step SET detail = '' WHERE enrolment IN (SELECT id FROM enrolment WHERE record = ?1)
            """,
            person
        )
        try self.execute(
            """
            UPDATE enrolment SET data = '{}', entry_key = 'erased/' || id, state = 'ended', due_at = NULL, wait_event = NULL,
                wait_after = NULL, ended_at = coalesce(ended_at, ?2), reason = 'the record was erased'
            WHERE record = ?1
            """,
            person,
            cause.at
        )
        try self.execute(
            """
            UPDATE effect SET recipient = NULL, message = NULL, provider_id = NULL, detail = NULL,
                state = CASE WHEN state = 'reserved' THEN 'skipped' ELSE state END, not_before = NULL
            WHERE record = ?1
            """,
            person
        )
        try self.execute(
            """
            UPDATE handoff SET reasons = '[]', owner_reason = NULL, note = NULL, waiting_for = NULL, due_at = NULL,
                state = CASE WHEN closed_at IS NULL THEN 'dropped' ELSE state END, closed_at = coalesce(closed_at, ?2)
            WHERE record = ?1
            """,
            person,
            cause.at
        )
    }

    /// Every other table with a record in it holds nothing that must outlive the person; later migrations are covered too.
    private func clearOtherTables(of person: RecordID) throws {
        let kept: Set<String> = [
            "record", "journal", "link", "operation", "conflict", "review", "enrolment", "effect", "handoff", "erasure",
            "erasure_target", "erased_key", "identity", "activity",
        ]
        let tables = try String.fetchAll(
            self.database,
            sql: """
                SELECT name FROM sqlite_master
                WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'grdb_%' ORDER BY name
                """
        )
        let hex = person.description.filter { $0 != "-" }
        for table in tables where !kept.contains(table) {
            // The names are the migrations', and the id is 32 hexadecimal digits: nothing of it is data.
            guard try self.database.columns(in: table).contains(where: { $0.name == "record" }) else { continue }
            try self.database.execute(sql: "DELETE FROM \(table.quotedDatabaseIdentifier) WHERE record = x'\(hex)'")
        }
    }
}
