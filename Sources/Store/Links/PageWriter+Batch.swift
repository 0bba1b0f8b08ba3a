package import Records

/// Writing many rows, and looking for many, with one statement each: a statement's start costs as much as its row.
extension PageWriter {
    /// Begins a page: `hasAdded` tells of what was added since.
    package func startPage() { self.queue.startPage() }

    /// Makes a record, its link and its journal row once `flush` is called; its identities follow by `addIdentity`.
    ///
    /// `properties` is what `PropertiesCodec` writes, `shadow` what `ValueArrayCodec` writes. All bytes must stay where
    /// they are until `flush`.
    package func add(
        _ record: RecordID,
        remote: UnsafeBufferPointer<UInt8>,
        version: Int64,
        properties: UnsafeBufferPointer<UInt8>,
        shadow: UnsafeBufferPointer<UInt8>
    ) {
        let row = PageQueue.NewRecord(remote: remote, version: version, properties: properties, shadow: shadow)
        self.queue.add(record, row)
    }

    /// Adds one identity of the record that was added last.
    package func addIdentity(_ key: IdentityKeyNumber, canon: UnsafeBufferPointer<UInt8>) {
        self.queue.addIdentity(key, canon)
    }

    /// Whether this page brought a record with this remote id already; a yes may be wrong, a no is not.
    package func hasAdded(remote: UnsafeBufferPointer<UInt8>) -> Bool { self.queue.names.hasLink(remote) }

    /// Whether this page brought a record with this match key already; a yes may be wrong, a no is not.
    package func hasAdded(_ key: IdentityKeyNumber, canon: UnsafeBufferPointer<UInt8>) -> Bool {
        self.queue.names.hasIdentity(key, canon)
    }

    /// Whether any of these remote ids may have a link: whether any between the least and the greatest has.
    package func mayHaveLinks(_ remotes: some Sequence<UnsafeBufferPointer<UInt8>>) throws -> Bool {
        guard let least = remotes.min(by: { $0.lexicographicallyPrecedes($1) }),
            let greatest = remotes.max(by: { $0.lexicographicallyPrecedes($1) })
        else { return false }
        let statement = try self.transaction.statement(
            "SELECT 1 FROM link WHERE connection = ?1 AND object = ?2 AND remote BETWEEN ?3 AND ?4 LIMIT 1"
        )
        defer { statement.finish() }
        try statement.constant(self.key.connection, at: 1)
        try statement.constant(self.key.object, at: 2)
        statement.borrowText(least, at: 3)
        statement.borrowText(greatest, at: 4)
        return try statement.step()
    }

    /// The places of those canonical keys that find somebody, in no order, one perhaps more than once; an empty key finds
    /// nobody.
    package func places(of key: IdentityKeyNumber, among canons: [UnsafeBufferPointer<UInt8>]) throws -> [Int] {
        var found: [Int] = []
        for start in stride(from: 0, to: canons.count, by: Self.keysAtOnce) {
            let statement = try self.transaction.statement(Self.findIdentities, times: Self.keysAtOnce)
            defer { statement.finish() }
            try statement.constant(self.local, at: 1)
            try statement.constant(key, at: 2)
            let places = start..<min(start + Self.keysAtOnce, canons.count)
            for (place, index) in zip(places, Self.findIdentities.places(times: Self.keysAtOnce)) {
                guard !canons[place].isEmpty else { continue }
                try statement.constant(place, at: index)
                statement.borrowBytes(canons[place], at: index + 1)
            }
            while try statement.step() { found.append(Int(Columns(statement: statement.handle).int(0))) }
        }
        return found
    }

    /// Writes what was added since the last time.
    ///
    /// Throws `StoreError.constraint` if a record or a link is there already; the transaction is half done then, and must
    /// be given up.
    package func flush() throws {
        guard !self.queue.records.isEmpty else { return }
        try self.queue.ids.withUnsafeBufferPointer { ids in
            try self.insertRecords(self.queue.records, ids)
            try self.insertLinks(self.queue.records, ids)
            try self.insertJournal(ids)
            try self.insertIdentities(self.queue.identities, ids)
        }
        self.queue.removeRows()
    }

    // MARK: Rows

    /// How many keys one statement looks for: a page of 100 in two goes.
    private static let keysAtOnce = 50
    /// How many rows one statement writes: as many as there are, in as few goes as possible.
    private static let rowsAtOnce = [50, 10, 1]

    // `FAIL` instead of `ABORT` spares SQLite a copy of each page, by which it would take back a statement that failed
    // half-way; the transaction is rolled back anyway.
    private static let findIdentities = RepeatedRows(
        head: "SELECT asked.column1 FROM (VALUES",
        row: "(#, #)",
        tail: """
            ) AS asked CROSS JOIN identity
            WHERE identity.object = ?1 AND identity.key = ?2 AND identity.canon = asked.column2
            """,
        shared: 2
    )
    private static let recordRows = RepeatedRows(
        head: "INSERT OR FAIL INTO record(object, record, version, properties) VALUES",
        row: "(?1, #, 1, #)",
        shared: 1
    )
    private static let linkRows = RepeatedRows(
        head: """
            INSERT OR FAIL INTO link(connection, object, shape, status, remote, record, remote_version, agreed,
            remote_shadow) VALUES
            """,
        row: "(?1, ?2, ?3, 'active', #, #, #, 1, #)",
        shared: 3
    )
    private static let journalRows = RepeatedRows(
        head: "INSERT OR FAIL INTO journal(at, run, actor, record, kind, changes) VALUES",
        row: "(?1, ?2, ?3, #, 'create', '{}')",
        shared: 3
    )
    private static let identityRows = RepeatedRows(
        head: "INSERT OR FAIL INTO identity(object, key, canon, record) VALUES",
        row: "(?1, #, #, #)",
        shared: 1
    )

    private func insertRecords(_ records: [PageQueue.NewRecord], _ ids: UnsafeBufferPointer<UInt8>) throws {
        try self.insert(Self.recordRows, count: records.count) { statement in
            try statement.constant(self.local, at: 1)
        } bind: { statement, place, index in
            statement.borrowBytes(PageQueue.id(place, in: ids), at: index)
            statement.borrowText(records[place].properties, at: index + 1)
        }
    }

    private func insertLinks(_ records: [PageQueue.NewRecord], _ ids: UnsafeBufferPointer<UInt8>) throws {
        try self.insert(Self.linkRows, count: records.count) { statement in
            try statement.constant(self.key.connection, at: 1)
            try statement.constant(self.key.object, at: 2)
            try statement.constant(self.shape, at: 3)
        } bind: { statement, place, index in
            let record = records[place]
            statement.borrowText(record.remote, at: index)
            statement.borrowBytes(PageQueue.id(place, in: ids), at: index + 1)
            try statement.constant(record.version, at: index + 2)
            statement.borrowBytes(record.shadow, at: index + 3)
        }
    }

    private func insertJournal(_ ids: UnsafeBufferPointer<UInt8>) throws {
        try self.insert(Self.journalRows, count: ids.count / PageQueue.idLength) { statement in
            try statement.constant(self.cause.at, at: 1)
            try statement.constant(self.cause.run, at: 2)
            try statement.constant(self.cause.actor, at: 3)
        } bind: { statement, place, index in
            statement.borrowBytes(PageQueue.id(place, in: ids), at: index)
        }
    }

    private func insertIdentities(
        _ identities: [PageQueue.NewIdentity],
        _ ids: UnsafeBufferPointer<UInt8>
    ) throws {
        try self.insert(Self.identityRows, count: identities.count) { statement in
            try statement.constant(self.local, at: 1)
        } bind: { statement, place, index in
            let identity = identities[place]
            try statement.constant(identity.key, at: index)
            statement.borrowBytes(identity.canon, at: index + 1)
            statement.borrowBytes(PageQueue.id(identity.owner, in: ids), at: index + 2)
        }
    }

    private func insert(
        _ rows: RepeatedRows,
        count: Int,
        shared: (PreparedStatement) throws -> Void,
        bind: (PreparedStatement, _ place: Int, _ index: Int32) throws -> Void
    ) throws {
        var place = 0
        for times in Self.rowsAtOnce {
            while count - place >= times {
                let statement = try self.transaction.statement(rows, times: times)
                defer { statement.finish() }
                try shared(statement)
                for index in rows.places(times: times) {
                    try bind(statement, place, index)
                    place += 1
                }
                try statement.run()
            }
        }
    }
}
