import Records
import Store

extension Everything {
    /// Calls every function about deletes, merges and exclusions once.
    func life(_ tx: Transaction) throws {
        let (connection, object, contact) = (self.fixture.connection, self.fixture.contacts, self.fixture.contact)
        let cause = self.fixture.cause
        _ = try tx.departures(connection, object, limit: 1)
        _ = try tx.countDepartures(connection)
        _ = try tx.linksOfDeleted(contact, connection: connection, object: object, limit: 1)
        try tx.addAlias(self.fixture.key("8"), to: "9", at: cause.at)
        try tx.addAlias(self.fixture.key("9"), to: "8", at: cause.at)
        let (lost, kept) = (Fixture.id(71), Fixture.id(72))
        for id in [lost, kept] { try tx.create(id, object: contact, properties: [], cause: cause) }
        let key = self.fixture.key("71")
        try tx.insertLink(key, record: lost, version: 1, shape: self.fixture.shape, agreed: [], cause: cause)
        guard let link = try tx.link(key) else { return }
        try tx.removeWaiting(of: link, cause: cause)
        try tx.resetFloor(key, to: 0)
        try tx.merge(lost, into: kept, cause: cause)
        try tx.moveLink(key, to: kept, cause: cause)
        _ = try tx.survivor(of: lost)
        _ = try tx.merged(into: kept)
        try tx.exclude(kept, reason: "test", cause: cause)
        _ = try tx.exclusion(of: kept)
        _ = try tx.exclusions(limit: 1)
        try tx.include(kept, cause: cause)
        try tx.doubtIdentity(of: kept, connection: connection, object: object, seen: ["z@example.com"])
        _ = try tx.acceptIdentity(of: kept, connection: connection, object: object, by: "ada", at: cause.at)
        _ = try tx.acceptedIdentity(of: kept, connection: connection, object: object)
        try tx.noteForeignKey(key, of: lost)
        _ = try tx.foreignKeys(connection, object, limit: 1)
        try tx.forgetForeignKey(key)
        _ = try tx.openReview(.identityChanged, about: key)
        _ = try tx.openReview(.createUnknown, connection: connection, object: object, about: kept)
        _ = try tx.doubtedRemotes(connection, object)
        try tx.prepareErasure(randomness: Randomness { 7 }, matching: [:])
        try tx.change(kept, set: [PropertySetting("email", "z@example.com")], cause: cause)
        try tx.erase(kept, reason: "asked", cause: cause)
        _ = try tx.hasErasedKeys()
        _ = try tx.erasure(of: kept)
        _ = try tx.erasureTargets(of: kept)
        _ = try tx.erasureTarget(key)
        _ = try tx.openErasures(connection, object, limit: 1)
        try tx.setErasure(key, .confirmed, attempts: 1, at: cause.at)
        var values = [Value](repeating: .absent, count: Fixture.schema.objects[0].properties.count)
        values[0] = "z@example.com"
        _ = try tx.isErased(contact, values)
        _ = try tx.admitErased(contact, values)
    }
}
