import Mapping
import Records
import Store

/// What transforms may look up: the CRM's users, and the links of one connection in the open transaction.
struct LinkContext: LensContext {
    let transaction: Transaction
    let connection: ConnectionNumber
    let owners: OwnerDirectory

    func remoteOwner(email: Text) -> Text? { self.owners.id(email: email) }

    func isOwnUser(_ remoteOwner: Text) -> Bool { self.owners.isOwn(remoteOwner) }

    func ownerEmail(remoteOwner: Text) -> Text? { self.owners.email(id: remoteOwner) }

    // A store that cannot answer makes the next statement of the transaction throw as well, so nothing is lost by
    // treating the reference as unlinked here.
    func remoteID(of record: RecordID, remoteObject: String) -> Text? {
        guard let object = try? self.transaction.knownObject(remoteObject),
            let survivor = try? self.transaction.survivor(of: record),
            let link = try? self.transaction.link(of: survivor, connection: self.connection, object: object),
            link.status != .gone
        else { return nil }
        return link.key.remote
    }

    func record(remoteID: Text, remoteObject: String) -> RecordID? {
        guard let object = try? self.transaction.knownObject(remoteObject),
            let target = try? self.transaction.target(of: LinkKey(self.connection, object, remoteID)),
            let link = try? self.transaction.link(LinkKey(self.connection, object, target))
        else { return nil }
        return try? self.transaction.survivor(of: link.record)
    }
}
