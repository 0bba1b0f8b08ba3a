import Connectors
import Records

/// The CRM's users by e-mail address and by id, as transforms ask for them.
struct OwnerDirectory: Sendable {
    private var byEmail: [Text: [RemoteOwner]] = [:]
    private var byID: [Text: RemoteOwner] = [:]

    init(_ owners: [RemoteOwner]) {
        for owner in owners {
            self.byID[owner.id] = owner
            if let email = owner.email, owner.isActive { self.byEmail[email, default: []].append(owner) }
        }
    }

    /// The id of the active user with that address; nil if there is none, or more than one.
    func id(email: Text) -> Text? {
        guard let owners = self.byEmail[Text(email.string.lowercased())], owners.count == 1 else { return nil }
        return owners[0].id
    }

    /// The address of the active user with that id.
    func email(id: Text) -> Text? {
        guard let owner = self.byID[id], owner.isActive else { return nil }
        return owner.email
    }
}
