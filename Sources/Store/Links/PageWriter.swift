import GRDBSQLite
package import Records

/// How a remote record of a page stands to what is stored.
package enum LinkMatch: Hashable, Sendable {
    /// It has no link.
    case missing
    /// Its values are the link's remote shadow and the record did not move on; `isNewer` if its version is above the floor,
    /// to be confirmed.
    case same(isNewer: Bool)
    /// Its version is below the floor: a read that lags (R3).
    case stale
    /// Its values differ, or the record moved on, or the link is of another shape or not at work.
    case differs(Link)
}

/// What a match key found.
package enum IdentityMatch: Hashable, Sendable {
    /// No record.
    case none
    /// This record.
    case one(RecordID)
    /// More than one; ask `Transaction.records(_:matching:_:limit:)` for them.
    case several
}

/// The fast way of whole pages into the store, for one mapping, within one transaction.
///
/// Its statements are its own and keep what is the same for every record bound, and it takes bytes that are ready.
/// The rows are those that `create` and `insertLink` write.
package final class PageWriter {
    private let transaction: Transaction
    private let key: (connection: ConnectionNumber, object: ObjectNumber)
    private let local: ObjectNumber
    private let shape: ShapeNumber
    private let cause: Cause
    private let findLink: PreparedStatement
    /// Prepared with the first record that is new: most pages of a quiet sync have none.
    private var making: Making?
    /// Prepared with the first record that is unchanged at a higher version.
    private var confirming: Confirming?

    /// The statements that make a record.
    private struct Making {
        let insertRecord: PreparedStatement
        let insertIdentity: PreparedStatement
        let insertLink: PreparedStatement
        let insertJournal: PreparedStatement
        let findIdentity: PreparedStatement
    }

    /// The statements that note a higher version.
    private struct Confirming {
        let raiseFloor: PreparedStatement
        let dropObservation: PreparedStatement
    }

    /// Prepares for records of `local` that come from `remote` of a connection, with shadows of `shape`.
    package init(
        _ transaction: Transaction,
        connection: ConnectionNumber,
        local: ObjectNumber,
        remote: ObjectNumber,
        shape: ShapeNumber,
        cause: Cause
    ) throws {
        self.transaction = transaction
        self.key = (connection, remote)
        self.local = local
        self.shape = shape
        self.cause = cause
        self.findLink = try transaction.freshStatement(
            """
            SELECT connection, object, remote, record, remote_version, agreed, shape, remote_shadow, local_shadow, status
            FROM link WHERE connection = ?1 AND object = ?2 AND remote = ?3
            """
        )
        try self.bindKey(of: self.findLink)
    }

    private func bindKey(of statement: PreparedStatement) throws {
        try statement.constant(self.key.connection, at: 1)
        try statement.constant(self.key.object, at: 2)
    }

    private func statementsForMaking() throws -> Making {
        if let making { return making }
        let making = Making(
            insertRecord: try self.transaction.freshStatement(
                "INSERT INTO record(object, record, version, properties) VALUES(?1, ?2, 1, ?3)"
            ),
            insertIdentity: try self.transaction.freshStatement(
                "INSERT INTO identity(object, key, canon, record) VALUES(?1, ?2, ?3, ?4)"
            ),
            insertLink: try self.transaction.freshStatement(
                """
                INSERT INTO link(connection, object, shape, status, remote, record, remote_version, agreed, remote_shadow)
                VALUES(?1, ?2, ?3, 'active', ?4, ?5, ?6, 1, ?7)
                """
            ),
            insertJournal: try self.transaction.freshStatement(
                """
                INSERT INTO journal(at, run, actor, record, kind, changes) VALUES(?1, ?2, ?3, ?4, 'create', '{}')
                """
            ),
            findIdentity: try self.transaction.freshStatement(
                "SELECT record FROM identity WHERE object = ?1 AND key = ?2 AND canon = ?3 LIMIT 2"
            )
        )
        try making.insertRecord.constant(self.local, at: 1)
        try making.insertIdentity.constant(self.local, at: 1)
        try making.findIdentity.constant(self.local, at: 1)
        try self.bindKey(of: making.insertLink)
        try making.insertLink.constant(self.shape, at: 3)
        try making.insertJournal.constant(self.cause.at, at: 1)
        try making.insertJournal.constant(self.cause.run, at: 2)
        try making.insertJournal.constant(self.cause.actor, at: 3)
        self.making = making
        return making
    }

    private func statementsForConfirming() throws -> Confirming {
        if let confirming { return confirming }
        let confirming = Confirming(
            raiseFloor: try self.transaction.freshStatement(
                """
                UPDATE link SET remote_version = ?4
                WHERE connection = ?1 AND object = ?2 AND remote = ?3 AND remote_version < ?4
                """
            ),
            dropObservation: try self.transaction.freshStatement(
                "DELETE FROM observation WHERE connection = ?1 AND object = ?2 AND remote = ?3 AND version < ?4"
            )
        )
        for statement in [confirming.raiseFloor, confirming.dropObservation] { try self.bindKey(of: statement) }
        self.confirming = confirming
        return confirming
    }

    /// Compares a remote record with its link, the shadow's bytes in place.
    package func compare(
        remote: UnsafeBufferPointer<UInt8>,
        version: Int64,
        shadow: UnsafeBufferPointer<UInt8>
    ) throws -> LinkMatch {
        let statement = self.findLink
        statement.borrowText(remote, at: 3)
        defer { statement.reset() }
        guard try statement.step() else { return .missing }
        let columns = Columns(statement: statement.handle)
        let floor = columns.int(4)
        if version < floor && !Breakage.noVersionFloor.isOn { return .stale }
        let isSame =
            columns.int(6) == self.shape.rawValue && columns.isNull(8) && columns.buffer(7).hasSameBytes(as: shadow)
            && columns.buffer(9).hasSameBytes(as: LinkStatus.active.rawValue)
        if isSame { return .same(isNewer: version > floor) }
        return .differs(try Transaction.link(columns))
    }

    /// Notes that a record was seen unchanged at a higher version: raises the floor, and forgets what was observed of
    /// an older one.
    package func confirm(remote: UnsafeBufferPointer<UInt8>, version: Int64) throws {
        let confirming = try self.statementsForConfirming()
        for statement in [confirming.raiseFloor, confirming.dropObservation] {
            statement.borrowText(remote, at: 3)
            try statement.constant(version, at: 4)
            try statement.run()
        }
    }

    /// Looks for records by the canonical bytes of a match key.
    package func find(_ key: IdentityKeyNumber, canon: UnsafeBufferPointer<UInt8>) throws -> IdentityMatch {
        let statement = try self.statementsForMaking().findIdentity
        try statement.constant(key, at: 2)
        statement.borrowBytes(canon, at: 3)
        defer { statement.reset() }
        guard try statement.step() else { return .none }
        let record = try Columns(statement: statement.handle).record(0)
        return try statement.step() ? .several : .one(record)
    }

    /// Makes a record, its link and its journal row; its identities follow by `insertIdentity`.
    ///
    /// `properties` is what `PropertiesCodec` writes, `shadow` what `ValueArrayCodec` writes. Throws
    /// `StoreError.constraint` if the record or the link is there already.
    package func insert(
        _ record: RecordID,
        remote: UnsafeBufferPointer<UInt8>,
        version: Int64,
        properties: UnsafeBufferPointer<UInt8>,
        shadow: UnsafeBufferPointer<UInt8>
    ) throws {
        let making = try self.statementsForMaking()
        try record.withBytes { id in
            let id = id.assumingMemoryBound(to: UInt8.self)
            making.insertRecord.borrowBytes(id, at: 2)
            making.insertRecord.borrowText(properties, at: 3)
            try making.insertRecord.run()
            making.insertLink.borrowText(remote, at: 4)
            making.insertLink.borrowBytes(id, at: 5)
            try making.insertLink.constant(version, at: 6)
            making.insertLink.borrowBytes(shadow, at: 7)
            try making.insertLink.run()
            making.insertJournal.borrowBytes(id, at: 4)
            try making.insertJournal.run()
        }
    }

    /// Adds one identity of a record that was made just before.
    package func insertIdentity(
        _ record: RecordID,
        _ key: IdentityKeyNumber,
        canon: UnsafeBufferPointer<UInt8>
    ) throws {
        let insertIdentity = try self.statementsForMaking().insertIdentity
        try record.withBytes { id in
            try insertIdentity.constant(key, at: 2)
            insertIdentity.borrowBytes(canon, at: 3)
            insertIdentity.borrowBytes(id.assumingMemoryBound(to: UInt8.self), at: 4)
            try insertIdentity.run()
        }
    }

}

/// Binding without copies: the bytes must stay where they are until the statement has run.
extension PreparedStatement {
    fileprivate func constant(_ value: some SQLArgument, at index: Int32) throws {
        try self.check(value.bind(to: self.handle, at: index))
    }

    fileprivate func borrowText(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int32) {
        guard let base = bytes.baseAddress, !bytes.isEmpty else {
            sqlite3_bind_text(self.handle, index, "", 0, nil)
            return
        }
        base.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
            _ = sqlite3_bind_text(self.handle, index, $0, Int32(bytes.count), nil)
        }
    }

    fileprivate func borrowBytes(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int32) {
        guard let base = bytes.baseAddress, !bytes.isEmpty else {
            sqlite3_bind_zeroblob(self.handle, index, 0)
            return
        }
        sqlite3_bind_blob(self.handle, index, base, Int32(bytes.count), nil)
    }
}
