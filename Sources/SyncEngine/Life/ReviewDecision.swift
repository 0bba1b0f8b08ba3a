package import Records
package import Store

/// A person's answer to a question about a record's life: deleted on one side and edited on the other, or merged in the CRM.
package struct ReviewDecision {
    private let review: Review
    private let transaction: Transaction
    private let cause: Cause

    /// Prepares the answer to an open question.
    package init(_ review: Review, in transaction: Transaction, cause: Cause) {
        self.review = review
        self.transaction = transaction
        self.cause = cause
    }

    /// Whether the question can be answered by naming a side.
    package static func takesSide(_ kind: ReviewKind) -> Bool {
        switch kind {
        case .deletedRemotely, .deletedLocally, .merged: true
        default: false
        }
    }

    /// Takes a side; the next sync carries out what concerns the CRM.
    ///
    /// Returns what that means, in words.
    ///
    /// Throws `StoreError.notFound` if the question is about nothing that is there any more.
    package func take(_ side: Side, lifecycle: Lifecycle) throws -> String {
        let answer =
            switch (self.review.kind, side) {
            case (.deletedRemotely, .local): try self.makeAnew()
            case (.deletedRemotely, .remote): try self.deleteOurs()
            case (.deletedLocally, .local): try self.letGo()
            case (.deletedLocally, .remote): try self.restoreOurs()
            case (.merged, .remote): try self.mergeOurs(lifecycle)
            default: "both records stay apart"
            }
        try self.transaction.settleReview(self.review.id, by: "person", at: self.cause.at)
        return answer
    }

    private func link() throws -> Link {
        guard let remote = self.review.remote,
            let link = try self.transaction.link(LinkKey(self.review.connection, self.review.object, remote))
        else { throw StoreError(.notFound, "the link that the question was about is not there any more") }
        return link
    }

    private func makeAnew() throws -> String {
        try self.transaction.removeLink(self.link().key, cause: self.cause)
        return "the next sync makes it in the CRM again"
    }

    private func deleteOurs() throws -> String {
        try self.transaction.delete(self.link().record, cause: self.cause)
        return "it is deleted here too"
    }

    /// What the CRM holds now is agreed on, so that nothing stands against the deletion any more.
    private func letGo() throws -> String {
        let link = try self.link()
        if let seen = try self.transaction.observation(link.key), let values = seen.values, seen.shape == link.shape {
            let local = try self.transaction.localValues(of: link.record, shape: self.transaction.shape(link.shape))
            let agreed = values.enumerated().map { AgreedField($0, local: local[$0], remote: $1) }
            try self.transaction.settle(link.key, agreed: agreed, version: seen.version)
            try self.transaction.removeObservation(link.key)
        }
        return "the next sync archives it in the CRM"
    }

    private func restoreOurs() throws -> String {
        try self.transaction.restore(self.link().record, cause: self.cause)
        return "it is back here, and the next sync takes over the edit"
    }

    private func mergeOurs(_ lifecycle: Lifecycle) throws -> String {
        let people = try self.review.candidates.compactMap { try self.transaction.record($0) }
        guard people.count == 2, people.allSatisfy(\.isLive) else {
            throw StoreError(.notFound, "one of the two records is deleted or merged already")
        }
        try RecordMerge(lost: people[1], kept: people[0], lifecycle: lifecycle, in: self.transaction)
            .carryOut(cause: self.cause)
        return "the two are one record here as well"
    }
}
