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
        guard let object = try? self.transaction.knownObject(remoteObject) else { return nil }
        return (try? self.transaction.link(of: record, connection: self.connection, object: object))?.key.remote
    }

    func record(remoteID: Text, remoteObject: String) -> RecordID? {
        guard let object = try? self.transaction.knownObject(remoteObject) else { return nil }
        return (try? self.transaction.link(LinkKey(self.connection, object, remoteID)))?.record
    }
}
