import Connectors
import Records

/// The CRM's users by e-mail address and by id, as transforms ask for them.
struct OwnerDirectory: Sendable {
    private var byEmail: [Text: [RemoteOwner]] = [:]
    private var byID: [Text: RemoteOwner] = [:]
    /// The users under whose name we write ourselves.
    private var own: Set<Text> = []

    /// Creates the directory; `ownUser` is the address of the user under whose name we write, nil if nobody said.
    init(_ owners: [RemoteOwner], ownUser: Text? = nil) {
        let ownAddress = ownUser.map { Text($0.string.lowercased()) }
        for owner in owners {
            if let ownAddress, owner.email == ownAddress, !Breakage.ownUserIsOwner.isOn {
                self.own.insert(owner.id)
                continue
            }
            self.byID[owner.id] = owner
            if let email = owner.email, owner.isActive { self.byEmail[email, default: []].append(owner) }
        }
    }

    /// The id of the active user with that address; nil if there is none, or more than one.
    func id(email: Text) -> Text? {
        guard let owners = self.byEmail[Text(email.string.lowercased())], owners.count == 1 else { return nil }
        return owners[0].id
    }

    /// Whether the user is the one under whose name we write (R12).
    func isOwn(_ id: Text) -> Bool { self.own.contains(id) }

    /// The address of the active user with that id.
    func email(id: Text) -> Text? {
        guard let owner = self.byID[id], owner.isActive else { return nil }
        return owner.email
    }
}
