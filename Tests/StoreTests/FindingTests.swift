import Records
import Store
import Testing

@Suite struct FindingTests {
    private let fixture: Fixture
    private let ids = (1...30).map { Fixture.id(UInt64($0)) }

    init() throws {
        self.fixture = try Fixture()
        try self.fixture.store.write { tx throws in
            for (place, id) in self.ids.enumerated() {
                let settings = [
                    PropertySetting("email", .text("p\(place)@x.org")),
                    PropertySetting("score", .number(Int64(place % 3))),
                ]
                try tx.create(id, object: self.fixture.contact, properties: settings, cause: self.fixture.cause)
            }
            let company = try tx.object("company")
            try tx.create(Fixture.id(99), object: company, properties: [], cause: self.fixture.cause)
            try tx.delete(self.ids[4], cause: self.fixture.cause)
        }
    }

    @Test func findsByTheBeginningOfAnID() throws {
        try self.fixture.store.read { tx throws in
            let whole = self.ids[7].description
            #expect(try tx.records(idPrefix: whole, limit: 5) == [self.ids[7]])
            #expect(try tx.records(idPrefix: String(whole.prefix(4)), limit: 100).count == 31)
            #expect(try tx.records(idPrefix: String(whole.prefix(4)), limit: 3) == Array(self.ids.prefix(3)))
            #expect(try tx.records(idPrefix: "ffff", limit: 3).isEmpty)
            #expect(try tx.records(idPrefix: "not an id", limit: 3).isEmpty)
            #expect(try tx.records(idPrefix: whole + "0", limit: 3).isEmpty)
        }
    }

    @Test func findsByWhatAPersonTypes() throws {
        try self.fixture.store.read { tx throws in
            #expect(try tx.records(self.fixture.contact, knownAs: " P3@X.org", limit: 5) == [self.ids[3]])
            #expect(try tx.records(self.fixture.contact, knownAs: "p4@x.org", limit: 5).isEmpty)
            #expect(try tx.records(self.fixture.contact, knownAs: "", limit: 5).isEmpty)
        }
    }

    @Test func findsByAnExactProperty() throws {
        try self.fixture.store.read { tx throws in
            let contact = self.fixture.contact
            #expect(try tx.records(contact, where: "score", is: .number(1), limit: 100).count == 9)
            #expect(
                try tx.records(contact, where: "score", is: .number(1), limit: 2).map(\.id) == [
                    self.ids[1], self.ids[7],
                ]
            )
            #expect(try tx.records(contact, where: "phone", is: .absent, limit: 100).count == 29)
            #expect(try tx.records(contact, where: "phone", is: .null, limit: 100).isEmpty)
            #expect(try tx.countRecords(contact) == 29)
        }
    }

    @Test func listsTheUnlinkedInPages() throws {
        try self.fixture.store.write { tx throws in
            for place in [0, 9, 10, 29] {
                try tx.insertLink(
                    self.fixture.key(Text("\(place)")),
                    record: self.ids[place],
                    version: 1,
                    shape: self.fixture.shape,
                    agreed: [],
                    cause: self.fixture.cause
                )
            }
        }
        var found: [RecordID] = []
        try self.fixture.store.read { tx throws in
            while true {
                let page = try tx.unlinkedRecords(
                    self.fixture.contact,
                    connection: self.fixture.connection,
                    remoteObject: self.fixture.contacts,
                    after: found.last,
                    limit: 7
                )
                if page.isEmpty { break }
                found += page.map(\.id)
            }
        }
        let linkedOrDeleted: Set<Int> = [0, 4, 9, 10, 29]
        #expect(found == self.ids.indices.filter { !linkedOrDeleted.contains($0) }.map { self.ids[$0] })
    }

    @Test func aNewMatchKeyIsBuiltFromTheRecordsThatAreThere() throws {
        let key = IdentityKey(["score"])
        let number = try self.fixture.store.write { tx throws in
            try tx.buildIdentityKey(key, of: self.fixture.contact)
            try tx.buildIdentityKey(key, of: self.fixture.contact)
            return try #require(try tx.identityKey(key, of: self.fixture.contact))
        }
        try self.fixture.store.read { tx throws in
            #expect(try tx.records(self.fixture.contact, matching: number, Array("1".utf8)).count == 9)
            #expect(try tx.identityKeys(of: self.fixture.contact) == [Fixture.email, Fixture.person, key])
        }
    }
}
