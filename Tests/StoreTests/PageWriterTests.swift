import GRDB
import Records
import Store
import Testing

@Suite struct PageWriterTests {
    private static let settings = [
        PropertySetting("email", .text("Ada@b.c")), PropertySetting("first_name", .text("A")),
        PropertySetting("last_name", .text("L")), PropertySetting("phone", .text("1")),
    ]
    private static let shadow: [Value?] = [.text("Ada@b.c"), nil, .null, .text("w"), .absent]
    private static let agreed = [
        AgreedField(0, local: .text("Ada@b.c"), remote: .text("Ada@b.c")),
        AgreedField(2, local: .absent, remote: .null),
        AgreedField(3, local: .text("Ada@b.c"), remote: .text("w")), AgreedField(4, local: .absent, remote: .absent),
    ]

    /// The contents of every table, as text.
    private static func dump(_ path: String) throws -> String {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.read { database in
            var dump = ""
            for table in ["record", "identity", "link", "journal", "observation"] {
                for row in try Row.fetchAll(database, sql: "SELECT * FROM \(table) ORDER BY 1, 2, 3, 4") {
                    dump += "\(table) \(row.map { "\($0): \($1)" }.joined(separator: ", "))\n"
                }
            }
            return dump
        }
    }

    private static func write(_ fixture: Fixture, _ remote: String, id: RecordID, version: Int64) throws {
        let codec = PropertiesCodec(Fixture.schema.objects[0])
        var values = [Value](repeating: .absent, count: codec.keys.count)
        for setting in Self.settings { values[codec.position(of: setting.property) ?? 0] = setting.value }
        let properties = try codec.encode(values)
        let shadow = try ValueArrayCodec.encode(Self.shadow)
        let person = try #require(IdentityKey.canon(of: [Value.text("1"), .text("A"), .text("L")]))
        try fixture.store.write { tx throws in
            let writer = try Self.writer(tx, fixture)
            let email = try #require(try tx.identityKey(Fixture.email, of: fixture.contact))
            let names = try #require(try tx.identityKey(Fixture.person, of: fixture.contact))
            try Array(remote.utf8).withUnsafeBufferPointer { remote in
                try properties.withUnsafeBufferPointer { properties in
                    try shadow.withUnsafeBufferPointer { shadow in
                        writer.add(id, remote: remote, version: version, properties: properties, shadow: shadow)
                        try Array("ada@b.c".utf8).withUnsafeBufferPointer { canon in
                            writer.addIdentity(email, canon: canon)
                            try person.withUnsafeBufferPointer { canon in
                                writer.addIdentity(names, canon: canon)
                                try writer.flush()
                            }
                        }
                    }
                }
            }
        }
    }

    private static func writer(_ tx: Transaction, _ fixture: Fixture) throws -> PageWriter {
        try PageWriter(
            tx,
            connection: fixture.connection,
            local: fixture.contact,
            remote: fixture.contacts,
            shape: fixture.shape,
            cause: fixture.cause
        )
    }

    private static func compare(_ fixture: Fixture, _ version: Int64, _ shadow: [Value?]) throws -> LinkMatch {
        let bytes = try ValueArrayCodec.encode(shadow)
        return try fixture.store.read { tx throws in
            let writer = try Self.writer(tx, fixture)
            return try Array("7".utf8).withUnsafeBufferPointer { remote in
                try bytes.withUnsafeBufferPointer { try writer.compare(remote: remote, version: version, shadow: $0) }
            }
        }
    }

    @Test func writesTheRowsOfTheSlowWay() throws {
        let (fast, slow) = (TemporaryFile(), TemporaryFile())
        let id = Fixture.id(1)
        let quick = try Fixture(store: Store(path: fast.path, options: Fixture.options()))
        try Self.write(quick, "7", id: id, version: 5)
        let steady = try Fixture(store: Store(path: slow.path, options: Fixture.options()))
        try steady.store.write { tx throws in
            try tx.create(id, object: steady.contact, properties: Self.settings, cause: steady.cause)
            try tx.insertLink(
                steady.key("7"),
                record: id,
                version: 5,
                shape: steady.shape,
                agreed: Self.agreed,
                cause: steady.cause,
                isJournalled: false
            )
        }
        let dump = try Self.dump(fast.path)
        #expect(dump == (try Self.dump(slow.path)))
        #expect(dump.split(separator: "\n").count == 5)
    }

    @Test func comparesShadowsInPlace() throws {
        let fixture = try Fixture()
        #expect(try Self.compare(fixture, 5, Self.shadow) == .missing)
        try Self.write(fixture, "7", id: Fixture.id(1), version: 5)
        #expect(try Self.compare(fixture, 5, Self.shadow) == .same(isNewer: false))
        #expect(try Self.compare(fixture, 6, Self.shadow) == .same(isNewer: true))
        #expect(try Self.compare(fixture, 4, Self.shadow) == .stale)
        let link = try #require(try fixture.store.read { try $0.link(fixture.key("7")) })
        #expect(try Self.compare(fixture, 5, Array(Self.shadow.dropLast())) == .differs(link))
        try fixture.store.write { tx throws in
            _ = try tx.change(Fixture.id(1), set: [PropertySetting("email", .text("x"))], cause: fixture.cause)
        }
        guard case .differs(let moved) = try Self.compare(fixture, 5, Self.shadow) else {
            Issue.record("a record that moved on has something to tell the other side")
            return
        }
        #expect(!moved.localShadow.isEmpty)
        try fixture.store.write { try $0.setStatus(.excluded, of: fixture.key("7")) }
        guard case .differs(let frozen) = try Self.compare(fixture, 5, Self.shadow) else {
            Issue.record("a link that is not at work is never the same")
            return
        }
        #expect(frozen.status == .excluded)
    }

    @Test func aLinkOfAnotherShapeAlwaysDiffers() throws {
        let fixture = try Fixture()
        try Self.write(fixture, "7", id: Fixture.id(1), version: 5)
        let other = try fixture.store.write { try $0.number(of: Shape(mapping: "x", fields: Fixture.fields)) }
        let bytes = try ValueArrayCodec.encode(Self.shadow)
        try fixture.store.read { tx throws in
            let writer = try PageWriter(
                tx,
                connection: fixture.connection,
                local: fixture.contact,
                remote: fixture.contacts,
                shape: other,
                cause: fixture.cause
            )
            let match = try Array("7".utf8).withUnsafeBufferPointer { remote in
                try bytes.withUnsafeBufferPointer { try writer.compare(remote: remote, version: 5, shadow: $0) }
            }
            guard case .differs = match else {
                Issue.record("\(match)")
                return
            }
        }
    }

    @Test func confirmingRaisesTheFloorAndForgetsOlderObservations() throws {
        let fixture = try Fixture()
        try Self.write(fixture, "7", id: Fixture.id(1), version: 5)
        let key = fixture.key("7")
        try fixture.store.write { tx throws in
            let values = Self.shadow.map { $0 ?? .absent }
            let seen = RemoteObservation(
                key: key,
                version: 6,
                values: values,
                shape: fixture.shape,
                observedAt: fixture.cause.at
            )
            #expect(try tx.observe(seen) == .stored)
            let writer = try Self.writer(tx, fixture)
            try Array("7".utf8).withUnsafeBufferPointer { remote in
                try writer.confirm(remote: remote, version: 6)
                #expect(try tx.observation(key) != nil)
                try writer.confirm(remote: remote, version: 7)
            }
            #expect(try tx.observation(key) == nil)
            #expect(try tx.link(key)?.remoteVersion == 7)
        }
    }

    @Test func findsNobodyOneOrSeveral() throws {
        let fixture = try Fixture()
        func find() throws -> IdentityMatch {
            try fixture.store.read { tx throws in
                let key = try #require(try tx.identityKey(Fixture.email, of: fixture.contact))
                return try Array("ada@b.c".utf8).withUnsafeBufferPointer {
                    try Self.writer(tx, fixture).find(key, canon: $0)
                }
            }
        }
        #expect(try find() == .none)
        try Self.write(fixture, "7", id: Fixture.id(1), version: 1)
        #expect(try find() == .one(Fixture.id(1)))
        try Self.write(fixture, "8", id: Fixture.id(2), version: 1)
        #expect(try find() == .several)
    }

    @Test func twoWritersInOneTransactionDoNotDisturbEachOther() throws {
        let fixture = try Fixture()
        try fixture.store.write { tx throws in
            let other = try tx.registerConnection("tryton", connector: "tryton")
            let first = try Self.writer(tx, fixture)
            let second = try PageWriter(
                tx,
                connection: other,
                local: try tx.object("company"),
                remote: try tx.object("parties"),
                shape: fixture.shape,
                cause: fixture.at(7)
            )
            for (number, writer) in [first, second, first].enumerated() {
                try Array("\(number)".utf8).withUnsafeBufferPointer { remote in
                    try Array("{}".utf8).withUnsafeBufferPointer { properties in
                        try Array("[]".utf8).withUnsafeBufferPointer { shadow in
                            let id = Fixture.id(UInt64(number + 1))
                            writer.add(id, remote: remote, version: 1, properties: properties, shadow: shadow)
                            try writer.flush()
                        }
                    }
                }
            }
            #expect(try tx.links(of: Fixture.id(1)).map(\.key.connection) == [fixture.connection])
            #expect(try tx.links(of: Fixture.id(2)).map(\.key.connection) == [other])
            #expect(try tx.links(of: Fixture.id(3)).map(\.key) == [fixture.key("2")])
            #expect(try tx.record(Fixture.id(3))?.object == fixture.contact)
        }
    }
}
