import Mapping
import Planning
import Records
import Store

/// People who were erased stay erased, and records that were deleted stay deleted, whatever the CRM still holds (R8).
extension RecordApplier {
    /// Whether a remote record without a link is somebody who was erased; costs a look where nobody was.
    func isErased(_ record: Incoming) throws -> Bool {
        guard try self.transaction.hasErasedKeys() else { return false }
        let plan = self.runtime.planner.planLocalCreate(remote: record.values, in: self.context)
        var values = [Value](repeating: .absent, count: self.runtime.codec.keys.count)
        for write in plan.toLocal {
            if let position = self.runtime.localPositions[write.field] { values[position] = write.new }
        }
        return try self.transaction.isErased(self.localObject, values)
    }

    /// A remote record carries the id of one of ours that was deleted, or erased, while its making was on its way.
    ///
    /// Returns false for one that was merged away, whose survivor matching finds.
    mutating func linkTombstone(_ own: StoredRecord, _ record: Incoming) throws -> Bool {
        let key = LinkKey(self.connection, self.object, record.id)
        guard own.deletedAt != nil, own.aliasOf == nil else { return false }
        if try self.transaction.erasure(of: own.id) != nil {
            let made = try self.transaction.link(of: own.id, connection: self.connection, object: self.object)
            let isCopy = made.map { $0.key != key } ?? false
            try self.transaction.addErasureTarget(key, record: own.id, isCopy: isCopy, at: self.cause.at)
            try self.transaction.removeObservation(key)
            return true
        }
        guard try self.transaction.link(of: own.id, connection: self.connection, object: self.object) == nil else {
            return false
        }
        let agreed = record.values.enumerated().map { AgreedField($0, local: .absent, remote: $1) }
        try self.transaction.insertLink(
            key,
            record: own.id,
            version: record.version,
            shape: self.shape,
            agreed: agreed,
            cause: self.cause,
            evenIfDeleted: true
        )
        try self.transaction.removeObservation(key)
        return true
    }
}
