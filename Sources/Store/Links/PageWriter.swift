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
    private let key: (connection: ConnectionNumber, object: ObjectNumber)
    private let shape: ShapeNumber
    private let insertRecord: PreparedStatement
    private let insertIdentity: PreparedStatement
    private let insertLink: PreparedStatement
    private let insertJournal: PreparedStatement
    private let findLink: PreparedStatement
    private let findIdentity: PreparedStatement
    private let raiseFloor: PreparedStatement
    private let dropObservation: PreparedStatement

    /// Prepares for records of `local` that come from `remote` of a connection, with shadows of `shape`.
    package init(
        _ transaction: Transaction,
        connection: ConnectionNumber,
        local: ObjectNumber,
        remote: ObjectNumber,
        shape: ShapeNumber,
        cause: Cause
    ) throws {
        self.key = (connection, remote)
        self.shape = shape
        self.insertRecord = try transaction.freshStatement(
            "INSERT INTO record(object, record, version, properties) VALUES(?1, ?2, 1, ?3)"
        )
        self.insertIdentity = try transaction.freshStatement(
            "INSERT INTO identity(object, key, canon, record) VALUES(?1, ?2, ?3, ?4)"
        )
        self.insertLink = try transaction.freshStatement(
            """
            INSERT INTO link(connection, object, shape, status, remote, record, remote_version, agreed, remote_shadow)
            VALUES(?1, ?2, ?3, 'active', ?4, ?5, ?6, 1, ?7)
            """
        )
        self.insertJournal = try transaction.freshStatement(
            """
            INSERT INTO journal(at, run, actor, record, kind, changes) VALUES(?1, ?2, ?3, ?4, 'create', '{}')
            """
        )
        self.findLink = try transaction.freshStatement(
            """
            SELECT connection, object, remote, record, remote_version, agreed, shape, remote_shadow, local_shadow, status
            FROM link WHERE connection = ?1 AND object = ?2 AND remote = ?3
            """
        )
        self.findIdentity = try transaction.freshStatement(
            "SELECT record FROM identity WHERE object = ?1 AND key = ?2 AND canon = ?3 LIMIT 2"
        )
        self.raiseFloor = try transaction.freshStatement(
            """
            UPDATE link SET remote_version = ?4
            WHERE connection = ?1 AND object = ?2 AND remote = ?3 AND remote_version < ?4
            """
        )
        self.dropObservation = try transaction.freshStatement(
            "DELETE FROM observation WHERE connection = ?1 AND object = ?2 AND remote = ?3 AND version < ?4"
        )
        try self.insertRecord.constant(local, at: 1)
        try self.insertIdentity.constant(local, at: 1)
        try self.findIdentity.constant(local, at: 1)
        try self.insertLink.constant(shape, at: 3)
        try self.insertJournal.constant(cause.at, at: 1)
        try self.insertJournal.constant(cause.run, at: 2)
        try self.insertJournal.constant(cause.actor, at: 3)
        for statement in [self.insertLink, self.findLink, self.raiseFloor, self.dropObservation] {
            try statement.constant(connection, at: 1)
            try statement.constant(remote, at: 2)
        }
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
        for statement in [self.raiseFloor, self.dropObservation] {
            statement.borrowText(remote, at: 3)
            try statement.constant(version, at: 4)
            try statement.run()
        }
    }

    /// Looks for records by the canonical bytes of a match key.
    package func find(_ key: IdentityKeyNumber, canon: UnsafeBufferPointer<UInt8>) throws -> IdentityMatch {
        let statement = self.findIdentity
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
        try record.withBytes { id in
            let id = id.assumingMemoryBound(to: UInt8.self)
            self.insertRecord.borrowBytes(id, at: 2)
            self.insertRecord.borrowText(properties, at: 3)
            try self.insertRecord.run()
            self.insertLink.borrowText(remote, at: 4)
            self.insertLink.borrowBytes(id, at: 5)
            try self.insertLink.constant(version, at: 6)
            self.insertLink.borrowBytes(shadow, at: 7)
            try self.insertLink.run()
            self.insertJournal.borrowBytes(id, at: 4)
            try self.insertJournal.run()
        }
    }

    /// Adds one identity of a record that was made just before.
    package func insertIdentity(
        _ record: RecordID,
        _ key: IdentityKeyNumber,
        canon: UnsafeBufferPointer<UInt8>
    ) throws {
        try record.withBytes { id in
            try self.insertIdentity.constant(key, at: 2)
            self.insertIdentity.borrowBytes(canon, at: 3)
            self.insertIdentity.borrowBytes(id.assumingMemoryBound(to: UInt8.self), at: 4)
            try self.insertIdentity.run()
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
