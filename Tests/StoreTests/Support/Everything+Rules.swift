import Records
import Store
import Testing

extension Everything {
    private var link: LinkKey { self.fixture.key("81") }
    private var person: RecordID { Fixture.id(81) }

    /// Calls every function about what is owed, epochs, both sides of links, and reading once.
    func rules(_ tx: Transaction) throws {
        let (connection, object, cause) = (self.fixture.connection, self.fixture.contacts, self.fixture.cause)
        let settings = [PropertySetting("email", .text("rules@example.com"))]
        try tx.create(self.person, object: self.fixture.contact, properties: settings, cause: cause)
        try tx.insertLink(
            self.link,
            record: self.person,
            version: 1,
            shape: self.fixture.shape,
            agreed: [],
            cause: cause
        )
        try self.owed(connection, object, tx)
        try self.epochs(connection, object, tx)
        try self.sides(connection, object, tx)
        try self.questions(connection, object, tx)
        _ = try tx.timeline(of: self.person, limit: 1)
        _ = try tx.liveRecords(self.fixture.contact, limit: 1)
        _ = try tx.lease("none")
        try tx.addErasureTarget(self.fixture.key("82"), record: self.person, at: cause.at)
        let successor = LinkKey(connection, try tx.object("leads"), "81")
        try tx.convertLink(self.link, to: successor, version: 2, shape: self.fixture.shape, agreed: [], cause: cause)
        _ = try tx.target(of: successor)
    }

    private func owed(_ connection: ConnectionNumber, _ object: ObjectNumber, _ tx: Transaction) throws {
        let value = OwedValue(field: "email", local: .text("x"), remote: .null)
        try tx.owe(value, of: self.person, connection: connection, object: object, at: self.fixture.cause.at)
        #expect(try tx.owed(of: self.person, connection: connection, object: object) == [value])
        #expect(try tx.owedLinks(connection, object, limit: 2) == [self.link.remote])
        try tx.settleOwed("email", of: self.person, connection: connection, object: object)
        #expect(try tx.owedLinks(connection, object, limit: 2).isEmpty)
    }

    private func epochs(_ connection: ConnectionNumber, _ object: ObjectNumber, _ tx: Transaction) throws {
        let epoch = try tx.openEpoch(of: "score", record: self.person, by: "ada", at: self.fixture.cause.at)
        _ = try tx.epochs(of: self.person)
        try tx.agree(onEpoch: epoch, of: "score", record: self.person, connection: connection, object: object)
        let agreed = try tx.agreedEpoch(of: "score", record: self.person, connection: connection, object: object)
        #expect(agreed == epoch)
    }

    private func sides(_ connection: ConnectionNumber, _ object: ObjectNumber, _ tx: Transaction) throws {
        let link = try #require(try tx.link(self.link))
        _ = try tx.values(of: link)
        _ = try tx.remoteSides(of: "email", record: self.person)
        _ = try tx.countLinksByShape(connection, object)
        _ = try tx.observations(connection, object, limit: 1)
        _ = try tx.observedIDs(connection, object, after: "", through: "9")
        try tx.removeObservation(self.link)
        _ = try tx.promises(connection, object)
        _ = try tx.hint(self.link)
        _ = try tx.unmappedValues(connection, limit: 1)
    }

    private func questions(_ connection: ConnectionNumber, _ object: ObjectNumber, _ tx: Transaction) throws {
        let entry = try tx.quarantine(
            connection: connection,
            object: object,
            side: .local,
            subject: "83",
            remote: "83",
            reason: "unreadable",
            detail: "",
            at: self.fixture.cause.at
        )
        #expect(try tx.quarantined(connection, object, side: .local, limit: 2).map(\.id) == [entry])
        try tx.releaseQuarantine(entry)
        let about = ConflictCase(
            link: self.link,
            record: self.person,
            field: "email",
            localBase: nil,
            remoteBase: nil,
            local: .text("x"),
            remote: .null,
            rule: "manual"
        )
        let conflict = try tx.openConflict(about, cause: self.fixture.cause)
        _ = try tx.conflict(conflict)
        _ = try tx.unsettledConflicts(of: self.person, connection: connection, object: object)
        try tx.askAgain(conflict)
    }
}
