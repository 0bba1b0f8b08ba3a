import FakeCRM
import Records
import RelaisTesting
import Store

/// Deals and their contacts, and people who come back.
extension World {
    func tie(_ action: Action, _ dice: inout Dice) throws {
        switch action.kind {
        case .meet(let contact):
            guard let deal = try self.record(of: action.subject, .deal) else { return }
            let other = try contact.flatMap { try self.record(of: $0, .contact) }
            if contact != nil && other == nil { return }
            let value = other.map { Value.text($0.description) } ?? .null
            _ = try self.store.write { transaction in
                try transaction.change(deal, set: [PropertySetting("contact", value)], cause: self.cause(transaction))
            }
            self.tell(action.subject, "meets \(contact.map { "s\($0)" } ?? "nobody") here")
        case .attend(let stranger, let one, let two):
            // Of two with one address none may be chosen, so that the stranger stays without a link.
            let made = Action(id: action.id, at: action.at, home: action.home, subject: stranger, kind: action.kind)
            try self.makeLookalikes(.severalHits, made, one, two, &dice)
            guard let crm = self.crms[action.home], let id = self.found.remote[action.home]?[stranger],
                let deal = self.remoteID(of: action.subject, .deal, in: action.home)
            else { return }
            try? crm.associate(.deals, deal, .contacts, id)
            self.tell(action.subject, "is met by s\(stranger) in \(action.home), whom nobody knows")
        default: return
        }
    }

    /// An old list is imported into a CRM, or somebody types here whom they know.
    func comeBack(_ action: Action, _ dice: inout Dice) throws {
        let known = self.chronicle.addresses.sorted { $0.key < $1.key }
        guard !known.isEmpty else { return }
        let (subject, address) = dice.one(of: known)
        self.chronicle.unsettled.insert(subject)
        self.tell(subject, "comes back in \(action.home) with the address of then")
        if action.home == .local {
            let id = RecordID(at: self.clocks.local.now, random: (dice.next(), dice.next()))
            let set = [
                PropertySetting(WorldField.mark, .text(Text(Scenario.mark(subject)))),
                PropertySetting("email", .text(Text(address))),
            ]
            try self.store.write { transaction in
                let object = try transaction.object(Thing.contact.rawValue)
                try transaction.create(id, object: object, properties: set, cause: self.cause(transaction))
            }
            return
        }
        guard let crm = self.crms[action.home], crm.holder(of: address, in: "email", .contacts) == nil else { return }
        let values = ["email": address, "message": Scenario.mark(subject), "firstname": "Again"]
        _ = try? crm.add(.contacts, values, by: 1)
    }
}
