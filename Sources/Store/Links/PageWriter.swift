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
/// The rows are those that `create` and `insertLink` write. New rows wait until `flush`, which writes many with one
/// statement; the writer itself sees them at once, everybody else after it.
package final class PageWriter {
    let transaction: Transaction
    let local: ObjectNumber
    let key: (connection: ConnectionNumber, object: ObjectNumber)
    let shape: ShapeNumber
    let cause: Cause
    /// What waits to be written.
    var queue = PageQueue()
    private let findLink: PreparedStatement
    private let findIdentity: PreparedStatement
    private let raiseFloor: PreparedStatement
    private let dropObservation: PreparedStatement
    private let forgetObservation: PreparedStatement
    private let findReview: PreparedStatement

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
        self.local = local
        self.key = (connection, remote)
        self.shape = shape
        self.cause = cause
        self.findLink = try transaction.ownStatement(
            """
            SELECT connection, object, remote, record, remote_version, agreed, shape, remote_shadow, local_shadow, status
            FROM link WHERE connection = ?1 AND object = ?2 AND remote = ?3
            """
        )
        self.findIdentity = try transaction.ownStatement(
            "SELECT record FROM identity WHERE object = ?1 AND key = ?2 AND canon = ?3 LIMIT 2"
        )
        self.raiseFloor = try transaction.ownStatement(
            """
            UPDATE link SET remote_version = ?4
            WHERE connection = ?1 AND object = ?2 AND remote = ?3 AND remote_version < ?4
            """
        )
        self.dropObservation = try transaction.ownStatement(
            "DELETE FROM observation WHERE connection = ?1 AND object = ?2 AND remote = ?3 AND version < ?4"
        )
        self.forgetObservation = try transaction.ownStatement(
            "DELETE FROM observation WHERE connection = ?1 AND object = ?2 AND remote = ?3"
        )
        self.findReview = try transaction.ownStatement(
            """
            SELECT 1 FROM review WHERE connection = ?1 AND object = ?2 AND subject = ?3 AND state = 'open' LIMIT 1
            """
        )
        try self.findIdentity.constant(local, at: 1)
        for statement in [
            self.findLink, self.raiseFloor, self.dropObservation, self.forgetObservation, self.findReview,
        ] {
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
        if self.queue.names.hasLink(remote) { try self.flush() }
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

    /// Forgets what was observed of a remote record, as `Transaction.removeObservation` does.
    package func forget(remote: UnsafeBufferPointer<UInt8>) throws {
        self.forgetObservation.borrowText(remote, at: 3)
        try self.forgetObservation.run()
    }

    /// Whether a question about a remote record is open.
    package func isAskedAbout(remote: UnsafeBufferPointer<UInt8>) throws -> Bool {
        self.findReview.borrowText(remote, at: 3)
        defer { self.findReview.reset() }
        return try self.findReview.step()
    }

    /// Looks for records by the canonical bytes of a match key.
    package func find(_ key: IdentityKeyNumber, canon: UnsafeBufferPointer<UInt8>) throws -> IdentityMatch {
        if self.queue.names.hasIdentity(key, canon) { try self.flush() }
        let statement = self.findIdentity
        try statement.constant(key, at: 2)
        statement.borrowBytes(canon, at: 3)
        defer { statement.reset() }
        guard try statement.step() else { return .none }
        let record = try Columns(statement: statement.handle).record(0)
        return try statement.step() ? .several : .one(record)
    }
}
