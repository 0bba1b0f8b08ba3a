import Records
import Store
import Testing

@Suite struct LinkTests {
    private let fixture: Fixture
    private let id = Fixture.id(1)

    init() throws {
        self.fixture = try Fixture()
        try self.fixture.store.write { tx throws in
            let settings = [PropertySetting("email", .text("a@b.c")), PropertySetting("first_name", .text("Ada"))]
            try tx.create(self.id, object: self.fixture.contact, properties: settings, cause: self.fixture.cause)
        }
    }

    private func link(_ remote: Text = "1", agreed: [AgreedField] = []) throws {
        try self.fixture.store.write { tx throws in
            try tx.insertLink(
                self.fixture.key(remote),
                record: self.id,
                version: 10,
                shape: self.fixture.shape,
                agreed: agreed,
                cause: self.fixture.cause
            )
        }
    }

    @Test func findsALinkFromBothSides() throws {
        try self.link(agreed: [AgreedField(0, local: .text("a@b.c"), remote: .text("A@B.C"))])
        try self.fixture.store.read { tx throws in
            let link = try #require(try tx.link(self.fixture.key("1")))
            let (connection, object) = (self.fixture.connection, self.fixture.contacts)
            #expect(try tx.link(of: self.id, connection: connection, object: object) == link)
            #expect(try tx.links(of: self.id) == [link])
            #expect(link.record == self.id)
            #expect(link.remoteVersion == 10)
            #expect(link.agreed == 1)
            #expect(link.status == .active)
            #expect(try link.remoteShadow() == [.text("A@B.C"), nil, nil, nil, nil])
            let values = try tx.values(of: link)
            #expect(values.local == [.text("a@b.c"), .text("Ada"), .absent, .text("a@b.c"), .absent])
            #expect(values.localShadow == [.text("a@b.c"), nil, nil, nil, nil])
            #expect(try tx.countLinks(connection, object) == 1)
            #expect(try tx.hasLinks(connection, object, atLeast: 0))
            #expect(try tx.hasLinks(connection, object, atLeast: 1))
            #expect(try !tx.hasLinks(connection, object, atLeast: 2))
            let entry = try #require(try tx.timeline(of: self.id, limit: 1).first)
            #expect(entry.kind == .link)
            #expect(entry.detail == "hubspot-eu/contacts/1")
        }
    }

    @Test func oneLinkForEachSide() throws {
        try self.link()
        let second = #expect(throws: StoreError.self) { try self.link("2") }
        #expect(second?.code == .constraint)
        let other = Fixture.id(2)
        let taken = #expect(throws: StoreError.self) {
            try self.fixture.store.write { tx throws in
                try tx.create(other, object: self.fixture.contact, properties: [], cause: self.fixture.cause)
                let (key, shape) = (self.fixture.key("1"), self.fixture.shape)
                try tx.insertLink(key, record: other, version: 1, shape: shape, agreed: [], cause: self.fixture.cause)
            }
        }
        #expect(taken?.code == .constraint)
        #expect(try self.fixture.store.read { try $0.record(other) } == nil)
    }

    @Test func aLocalChangeMakesTheLinkDirtyUntilItSettles() throws {
        try self.link(agreed: [AgreedField(1, local: .text("Ada"), remote: .text("Ada"))])
        let store = self.fixture.store
        #expect(try self.dirty().isEmpty)
        try store.write { tx throws in
            _ = try tx.change(self.id, set: [PropertySetting("first_name", .text("Eve"))], cause: self.fixture.cause)
        }
        #expect(try self.dirty().map(\.key.remote) == ["1"])
        let values = try store.read { tx in try tx.values(of: try #require(try tx.link(self.fixture.key("1")))) }
        #expect(values.local[1] == .text("Eve"))
        #expect(values.localShadow[1] == .text("Ada"))
        // Back again: there is nothing to send, except that the computed field's input moved twice.
        try store.write { tx throws in
            _ = try tx.change(self.id, set: [PropertySetting("first_name", .text("Ada"))], cause: self.fixture.cause)
        }
        #expect(try self.dirty().map(\.localShadow.fields) == [[4]])
        try store.write { tx throws in
            try tx.settle(self.fixture.key("1"), agreed: [AgreedField(4, local: .absent, remote: .text("Ada L"))])
        }
        #expect(try self.dirty().isEmpty)
    }

    @Test func anAgreementOnAnOldComputedValueDoesNotHideANewOne() throws {
        try self.link()
        try self.fixture.store.write { tx throws in
            _ = try tx.change(self.id, set: [PropertySetting("last_name", .text("L"))], cause: self.fixture.cause)
            let agreed = [AgreedField(4, local: .absent, remote: .text("Ada"))]
            try tx.settle(self.fixture.key("1"), agreed: agreed, basedOn: 1)
        }
        #expect(try self.dirty().map(\.localShadow.fields) == [[4]])
    }

    @Test func aLinkFromAnAnswerSeesWhatMovedWhileItWasOut() throws {
        try self.fixture.store.write { tx throws in
            let settings = [PropertySetting("first_name", .text("Eve"))]
            _ = try tx.change(self.id, set: settings, cause: self.fixture.cause)
            let agreed = [
                AgreedField(0, local: .text("a@b.c"), remote: .text("a@b.c")),
                AgreedField(1, local: .text("Ada"), remote: .text("Ada")),
                AgreedField(4, local: .absent, remote: .text("Ada")),
            ]
            let (key, shape) = (self.fixture.key("1"), self.fixture.shape)
            let cause = self.fixture.cause
            try tx.insertLink(key, record: self.id, version: 1, shape: shape, agreed: agreed, basedOn: 1, cause: cause)
        }
        #expect(try self.dirty().map(\.localShadow.fields) == [[1, 4]])
    }

    @Test func theFloorOnlyRises() throws {
        try self.link()
        let key = self.fixture.key("1")
        try self.fixture.store.write { tx throws in
            try tx.raiseFloor(key, to: 12)
            try tx.raiseFloor(key, to: 11)
            try tx.settle(key, agreed: [], version: 5)
        }
        #expect(try self.fixture.store.read { try $0.link(key)?.remoteVersion } == 12)
        try self.fixture.store.write { try $0.settle(key, agreed: [], version: 20) }
        #expect(try self.fixture.store.read { try $0.link(key)?.remoteVersion } == 20)
    }

    @Test func aNewShapeKeepsTheShadowsOfUnchangedFields() throws {
        try self.link(
            agreed: [
                AgreedField(0, local: .text("old"), remote: .text("R0")),
                AgreedField(1, local: .text("Ada"), remote: .text("R1")),
            ]
        )
        let key = self.fixture.key("1")
        let fields = [
            Shape.Field(local: "first_name", remote: "firstname", fingerprint: "changed"),
            Shape.Field(local: "phone", remote: "phone", fingerprint: "9"),
            Fixture.fields[0],
        ]
        try self.fixture.store.write { tx throws in
            let shape = try tx.number(of: Shape(mapping: "hubspot/contact", fields: fields))
            #expect(try tx.number(of: Shape(mapping: "hubspot/contact", fields: fields)) == shape)
            let (connection, object) = (self.fixture.connection, self.fixture.contacts)
            #expect(try tx.links(connection, object, otherThan: shape, limit: 5).count == 1)
            try tx.reshape(key, to: shape)
            #expect(try tx.links(connection, object, otherThan: shape, limit: 5).isEmpty)
            #expect(try tx.links(connection, object, limit: 5).count == 1)
            let values = try tx.values(of: try #require(try tx.link(key)))
            #expect(values.remoteShadow == [nil, nil, .text("R0")])
            #expect(values.localShadow == [nil, nil, .text("old")])
            #expect(values.local == [.text("Ada"), .absent, .text("a@b.c")])
        }
    }

    @Test func aLinkCanMoveFreezeAndGo() throws {
        try self.link()
        let (old, new) = (self.fixture.key("1"), self.fixture.key("2"))
        try self.fixture.store.write { tx throws in
            try tx.remapLink(old, to: "2", cause: self.fixture.cause)
            #expect(try tx.link(old) == nil)
            try tx.setStatus(.excluded, of: new)
            #expect(try tx.link(new)?.status == .excluded)
            try tx.removeLink(new, cause: self.fixture.cause)
            #expect(try tx.links(of: self.id).isEmpty)
        }
        let kinds = try self.fixture.store.read { try $0.history(of: self.id).map(\.kind) }
        #expect(kinds == [.create, .link, .link, .unlink])
        let error = #expect(throws: StoreError.self) {
            try self.fixture.store.write { try $0.settle(old, agreed: []) }
        }
        #expect(error?.code == .notFound)
    }

    @Test func observationsBelowTheFloorAreDropped() throws {
        try self.link()
        let key = self.fixture.key("1")
        try self.fixture.store.write { tx throws in
            #expect(try tx.observe(self.seen(key, 9, "too old")) == .stale)
            #expect(try tx.observation(key) == nil)
            #expect(try tx.observe(self.seen(key, 12, "new")) == .stored)
            #expect(try tx.link(key)?.remoteVersion == 12)
            #expect(try tx.observe(self.seen(key, 11, "lagging")) == .stale)
            #expect(try tx.observe(self.seen(key, 12, "same version, read again")) == .stored)
            let stored = try #require(try tx.observation(key))
            #expect(stored == self.seen(key, 12, "same version, read again"))
        }
    }

    @Test func pendingObservationsComeWithTheirLinksInPages() throws {
        try self.link("b")
        try self.fixture.store.write { tx throws in
            for (place, remote) in (["c", "a", "d", "b"] as [Text]).enumerated() {
                _ = try tx.observe(self.seen(self.fixture.key(remote), Int64(20 + place), remote))
            }
            let gone = RemoteObservation(
                key: self.fixture.key("e"),
                version: 3,
                state: .merged(into: "b"),
                values: nil,
                shape: nil,
                observedAt: Instant(milliseconds: 4)
            )
            _ = try tx.observe(gone)
            let (connection, object) = (self.fixture.connection, self.fixture.contacts)
            let first = try tx.pending(connection, object, limit: 3)
            #expect(first.map(\.observation.key.remote) == ["a", "b", "c"])
            #expect(first.map { $0.link?.record } == [nil, self.id, nil])
            let rest = try tx.pending(connection, object, after: "c", limit: 3)
            #expect(rest.map(\.observation.key.remote) == ["d", "e"])
            #expect(rest.last?.observation == gone)
            #expect(try tx.countObservations(connection, object) == 5)
            try tx.removeObservation(self.fixture.key("e"))
            #expect(try tx.countObservations(connection, object) == 4)
        }
    }

    private func seen(_ key: LinkKey, _ version: Int64, _ text: Text) -> RemoteObservation {
        RemoteObservation(
            key: key,
            version: version,
            values: [.text(text), .null, .absent, .number(1), .flag(true)],
            shape: self.fixture.shape,
            observedAt: Instant(milliseconds: version)
        )
    }

    private func dirty() throws -> [Link] {
        try self.fixture.store.read { try $0.dirtyLinks(self.fixture.connection, self.fixture.contacts, limit: 10) }
    }
}
