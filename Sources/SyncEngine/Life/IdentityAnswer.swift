package import Records
package import Store

/// A person's answer about a linked record of which address and name changed at once (R7).
package struct IdentityAnswer {
    private let review: Review
    private let link: Link
    private let transaction: Transaction
    private let cause: Cause

    /// Prepares the answer to an open question; nil if the link that it is about is not at work any more.
    package init?(_ review: Review, in transaction: Transaction, cause: Cause) throws {
        guard review.kind == .identityChanged, let remote = review.remote,
            let link = try transaction.link(LinkKey(review.connection, review.object, remote)), link.status != .gone
        else { return nil }
        self.review = review
        self.link = link
        self.transaction = transaction
        self.cause = cause
    }

    /// Our record.
    package var record: RecordID { self.link.record }

    /// It is the same person: the next sync goes on, and asks again only if a side moves to other values (R18).
    package func isTheSame(by person: String) throws {
        _ = try self.transaction.acceptIdentity(
            of: self.link.record,
            connection: self.link.key.connection,
            object: self.link.key.object,
            by: person,
            at: self.cause.at
        )
        try self.transaction.settleReview(self.review.id, by: person, at: self.cause.at)
    }

    /// It is somebody else: the link is cut, and the remote record goes to `other`, or to a record that `make` makes of it.
    ///
    /// Our record keeps what it holds, and the next sync makes it in the CRM as any other that is not there, once the remote
    /// record has given up its id (`knowsKeys` says whether the CRM keeps our ids at all). Throws `StoreError.notFound` if
    /// nothing is known of what the CRM holds.
    package func isAnother(
        _ other: RecordID?,
        knowsKeys: Bool,
        by person: String,
        make: (RemoteObservation) throws -> RecordID
    ) throws -> RecordID {
        let key = self.link.key
        guard let seen = try self.transaction.observation(key), seen.state == .live, let shape = seen.shape else {
            throw StoreError(.notFound, "the CRM's record is not in the store; run `relais sync`, then look again")
        }
        let waiting = try self.transaction.unsettledConflicts(
            of: self.link.record,
            connection: key.connection,
            object: key.object
        )
        for conflict in waiting { try self.transaction.settleConflict(conflict.id, winner: .local, cause: self.cause) }
        try self.transaction.removeLink(key, cause: self.cause)
        if knowsKeys && !Breakage.separatedKeepsKey.isOn {
            try self.transaction.noteForeignKey(key, of: self.link.record)
        }
        let record: RecordID
        if let other {
            record = other
            try self.transaction.insertLink(
                key,
                record: other,
                version: seen.version,
                shape: shape,
                agreed: [],
                cause: self.cause
            )
        } else {
            record = try make(seen)
        }
        // What could not be understood without the CRM is met by the next sync.
        _ = try self.transaction.observe(seen)
        try self.transaction.settleReview(self.review.id, by: person, at: self.cause.at)
        return record
    }
}
